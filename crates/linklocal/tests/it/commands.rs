//! Help, exit codes and closed pipes.

use std::process::Stdio;

use crate::world::{World, said};

#[test]
fn every_help_has_an_example() {
    let world = World::new();
    let commands: [&[&str]; 42] = [
        &[],
        &["up"],
        &["run"],
        &["trail"],
        &["doctor"],
        &["scenario"],
        &["scenario", "run"],
        &["scenario", "list"],
        &["scenario", "show"],
        &["scenario", "stop"],
        &["scenario", "status"],
        &["scenario", "grade"],
        &["scenario", "check"],
        &["audit"],
        &["audit", "instances"],
        &["instance", "boot"],
        &["instance", "callers"],
        &["env"],
        &["get"],
        &["instance"],
        &["instance", "list"],
        &["instance", "show"],
        &["instance", "set"],
        &["instance", "tag"],
        &["instance", "attach-role"],
        &["instance", "detach-role"],
        &["instance", "modify-metadata-options"],
        &["instance", "launch"],
        &["instance", "terminate"],
        &["instance", "event"],
        &["instance", "event", "spot-interruption"],
        &["instance", "event", "maintenance"],
        &["sign"],
        &["presign"],
        &["verify"],
        &["credentials"],
        &["credentials", "explain"],
        &["credentials", "resolve"],
        &["credentials", "export"],
        &["credentials", "process"],
        &["credentials", "exec"],
        &["whoami"],
    ];
    for command in commands {
        let help = world.done(&[command, &["--help"]].concat());
        let example = help.split("Example:\n  $ ").nth(1).unwrap_or_default();
        assert!(example.contains("linklocal"), "{command:?}: {help}");
        let remarks = help.split("Print help").nth(1).unwrap_or_default();
        assert_eq!(cut_short(remarks), None, "{command:?}: {help}");
    }
}

/// A line that breaks although the next one's first word has room on it: where a text broken by hand was broken anew.
fn cut_short(text: &str) -> Option<&str> {
    let is_prose = |line: &str| !line.is_empty() && !line.starts_with([' ', '\'']) && line != "Example:";
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let pairs = lines.windows(2).filter(|pair| is_prose(pair[0]) && is_prose(pair[1]));
    let word = |line: &str| line.split(' ').next().unwrap_or_default().len();
    pairs
        .map(|pair| (pair[0], word(pair[1])))
        .find(|(line, word)| line.len() + 1 + word <= 100)
        .map(|(line, _)| line)
}

#[test]
fn wrong_usage_is_2_and_failure_is_1() {
    let world = World::new();
    let wrong: [&[&str]; 8] = [
        &[],
        &["ascend"],
        &["get", "a b"],
        &["env", "--format", "csh"],
        &["instance", "tag"],
        &["instance", "modify-metadata-options"],
        &["instance", "event", "autoscaling"],
        &["instance", "show", "i-xyz"],
    ];
    for arguments in wrong {
        let said = world.run(arguments);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{arguments:?}: {}", said.stderr);
    }
    let failing: [&[&str]; 4] =
        [&["env"], &["instance", "list"], &["instance", "show"], &["instance", "event", "rebalance"]];
    for arguments in failing {
        let said = world.run(arguments);
        assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{arguments:?}");
        let data = world.data();
        assert!(said.stderr.starts_with(&format!("error: no server is running on {}\n", data.display())));
        assert!(said.stderr.contains("\nhint: "), "{}", said.stderr);
    }
}

#[test]
fn a_wrong_log_filter_is_wrong_usage() {
    let world = World::new();
    assert_eq!(world.run(&["--log", "imds=loud", "env"]).code, 2);
    let mut command = world.command(&["env"]);
    command.env("LINKLOCAL_LOG", "x=y=z=");
    assert_eq!(said(&mut command).code, 2);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let world = World::new();
    let _server = world.up();
    for arguments in [&["instance", "list"][..], &["env"], &["get"], &["instance", "show", "--json"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = world.command(arguments).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{arguments:?}");
    }
}
