//! What is tried again and what is not, counted at the server. Waits are the client's, proven there on a simulated clock: here
//! modes are chosen whose waits are short, or that do not wait.

use super::Sender;
use super::endpoint::{Act, Asked, Endpoint};
use crate::world::text_of;

/// Waits of at most 50 ms for faults; `standard-2.1` with full jitter.
const QUICK: [&str; 2] = ["--retry-mode", "standard-2.1"];

/// Fails `times` times, then answers.
fn failing(times: usize, act: Act) -> Endpoint {
    Endpoint::of("sts", move |asked: &Asked| match asked.number <= times {
        true => act.clone(),
        false => Act::text(200, "yes"),
    })
}

fn run(endpoint: &Endpoint, flags: &[&str]) -> crate::world::Said {
    let url = endpoint.url();
    Sender::new().run(&[&["sts:GetCallerIdentity", "--endpoint-url", &url], flags].concat())
}

#[test]
fn each_attempt_bears_a_signature_of_its_own_and_the_same_invocation() {
    let endpoint = failing(2, Act::error(500, "InternalFailure", "sorry"));
    let said = run(&endpoint, &QUICK);
    assert_eq!((said.code, said.stdout.as_str()), (0, "yes"), "{}", said.stderr);
    let asked = endpoint.asked();
    let values = |name: &str| asked.iter().map(|asked| asked.header(name).unwrap()).collect::<Vec<_>>();
    let ids = values("amz-sdk-invocation-id");
    assert!(ids.len() == 3 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert!(values("amz-sdk-request")[2].contains("attempt=3; max=3"), "{asked:?}");
    let signatures = values("authorization");
    assert!(signatures[0] != signatures[1] && signatures[1] != signatures[2], "the attempt is signed");
    assert!(
        said.stderr.starts_with("attempt 1 of 3: 500 InternalFailure, server error; attempt 2 in "),
        "{}",
        said.stderr
    );
}

#[test]
fn faults_of_the_wire_are_tried_again_and_what_is_final_is_not() {
    for (times, act, attempts) in [
        (1, Act::HangUp, 2),
        (1, Act::error(400, "Throttling", "slower"), 2),
        (9, Act::error(503, "ServiceUnavailable", "later"), 3),
        (9, Act::error(400, "ValidationError", "wrong"), 1),
        (9, Act::error(403, "AccessDenied", "no"), 1),
        (9, Act::error(404, "NoSuchEntity", "gone"), 1),
    ] {
        let endpoint = failing(times, act.clone());
        // A throttled attempt waits for up to a second in this mode; jitter of none would be a second.
        run(&endpoint, &QUICK);
        assert_eq!(endpoint.asked().len(), attempts, "{act:?}");
    }
}

#[test]
fn off_and_one_attempt_mean_one() {
    for flags in [["--retry-mode", "off"], ["--max-attempts", "1"]] {
        let endpoint = failing(9, Act::error(503, "SlowDown", "slower"));
        assert_eq!(run(&endpoint, &flags).code, 1);
        assert_eq!(endpoint.asked().len(), 1, "{flags:?}");
    }
}

#[test]
fn variables_and_profiles_say_how_and_flags_beat_them() {
    let endpoint = failing(99, Act::error(500, "InternalFailure", "sorry"));
    let url = endpoint.url();
    let mut before = 0;
    let mut attempts = |variables: &[(&str, &str)], flags: &[&str]| {
        let sender = variables.iter().fold(Sender::new(), |sender, (name, value)| sender.and(name, value));
        std::fs::create_dir(sender.world.path(".aws")).unwrap();
        sender.world.write(".aws/config", "[default]\nretry_mode = standard\nmax_attempts = 2\n");
        let action = ["sts:GetCallerIdentity", "--endpoint-url", &url];
        let said = sender.run(&[&action, flags].concat());
        let count = endpoint.asked().len() - before;
        before += count;
        (count, said.stderr)
    };
    assert_eq!(attempts(&[("AWS_NEW_RETRIES_2026", "true")], &[]).0, 2);
    assert_eq!(attempts(&[("AWS_MAX_ATTEMPTS", "1")], &[]).0, 1);
    assert_eq!(
        attempts(&[("AWS_MAX_ATTEMPTS", "1"), ("AWS_RETRY_MODE", "standard-2.1")], &["--max-attempts", "3"])
            .0,
        3
    );
    let (count, stderr) = attempts(&[("AWS_RETRY_MODE", "sometimes")], &[]);
    assert!(
        count == 0 && stderr.contains("AWS_RETRY_MODE: \"sometimes\" is none of exponential"),
        "{stderr}"
    );
}

#[test]
fn bodies_from_stdin_are_sent_again_whole() {
    let endpoint = Endpoint::of("s3", |asked| match asked.number {
        1 => Act::HangUp,
        2 => Act::Answer(500, Vec::new(), Vec::new()),
        _ => Act::text(200, "yes"),
    });
    let body = "0123456789".repeat(300_000);
    let url = endpoint.url();
    let arguments =
        ["PUT", "s3://bucket/key", "-T", "-", "--endpoint-url", &url, "--retry-mode", "standard-2.1"];
    let said = Sender::new().fed(&arguments, &body);
    assert_eq!((said.code, said.stdout.as_str()), (0, "yes"), "{}", said.stderr);
    let asked = endpoint.asked();
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|asked| asked.body == body.as_bytes()));
}

#[test]
fn a_wrong_region_is_followed_once_and_said() {
    let endpoint = Endpoint::of("s3", |_| Act::text(200, "yes"));
    let url = endpoint.url();
    let arguments = ["s3://bucket/key", "--endpoint-url", &url, "--region", "eu-west-1"];
    let said = Sender::new().run(&arguments);
    assert_eq!((said.code, said.stdout.as_str()), (0, "yes"), "{}", said.stderr);
    assert!(said.stderr.contains("note: this belongs to region us-east-1, not eu-west-1"), "{}", said.stderr);
    assert_eq!(endpoint.asked().len(), 2);
}

#[test]
fn reports_draw_each_attempt_and_its_wait() {
    let endpoint = failing(2, Act::error(500, "InternalFailure", "sorry"));
    let said = run(&endpoint, &["--retry-mode", "standard-2.1", "--retry-report", "--silent"]);
    let lines: Vec<&str> = said.stderr.lines().collect();
    let title = format!("POST {} (standard-2.1, at most 3 attempts)", endpoint.url());
    assert_eq!((lines.len(), lines[0]), (5, title.as_str()), "{}", said.stderr);
    assert!(lines[1].starts_with("  attempt 1 ") && lines[1].contains("500 InternalFailure"), "{lines:?}");
    assert!(lines[3].starts_with("  attempt 3") && lines[3].contains("|  200"), "{lines:?}");
    let sender = Sender::new();
    let url = endpoint.url();
    sender.done(&["sts:GetCallerIdentity", "--endpoint-url", &url, "--retry-report=line.svg"]);
    let svg = text_of(&sender.world.path("line.svg"));
    assert!(
        svg.starts_with("<svg xmlns=") && svg.contains("attempt 1") && svg.ends_with("</svg>\n"),
        "{svg}"
    );
}
