//! Starts supervisors and compiles the programs that they run.
//!
//! Rule: a run that takes longer than four minutes is ended and fails: on one busy processor some take one.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// How a program sees the system.
pub(crate) const OPEN: &[&str] = &[];
pub(crate) const ISOLATED: &[&str] = &["--isolate"];
/// Nothing is answered.
pub(crate) const PLAIN: &[&str] = &["--plain"];
/// As in containers that forbid to look into other processes by system calls.
pub(crate) const RESTRICTED: &[&str] = &["--forbid", "pidfd_getfd,process_vm_readv,process_vm_writev"];

/// Runs a command under a supervisor.
pub(crate) fn run(options: &[&str], command: &[&str]) -> Ran {
    finish(limited(&path()).args(options).arg("--").args(command))
}

/// As [`run`], in a network namespace that has loopback and nothing else, after `preparation` in a shell.
pub(crate) fn run_alone(preparation: &str, options: &[&str], command: &[&str]) -> Ran {
    let namespaces = if is_root() { "-n" } else { "-rn" };
    let script = &format!("ip link set lo up && {preparation} && exec \"$@\"");
    let mut alone = limited(Path::new("unshare"));
    alone.args([namespaces, "sh", "-c", script, "sh"]).arg(path()).args(options).arg("--").args(command);
    finish(&mut alone)
}

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

pub(crate) fn finish(command: &mut Command) -> Ran {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    Ran {
        code: status.code(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// A command that is ended after a while.
pub(crate) fn limited(program: &Path) -> Command {
    let mut command = Command::new("timeout");
    command.args(["--kill-after=5", LIMIT]).arg(program);
    command
}

/// The supervisor.
pub(crate) fn path() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().and_then(Path::parent).unwrap().join("examples/stage");
    assert!(path.exists(), "{} is not built: `cargo test -p run` builds it", path.display());
    path
}

/// The caller, linked dynamically.
pub(crate) fn caller() -> &'static str {
    static CALLER: OnceLock<String> = OnceLock::new();
    CALLER.get_or_init(|| compile("caller", &[]))
}

pub(crate) fn static_caller() -> &'static str {
    static CALLER: OnceLock<String> = OnceLock::new();
    CALLER.get_or_init(|| compile("caller-static", &["-static"]))
}

fn compile(name: &str, flags: &[&str]) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/caller.c");
    let program = format!("{}/{name}-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    let status = Command::new("cc")
        .args(["-O1", "-pthread", "-o", &program])
        .args(flags)
        .arg(source)
        .status()
        .expect("the tests need a C compiler");
    assert!(status.success(), "{name} was not compiled");
    program
}

/// Supervisor and caller where every user may execute them.
pub(crate) struct Public(tempfile::TempDir);

impl Public {
    pub(crate) fn new() -> Self {
        let readable = std::fs::Permissions::from_mode(0o755);
        let place = tempfile::Builder::new().permissions(readable).tempdir().unwrap();
        std::fs::copy(path(), place.path().join("stage")).unwrap();
        std::fs::copy(caller(), place.path().join("caller")).unwrap();
        Self(place)
    }

    pub(crate) fn caller(&self) -> String {
        self.0.path().join("caller").to_str().unwrap().to_owned()
    }

    /// The caller under a supervisor, both as a user without any rights; root becomes one.
    pub(crate) fn run_as_user(&self, options: &[&str], told: &[&str]) -> Ran {
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args([
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "timeout",
                "--kill-after=5",
                LIMIT,
            ]);
            command.arg(self.0.path().join("stage"));
            command
        } else {
            limited(&self.0.path().join("stage"))
        };
        finish(command.args(options).args(["--", &self.caller()]).args(told))
    }
}

/// Seconds, far above what anything takes here.
const LIMIT: &str = "240";
