//! A recording of requests and answers (smithy-rs's form), played back to whoever asks the same.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use client::{ClientError, Exchange, Limits, Response, Transport};
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use serde_json::Value;

use crate::suites::json;

/// Plays the answers in order, and notes each request that is not the recorded one.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    left: Mutex<VecDeque<Recorded>>,
    differences: Mutex<Vec<String>>,
}

#[derive(Debug, Default)]
struct Recorded {
    method: String,
    uri: String,
    headers: BTreeMap<String, String>,
    body: String,
    answer: Option<(u16, HeaderMap, Vec<u8>)>,
}

impl Replay {
    /// The recording in a file; an empty one where there is none.
    pub(crate) fn read(path: &Path) -> Arc<Self> {
        if !path.exists() {
            return Arc::default();
        }
        let mut connections: BTreeMap<u64, Recorded> = BTreeMap::new();
        for event in json(path)["events"].as_array().unwrap() {
            let recorded = connections.entry(event["connection_id"].as_u64().unwrap()).or_default();
            recorded.take(&event["action"]);
        }
        Arc::new(Self { left: Mutex::new(connections.into_values().collect()), ..Self::default() })
    }

    /// What was asked otherwise than recorded, or not asked at all.
    pub(crate) fn differences(&self) -> Vec<String> {
        let mut all = self.differences.lock().unwrap().clone();
        let left = self.left.lock().unwrap();
        all.extend(left.iter().map(|recorded| format!("not asked: {} {}", recorded.method, recorded.uri)));
        all
    }
}

impl Transport for Replay {
    fn send<'a>(&'a self, request: http::Request<Bytes>, _limits: &'a Limits) -> Exchange<'a> {
        let origin = client::origin(request.uri());
        let outcome = match self.left.lock().unwrap().pop_front() {
            None => {
                let asked = format!("not recorded: {} {}", request.method(), request.uri());
                self.differences.lock().unwrap().push(asked);
                Err(ClientError::Other { origin, what: "the recording is at its end".to_owned() })
            }
            Some(recorded) => {
                self.differences.lock().unwrap().extend(recorded.differences(&request));
                match recorded.answer {
                    Some((status, headers, body)) => Ok(Response::new(status, headers, body)),
                    None => Err(ClientError::Other { origin, what: "no answer was recorded".to_owned() }),
                }
            }
        };
        Box::pin(std::future::ready(outcome))
    }
}

impl Recorded {
    fn take(&mut self, action: &Value) {
        if let Some(request) = action.get("Request") {
            let request = &request["request"];
            self.method = request["method"].as_str().unwrap().to_owned();
            self.uri = request["uri"].as_str().unwrap().to_owned();
            self.headers = headers(&request["headers"]);
        } else if let Some(response) = action.get("Response") {
            let Some(response) = response["response"].get("Ok") else { return };
            let mut map = HeaderMap::new();
            for (name, value) in headers(&response["headers"]) {
                map.insert(HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap());
            }
            let status = u16::try_from(response["status"].as_u64().unwrap()).unwrap();
            self.answer = Some((status, map, Vec::new()));
        } else if let Some(data) = action.get("Data") {
            let text = data["data"]["Utf8"].as_str().unwrap();
            match (data["direction"].as_str().unwrap(), &mut self.answer) {
                ("Request", _) => self.body.push_str(text),
                (_, Some((_, _, body))) => body.extend_from_slice(text.as_bytes()),
                _ => panic!("data of an answer without a head"),
            }
        }
    }

    fn differences(&self, request: &http::Request<Bytes>) -> Vec<String> {
        let mut found = Vec::new();
        let mut compare = |what: &str, recorded: String, ours: String| {
            if recorded != ours {
                found.push(format!("{what}: recorded {recorded}, ours {ours}"));
            }
        };
        compare("method", self.method.clone(), request.method().to_string());
        compare("uri", place(&self.uri.parse().unwrap()), place(request.uri()));
        let ours = |name: &str| {
            let value = request.headers().get(name).map_or("", |value| value.to_str().unwrap());
            text(name, value)
        };
        for name in HEADERS {
            if let Some(value) = self.headers.get(*name) {
                compare(name, text(name, value), ours(name));
            }
        }
        let ours = std::str::from_utf8(request.body()).unwrap();
        compare("body", form(&self.body), form(ours));
        found
    }
}

/// Origin, path and the query in order of its names.
fn place(uri: &Uri) -> String {
    let mut pairs: Vec<&str> = uri.query().unwrap_or_default().split('&').collect();
    pairs.sort_unstable();
    format!("{}{}?{}", client::origin(uri), uri.path(), pairs.join("&"))
}

/// Tokens of sessions were taken out of recordings, and recordings made over for other keys and regions without being signed
/// anew: what counts is that there is a token, and which service is signed for.
fn text(name: &str, value: &str) -> String {
    if name == "x-amz-security-token" {
        return format!("present: {}", !value.is_empty());
    }
    if let Some(credential) = value.strip_prefix("AWS4-HMAC-SHA256 Credential=") {
        return format!("signed for {}", credential.split('/').nth(3).unwrap_or_default());
    }
    value.split(';').next().unwrap_or_default().to_owned()
}

/// The operation and the names of its parameters: values were taken out of recordings, and put back as others.
fn form(body: &str) -> String {
    let name = |pair: &str| match pair.starts_with("Action=") {
        true => pair.to_owned(),
        false => pair.split('=').next().unwrap_or_default().to_owned(),
    };
    let mut names: Vec<String> = body.split('&').map(name).collect();
    names.sort_unstable();
    names.join("&")
}

fn headers(map: &Value) -> BTreeMap<String, String> {
    let first = |value: &Value| match value {
        Value::Array(values) => values[0].as_str().unwrap().to_owned(),
        other => other.as_str().unwrap().to_owned(),
    };
    let map = map.as_object().unwrap();
    map.iter().map(|(name, value)| (name.to_ascii_lowercase(), first(value))).collect()
}

const HEADERS: &[&str] = &[
    "accept",
    "authorization",
    "content-type",
    "x-amz-security-token",
    "x-amz-sso_bearer_token",
    "x-aws-ec2-metadata-token",
    "x-aws-ec2-metadata-token-ttl-seconds",
];
