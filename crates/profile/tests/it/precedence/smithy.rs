//! The Rust SDK's own cases of its chain and of its profile provider: what the plan would ask, beside what was asked.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use profile::plan::{self, Outcome, Plan, Provider, Source, Step};
use profile::{Arguments, Environment, MemoryFiles, Platform, Sdk, View};
use serde_json::Value;

use crate::suites;

#[test]
fn the_rust_sdks_own_cases() {
    let folders = [("default-credential-provider-chain", 29), ("profile-provider", 18)];
    for (folder, published) in folders {
        let Some(root) = suites::find(&format!("smithy-rs/aws-config/test-data/{folder}")) else {
            return;
        };
        let mut cases: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
        cases.sort();
        println!("{folder}: {} cases of {published}", cases.len());
        for case in cases {
            check(&case, folder == "profile-provider");
        }
    }
}

fn check(case: &Path, profile_alone: bool) {
    let json = |name: &str| -> Value { serde_json::from_slice(&fs::read(case.join(name)).unwrap()).unwrap() };
    let plan = plan_of(&json("env.json"), &case.join("fs"));
    let step = if profile_alone { of_profile(&plan) } else { plan.winner() };
    let asked = asked(&json("http-traffic.json"));
    let expected = &json("test-case.json")["result"];
    let name = case.file_name().unwrap().to_string_lossy().into_owned();
    let provider = step.and_then(|step| step.provider.as_ref());
    if let Some(Provider::Static(keys)) = provider {
        assert_eq!(expected["Ok"]["access_key_id"], keys.access_key_id, "{name}");
        assert_eq!(expected["Ok"]["account_id"].as_str(), keys.account_id.as_deref(), "{name}");
        return;
    }
    let mut requests = Vec::new();
    if let Some(provider) = provider {
        requests_of(provider, &mut requests);
    }
    if expected.get("Ok").is_some() {
        assert!(provider.is_some(), "{name}: {:?}", plan.steps);
        // One case asks twice for a role: the first answer is an error.
        let again = usize::from(name == "retry_on_error");
        assert_eq!(asked.len(), requests.len() + again, "{name}: {requests:?} predicted, {asked:?} recorded");
    }
    for (request, asked) in requests.iter().zip(&asked) {
        assert!(asked.starts_with(request.as_str()), "{name}: {requests:?} predicted, {asked:?} recorded");
    }
    // What was not asked of anybody is an error of the plan's own.
    if asked.is_empty() && !matches!(provider, Some(Provider::Process(_))) {
        assert!(!matches!(plan.outcome, Outcome::Resolved(_)) || profile_alone, "{name}: {:?}", plan.outcome);
    }
}

fn plan_of(variables: &Value, root: &Path) -> Plan {
    let variables = variables.as_object().unwrap().iter();
    let environment: Environment =
        variables.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
    let mut contents = BTreeMap::new();
    read_tree(root, "", &mut contents);
    let files = contents.iter().fold(MemoryFiles::default(), |files, (path, bytes)| files.with(path, bytes));
    let view = View {
        environment: &environment,
        arguments: &Arguments::default(),
        files: &files,
        platform: Platform::Unix,
        now: "2021-09-21T00:00:00Z".parse().unwrap(),
    };
    plan::plan(&view, Sdk::Rust)
}

fn read_tree(folder: &Path, inner: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.unwrap();
        let path = format!("{inner}/{}", entry.file_name().to_string_lossy());
        match entry.file_type().unwrap().is_dir() {
            true => read_tree(&entry.path(), &path, files),
            false => drop(files.insert(path, fs::read(entry.path()).unwrap())),
        }
    }
}

/// The profile's own step: the first that is there, whoever wins.
fn of_profile(plan: &Plan) -> Option<&Step> {
    let kinds = [Source::AssumeRole, Source::WebIdentity, Source::Sso, Source::Process, Source::Profile];
    plan.steps.iter().find(|step| kinds.contains(&step.source) && step.provider.is_some())
}

/// Methods and URIs, retries left out.
fn asked(traffic: &Value) -> Vec<String> {
    let mut asked: Vec<String> = Vec::new();
    for event in traffic["events"].as_array().unwrap() {
        let request = &event["action"]["Request"]["request"];
        if let (Some(method), Some(uri)) = (request["method"].as_str(), request["uri"].as_str()) {
            asked.push(format!("{method} {}/", uri.trim_end_matches('/')));
        }
    }
    let is_role = |line: &String| line.contains("sts");
    asked.dedup_by(|next, last| next == last && !is_role(next));
    asked
}

fn requests_of(provider: &Provider, requests: &mut Vec<String>) {
    match provider {
        Provider::Static(_) | Provider::Process(_) | Provider::Login(_) | Provider::MfaSession(_) => {}
        Provider::AssumeRole(role) => {
            requests_of(&role.base, requests);
            requests.push(format!("POST {}/", role.sts.endpoint_url.value.trim_end_matches('/')));
        }
        Provider::WebIdentity(role) => {
            requests.push(format!("POST {}/", role.sts.endpoint_url.value.trim_end_matches('/')));
        }
        Provider::Sso(sso) => {
            let named = sso.endpoint_url.as_ref().map(|url| url.value.clone());
            requests.push(format!("GET {}", named.unwrap_or_else(|| "https://portal.sso".to_owned())));
        }
        Provider::Container(container) => requests.push(format!("GET {}/", container.url.value)),
        Provider::Imds(imds) => {
            let base = format!("{}/latest", imds.endpoint.value);
            requests.push(format!("PUT {base}/api/token/"));
            let list = format!("GET {base}/meta-data/iam/security-credentials/");
            requests.extend([list.clone(), list]);
        }
    }
}
