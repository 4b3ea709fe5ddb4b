//! Predictions beside recordings: which credentials each SDK found in small scenarios, and what it sent for them.
//!
//! Rule: endpoints answer as those of the recording did; every difference is in [`KNOWN`] with its reason, or fails.

mod small;
mod smithy;
mod world;

use std::collections::BTreeMap;

use profile::plan::{self, Outcome, Plan};
use profile::{Arguments, Environment, MemoryFiles, Platform, Sdk, View};
use serde_json::Value;

use crate::suites;
use world::{Answer, World};

/// Differences that stay, with their reason: column, scenario, reason.
const KNOWN: &[(Sdk, &str, &str)] = &[];

const COLUMNS: [(Sdk, &str); 5] =
    [(Sdk::Boto3, "boto3"), (Sdk::Cli2, "cli2"), (Sdk::Rust, "rust"), (Sdk::Js, "js"), (Sdk::Go, "go2022")];

#[test]
fn every_sdk_finds_what_it_was_recorded_to_find() {
    let Some(suite) = suites::json("linklocal-differential/precedence-differential.json") else {
        return;
    };
    let cases = suite["cases"].as_array().unwrap();
    println!("{} scenarios", cases.len());
    let mut unexplained = Vec::new();
    for (sdk, column) in COLUMNS {
        let mut agreed = 0;
        for case in cases {
            match differs(sdk, case, &case["results"][column]) {
                None => agreed += 1,
                Some(difference) => {
                    let id = case["id"].as_str().unwrap();
                    let known = KNOWN.iter().find(|known| (known.0, known.1) == (sdk, id));
                    println!(
                        "{column} {id}: {difference} ({})",
                        known.map_or("unexplained", |known| known.2)
                    );
                    unexplained.extend(known.is_none().then(|| format!("{column} {id}: {difference}")));
                }
            }
        }
        println!("{column}: {agreed} of {} agree", cases.len());
        assert!(agreed * 100 >= cases.len() * 98, "{column}: {agreed} of {}", cases.len());
    }
    assert!(unexplained.is_empty(), "{unexplained:#?}");
}

/// How prediction and recording differ; nothing where they agree.
fn differs(sdk: Sdk, case: &Value, recorded: &Value) -> Option<String> {
    let scenario = Scenario::read(case);
    let plan = scenario.plan(sdk);
    let mut world = World::default();
    let answer = world.find(&plan);
    let (id, token) = found(sdk, recorded);
    if answer.as_ref().map(|answer| answer.id.as_str()) != id {
        return Some(format!("{answer:?} predicted, {recorded} recorded; {:?}", plan.outcome));
    }
    let predicted =
        answer.as_ref().and_then(|answer| answer.token.as_deref()).filter(|token| !token.is_empty());
    if predicted != token {
        return Some(format!("token {predicted:?} predicted, {token:?} recorded"));
    }
    region_differs(sdk, &plan, recorded).or_else(|| requests_differ(&world, answer.as_ref(), recorded))
}

/// The key id and the token of a recording.
fn found(sdk: Sdk, recorded: &Value) -> (Option<&str>, Option<&str>) {
    let (id, token) = match sdk {
        Sdk::Cli2 => ("AccessKeyId", "SessionToken"),
        _ => ("akid", "token"),
    };
    (recorded[id].as_str(), recorded[token].as_str().filter(|token| !token.is_empty()))
}

/// Only three of the programs told their region.
fn region_differs(sdk: Sdk, plan: &Plan, recorded: &Value) -> Option<String> {
    let told = recorded.get("region")?;
    let told =
        told.as_str().filter(|region| !(region.starts_with("ERR") || sdk == Sdk::Go && region.is_empty()));
    let predicted = plan.region.as_ref().map(|region| region.value.as_str());
    (predicted != told).then(|| format!("region {predicted:?} predicted, {told:?} recorded"))
}

/// Requests to STS: in order, with what is in them, and whose key signs.
fn requests_differ(world: &World, answer: Option<&Answer>, recorded: &Value) -> Option<String> {
    answer?;
    let recorded = recorded["reqs"].as_array().map(Vec::as_slice).unwrap_or_default();
    let recorded: Vec<Request> = recorded.iter().map(Request::read).collect();
    let predicted: Vec<Request> = world.requests.iter().map(Request::without_default_names).collect();
    let recorded: Vec<Request> = recorded.iter().map(Request::without_default_names).collect();
    (predicted != recorded).then(|| format!("{predicted:?} predicted, {recorded:?} recorded"))
}

/// A request as far as it can be told beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Request {
    parameters: BTreeMap<String, String>,
    path: Option<String>,
    /// The key that signs and the region, or what is in `Authorization`.
    authorization: String,
}

impl Request {
    fn read(value: &Value) -> Self {
        let operation = value["op"].as_str().unwrap();
        let authorization = value["auth"].as_str().unwrap();
        let mut request = Self { authorization: signer(authorization), ..Self::default() };
        match operation.strip_prefix('/') {
            Some(_) => request.path = Some(operation.to_owned()),
            None => {
                let pairs = operation.split('&').filter_map(|pair| pair.split_once('='));
                request.parameters =
                    pairs.map(|(name, value)| (name.to_owned(), world::unescape(value))).collect();
                request.parameters.remove("Version");
            }
        }
        request
    }

    /// Names that an SDK makes up hold the time.
    fn without_default_names(&self) -> Self {
        let mut request = self.clone();
        let made_up = |name: &String| MADE_UP.iter().any(|start| name.starts_with(start));
        if request.parameters.get("RoleSessionName").is_some_and(made_up) {
            request.parameters.remove("RoleSessionName");
        }
        request
    }
}

/// The recording cuts the field: the key, and the region where it is whole.
fn signer(authorization: &str) -> String {
    let Some((_, scope)) = authorization.split_once("Credential=") else {
        return authorization.to_owned();
    };
    let parts: Vec<&str> = scope.split('/').collect();
    format!("{} {}", parts[0], parts.get(2).copied().unwrap_or_default())
}

const MADE_UP: &[&str] =
    &["botocore-session-", "assume-role-from-profile-", "web-identity-token-", "aws-sdk-js-", "aws-go-sdk-"];

/// A recorded scenario as a view.
struct Scenario {
    environment: Environment,
    arguments: Arguments,
    files: MemoryFiles,
}

impl Scenario {
    fn read(case: &Value) -> Self {
        let text = |key: &str| case[key].as_str().unwrap_or_default().replace("@DIR@", HOME);
        let mut environment: Environment = [
            ("HOME", HOME),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_ENDPOINT_URL_STS", world::ENDPOINT),
        ]
        .into_iter()
        .chain([("AWS_ENDPOINT_URL_SSO", world::ENDPOINT), ("AWS_ENDPOINT_URL_SSO_OIDC", world::ENDPOINT)])
        .collect();
        for (name, value) in case["env"].as_object().unwrap() {
            environment.set(name, &value.as_str().unwrap().replace("@DIR@", HOME));
        }
        let mut files = MemoryFiles::default()
            .with_state(HOME, profile::FileState::Directory)
            .with(&format!("{HOME}/tok"), "JWT.TOK.EN")
            .with(&format!("{HOME}/toknl"), "JWT\n")
            .with("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n")
            .with(&format!("{HOME}/.aws/config"), text("config"))
            .with(&format!("{HOME}/.aws/credentials"), text("creds"));
        for (name, content) in case["files"].as_object().unwrap() {
            files = files.with(&format!("{HOME}/{name}"), content.as_str().unwrap().replace("@DIR@", HOME));
        }
        let profile = case["profile"].as_str().map(str::to_owned);
        Self { environment, arguments: Arguments { profile, ..Arguments::default() }, files }
    }

    fn plan(&self, sdk: Sdk) -> Plan {
        let view = View {
            environment: &self.environment,
            arguments: &self.arguments,
            files: &self.files,
            platform: Platform::Unix,
            now: "2026-11-21T20:00:00Z".parse().unwrap(),
        };
        let plan = plan::plan(&view, sdk);
        if let Outcome::Resolved(index) = plan.outcome {
            assert!(plan.steps[index].provider.is_some(), "the winner has no provider: {plan:?}");
        }
        plan
    }
}

const HOME: &str = "/home/user";
