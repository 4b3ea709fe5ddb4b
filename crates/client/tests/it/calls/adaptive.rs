//! A service that throttles at a set rate: `standard` and `adaptive` send what botocore sends, when botocore sends it
//! (`testdata/throttled`).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use client::retry::{Jitter, Mode, Settings};
use client::{Body, Call, Caller, Client, Exchange, Limits, Pace, Response, Transport};
use serde_json::Value;
use sys::Entropy;

use super::world::{Simulated, noon};

/// A bucket of `burst` tokens, filled at `rate` per second; a request that finds none is throttled. An answer takes ten
/// milliseconds.
#[derive(Debug)]
struct Service {
    pace: Arc<Simulated>,
    rate: f64,
    burst: f64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    tokens: f64,
    at: f64,
    /// When, and whether it was admitted.
    requests: Vec<(f64, bool)>,
}

impl Service {
    fn admits(&self) -> bool {
        let now = self.pace.now().as_secs_f64();
        let mut state = self.state.lock().unwrap();
        state.tokens = (state.tokens + (now - state.at) * self.rate).min(self.burst);
        state.at = now;
        // Our clock has nanoseconds, and theirs has not.
        let admitted = state.tokens >= 1.0 - 1e-6;
        if admitted {
            state.tokens -= 1.0;
        }
        state.requests.push((now, admitted));
        admitted
    }
}

impl Transport for Service {
    fn send<'a>(&'a self, _: http::Request<Bytes>, _: &'a Limits) -> Exchange<'a> {
        let (status, body) = match self.admits() {
            true => (200, ""),
            false => (400, "{\"__type\":\"ThrottlingException\"}"),
        };
        self.pace.advance(Duration::from_millis(10));
        Box::pin(std::future::ready(Ok(Response::new(status, http::HeaderMap::new(), body.into()))))
    }
}

/// What our client sends in this mode, with the rate in force at each request where there is one, and how many calls fail.
async fn ours(mode: Mode, run: &Value) -> (Vec<(f64, bool)>, Vec<Option<f64>>, u64) {
    let number = |name: &str| run[name].as_f64().unwrap();
    let pace = Simulated::new();
    let state = State { tokens: number("burst"), at: 0.0, requests: Vec::new() };
    let service = Service {
        pace: Arc::clone(&pace),
        rate: number("rate"),
        burst: number("burst"),
        state: Mutex::new(state),
    };
    let service = Arc::new(service);
    let client = Client::over(Arc::clone(&service) as Arc<dyn Transport>);
    // Without jitter every wait is as long as with rand() = 1.
    let settings = Settings { jitter: Some(Jitter::None), ..Settings::of(mode) };
    let caller = Caller::new(client, settings, pace.clock(), Entropy::seeded(1))
        .with_pace(Arc::clone(&pace) as Arc<dyn Pace>);
    let rates = Arc::new(Rates { caller: caller.clone(), seen: Mutex::default() });
    let mut failed = 0;
    for _ in 0..run["calls"].as_u64().unwrap() {
        let request = http::Request::post("http://kms.example/").body(Body::empty()).unwrap();
        let call = Call::new(request, "kms", "us-east-1")
            .observed_by(Arc::clone(&rates) as Arc<dyn client::retry::Observer>);
        failed += u64::from(!caller.ask(call).await.unwrap().response.is_success());
    }
    let requests = std::mem::take(&mut service.state.lock().unwrap().requests);
    let rates = std::mem::take(&mut *rates.seen.lock().unwrap());
    (requests, rates, failed)
}

struct Rates {
    caller: Caller,
    seen: Mutex<Vec<Option<f64>>>,
}

impl client::retry::Observer for Rates {
    fn attempt_started(&self, _: u32, _: u32) {
        let rate = self.caller.standing("kms").and_then(|standing| standing.rate.allowed);
        self.seen.lock().unwrap().push(rate);
    }
}

#[tokio::test]
async fn requests_are_those_of_botocore() {
    let recorded: Value =
        serde_json::from_str(include_str!("../../../testdata/throttled/botocore.json")).unwrap();
    assert_eq!(noon().millis() % 1000, 0, "buckets of half a second begin where botocore's do");
    let mut compared = 0;
    for run in recorded["runs"].as_array().unwrap() {
        let modes = match run["mode"].as_str().unwrap() {
            "standard" => [Mode::Standard, Mode::Standard21],
            _ => [Mode::Adaptive, Mode::Adaptive21],
        };
        for mode in modes {
            let (requests, rates, failed) = ours(mode, run).await;
            let theirs = run["requests"].as_array().unwrap();
            assert_eq!(
                (requests.len(), failed),
                (theirs.len(), run["failed"].as_u64().unwrap()),
                "{mode} {run}"
            );
            for (index, (row, (at, admitted))) in theirs.iter().zip(&requests).enumerate() {
                let told = format!(
                    "{mode} at {} per second, request {index}: {row} {at} {:?}",
                    run["rate"], rates[index]
                );
                assert!((row[0].as_f64().unwrap() - at).abs() < 0.002, "{told}");
                assert_eq!(row[1] == 1, *admitted, "{told}");
                if let Some(rate) = rates[index] {
                    assert!((row[2].as_f64().unwrap() - rate).abs() < 0.02 * rate, "{told}");
                }
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 554);
}
