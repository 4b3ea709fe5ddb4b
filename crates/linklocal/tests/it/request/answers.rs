//! What becomes of an answer: printed, written, refused, explained.

use std::io::Read as _;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use super::Sender;
use super::endpoint::{Act, Endpoint};
use crate::world::{eventually, text_of, within};

/// A service without signatures, and the flags to ask it.
fn open(answer: Act) -> (Endpoint, String) {
    let endpoint = Endpoint::open(move |_| answer.clone());
    let url = format!("{}/path", endpoint.url());
    (endpoint, url)
}

#[test]
fn bytes_come_out_as_they_came() {
    let (_endpoint, url) = open(Act::Answer(200, Vec::new(), b"\x00bytes\xff".to_vec()));
    let sender = Sender::bare();
    sender.done(&["--unsigned", &url, "-o", "out"]);
    assert_eq!(sys::fs::read(&sender.world.path("out"), 100).unwrap(), b"\x00bytes\xff");
    let object = sender.json(&["--unsigned", &url]);
    assert_eq!((object["Status"].as_u64(), object["BodyBase64"].as_str()), (Some(200), Some("AGJ5dGVz/w==")));
}

#[test]
fn heads_are_shown_before_the_body() {
    let (_endpoint, url) = open(Act::text(200, "body").with("X-Two", "a").with("X-Two", "b"));
    let text = Sender::bare().done(&["--unsigned", "-i", &url]);
    let expected = "HTTP/1.1 200 OK\nContent-Length: 4\nContent-Type: text/plain\nX-Two: a\nX-Two: b\n\nbody";
    assert_eq!(text, expected);
}

#[test]
fn a_file_is_there_whole_or_not_at_all() {
    let sender = Sender::bare();
    let old = sender.world.write("object", "old");
    let (_cut, cut) = open(Act::HalfOf(3_000_000));
    let (_missing, missing) = open(Act::error(404, "NoSuchKey", "gone"));
    for url in [&cut, &missing] {
        let stderr = sender.refused(1, &["--unsigned", "--retry-mode", "off", url, "-o", "object"]);
        assert!(
            stderr.contains("bytes came before that") || stderr.starts_with("NoSuchKey: gone"),
            "{stderr}"
        );
        assert_eq!(text_of(&old), "old");
    }
    let files = std::fs::read_dir(sender.world.path("")).unwrap().count();
    assert_eq!(files, 1, "nothing half is left behind");
}

#[test]
fn whoever_stops_a_download_finds_no_half_file() {
    let sender = Sender::bare();
    let (_endpoint, url) = open(Act::StallIn(3_000_000));
    let names = || sys::fs::names(&sender.world.path("")).unwrap_or_default();
    for signal in [Signal::INT, Signal::TERM] {
        let mut command = sender.world.command(&["request", "--unsigned", &url, "-o", "object"]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        assert!(eventually(|| names().len() == 1), "{:?}", names());
        kill_process(Pid::from_child(&child), signal).unwrap();
        let output = within("the end of a download", move || child.wait_with_output()).unwrap();
        assert_eq!(output.status.code(), Some(130), "{output:?}");
        assert!(names().is_empty(), "{:?}", names());
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let sender = Sender::bare();
    let (_endpoint, url) = open(Act::Answer(200, Vec::new(), vec![b'x'; 8 << 20]));
    let mut command = sender.world.command(&["request", "--unsigned", &url]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut first = [0; 10];
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = within("the end of a download", move || child.wait_with_output()).unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn a_refusal_is_an_answer_unless_somebody_wants_it_to_fail() {
    let (_endpoint, url) = open(Act::error(403, "AccessDenied", "no"));
    let sender = Sender::bare();
    let said = sender.run(&["--unsigned", &url]);
    assert_eq!(said.code, 0);
    assert!(said.stdout.starts_with("<ErrorResponse>"), "{}", said.stdout);
    let expected = "AccessDenied: no (request r-1)\nhint: ";
    assert!(said.stderr.starts_with(expected), "{}", said.stderr);
    let said = sender.run(&["--unsigned", "--fail", &url]);
    assert_eq!((said.code, said.stdout.as_str()), (1, ""));
    assert!(said.stderr.starts_with(expected), "{}", said.stderr);
    let said = sender.run(&["--unsigned", "--silent", &url]);
    assert_eq!((said.code, said.stderr.as_str()), (0, ""));
    // An action that is refused has failed.
    let endpoint = Endpoint::open(|_| Act::error(400, "ValidationError", "RoleName is missing"));
    let stderr = Sender::new().refused(1, &["iam:GetRole", "--endpoint-url", &endpoint.url()]);
    assert!(stderr.starts_with("ValidationError: RoleName is missing"), "{stderr}");
}

#[test]
fn json_holds_answer_error_and_attempts() {
    let (_endpoint, url) = open(Act::error(403, "AccessDenied", "no"));
    let object = Sender::bare().json(&["--unsigned", &url]);
    assert_eq!(object["Status"], 403);
    assert_eq!(object["Error"]["Code"], "AccessDenied");
    assert_eq!(object["Error"]["RequestId"], "r-1");
    assert_eq!(object["Attempts"][0]["Outcome"], "403 AccessDenied");
    assert_eq!(object["Region"], serde_json::Value::Null);
    let said = Sender::bare().run(&["--json", "--unsigned", "--retry-mode", "off", "http://127.0.0.1:1/"]);
    let object: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!((said.code, object["Status"].is_null()), (1, true));
    assert_eq!(object["Error"]["Code"], "unreachable");
}

#[test]
fn a_signature_that_is_refused_is_explained_without_being_asked() {
    let endpoint = Endpoint::of("sts", |_| Act::text(200, "yes"));
    let wrong = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEZ";
    let sender = Sender::new().and("AWS_SECRET_ACCESS_KEY", wrong);
    let said = sender.run(&["sts:GetCallerIdentity", "--endpoint-url", &endpoint.url()]);
    assert_eq!(said.code, 1);
    assert!(said.stdout.contains("SignatureDoesNotMatch"), "{}", said.stdout);
    let told =
        said.stderr.contains("[wrong-secret]") && said.stderr.contains("SignatureDoesNotMatch: The request");
    assert!(told && !said.stderr.contains(wrong), "{}", said.stderr);
    assert_eq!(endpoint.asked().len(), 1, "nothing that is final is tried again");
}

#[test]
fn the_cause_of_a_mismatch_is_proven_from_what_was_sent() {
    // Something on the way writes a header in another way.
    let endpoint = Endpoint::behind("s3", |asked| {
        asked
            .headers
            .iter_mut()
            .filter(|(name, _)| name == "x-amz-meta-a")
            .for_each(|(_, value)| value.push('!'));
    });
    let url = endpoint.url();
    let arguments = ["s3://bucket/key", "-H", "x-amz-meta-a: b", "--endpoint-url", &url];
    let said = Sender::new().run(&arguments);
    assert_eq!(said.code, 1);
    let (first, rest) = said.stderr.split_once('\n').unwrap();
    let is_all = first.starts_with("proven: ") && rest.contains("x-amz-meta-a") && !rest.contains("hint:");
    assert!(is_all, "{}", said.stderr);
    let said = Sender::new().run(&[&["--json"], &arguments[..]].concat());
    let object: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(object["Explanation"]["Verdict"], "proven");
}

#[test]
fn redirects_are_followed_for_nobody_who_signs() {
    let there = Endpoint::open(|_| Act::text(200, "there"));
    let target = there.url();
    let here = Endpoint::open(move |_| Act::text(302, "elsewhere").with("Location", &target));
    let url = format!("{}/", here.url());
    let sender = Sender::new();
    assert_eq!(sender.done(&["--unsigned", "-L", &url]), "there");
    let said = sender.run(&["--service", "execute-api", &url]);
    assert_eq!((said.code, said.stdout.as_str()), (0, "elsewhere"));
    assert!(
        said.stderr.contains("the answer is 302 Found") && said.stderr.contains("--unsigned -L"),
        "{}",
        said.stderr
    );
    assert_eq!(there.asked().len(), 1);
}
