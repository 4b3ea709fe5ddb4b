//! `--count`: many requests, and what is said of them.

use super::Sender;
use super::endpoint::{Act, Endpoint};

#[test]
fn many_requests_take_one_connection_and_end_in_a_summary() {
    let endpoint = Endpoint::of("sts", |asked| match asked.number % 10 {
        0 => Act::error(500, "InternalFailure", "sorry"),
        _ => Act::text(200, "yes"),
    });
    let url = endpoint.url();
    let flags =
        ["sts:GetCallerIdentity", "--endpoint-url", &url, "--count", "50", "--retry-mode", "standard-2.1"];
    let object = Sender::new().json(&flags);
    assert_eq!((object["Count"].as_u64(), object["Succeeded"].as_u64()), (Some(50), Some(50)), "{object}");
    assert_eq!(object["Outcomes"][0]["What"], "200");
    assert_eq!(object["Retried"][0]["What"], "server error");
    let retries = object["Retried"][0]["Count"].as_u64().unwrap();
    assert_eq!(object["Attempts"].as_u64(), Some(50 + retries));
    assert!(object["QuotaLeft"].as_u64().is_some_and(|left| left <= 500), "{object}");
    let asked = endpoint.asked();
    assert_eq!(asked.len() as u64, 50 + retries);
    assert!(asked.iter().all(|asked| asked.connection == 1));
}

#[test]
fn requests_that_fail_fail_the_command_and_are_counted_by_what_they_say() {
    let endpoint = Endpoint::of("sts", |asked| match asked.number % 2 {
        0 => Act::error(403, "AccessDenied", "no"),
        _ => Act::text(200, "yes"),
    });
    let url = endpoint.url();
    let flags = [
        "sts:GetCallerIdentity",
        "--endpoint-url",
        &url,
        "--count",
        "10",
        "--rate",
        "1000",
        "--parallel",
        "2",
    ];
    let said = Sender::new().run(&flags);
    assert_eq!(said.code, 1);
    assert!(
        said.stdout.contains("5  200\n") && said.stdout.contains("5  403 AccessDenied\n"),
        "{}",
        said.stdout
    );
    assert_eq!(said.stderr, "error: not all requests were answered well\n");
    assert_eq!(endpoint.asked().len(), 10, "what is final is asked once");
}

#[test]
fn adaptive_holds_back_once_it_is_throttled() {
    let endpoint = Endpoint::of("sts", |asked| match asked.number {
        1 => Act::error(400, "Throttling", "slower").with("x-amz-retry-after", "1"),
        _ => Act::text(200, "yes"),
    });
    let url = endpoint.url();
    let flags =
        ["sts:GetCallerIdentity", "--endpoint-url", &url, "--count", "1", "--retry-mode", "adaptive-2.1"];
    let object = Sender::new().json(&flags);
    assert_eq!(object["Retried"][0]["What"], "throttled");
    assert!(object["RateLimit"].as_f64().is_some_and(|rate| rate >= 0.5), "{object}");
}
