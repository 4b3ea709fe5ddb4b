//! The tree of processes: orphans, daemons, the end.
//!
//! Rule: the supervisor goes when the last process goes, and not before.

use std::io::Read as _;
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::stage::{self, ISOLATED, OPEN, RESTRICTED};

#[test]
fn a_daemon_is_answered_after_its_starter_has_gone() {
    for options in [OPEN, ISOLATED, RESTRICTED] {
        let ran = stage::run(options, &[stage::caller(), "daemon", "169.254.169.254", "80"]);
        let expected = "connect ok\npeer 169.254.169.254 80\nanswer 169.254.169.254:80 process thread\n";
        assert_eq!((ran.stdout.as_str(), ran.code), (expected, Some(5)), "{options:?}: {ran:?}");
    }
}

#[test]
fn the_supervisor_stays_as_long_as_anybody_does() {
    // The orphan ends when the test closes its input, and the supervisor with it.
    let mut supervisor = Command::new(stage::path())
        .args(["--", "sh", "-c", "exec 3<&0; (read line <&3; echo last) & exit 9"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    assert_eq!(supervisor.try_wait().unwrap(), None);
    drop(supervisor.stdin.take());
    let mut said = String::new();
    supervisor.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((said.as_str(), supervisor.wait().unwrap().code()), ("last\n", Some(9)));
}

#[test]
fn once_the_program_has_ended_a_signal_ends_the_wait_for_the_rest() {
    let mut supervisor = Command::new(stage::path())
        .args(["--", "sh", "-c", "exec 3<&0; (read line <&3) & echo gone; exit 9"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let process = Pid::from_child(&supervisor);
    // Until the program's end has been noticed the signal is the program's, whose end it may be.
    let status = loop {
        kill_process(process, Signal::TERM).unwrap();
        if let Some(status) = supervisor.try_wait().unwrap() {
            break status;
        }
        std::thread::yield_now();
    };
    let by_signal = std::os::unix::process::ExitStatusExt::signal(&status);
    assert!(status.code() == Some(9) || by_signal == Some(15), "{status:?}");
    drop(supervisor.stdin.take());
}

#[test]
fn a_supervisor_that_is_killed_leaves_nobody_hanging() {
    let script = "echo ready; read line; exec curl -sS -m 20 http://169.254.169.254/bye";
    let mut supervisor = Command::new(stage::path())
        .args(["--", "sh", "-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = supervisor.stdout.take().unwrap();
    let mut ready = [0; 6];
    stdout.read_exact(&mut ready).unwrap();
    supervisor.kill().unwrap();
    supervisor.wait().unwrap();
    drop(supervisor.stdin.take());
    // Ends when curl does: the call fails with ENOSYS.
    let mut stderr = String::new();
    supervisor.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert!(stderr.contains("Function not implemented") || stderr.contains("connect"), "{stderr}");
}

/// A zombie would hold its filter, and the supervisor with it, on kernels before 6.11.
#[test]
fn orphans_of_other_sessions_are_reaped_while_the_program_goes_on() {
    let script = "import os\n\
        r, w = os.pipe()\n\
        if os.fork() == 0:\n\
        \x20   os.setsid()\n\
        \x20   orphan = os.fork()\n\
        \x20   if orphan: os.write(w, str(orphan).encode())\n\
        \x20   os._exit(0)\n\
        orphan = int(os.read(r, 99))\n\
        os.wait()\n\
        while os.path.exists(f'/proc/{orphan}'): os.sched_yield()\n\
        print('reaped')";
    let ran = stage::run(OPEN, &["python3", "-c", script]);
    assert_eq!((ran.stdout.as_str(), ran.code), ("reaped\n", Some(0)), "{ran:?}");
}

#[test]
fn two_supervisors_know_nothing_of_each_other() {
    let runs: Vec<_> = (0..8)
        .map(|_| {
            std::thread::spawn(|| {
                stage::run(OPEN, &[stage::caller(), "children", "169.254.169.254", "80", "25"])
            })
        })
        .collect();
    for run in runs {
        assert_eq!(run.join().unwrap().stdout, "children 25 failures 0\n");
    }
}
