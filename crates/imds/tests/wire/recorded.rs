//! The requests that SDKs were seen to send, replayed: every one gets an answer with which its SDK can go on.
//!
//! Rule: the recordings lie beside the repository and are not part of it; without them there is nothing to run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::case::Over;
use crate::client::Client;
use crate::files;
use crate::world::World;

/// The requests of one run of one SDK, in turn.
struct Recording {
    name: String,
    instance: &'static str,
    requests: Vec<Recorded>,
}

struct Recorded {
    method: String,
    path: String,
    /// Without the session token.
    headers: Vec<(String, String)>,
    sends_token: bool,
    /// What our service answers; not what a server with a fault answered.
    status: u16,
}

/// What a recording has come to.
#[derive(Default)]
struct Progress {
    token: String,
    role: Option<String>,
}

#[tokio::test]
async fn sdks_can_go_on_after_every_request() {
    let (wire, chain) = (wire_recordings(), chain_recordings());
    if wire.is_empty() && chain.is_empty() {
        println!("0 of 0: suite not present");
        return;
    }
    let world = World::start();
    let (mut requests, recordings) = (0, wire.iter().chain(&chain));
    for recording in recordings {
        replay(recording, &world).await;
        requests += recording.requests.len();
    }
    world.stop().await;
    let (wire, chain) = (wire.len(), chain.len());
    println!("{wire} of {wire} runs of SDKs and {chain} of {chain} credential chains, {requests} requests");
}

async fn replay(recording: &Recording, world: &World) {
    let mut progress = Progress::default();
    for request in &recording.requests {
        let at = format!("{}: {} {}", recording.name, request.method, request.path);
        let text = request.text(&progress.token);
        let mut client = Client::connect(world.addr(recording.instance, Over::Ipv4)).await;
        client.send(text.as_bytes(), false).await;
        let received = client.response(false).await;
        let response = String::from_utf8(received.bytes).expect("answers here are text");
        assert_eq!(status(&response), Some(request.status), "{at}\n{text}\n{response}");
        if request.status == 200 {
            progress.advance(request, &response, &at);
        }
    }
}

impl Recorded {
    fn text(&self, token: &str) -> String {
        let Self { method, path, headers, sends_token, .. } = self;
        let mut text = format!("{method} {path} HTTP/1.1\r\n");
        let token = sends_token.then_some(("x-aws-ec2-metadata-token", token));
        for (name, value) in headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(token)
        {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text + "\r\n"
    }
}

impl Progress {
    /// Takes from an answer what the next request needs; panics where an SDK would give up.
    fn advance(&mut self, request: &Recorded, response: &str, at: &str) {
        let (head, body) = response.split_once("\r\n\r\n").expect("a head ends");
        if request.method == "PUT" {
            let ttl = request.headers.iter().find(|(name, _)| name.ends_with("ttl-seconds"));
            let ttl = ttl.map(|(_, ttl)| format!("X-Aws-Ec2-Metadata-Token-Ttl-Seconds: {ttl}\r\n"));
            assert!(ttl.is_some_and(|ttl| head.contains(&ttl)), "{at}: no TTL header\n{head}");
            assert_eq!(body.len(), 56, "{at}: {body}");
            body.clone_into(&mut self.token);
        } else if request.path.ends_with("/security-credentials/") {
            self.role = Some(body.to_owned());
        } else if let Some((_, role)) = request.path.split_once("/security-credentials/") {
            assert_eq!(self.role.as_deref(), Some(role), "{at}: the listing led elsewhere");
            let document: BTreeMap<String, String> =
                serde_json::from_str(body).expect("credentials are JSON");
            assert_eq!(document["Code"], "Success", "{at}");
            let needed = ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"];
            assert!(needed.iter().all(|key| !document[*key].is_empty()), "{at}: {body}");
        } else {
            assert!(!body.is_empty(), "{at}");
        }
    }
}

/// Six behaviours of servers by five SDKs. Faults that EC2 does not have are replayed without the fault.
fn wire_recordings() -> Vec<Recording> {
    #[derive(Deserialize)]
    struct Suite {
        cases: Vec<Case>,
    }
    #[derive(Deserialize)]
    struct Case {
        server: String,
        sdk: String,
        requests: Vec<Request>,
    }
    #[derive(Deserialize)]
    struct Request {
        method: String,
        path: String,
        ttl: Option<String>,
        token: Option<String>,
        status: u16,
    }
    let Some(text) = files::read(&suites().join("linklocal-differential/imds-wire.json")) else {
        return Vec::new();
    };
    let suite: Suite = serde_json::from_str(&text).expect("imds-wire.json");
    let recording = |Case { server, sdk, requests }: Case| {
        let (instance, faulty) = match server.as_str() {
            "v2" => ("native", false),
            "norole" => ("no-profile", false),
            _ => ("optional", true),
        };
        let requests = requests.into_iter().map(|request| {
            let ttl = request.ttl.map(|ttl| ("x-aws-ec2-metadata-token-ttl-seconds".to_owned(), ttl));
            let status = if faulty { 200 } else { request.status };
            Recorded {
                method: request.method,
                path: request.path,
                headers: ttl.into_iter().collect(),
                sends_token: request.token.is_some(),
                status,
            }
        });
        Recording { name: format!("{server} {sdk}"), instance, requests: requests.collect() }
    };
    suite.cases.into_iter().map(recording).collect()
}

/// Recordings of the Rust SDK's default chain, as far as they speak to the metadata service.
fn chain_recordings() -> Vec<Recording> {
    let directory = suites().join("smithy-rs/aws-config/test-data/default-credential-provider-chain");
    let Ok(entries) = std::fs::read_dir(&directory) else { return Vec::new() };
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.expect("a listing goes on").path()).collect();
    cases.retain(|path| name_of(path).starts_with("imds_"));
    cases.sort();
    cases.iter().filter_map(|path| chain_recording(path)).collect()
}

fn chain_recording(path: &Path) -> Option<Recording> {
    let traffic: Value = serde_json::from_str(&files::read(&path.join("http-traffic.json"))?).expect("JSON");
    let events = traffic["events"].as_array().expect("events");
    let status_of = |connection: &Value| {
        let is_its = |event: &&Value| event["connection_id"] == *connection;
        let mut responses =
            events.iter().filter(is_its).map(|event| &event["action"]["Response"]["response"]);
        responses.find_map(|response| response["Ok"]["status"].as_u64())
    };
    let requests: Vec<Recorded> = events
        .iter()
        .filter_map(|event| {
            let request = event["action"]["Request"]["request"].as_object()?;
            let path = request["uri"].as_str()?.strip_prefix("http://169.254.169.254")?;
            Some(recorded(request, path, status_of(&event["connection_id"])?))
        })
        .collect();
    if requests.is_empty() {
        return None;
    }
    let statuses: Vec<u16> = requests.iter().map(|request| request.status).collect();
    let instance = match &statuses[..] {
        [403, ..] => "disabled",
        all if all.contains(&404) => "no-profile",
        _ => "recorded-role",
    };
    Some(Recording { name: name_of(path), instance, requests })
}

fn recorded(request: &serde_json::Map<String, Value>, path: &str, status: u64) -> Recorded {
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, values) in request["headers"].as_object().expect("headers") {
        let values = values.as_array().expect("a header has a list of values");
        headers.extend(values.iter().filter_map(|value| Some((name.clone(), value.as_str()?.to_owned()))));
    }
    let all = headers.len();
    headers.retain(|(name, _)| name != "x-aws-ec2-metadata-token");
    Recorded {
        method: request["method"].as_str().expect("a method").to_owned(),
        path: path.to_owned(),
        sends_token: headers.len() < all,
        headers,
        // An outage was recorded, and the retry after it.
        status: if status == 503 { 200 } else { u16::try_from(status).expect("a status") },
    }
}

fn status(response: &str) -> Option<u16> {
    response.split(' ').nth(1)?.parse().ok()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Test suites lie beside the workspace.
fn suites() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites/credentials")
}
