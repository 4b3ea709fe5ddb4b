//! A writer that is killed before each of its system calls, and one whose calls fail, leave every file old or new.
//!
//! The writer is this test program itself, in another process and another directory, under strace(1), which kills it or lets
//! a call fail. Without strace, or where processes may not be traced, the tests say so and pass.

use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use sys::fs::{Content, UserFiles};

#[test]
fn killed_before_any_system_call() {
    if !strace_works() {
        return;
    }
    let mut kills = 0;
    for call in CALLS {
        for nth in 1.. {
            let directory = prepared();
            let status = traced(directory.path(), &format!("inject={call}:signal=KILL:when={nth}"));
            check(directory.path(), &format!("{call} {nth}"));
            if status.success() {
                break;
            }
            kills += 1;
            recovers(directory.path());
        }
    }
    println!("{kills} kills");
    assert!(kills > 30, "{kills}");
}

#[test]
fn every_system_call_fails_once() {
    if !strace_works() {
        return;
    }
    let mut failures = 0;
    for (call, error) in [
        ("write", "ENOSPC"),
        ("fsync", "EIO"),
        ("openat", "EACCES"),
        ("openat", "ENOSPC"),
        ("/^rename", "EBUSY"),
        ("fchmod", "EPERM"),
        ("mkdir", "ENOSPC"),
    ] {
        for nth in 1..100 {
            let directory = prepared();
            let status = traced(directory.path(), &format!("inject={call}:error={error}:when={nth}"));
            check(directory.path(), &format!("{call} {nth}"));
            if status.success() {
                // Calls of the loader and of the test harness may fail unnoticed; those of a change may not.
                if nth > 60 || is_new(directory.path()) && nth > 20 {
                    break;
                }
                continue;
            }
            failures += 1;
            recovers(directory.path());
        }
    }
    println!("{failures} failures");
    assert!(failures > 10, "{failures}");
}

#[test]
fn a_disk_without_room() {
    for trap in ["", "trap '' XFSZ;"] {
        let directory = prepared();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -f 8; {trap} exec \"$0\" \"$@\"")]).arg(own_program());
        let output = command.args(WRITER).current_dir(directory.path()).output().unwrap();
        assert!(!output.status.success(), "{trap}");
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(trap.is_empty() || said.contains("NoRoom"), "{said}");
        check(directory.path(), "no room");
        assert!(!is_new(directory.path()));
        recovers(directory.path());
    }
}

/// The writer.
#[test]
#[ignore = "run by the tests above, in a directory of theirs"]
fn changes_two_files() {
    let files = UserFiles::open(&[Path::new("credentials"), Path::new("config")], LIMIT, WAIT).unwrap();
    let new = text("new");
    files.save(&[Content::Bytes(&new), Content::Bytes(&new)]).unwrap();
}

fn prepared() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for name in FILES {
        sys::fs::replace(&directory.path().join(name), &text("old"), 0o640).unwrap();
    }
    directory
}

/// Each file is whole, and they changed in order.
fn check(directory: &Path, what: &str) {
    let texts = FILES.map(|name| sys::fs::read(&directory.join(name), LIMIT).unwrap());
    for (name, bytes) in FILES.iter().zip(&texts) {
        assert!(*bytes == text("old") || *bytes == text("new"), "{what}: {name} has {} bytes", bytes.len());
    }
    assert!(texts[1] == text("old") || texts[0] == text("new"), "{what}: in order");
}

/// The next writer is not held up, and cleans up.
fn recovers(directory: &Path) {
    let paths = FILES.map(|name| directory.join(name));
    let files = UserFiles::open(&[&paths[0], &paths[1]], LIMIT, WAIT).unwrap();
    let next = text("next");
    files.save(&[Content::Bytes(&next), Content::Bytes(&next)]).unwrap();
    let names = sys::fs::names(directory).unwrap();
    assert!(!names.iter().any(|name| name.to_string_lossy().starts_with(".linklocal-edit-")), "{names:?}");
}

fn is_new(directory: &Path) -> bool {
    sys::fs::read(&directory.join(FILES[1]), LIMIT).unwrap() == text("new")
}

fn traced(directory: &Path, injection: &str) -> ExitStatus {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o", "/dev/null", "-e", injection]).arg(own_program()).args(WRITER);
    command.current_dir(directory).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap()
}

fn strace_works() -> bool {
    let works = Command::new("strace").args(["-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    let works = works.is_ok_and(|status| status.success());
    if !works {
        println!("no strace(1) here, or it may not trace: nobody is killed");
    }
    works
}

fn own_program() -> std::path::PathBuf {
    std::env::current_exe().unwrap()
}

/// More than a pipe or a page holds.
fn text(word: &str) -> Vec<u8> {
    format!("[default]\nregion = {word}\n").repeat(4000).into_bytes()
}

/// As they are given to the writer.
const FILES: [&str; 2] = ["credentials", "config"];
const WRITER: [&str; 5] =
    ["--exact", "crashes::changes_two_files", "--ignored", "--test-threads=1", "--nocapture"];
/// The calls by which anything changes on the disk.
const CALLS: [&str; 10] =
    ["openat", "write", "fsync", "/^rename", "fchmod", "fchown", "unlink", "mkdir", "flock", "ftruncate"];
const LIMIT: usize = 1 << 20;
const WAIT: Duration = Duration::from_secs(10);
