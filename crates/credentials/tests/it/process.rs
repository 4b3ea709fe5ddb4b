//! Programs that print credentials, and those that print something else, hang, or leave children behind.

use std::time::Duration;

use credentials::{Context, ResolveError, Resolved, resolve};
use profile::Place;
use profile::plan::{Process, Provider};

use crate::world::World;

const GOOD: &str = r#"{"Version":1,"AccessKeyId":"AKIAPROC","SecretAccessKey":"hunter2"}"#;

fn process(command: &str, shell: bool) -> Provider {
    Provider::Process(Process {
        command: command.to_owned(),
        shell,
        account_id: Some("123456789012".to_owned()),
        place: Place::Line { path: "/home/u/.aws/config".into(), line: 7 },
    })
}

fn context() -> Context {
    World::new().networked()
}

async fn shell(command: &str) -> Result<Resolved, ResolveError> {
    resolve(&context(), &process(command, true)).await
}

#[tokio::test]
async fn credentials_are_read_with_and_without_a_shell() {
    let resolved = shell(&format!("printf %s '{GOOD}' | cat")).await.unwrap();
    assert_eq!(
        (resolved.access_key_id.as_str(), resolved.account_id.as_deref()),
        ("AKIAPROC", Some("123456789012"))
    );
    assert_eq!((resolved.session_token, resolved.expiration), (None, None));

    let without = resolve(&context(), &process(&format!("printf %s '{GOOD}'"), false)).await.unwrap();
    assert_eq!(without.access_key_id, "AKIAPROC");
    let own = r#"{"Version":1.0,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"t","AccountId":"210987654321","Expiration":"2037-01-01T00:00:00+01:00"}"#;
    let own = shell(&format!("echo '{own}'")).await.unwrap();
    assert_eq!(
        (own.account_id.as_deref(), own.expiration.unwrap().iso8601().as_str()),
        (Some("210987654321"), "2036-12-31T23:00:00Z")
    );
}

#[tokio::test]
async fn without_a_shell_nothing_is_expanded() {
    let error = resolve(&context(), &process("~/bin/x | y", false)).await.unwrap_err();
    assert_eq!(error.code, "process-not-started");
    assert!(error.remedy.contains("without a shell"), "{}", error.remedy);
    let open = resolve(&context(), &process("x 'hunter2", false)).await.unwrap_err();
    assert_eq!(open.what, "credential_process at /home/u/.aws/config:7 has a quotation that is not closed");
    let empty = resolve(&context(), &process("  ", true)).await.unwrap_err();
    assert_eq!(empty.what, "credential_process at /home/u/.aws/config:7 is empty");
}

#[tokio::test]
async fn failures_name_the_line_and_repeat_nothing() {
    let (full, expired) =
        (GOOD.replace('}', ""), GOOD.replace('}', r#","Expiration":"2009-02-13T23:31:29Z"}"#));
    let cases: &[(String, &str, &str)] = &[
        ("echo hunter2 >&2; exit 3".to_owned(), "process-failed", "ended with status 3"),
        (
            "hunter2-not-there".to_owned(),
            "process-failed",
            "ended with status 127: the shell did not find the program",
        ),
        ("kill -9 $$ # hunter2".to_owned(), "process-failed", "was ended by a signal"),
        ("true hunter2".to_owned(), "garbage", "answers with nothing"),
        ("echo hunter2".to_owned(), "garbage", "not JSON, from line 1, column 1 on"),
        (format!("echo '{full}'"), "garbage", "not JSON, from line 2, column 0 on"),
        (format!("echo '{}'", GOOD.replace("1,", "2,")), "garbage", "another Version than 1"),
        (format!("echo '{}'", GOOD.replace("1,", "\"1\",")), "garbage", "a Version that is no number"),
        (format!("echo '{}'", GOOD.replace("\"Version\":1,", "")), "garbage", "answers without Version"),
        (
            format!("echo '{}'", GOOD.replace("AccessKeyId", "accesskeyid")),
            "garbage",
            "answers without AccessKeyId",
        ),
        (format!("echo '{expired}'"), "expired", "credentials that ended at 2009-02-13T23:31:29Z"),
        ("yes hunter2".to_owned(), "too-large", "printed more than 65536 bytes, and was stopped"),
        ("printf '\\377\\376hunter2'".to_owned(), "garbage", "not JSON, from line 1, column 1 on"),
    ];
    for (command, code, words) in cases {
        let error = shell(command).await.unwrap_err();
        assert!(error.code == *code && error.what.contains(words), "{command}: {error:?}");
        assert!(error.what.starts_with("credential_process at /home/u/.aws/config:7 "), "{error}");
        assert!(!format!("{error:?}").contains("hunter2") && !error.remedy.is_empty(), "{error:?}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn one_that_hangs_is_stopped_with_its_children() {
    let world = World::new();
    let pids = world.root.path().join("pids");
    let command = format!("sleep 600 & echo $! $$ > {}; wait", pids.display());
    let context = Context { process_timeout: Duration::from_millis(500), ..world.networked() };
    let error = resolve(&context, &process(&command, true)).await.unwrap_err();
    assert_eq!(error.code, "timeout");
    assert!(error.what.contains("was stopped with all it had started"), "{error}");
    let pids = sys::fs::read_text(&pids, 100).unwrap();
    for pid in pids.split_ascii_whitespace() {
        ended(pid.parse().unwrap());
    }
}

#[cfg(target_os = "linux")]
/// Waits for a process that was killed: it ends when it is its turn.
fn ended(id: i32) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{Pid, PidfdFlags, pidfd_open};
    if let Ok(process) = pidfd_open(Pid::from_raw(id).unwrap(), PidfdFlags::empty()) {
        let limit = Timespec { tv_sec: 20, tv_nsec: 0 };
        let count = poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&limit)).unwrap();
        assert_eq!(count, 1, "{id} lives");
    }
}

#[tokio::test]
async fn child_that_keeps_the_pipe_open_is_not_waited_for() {
    let resolved = shell(&format!("echo '{GOOD}'; sleep 5 &")).await.unwrap();
    assert_eq!(resolved.access_key_id, "AKIAPROC");
}

#[tokio::test]
async fn stdin_is_empty_where_nobody_is_there() {
    let error = shell("cat; exit 5").await.unwrap_err();
    assert!(error.what.ends_with("ended with status 5"), "{error}");
}

#[tokio::test]
async fn process_that_asks_for_its_own_profile_is_stopped() {
    let mut world = World::new();
    let echo = r#"printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"s"}' "$_AWS_CLI_PROFILE_CHAIN""#;
    let of =
        |world: &World, profile: &str| Context { profile: Some(profile.to_owned()), ..world.networked() };
    let resolved = resolve(&of(&world, "a"), &process(echo, true)).await.unwrap();
    assert_eq!(resolved.access_key_id, "a");
    world.set("_AWS_CLI_PROFILE_CHAIN", "x,y");
    let resolved = resolve(&of(&world, "a"), &process(echo, true)).await.unwrap();
    assert_eq!(resolved.access_key_id, "x,y,a");
    let error = resolve(&of(&world, "x"), &process(echo, true)).await.unwrap_err();
    assert_eq!(error.code, "recursion");
    assert!(error.what.contains("asks for the credentials of profile \"x\", for which it is run"), "{error}");
}

/// The program that was started refuses, and nobody sees why: whoever started it says it.
#[tokio::test]
async fn process_that_is_told_to_use_its_own_profile_is_named() {
    let world = World::new();
    let context = Context { profile: Some("a".to_owned()), ..world.networked() };
    for (command, is_named) in
        [("false --profile a", true), ("false --profile=a", true), ("false --profile b", false)]
    {
        let error = resolve(&context, &process(command, false)).await.unwrap_err();
        let remedy = "it is told to use profile \"a\", for whose credentials it is run";
        assert_eq!(error.remedy.starts_with(remedy), is_named, "{command}: {}", error.remedy);
    }
}
