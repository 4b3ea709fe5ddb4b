//! How a run ends, and which signals reach the program.
//!
//! Rule: whoever starts the supervisor cannot tell its end from the program's.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use crate::stage::{self, OPEN, PLAIN};

#[test]
fn codes_pass_through() {
    for code in [0, 1, 7, 126, 127, 255] {
        let ran = stage::run(OPEN, &["sh", "-c", &format!("exit {code}")]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(code), ""));
    }
}

#[test]
fn deaths_by_signal_pass_through_without_a_core() {
    for signal in [Signal::KILL, Signal::TERM, Signal::SEGV, Signal::INT, Signal::PIPE, Signal::ABORT] {
        let script = format!("kill -{} $$", signal.as_raw());
        let status = Command::new(stage::path()).args(["--", "sh", "-c", &script]).status().unwrap();
        assert_eq!((status.signal(), status.core_dumped()), (Some(signal.as_raw()), false));
    }
}

#[test]
fn programs_that_cannot_start_are_told_as_shells_tell_them() {
    for (program, code, said) in [
        ("no-such-program", 127, "stage: no-such-program is not there; check the name, or PATH\n"),
        ("/no/such/program", 127, "stage: /no/such/program is not there; check the name, or PATH\n"),
        ("/etc/passwd", 126, "stage: /etc/passwd cannot be executed\n"),
        ("/", 126, "stage: / cannot be executed\n"),
        ("", 127, "stage:  is not there; check the name, or PATH\n"),
    ] {
        let ran = stage::run(OPEN, &[program]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(code), said), "{program}");
    }
}

#[test]
fn scripts_without_an_interpreter_run_in_the_shell() {
    let place = tempfile::tempdir().unwrap();
    let script = place.path().join("script");
    #[allow(clippy::disallowed_methods, reason = "a file that only this test reads")]
    std::fs::write(&script, "echo \"$0\" \"$STAGE\" \"$@\"\n").unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let script = script.to_str().unwrap();
    let ran = stage::run(OPEN, &[script, "a b", "c"]);
    assert_eq!(ran.stdout, format!("{script} set a b c\n"));
}

#[test]
fn the_environment_is_changed_as_asked() {
    let mut command = stage::limited(&stage::path());
    let ran = stage::finish(command.env("UNSET", "1").env("KEPT", "2").args([
        "--",
        "sh",
        "-c",
        "echo $STAGE-$UNSET-$KEPT",
    ]));
    assert_eq!(ran.stdout, "set--2\n");
}

#[test]
fn signals_to_the_supervisor_reach_the_program() {
    // Not a shell: bash goes on reading after SIGWINCH, and runs its trap later.
    let program = "import signal, sys\n\
        wanted = getattr(signal, 'SIG' + sys.argv[1])\n\
        signal.pthread_sigmask(signal.SIG_BLOCK, [wanted])\n\
        print('ready', flush=True)\n\
        signal.sigwait([wanted])\n\
        print('got', sys.argv[1], flush=True)\n\
        sys.exit(3)";
    // What this test was started with may ignore signals (`nohup`), and so would the supervisor.
    let attentive = "import os, signal, sys\n\
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:\n\
        \x20   signal.signal(number, signal.SIG_DFL)\n\
        os.execv(sys.argv[1], sys.argv[1:])";
    let passed = ["TERM", "HUP", "USR1", "USR2", "WINCH", "CONT"].map(|name| (PLAIN, name));
    let from_users = ["INT", "QUIT", "TSTP"].map(|name| (OPEN, name));
    let all = passed.iter().map(|(_, name)| (OPEN, *name)).chain(passed).chain(from_users);
    for (mode, name) in all {
        let mut command = Command::new("python3");
        command.args(["-c", attentive]).arg(stage::path()).args(mode);
        command.args(["--", "python3", "-c", program, name]);
        let (mut supervisor, mut lines, _stdin) = piped(&mut command);
        assert_eq!(lines.next_line(), "ready");
        send(&supervisor, name);
        assert_eq!(lines.next_line(), format!("got {name}"));
        assert_eq!(supervisor.wait().unwrap().code(), Some(3), "{mode:?} {name}");
    }
}

#[test]
fn a_program_that_dies_of_a_passed_signal_takes_the_supervisor_with_it() {
    let (mut supervisor, mut lines, _stdin) = shell("echo ready; read line");
    assert_eq!(lines.next_line(), "ready");
    send(&supervisor, "TERM");
    assert_eq!(supervisor.wait().unwrap().signal(), Some(15));
}

#[test]
fn dispositions_and_mask_are_inherited() {
    // A shell says of an ignored signal that it cannot be trapped: the mask and the set of ignored signals as /proc has them.
    let show = ["grep", "-E", "^Sig(Blk|Ign|Cgt)", "/proc/self/status"];
    for ignored in ["", "HUP", "INT", "CHLD USR1"] {
        let trap = if ignored.is_empty() { String::new() } else { format!("trap '' {ignored}; ") };
        let bare = format!("{trap}exec {}", show.map(|word| format!("'{word}'")).join(" "));
        let under = |mode: &[&str]| {
            let words = show.map(|word| format!("'{word}'")).join(" ");
            format!("{trap}exec '{}' {} -- {words}", stage::path().display(), mode.join(" "))
        };
        let seen = [bare, under(OPEN), under(PLAIN)]
            .map(|script| stage::finish(stage::limited(Path::new("sh")).args(["-c", &script])).stdout);
        assert_eq!(seen[0], seen[1], "{ignored}");
        assert_eq!(seen[0], seen[2], "plainly {ignored}");
        assert!(seen[0].contains("SigIgn"), "{seen:?}");
    }
}

/// Whoever waits for the supervisor hears of a stop when the program has stopped, and continues both.
#[test]
fn stops_pass_through() {
    for mode in [OPEN, PLAIN] {
        let mut command = Command::new(stage::path());
        command.args(mode).args(["--", "bash", "-c", "echo $$; kill -STOP $$; echo on; read line; exit 5"]);
        let (mut supervisor, mut lines, stdin) = piped(&mut command);
        let program = lines.next_line();
        let stopped = waitpid(Some(Pid::from_child(&supervisor)), WaitOptions::UNTRACED).unwrap().unwrap().1;
        assert_eq!(stopped.stopping_signal(), Some(Signal::STOP.as_raw()), "{mode:?}");
        assert_eq!(state(&program), "T (stopped)", "{mode:?}");
        send(&supervisor, "CONT");
        assert_eq!(lines.next_line(), "on", "{mode:?}");
        drop(stdin);
        assert_eq!(supervisor.wait().unwrap().code(), Some(5), "{mode:?}");
    }
}

/// Ctrl-C, Ctrl-Z and `fg` on a real terminal, in an interactive shell.
#[test]
fn terminals_work() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/terminal.py");
    for mode in [OPEN, PLAIN] {
        let mut command = stage::limited(Path::new("python3"));
        let ran = stage::finish(command.arg(script).arg(stage::path()).args(mode));
        assert_eq!(
            (ran.stdout.as_str(), ran.code),
            ("interrupted once\nstopped and continued\nnot stopped\nshell in shell\n", Some(0)),
            "{mode:?} {ran:?}"
        );
    }
}

/// A supervised shell whose output is read line by line; its input stays open.
fn shell(script: &str) -> (Child, Lines, std::process::ChildStdin) {
    piped(Command::new(stage::path()).args(["--", "bash", "-c", script]))
}

fn piped(command: &mut Command) -> (Child, Lines, std::process::ChildStdin) {
    let mut supervisor = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines = Lines(BufReader::new(Box::new(supervisor.stdout.take().unwrap())));
    let stdin = supervisor.stdin.take().unwrap();
    (supervisor, lines, stdin)
}

struct Lines(BufReader<Box<dyn Read>>);

impl Lines {
    fn next_line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

/// As the kernel names it.
#[allow(clippy::disallowed_methods, reason = "a file of the kernel")]
fn state(process: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    status.lines().find_map(|line| line.strip_prefix("State:\t")).unwrap().to_owned()
}

fn send(to: &Child, name: &str) {
    let signal = match name {
        "TERM" => Signal::TERM,
        "HUP" => Signal::HUP,
        "USR1" => Signal::USR1,
        "USR2" => Signal::USR2,
        "INT" => Signal::INT,
        "QUIT" => Signal::QUIT,
        "WINCH" => Signal::WINCH,
        "TSTP" => Signal::TSTP,
        "CONT" => Signal::CONT,
        other => panic!("{other}"),
    };
    kill_process(Pid::from_child(to), signal).unwrap();
}
