//! What is tried again, when and how often, and what is not: counted at the server.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use client::retry::{Attempt, Cause, Ended, Mode, Observer, Outcome, Settings};
use client::{Body, Call, Limits};

use super::world::{World, act, answer_with, answers, call, field};
use crate::server::{Act, Server};

#[tokio::test]
async fn bursts_are_survived_with_waits_of_1_2_4_8_16_seconds() {
    let server =
        answers(&["reset", "503", "500 InternalServerError", "400 ThrottlingException", "429", "200"]).await;
    let world = World::new(Settings::default());
    let called = world.caller.ask(call("GET", &server.url("/"))).await.unwrap();
    assert_eq!((called.response.status(), server.requests().len()), (200, 6));
    assert_eq!(world.pauses(), [1000, 2000, 4000, 8000, 16_000]);
    let causes: Vec<_> = called.history.attempts.iter().map(|attempt| attempt.cause).collect();
    use Cause::{NoAnswer, ServerError, Throttling};
    let expected = [NoAnswer, ServerError, ServerError, Throttling, Throttling].map(Some);
    assert_eq!(causes, [&expected[..], &[None]].concat());
    assert_eq!((called.history.ended, called.history.retries()), (Some(Ended::Done), 5));
    assert_eq!(called.history.waited(), Duration::from_secs(31));
}

#[tokio::test]
async fn a_service_that_stays_down_is_asked_as_often_as_the_mode_says() {
    for (mode, requests) in [
        (Mode::Exponential, 6),
        (Mode::Standard, 3),
        (Mode::Standard21, 4),
        (Mode::Adaptive, 3),
        (Mode::Legacy, 10),
        (Mode::Off, 1),
    ] {
        let server = answers(&["503"]).await;
        let called = World::of(mode).caller.ask(call("GET", &server.url("/"))).await.unwrap();
        assert_eq!((server.requests().len(), called.response.status()), (requests, 503), "{mode}");
        assert_eq!(called.history.ended, Some(Ended::AttemptsSpent), "{mode}");
    }
}

#[tokio::test]
async fn nothing_is_retried_that_must_not_be() {
    for answer in [
        "200",
        "204",
        "400",
        "400 ValidationException",
        "401",
        "403 AccessDenied",
        "404 ResourceNotFoundException",
        "405",
        "409 ConditionalCheckFailedException",
        "411",
        "412",
        "413",
        "416",
        "418",
        "422",
        "431",
        "501",
        "505",
    ] {
        for mode in Mode::ALL {
            let server = Server::start(move |_| act(answer)).await;
            let called = World::of(mode).caller.ask(call("GET", &server.url("/"))).await.unwrap();
            assert_eq!(server.requests().len(), 1, "{mode} {answer}");
            let expected = if answer.starts_with('2') { Ended::Done } else { Ended::Final };
            assert_eq!(
                (called.history.ended, called.history.retries()),
                (Some(expected), 0),
                "{mode} {answer}"
            );
        }
    }
}

#[tokio::test]
async fn nobody_there_is_tried_again_too() {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let world = World::of(Mode::Exponential);
    let error = world.caller.ask(call("GET", &format!("http://{free}/"))).await.unwrap_err();
    assert_eq!((error.code(), error.history.attempts.len()), ("unreachable", 6));
    assert_eq!(error.history.ended, Some(Ended::AttemptsSpent));
    assert_eq!(world.pauses(), [1000, 2000, 4000, 8000, 16_000]);
    let unanswered: Vec<_> = error.history.attempts.iter().map(|attempt| attempt.may_repeat).collect();
    assert_eq!(unanswered, [false; 6]);

    let error = world.caller.ask(call("GET", "ftp://host/")).await.unwrap_err();
    assert_eq!((error.code(), error.history.attempts.len()), ("url", 0), "no attempt could be made");
}

#[tokio::test]
async fn each_attempt_bears_a_date_and_a_signature_of_its_own_and_the_same_body() {
    let server = answers(&["503", "503", "200"]).await;
    World::of(Mode::Exponential).caller.ask(call("PUT", &server.url("/x?y=1"))).await.unwrap();
    let requests: Vec<String> = server.requests().into_iter().map(|(_, text)| text).collect();
    let all = |name| requests.iter().map(|request| field(request, name)).collect::<Vec<_>>();
    assert_eq!(all("x-amz-date"), ["20261122T120000Z", "20261122T120001Z", "20261122T120003Z"]);
    assert_eq!(all("amz-sdk-request"), ["attempt=1; max=6", "attempt=2; max=6", "attempt=3; max=6"]);
    let invocations = all("amz-sdk-invocation-id");
    assert!(
        invocations[0].len() == 36 && invocations.iter().all(|id| *id == invocations[0]),
        "{invocations:?}"
    );
    let mut signatures = all("authorization");
    signatures.dedup();
    assert_eq!(signatures.len(), 3);
    assert!(signatures[0].contains("SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;"), "{signatures:?}");
    assert!(requests.iter().all(|request| request.ends_with("{\"a\":1}")), "{requests:?}");
}

#[tokio::test]
async fn attempts_after_an_answer_say_when_they_are_given_up() {
    let date = "Date: Sun, 22 Nov 2026 12:00:30 GMT\r\n";
    let server = Server::start(move |_| answer_with("503", date, "")).await;
    World::of(Mode::Standard).caller.ask(call("GET", &server.url("/"))).await.unwrap();
    let first = field(&server.requests()[0].1, "amz-sdk-request").to_owned();
    let second = field(&server.requests()[1].1, "amz-sdk-request").to_owned();
    assert_eq!(first, "attempt=1");
    // Half a minute ahead, twenty seconds of patience, and what was waited.
    assert!(second.starts_with("ttl=20261122T12005") && second.ends_with("; attempt=2; max=3"), "{second}");
}

#[tokio::test]
async fn wishes_of_the_service_are_heard() {
    for (mode, field, wait) in [
        (Mode::Exponential, "Retry-After: 7", 7000),
        (
            Mode::Exponential,
            "Retry-After: Sun, 22 Nov 2026 12:00:09 GMT\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT",
            9000,
        ),
        (Mode::Standard21, "x-amz-retry-after: 3000", 3000),
        (Mode::Standard21, "x-amz-retry-after: never", 25),
    ] {
        let answer = move |_: &str| answer_with("503", &format!("{field}\r\n"), "");
        let server = Server::start(answer).await;
        let settings = Settings {
            max_attempts: Some(2),
            jitter: Some(client::retry::Jitter::None),
            ..Settings::of(mode)
        };
        let world = World::new(settings);
        world.caller.ask(call("GET", &server.url("/"))).await.unwrap();
        assert_eq!(world.pauses(), [wait], "{mode} {field}");
    }
}

#[tokio::test]
async fn quota_is_shared_by_all_calls_to_a_service() {
    let server = answers(&["500"]).await;
    let world = World::of(Mode::Standard);
    let mut ended = Vec::new();
    for _ in 0..60 {
        ended.push(
            world.caller.clone().ask(call("GET", &server.url("/"))).await.unwrap().history.ended.unwrap(),
        );
    }
    // 500 at 5 each are 100 retries: 50 calls have two each, the others none.
    assert_eq!(server.requests().len(), 160);
    assert_eq!(ended, [vec![Ended::AttemptsSpent; 50], vec![Ended::QuotaSpent; 10]].concat());
    assert_eq!(world.caller.standing("dynamodb").unwrap().quota, 0);

    let other = Call { service: "sts".to_owned(), ..call("GET", &server.url("/")) };
    world.caller.ask(other).await.unwrap();
    assert_eq!(server.requests().len(), 163, "another service has its own");
}

#[tokio::test]
async fn answer_that_breaks_off_is_asked_for_again_and_a_long_one_is_the_readers() {
    let server = answers(&["half", "200"]).await;
    let world = World::of(Mode::Exponential);
    let asked = world.caller.ask(call("GET", &server.url("/"))).await.unwrap();
    assert_eq!((asked.response.status(), server.requests().len()), (200, 2));

    let server = answers(&["half", "200"]).await;
    let called = world.caller.call(call("GET", &server.url("/"))).await.unwrap();
    assert_eq!((called.response.status(), server.requests().len()), (200, 2));

    let server = answers(&["long-half", "200"]).await;
    let mut called = world.caller.call(call("GET", &server.url("/"))).await.unwrap();
    let broken = loop {
        match called.response.next().await {
            Some(Ok(_)) => {}
            Some(Err(error)) => break error,
            None => panic!("it ended well"),
        }
    };
    assert_eq!((broken.code(), server.requests().len()), ("protocol", 1));
}

#[tokio::test]
async fn long_error_is_the_readers_and_none_of_it_is_lost() {
    let page = "<html>".repeat(200_000);
    let sent = page.clone();
    let server = Server::start(move |_| answer_with("404", "", &sent)).await;
    let called = World::of(Mode::Exponential).caller.call(call("GET", &server.url("/"))).await.unwrap();
    assert_eq!((called.error, called.response.remaining()), (None, Some(page.len() as u64)));
    assert_eq!(called.response.collect(2 << 20).await.unwrap().body(), page.as_bytes());
}

#[tokio::test]
async fn slow_answers_are_given_up_and_tried_again() {
    let limits = Limits { idle: Duration::from_millis(100), ..Limits::document(Duration::from_secs(20)) };
    let server = answers(HALVES).await;
    let call = call("GET", &server.url("/")).within(limits);
    let asked = World::of(Mode::Standard).caller.ask(call).await.unwrap();
    assert_eq!((asked.response.status(), server.requests().len()), (200, 3));
    assert_eq!(asked.history.attempts[0].cause, Some(Cause::TimedOut));
    // Time-outs cost ten of the quota, and the last one is given back.
    assert_eq!(
        asked.history.attempts.iter().map(|attempt| attempt.quota).collect::<Vec<_>>(),
        [490, 480, 490].map(Some)
    );
}

#[tokio::test]
async fn post_without_an_answer_is_repeated_only_where_that_is_allowed_and_it_is_said() {
    let server = answers(&["reset", "200"]).await;
    let world = World::of(Mode::Exponential);
    let asked = world.caller.ask(call("POST", &server.url("/"))).await.unwrap();
    assert!(asked.history.may_have_repeated() && asked.history.attempts[0].may_repeat);
    assert_eq!(server.requests().len(), 2);

    let careful = World::new(Settings { repeat_unanswered: false, ..Settings::default() });
    let server = answers(&["reset", "200"]).await;
    let error = careful.caller.ask(call("POST", &server.url("/"))).await.unwrap_err();
    assert_eq!((error.history.ended, server.requests().len()), (Some(Ended::MayRepeat), 1));
    assert!(!error.history.may_have_repeated());

    let server = answers(&["503", "200"]).await;
    careful.caller.ask(call("POST", &server.url("/"))).await.unwrap();
    assert_eq!(server.requests().len(), 2, "an answer is an answer");
    let server = answers(&["reset", "200"]).await;
    careful.caller.ask(call("PUT", &server.url("/"))).await.unwrap();
    assert_eq!(server.requests().len(), 2, "PUT does no more the second time");
}

#[tokio::test]
async fn copy_that_fails_after_200_is_tried_again() {
    let error = "<?xml version=\"1.0\"?>\n  <Error><Code>InternalError</Code><Message>m</Message></Error>";
    let server = Server::start(move |text| match text.contains("attempt=1;") {
        true => answer_with("200", "", error),
        false => answer_with("200", "", "<CopyObjectResult/>"),
    })
    .await;
    let copy = |copies: bool| {
        let mut request = http::Request::put(server.url("/b/k")).body(Body::empty()).unwrap();
        if copies {
            request.headers_mut().insert("x-amz-copy-source", "b/j".parse().unwrap());
        }
        Call::new(request, "s3", "us-east-1")
    };
    let world = World::of(Mode::Exponential);
    let asked = world.caller.ask(copy(true)).await.unwrap();
    assert_eq!((asked.error, server.requests().len()), (None, 2));
    let asked = world.caller.ask(copy(false)).await.unwrap();
    assert_eq!((asked.error, asked.response.body()), (None, error.as_bytes()), "somebody's data");
}

#[tokio::test]
async fn waiting_operations_pause_before_they_give_up() {
    let server = answers(&["500"]).await;
    let settings = Settings { jitter: Some(client::retry::Jitter::None), ..Settings::of(Mode::Standard21) };
    let world = World::new(settings);
    let receive = || {
        let mut call = Call { service: "sqs".to_owned(), ..call("POST", &server.url("/")) };
        call.request.headers_mut().insert("x-amz-target", "AmazonSQS.ReceiveMessage".parse().unwrap());
        call
    };
    loop {
        let before = world.pauses().len();
        let history = world.caller.ask(receive()).await.unwrap().history;
        if history.ended == Some(Ended::QuotaSpent) && history.attempts.len() == 1 {
            assert_eq!(world.pauses()[before..], [50]);
            return;
        }
    }
}

const HALVES: &[&str] = &[HALF, HALF, "200"];
const HALF: &str = "raw HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";

/// Keeps what it hears.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Observer for Notes {
    fn attempt_started(&self, number: u32, max: u32) {
        self.0.lock().unwrap().push(format!("{number} of {max}"));
    }

    fn attempt_ended(&self, attempt: &Attempt) {
        let cause = attempt.cause.map(|cause| format!(", {cause}")).unwrap_or_default();
        self.0.lock().unwrap().push(format!("{}{cause}", attempt.outcome));
    }

    fn waiting(&self, _: &Attempt, wait: Duration) {
        self.0.lock().unwrap().push(format!("wait {} s", wait.as_secs()));
    }
}

#[tokio::test]
async fn observer_hears_it_all_in_order() {
    let server = Server::start(|text| match text.contains("attempt=1;") {
        true => answer_with("503", "x-amzn-requestid: R1\r\n", "{\"__type\":\"SlowDown\"}"),
        false => Act::Say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_vec()),
    })
    .await;
    let notes = Arc::new(Notes::default());
    let call = call("GET", &server.url("/")).observed_by(Arc::clone(&notes) as Arc<dyn Observer>);
    let history = World::of(Mode::Exponential).caller.ask(call).await.unwrap().history;
    assert_eq!(*notes.0.lock().unwrap(), ["1 of 6", "503 SlowDown, throttled", "wait 1 s", "2 of 6", "200"]);
    let expected =
        Outcome::Answer { status: 503, code: Some("SlowDown".into()), request_id: Some("R1".into()) };
    assert_eq!(history.attempts[0].outcome, expected);
}
