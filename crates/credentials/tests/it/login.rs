//! The SDKs' cases of the login provider: a cache before, what AWS Sign-In answers, credentials and a cache after.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use client::{ClientError, Exchange, Limits, Response, Transport};
use credentials::resolve;
use http::HeaderMap;
use profile::Place;
use profile::plan::{Login, Provider};
use profile::settings::Found;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::suites;
use crate::world::World;

/// In the form of the SDKs' own cases, for where those are absent.
const OURS: &str = include_str!("login.json");

#[tokio::test]
async fn cases_of_the_login_provider() {
    let ours: Value = serde_json::from_str(OURS).unwrap();
    println!("our own: {} cases agree", all(&ours).await);
    let Some(folder) = suites::find("") else { return };
    let files = named(&folder, "login-provider-test-cases.json");
    if files.is_empty() {
        println!("no cases here: login-provider-test-cases.json of the conformance suites is absent");
    }
    for file in files {
        println!("{}: {} cases agree", file.display(), all(&suites::json(&file)).await);
    }
}

async fn all(cases: &Value) -> usize {
    let cases = cases.as_array().unwrap();
    for case in cases {
        check(case).await;
    }
    cases.len()
}

async fn check(case: &Value) {
    let name = case["documentation"].as_str().unwrap();
    let mut world = World::new();
    world.now = NOW.parse().unwrap();
    for (file, content) in case["cacheContents"].as_object().unwrap() {
        world.write(&format!("{CACHE}/{file}"), &content.to_string());
    }
    let transport = Arc::new(SignIn::of(case));
    let provider = Provider::Login(login(&world, case["configContents"].as_str().unwrap()));
    let answer = resolve(&world.context(transport.clone()), &provider).await;
    for outcome in case["outcomes"].as_array().unwrap() {
        match outcome["result"].as_str().unwrap() {
            "credentials" => {
                let found = answer.as_ref().unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(outcome["accessKeyId"], found.access_key_id.as_str(), "{name}");
                assert_eq!(outcome["secretAccessKey"], found.secret_access_key.expose().as_str(), "{name}");
                let token = found.session_token.as_ref().map(|token| token.expose().as_str());
                assert_eq!(outcome["sessionToken"].as_str(), token, "{name}");
                assert_eq!(outcome["accountId"].as_str(), found.account_id.as_deref(), "{name}");
                if let Some(end) = outcome["expiresAt"].as_str() {
                    assert_eq!(found.expiration, Some(end.parse().unwrap()), "{name}");
                }
            }
            "error" => assert!(answer.is_err(), "{name}: {answer:?}"),
            "cacheContents" => {
                let files = outcome.as_object().unwrap().iter().filter(|(file, _)| file.ends_with(".json"));
                for (file, expected) in files {
                    let found = suites::json(&world.root.path().join(CACHE).join(file));
                    for member in ["accessToken", "refreshToken", "clientId", "dpopKey"] {
                        assert_eq!(expected.get(member), found.get(member), "{name}: {member}");
                    }
                }
            }
            other => panic!("{name}: no such outcome: {other}"),
        }
    }
    let expected = case["mockApiCalls"].as_array().is_some_and(|calls| !calls.is_empty());
    assert_eq!(transport.asked.load(Ordering::SeqCst), expected, "{name}: whether AWS Sign-In is asked");
}

/// The session that the case's configuration names.
fn login(world: &World, config: &str) -> Login {
    let value = |key: &str| {
        let line = config.lines().find(|line| line.trim_start().starts_with(key))?;
        Some(line.split_once('=')?.1.trim().to_owned())
    };
    let session = value("login_session").unwrap();
    let name: String = Sha256::digest(session.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let token_file = world.root.path().join(CACHE).join(format!("{name}.json"));
    let region = value("region").unwrap_or_else(|| "us-east-2".to_owned());
    Login {
        session,
        token_file: token_file.to_str().unwrap().to_owned(),
        region: Some(Found::new(region, Place::Default)),
        endpoint_url: None,
    }
}

/// AWS Sign-In by script.
#[derive(Debug)]
struct SignIn {
    answers: Mutex<VecDeque<(u16, String)>>,
    asked: AtomicBool,
}

impl SignIn {
    fn of(case: &Value) -> Self {
        let calls = case["mockApiCalls"].as_array().cloned().unwrap_or_default();
        let answers = calls.iter().map(|call| match call["responseCode"].as_u64() {
            Some(status) => (u16::try_from(status).unwrap(), json!({"error": "refresh_failed"}).to_string()),
            None => (200, call["response"]["tokenOutput"].to_string()),
        });
        Self { answers: Mutex::new(answers.collect()), asked: AtomicBool::new(false) }
    }
}

impl Transport for SignIn {
    fn send<'a>(&'a self, request: http::Request<Bytes>, _limits: &'a Limits) -> Exchange<'a> {
        assert!(request.uri().path().ends_with("/v1/token") && request.headers().contains_key("dpop"));
        let origin = client::origin(request.uri());
        self.asked.store(true, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        // What may be answered in a moment is asked again: the last answer stays.
        let answer = if answers.len() == 1 { answers.front().cloned() } else { answers.pop_front() };
        let answer = answer.map(|(status, body)| Response::new(status, HeaderMap::new(), body.into_bytes()));
        let failed = || ClientError::Other { origin, what: "the case expects no question".to_owned() };
        Box::pin(std::future::ready(answer.ok_or_else(failed)))
    }
}

/// Files of this name below a folder.
fn named(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in folder.read_dir().into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(named(&path, name));
        } else if path.ends_with(name) {
            found.push(path);
        }
    }
    found.sort();
    found
}

const CACHE: &str = "home/.aws/login/cache";
const NOW: &str = "2025-11-19T00:00:00Z";
