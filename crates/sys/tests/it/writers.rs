//! Several writers at once: each change of each is there in the end, and readers never see half of one.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sys::fs::{Content, UserFiles};

#[test]
fn no_change_of_any_writer_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let mut writers: Vec<Child> = (0..WRITERS)
        .map(|_| {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--exact", "writers::appends_lines", "--ignored", "--test-threads=1"]);
            command.current_dir(directory.path()).stdout(Stdio::null()).spawn().unwrap()
        })
        .collect();
    let path = directory.path().join("config");
    while writers.iter_mut().any(|writer| writer.try_wait().unwrap().is_none()) {
        let text = sys::fs::read_text(&path, LIMIT).unwrap_or_default();
        assert!(text.is_empty() || text.ends_with('\n'), "half a change");
    }
    for mut writer in writers {
        assert!(writer.wait().unwrap().success());
    }
    let text = sys::fs::read_text(&path, LIMIT).unwrap();
    assert_eq!(text.lines().count(), WRITERS * CHANGES);
}

/// A writer.
#[test]
#[ignore = "run by the test above, in a directory of its own"]
fn appends_lines() {
    for change in 0..CHANGES {
        let files = UserFiles::open(&[Path::new("config")], LIMIT, Duration::from_secs(60)).unwrap();
        let mut text = files.bytes(0).unwrap_or_default().to_vec();
        text.extend_from_slice(format!("{} {change}\n", std::process::id()).as_bytes());
        files.save(&[Content::Bytes(&text)]).unwrap();
    }
}

const WRITERS: usize = 6;
const CHANGES: usize = 10;
const LIMIT: usize = 1 << 20;
