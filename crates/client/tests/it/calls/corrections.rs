//! Clock, region and expired keys: put right once, and only where nothing is given away.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use client::retry::{Correction, Ended, Mode, Settings};
use client::{
    Body, Call, Client, Exchange, Identity, IdentityError, Keys, KeysAsked, Limits, Response, Transport,
};
use http::HeaderMap;
use types::Timestamp;

use super::world::{World, alice, answer_with, answers, call, field, keys, noon};
use crate::server::Server;

/// A server one hour ahead that refuses requests of another time than its own.
async fn an_hour_ahead(age: &'static str) -> Server {
    Server::start(move |text| {
        let date = Timestamp::from_secs(noon().secs() + 3600).http_date();
        let headers = format!("Date: {date}\r\n{age}");
        match field(text, "x-amz-date").starts_with("20261122T13") {
            true => answer_with("200", &headers, ""),
            false => answer_with("403", &headers, "{\"__type\":\"RequestTimeTooSkewed\",\"message\":\"m\"}"),
        }
    })
    .await
}

#[tokio::test]
async fn wrong_clock_is_corrected_once_said_and_remembered() {
    let server = an_hour_ahead("").await;
    let world = World::of(Mode::Exponential);
    let asked = world.caller.ask(call("GET", &server.url("/"))).await.unwrap();
    assert_eq!((asked.response.status(), server.requests().len()), (200, 2));
    let corrections: Vec<String> = asked.history.corrections().map(Correction::to_string).collect();
    let said = "this machine's clock is 3600 s behind the service's; signing again by the service's";
    assert_eq!(corrections, [said]);
    assert!(world.pauses().is_empty(), "it was the client's fault: nobody has to wait");

    let asked = world.caller.clone().ask(call("GET", &server.url("/"))).await.unwrap();
    assert_eq!((asked.history.retries(), server.requests().len()), (0, 3), "known from now on");
}

#[tokio::test]
async fn clock_is_left_alone_where_it_is_right_or_nobody_knows() {
    let world = World::of(Mode::Exponential);
    let from_cache = an_hour_ahead("Age: 3600\r\n").await;
    world.caller.ask(call("GET", &from_cache.url("/"))).await.unwrap();
    assert_eq!(from_cache.requests().len(), 1, "an answer that was written for somebody else");

    let date = format!("Date: {}\r\n", noon().http_date());
    let right =
        Server::start(move |_| answer_with("403", &date, "{\"__type\":\"SignatureDoesNotMatch\"}")).await;
    world.caller.ask(call("GET", &right.url("/"))).await.unwrap();
    assert_eq!(right.requests().len(), 1, "the clock is right");

    let kept = World::new(Settings { correct_clock: false, ..Settings::default() });
    let ahead = an_hour_ahead("").await;
    kept.caller.ask(call("GET", &ahead.url("/"))).await.unwrap();
    assert_eq!(ahead.requests().len(), 1, "AWS_DISABLE_CLOCK_SKEW_CORRECTION");
    World::of(Mode::Off).caller.ask(call("GET", &ahead.url("/"))).await.unwrap();
    assert_eq!(ahead.requests().len(), 2, "off is off");
}

#[tokio::test]
async fn clock_that_is_never_right_ends() {
    let moving = Mutex::new(0);
    let server = Server::start(move |_| {
        let mut hours = moving.lock().unwrap();
        *hours += 1;
        let date = Timestamp::from_secs(noon().secs() + 3600 * *hours).http_date();
        answer_with("403", &format!("Date: {date}\r\n"), "{\"__type\":\"RequestTimeTooSkewed\"}")
    })
    .await;
    let asked = World::of(Mode::Exponential).caller.ask(call("GET", &server.url("/"))).await.unwrap();
    assert_eq!((server.requests().len(), asked.history.ended), (2, Some(Ended::Final)));
}

/// Hands out one set after the other each time one has expired, and counts questions.
#[derive(Debug)]
struct Sets {
    sets: Vec<Keys>,
    state: Mutex<(usize, usize)>,
}

impl Sets {
    fn new(ids: &[&str]) -> Arc<Self> {
        Arc::new(Self { sets: ids.iter().map(|id| keys(id)).collect(), state: Mutex::default() })
    }
}

impl Identity for Sets {
    fn keys(&self) -> KeysAsked<'_> {
        let mut state = self.state.lock().unwrap();
        state.1 += 1;
        let set = self.sets.get(state.0).cloned();
        let none = || IdentityError { code: "none", what: "no keys".into(), hint: "get some".into() };
        Box::pin(std::future::ready(set.ok_or_else(none)))
    }

    fn expired(&self, _: &Keys) {
        let mut state = self.state.lock().unwrap();
        state.0 = (state.0 + 1).min(self.sets.len() - 1);
    }
}

#[tokio::test]
async fn expired_keys_are_exchanged_once_if_there_are_newer_ones() {
    let expired = |text: &str| match text.contains("Credential=NEW") {
        true => answer_with("200", "", ""),
        false => answer_with("400", "", "{\"__type\":\"ExpiredTokenException\"}"),
    };
    let world = World::of(Mode::Exponential);
    for (sets, requests, status) in
        [(&["OLD", "NEW"][..], 2, 200), (&["OLD"], 1, 400), (&["OLD", "OLDER", "NEW"], 2, 400)]
    {
        let server = Server::start(expired).await;
        let call = Call { identity: Some(Sets::new(sets)), ..call("GET", &server.url("/")) };
        let asked = world.caller.ask(call).await.unwrap();
        assert_eq!((server.requests().len(), asked.response.status()), (requests, status), "{sets:?}");
        let said: Vec<_> = asked.history.corrections().collect();
        assert_eq!(said.len(), requests - 1, "{said:?}");
    }
}

#[tokio::test]
async fn keys_are_asked_for_at_each_attempt_and_without_them_nothing_is_sent() {
    let server = answers(&["503", "503", "200"]).await;
    let identity = Sets::new(&["A"]);
    let asked =
        Call { identity: Some(Arc::clone(&identity) as Arc<dyn Identity>), ..call("GET", &server.url("/")) };
    World::of(Mode::Exponential).caller.ask(asked).await.unwrap();
    assert_eq!(identity.state.lock().unwrap().1, 3);

    let nobody = Call { identity: Some(Sets::new(&[])), ..call("GET", &server.url("/")) };
    let error = World::of(Mode::Exponential).caller.ask(nobody).await.unwrap_err();
    assert_eq!((error.code(), error.hint(), server.requests().len()), ("none", "get some", 3));
}

/// Answers by the host, and keeps who was asked and which region the signature was for.
#[derive(Debug)]
struct Hosts {
    answer: fn(&str) -> (u16, Option<&'static str>, &'static str),
    seen: Mutex<Vec<String>>,
}

impl Transport for Hosts {
    fn send<'a>(&'a self, request: http::Request<Bytes>, _: &'a Limits) -> Exchange<'a> {
        let uri = request.uri().to_string();
        let scope = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
        let scope =
            scope.map_or_else(|| "unsigned".to_owned(), |value| value.split('/').nth(2).unwrap().to_owned());
        self.seen.lock().unwrap().push(format!("{} {uri} {scope}", request.method()));
        let (status, region, body) = (self.answer)(&uri);
        let mut headers = HeaderMap::new();
        if let Some(region) = region {
            headers.insert("x-amz-bucket-region", region.parse().unwrap());
        }
        headers.insert("location", "https://evil.example/".parse().unwrap());
        let body = if request.method() == "HEAD" { "" } else { body };
        Box::pin(std::future::ready(Ok(Response::new(status, headers, body.as_bytes().to_vec()))))
    }
}

/// What a call of S3 sends, and how it ends.
async fn seen(
    method: &str,
    url: &str,
    answer: fn(&str) -> (u16, Option<&'static str>, &'static str),
) -> (u16, Vec<String>) {
    let hosts = Arc::new(Hosts { answer, seen: Mutex::default() });
    let world = World::over(Client::over(Arc::clone(&hosts) as Arc<dyn Transport>), Settings::default());
    let request = http::Request::builder().method(method).uri(url).body(Body::empty()).unwrap();
    let asked = world.caller.call(Call::new(request, "s3", "us-east-1").signed_by(alice())).await.unwrap();
    let last = hosts.seen.lock().unwrap().clone();
    assert_eq!(asked.history.attempts.len(), last.len());
    (asked.response.status(), last)
}

#[tokio::test]
async fn wrong_region_is_followed_once_to_awss_own_host() {
    let moved = |uri: &str| match uri.contains("eu-west-1") {
        true => (200, None, ""),
        false => (
            301,
            Some("eu-west-1"),
            "<Error><Code>PermanentRedirect</Code><Endpoint>evil.example</Endpoint></Error>",
        ),
    };
    for method in ["GET", "HEAD"] {
        let (status, requests) = seen(method, "https://b.s3.us-east-1.amazonaws.com/k?a=b", moved).await;
        assert_eq!(status, 200);
        let first = format!("{method} https://b.s3.us-east-1.amazonaws.com/k?a=b us-east-1");
        assert_eq!(
            requests,
            [first, format!("{method} https://b.s3.eu-west-1.amazonaws.com/k?a=b eu-west-1")]
        );
    }
}

#[tokio::test]
async fn regions_that_point_at_each_other_end() {
    let (status, requests) =
        seen("GET", "https://s3.us-east-1.amazonaws.com/b", |uri| match uri.contains("eu-west-1") {
            true => (301, Some("us-east-1"), "<Error><Code>PermanentRedirect</Code></Error>"),
            false => (301, Some("eu-west-1"), "<Error><Code>PermanentRedirect</Code></Error>"),
        })
        .await;
    assert_eq!((status, requests.len()), (301, 2));
}

#[tokio::test]
async fn no_credentials_go_where_an_answer_points_freely() {
    for body in [
        "<Error><Code>TemporaryRedirect</Code><Endpoint>evil.example</Endpoint></Error>",
        "<Error><Code>PermanentRedirect</Code><Endpoint>b.s3.eu-west-1.amazonaws.com.evil.example</Endpoint></Error>",
        "<Error><Code>AuthorizationHeaderMalformed</Code><Region>cn-north-1</Region></Error>",
        "<Error><Code>AuthorizationHeaderMalformed</Code><Region>x.evil.example/</Region></Error>",
        "",
    ] {
        static BODY: Mutex<&str> = Mutex::new("");
        *BODY.lock().unwrap() = body;
        let (status, requests) =
            seen("GET", "https://b.s3.us-east-1.amazonaws.com/", |_| (307, None, *BODY.lock().unwrap()))
                .await;
        assert_eq!((status, requests.len()), (307, 1), "{body}");
    }
}

#[tokio::test]
async fn document_is_not_looked_for_elsewhere() {
    let server = Server::start(|_| answer_with("307", "Location: https://evil.example/x\r\n", "")).await;
    let error = World::of(Mode::Exponential).caller.ask(call("GET", &server.url("/"))).await.unwrap_err();
    assert_eq!((error.code(), server.requests().len()), ("redirect", 1));
    assert!(
        error.chain().ends_with("redirects (307) to https://evil.example, which is not followed"),
        "{error}"
    );
}

#[tokio::test]
async fn server_of_ones_own_gets_a_signature_for_the_region_it_names() {
    let wrong = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>";
    let server = Server::start(move |text| match text.contains("/eu-west-1/s3/") {
        true => answer_with("200", "", ""),
        false => answer_with("400", "", wrong),
    })
    .await;
    let request = http::Request::get(server.url("/b")).body(Body::empty()).unwrap();
    let call = Call::new(request, "s3", "us-east-1").signed_by(alice());
    let asked = World::of(Mode::Exponential).caller.ask(call).await.unwrap();
    assert_eq!(
        (asked.response.status(), server.requests().len(), asked.region.as_str()),
        (200, 2, "eu-west-1")
    );
}
