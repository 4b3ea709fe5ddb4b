//! A caller whose pauses pass at once, and a server that answers by the number of the request.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use client::retry::{Mode, Settings};
use client::{Body, Call, Caller, Client, Identity, Keys, Limits, Pace, Pausing};
use sys::{Clock, Entropy, FakeClock};
use types::{Secret, Timestamp};

use crate::client;
use crate::server::{Act, Server};

/// Pauses are noted, and both clocks move on by them.
#[derive(Debug)]
pub(crate) struct Simulated {
    passed: Mutex<Duration>,
    pub(crate) pauses: Mutex<Vec<Duration>>,
    pub(crate) clock: FakeClock,
}

impl Pace for Simulated {
    fn now(&self) -> Duration {
        *self.passed.lock().unwrap()
    }

    fn pause(&self, wait: Duration) -> Pausing<'_> {
        self.pauses.lock().unwrap().push(wait);
        self.advance(wait);
        Box::pin(std::future::ready(()))
    }
}

impl Simulated {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { passed: Mutex::default(), pauses: Mutex::default(), clock: FakeClock::new(noon()) })
    }

    pub(crate) fn advance(&self, wait: Duration) {
        *self.passed.lock().unwrap() += wait;
        self.clock.advance(wait);
    }

    pub(crate) fn clock(&self) -> Clock {
        self.clock.clock()
    }
}

/// A caller in simulated time.
pub(crate) struct World {
    pub(crate) pace: Arc<Simulated>,
    pub(crate) caller: Caller,
}

impl World {
    pub(crate) fn new(settings: Settings) -> Self {
        Self::over(client(), settings)
    }

    pub(crate) fn of(mode: Mode) -> Self {
        Self::new(Settings::of(mode))
    }

    pub(crate) fn over(client: Client, settings: Settings) -> Self {
        let pace = Simulated::new();
        let entropy = Entropy::seeded(1);
        let caller = Caller::new(client, settings, pace.clock(), entropy)
            .with_pace(Arc::clone(&pace) as Arc<dyn Pace>);
        Self { pace, caller }
    }

    /// In milliseconds.
    pub(crate) fn pauses(&self) -> Vec<u128> {
        self.pace.pauses.lock().unwrap().iter().map(Duration::as_millis).collect()
    }
}

pub(crate) fn noon() -> Timestamp {
    Timestamp::from_utc((2026, 11, 22), (12, 0, 0)).unwrap()
}

pub(crate) fn keys(id: &str) -> Keys {
    Keys {
        access_key_id: id.to_owned(),
        secret_access_key: Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned()),
        session_token: None,
    }
}

pub(crate) fn alice() -> Arc<dyn Identity> {
    Arc::new(keys("AKIAIOSFODNN7EXAMPLE"))
}

/// A signed call of DynamoDB's form.
pub(crate) fn call(method: &str, url: &str) -> Call {
    let request = http::Request::builder().method(method).uri(url).body(Body::from("{\"a\":1}")).unwrap();
    Call::new(request, "dynamodb", "us-east-1")
        .signed_by(alice())
        .within(Limits::document(Duration::from_secs(20)))
}

/// The n-th request gets the n-th answer, and all after the last get the last.
pub(crate) async fn answers(answers: &'static [&'static str]) -> Server {
    let next = Mutex::new(0);
    Server::start(move |_| {
        let mut next = next.lock().unwrap();
        let answer = answers[(*next).min(answers.len() - 1)];
        *next += 1;
        act(answer)
    })
    .await
}

/// `reset` closes; `503` or `400 Code` is an answer in JSON with that code.
pub(crate) fn act(answer: &str) -> Act {
    let (status, code) = answer.split_once(' ').unwrap_or((answer, ""));
    match status {
        "reset" => Act::SayAndClose(Vec::new()),
        "long-half" => Act::SayAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\nhalf".to_vec()),
        "half" => Act::SayAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec()),
        "raw" => Act::Say(code.as_bytes().to_vec()),
        _ => answer_with(
            status,
            "",
            &if code.is_empty() { String::new() } else { format!("{{\"__type\":\"x#{code}\"}}") },
        ),
    }
}

pub(crate) fn answer_with(status: &str, headers: &str, body: &str) -> Act {
    let text = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len());
    Act::Say(text.into_bytes())
}

/// The value of a field in a request's text.
pub(crate) fn field<'a>(request: &'a str, name: &str) -> &'a str {
    let line = request.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then_some(value.trim())
    });
    line.unwrap_or_default()
}
