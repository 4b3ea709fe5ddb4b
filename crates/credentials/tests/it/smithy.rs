//! smithy-rs's recordings of its default chain and of its profile provider: our plan as the Rust SDK, carried out over
//! the recording; every request is compared, and the result.

use std::path::{Path, PathBuf};

use credentials::run;
use profile::Sdk;
use profile::plan::Outcome;
use serde_json::Value;

use crate::replay::Replay;
use crate::suites;
use crate::world::World;

const DEFAULT_CHAIN: &str = "smithy-rs/aws-config/test-data/default-credential-provider-chain";
const PROFILE_PROVIDER: &str = "smithy-rs/aws-config/test-data/profile-provider";

/// Sources that the profile provider does not know.
const NOT_IN_PROFILES: &[&str] = &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// Where our order, or our care, differs.
const OURS: &[(&str, &str)] = &[
    ("credential_process", "the command needs a shell, which the AWS CLI and we do not give it"),
    (
        "credential_process_account_id_fallback",
        "the command needs a shell, which the AWS CLI and we do not give it",
    ),
    ("environment_variables_blank", "a blank is a value for the AWS CLI and for us"),
    ("imds_default_chain_retries", "one attempt is made, unless AWS_METADATA_SERVICE_NUM_ATTEMPTS says more"),
];

/// Cases whose difference is meant, and why.
const MEANT: &[(&str, &str)] = &[(
    "sso_server_error",
    "a portal that answers 500 is asked again; the recording holds one question only",
)];

#[tokio::test]
async fn default_chain() {
    replay(Sdk::Rust, DEFAULT_CHAIN, &[], MEANT).await;
}

/// The same in our own order: whoever has one kind of credentials gets them in any order.
#[tokio::test]
async fn default_chain_in_our_order() {
    replay(Sdk::Linklocal, DEFAULT_CHAIN, &[], OURS).await;
}

#[tokio::test]
async fn profile_provider() {
    replay(Sdk::Rust, PROFILE_PROVIDER, NOT_IN_PROFILES, &[]).await;
}

#[tokio::test]
async fn profile_provider_in_our_order() {
    replay(Sdk::Linklocal, PROFILE_PROVIDER, NOT_IN_PROFILES, OURS).await;
}

async fn replay(sdk: Sdk, suite: &str, without: &[&str], meant: &[(&str, &str)]) {
    let Some(folder) = suites::find(suite) else { return };
    let mut cases: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    let (mut agreed, mut missed) = (0, Vec::new());
    for case in &cases {
        let name = case.file_name().unwrap().to_str().unwrap();
        let differences = differences(sdk, case, without).await;
        match (differences.is_empty(), meant.iter().find(|(meant, _)| *meant == name)) {
            (true, _) => agreed += 1,
            (false, Some((_, why))) => println!("{name}: {why}"),
            (false, None) => missed.push(format!("{name}: {}", differences.join("\n    "))),
        }
    }
    println!("{suite} as {sdk}: {agreed} of {} cases agree", cases.len());
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

async fn differences(sdk: Sdk, case: &Path, without: &[&str]) -> Vec<String> {
    let world = world(case, without);
    let plan = world.plan(sdk);
    let replay = Replay::read(&case.join("http-traffic.json"));
    let expected = &suites::json(&case.join("test-case.json"))["result"];
    let outcome = match &plan.outcome {
        Outcome::Error { message, .. } => Err(message.clone()),
        _ => run(&world.context(replay.clone()), &plan).await.map_err(|error| error.what),
    };
    // Ours asks for more, the extended path first: what counts there is what comes of it.
    let mut differences = if sdk == Sdk::Rust { replay.differences() } else { Vec::new() };
    match (expected.get("Ok"), outcome) {
        (Some(expected), Ok(run)) => {
            let expiry = run.resolved.expiration.map(|end| end.secs());
            let ours = serde_json::json!({
                "access_key_id": run.resolved.access_key_id,
                "secret_access_key": run.resolved.secret_access_key.expose(),
                "session_token": run.resolved.session_token.as_ref().map(|token| token.expose()),
                "account_id": run.resolved.account_id,
                "expiry": expiry,
            });
            for (name, value) in ours.as_object().unwrap() {
                let expected = expected.get(name).unwrap_or(&Value::Null);
                if expected != value {
                    differences.push(format!("{name}: recorded {expected}, ours {value}"));
                }
            }
        }
        (None, Err(_)) => {}
        (Some(_), Err(error)) => differences.push(format!("recorded credentials, ours: {error}")),
        (None, Ok(run)) => differences.push(format!("recorded {expected}, ours {:?}", run.resolved)),
    }
    differences
}

/// The case's files under a root of their own; paths in variables and in files follow them.
pub(crate) fn world(case: &Path, without: &[&str]) -> World {
    let mut world = World::new();
    let root = world.root.path().to_str().unwrap().to_owned();
    let moved = |text: &str| text.replace("/token.jwt", &format!("{root}/token.jwt"));
    let mut folders = vec![case.join("fs")];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let place = path.strip_prefix(case.join("fs")).unwrap().to_str().unwrap();
            world.write(place, &moved(&sys::fs::read_text(&path, 1 << 20).unwrap()));
        }
    }
    for (name, value) in suites::json(&case.join("env.json")).as_object().unwrap() {
        let value = value.as_str().unwrap();
        let value = if name == "HOME" { format!("{root}{value}") } else { moved(value) };
        if !without.contains(&name.as_str()) {
            world.set(name, &value);
        }
    }
    if !without.is_empty() {
        world.set("AWS_EC2_METADATA_DISABLED", "true");
    }
    world
}
