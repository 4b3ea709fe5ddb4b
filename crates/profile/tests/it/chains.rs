//! Role chains of smithy-rs's `assume-role-tests.json`: what is asked of whom, in order, and what is refused.
//!
//! Rule: the models of the Rust SDK, of Python's tools and of our own program agree in all of them. Where ours differs by
//! design, in MFA and duration, the suite has no case; those stand here.

use std::collections::BTreeMap;
use std::fmt::Write;

use profile::plan::{Outcome, Provider, plan};
use profile::reader::{self, Location};
use profile::{Arguments, Environment, FileState, MemoryFiles, Platform, Sdk, View};
use serde_json::{Value, json};

use crate::suites;

#[test]
fn role_chains_are_those_of_the_rust_sdk() {
    let Some(cases) = cases() else { return };
    let misses: Vec<String> = cases.iter().filter_map(|case| miss(Sdk::Rust, case)).collect();
    println!("role chains, rust: {} cases, {} misses", cases.len(), misses.len());
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

#[test]
fn role_chains_are_the_same_to_us_and_to_pythons_tools() {
    let Some(cases) = cases() else { return };
    for sdk in [Sdk::Linklocal, Sdk::Cli2, Sdk::Boto3] {
        let misses: Vec<String> = cases.iter().filter_map(|case| miss(sdk, case)).collect();
        println!("role chains, {sdk}: {} cases, {} misses", cases.len(), misses.len());
        assert!(misses.is_empty(), "{sdk}: {}", misses.join("\n"));
    }
}

/// What the suite cannot say: keys that the Rust SDK does not read.
#[test]
fn ours_asks_for_mfa_and_sends_the_duration() {
    let profiles = json!({
        "A": {
            "role_arn": "arn:aws:iam::123456789012:role/RoleA",
            "source_profile": "B",
            "mfa_serial": "arn:aws:iam::123456789012:mfa/x",
            "duration_seconds": "900",
        },
        "B": { "aws_access_key_id": "abc123", "aws_secret_access_key": "def456" },
    });
    let case = json!({ "input": { "profiles": profiles, "selected_profile": "A" } });
    let role = |sdk| match chosen(sdk, &case) {
        Ok(Provider::AssumeRole(role)) => (role.mfa_serial.is_some(), role.duration_seconds),
        other => panic!("{sdk} has {other:?}"),
    };
    assert_eq!(role(Sdk::Linklocal), (true, Some(900)));
    assert_eq!(role(Sdk::Cli2), (true, Some(900)));
    assert_eq!(role(Sdk::Rust), (false, None));
}

fn cases() -> Option<Vec<Value>> {
    let cases = suites::json("smithy-rs/aws-config/test-data/assume-role-tests.json")?;
    Some(cases.as_array().unwrap().clone())
}

/// How the plan differs from what the case says.
fn miss(sdk: Sdk, case: &Value) -> Option<String> {
    let expected = case["output"].get("ProfileChain");
    if let Some(token) =
        expected.and_then(|chain| chain[0].get("Sso")).filter(|sso| sso.get("sso_account_id").is_none())
    {
        return token_miss(sdk, case, token);
    }
    let found = chosen(sdk, case).map(|provider| json!(chain_of(&provider)));
    let agrees = match (&found, expected) {
        (Ok(found), Some(expected)) => found == expected,
        (Err(_), None) => true,
        _ => false,
    };
    (!agrees).then(|| format!("{}: expected {}, found {found:?}", case["docs"], case["output"]))
}

/// A session without account and role is for services that take tokens: it gives no credentials, and what can be compared
/// is what was read of it.
fn token_miss(sdk: Sdk, case: &Value, expected: &Value) -> Option<String> {
    let config_file = Location::new("/home/.aws/config");
    let bytes = FileState::Bytes(config(&case["input"]).into_bytes().into());
    let nothing = (&Location::new("/home/.aws/credentials"), &FileState::Absent);
    let files = reader::read(sdk, (&config_file, &bytes), nothing).unwrap();
    let profile = files.merged.get(case["input"]["selected_profile"].as_str().unwrap()).unwrap();
    let session = profile.text("sso_session").unwrap();
    let section = files.sso_sessions.get(session).unwrap();
    let read = json!({
        "sso_session": session,
        "sso_region": section.text("sso_region"),
        "sso_start_url": section.text("sso_start_url"),
    });
    let agrees = read == *expected && chosen(sdk, case).is_err();
    (!agrees).then(|| format!("{}: expected {expected}, read {read}", case["docs"]))
}

/// The source that the profile gives, or why it gives none.
fn chosen(sdk: Sdk, case: &Value) -> Result<Provider, String> {
    let input = &case["input"];
    let files = MemoryFiles::default()
        .with("/home/.aws/config", config(input))
        .with("/var/token.jwt", "JWT.TOK.EN")
        .with(LOGIN_OF_FOO_BAR, r#"{"accessToken": "token", "expiresAt": "2026-11-22T18:00:00Z"}"#);
    let variables = [("HOME", "/home"), ("AWS_EC2_METADATA_DISABLED", "false"), ("AWS_REGION", "us-east-1")];
    let environment: Environment = variables.into_iter().collect();
    let profile = input["selected_profile"].as_str().map(str::to_owned);
    let arguments = Arguments { profile, terminal: true, ..Arguments::default() };
    let now = "2026-11-22T10:00:00Z".parse().unwrap();
    let view = View {
        environment: &environment,
        arguments: &arguments,
        files: &files,
        platform: Platform::Unix,
        now,
    };
    let plan = plan(&view, sdk);
    let winner = plan.winner().filter(|winner| winner.source != profile::plan::Source::InstanceMetadata);
    match (&plan.outcome, winner) {
        (_, Some(winner)) => Ok(winner.provider.clone().expect("a winner has a provider")),
        (Outcome::Error { message, .. }, _) => Err(message.clone()),
        _ => Err("the profile has nothing".to_owned()),
    }
}

/// The base, and then the roles in the order in which they are assumed.
fn chain_of(provider: &Provider) -> Vec<Value> {
    match provider {
        Provider::AssumeRole(role) => {
            let mut chain = chain_of(&role.base);
            let texts = [
                ("role_arn", Some(&role.role_arn)),
                ("role_session_name", role.role_session_name.as_ref()),
                ("external_id", role.external_id.as_ref()),
            ];
            chain.push(json!({ "AssumeRole": object(&texts) }));
            chain
        }
        Provider::Static(keys) => {
            let texts = [
                ("access_key_id", Some(&keys.access_key_id)),
                ("secret_access_key", Some(keys.secret_access_key.expose())),
                ("account_id", keys.account_id.as_ref()),
            ];
            vec![json!({ "AccessKey": object(&texts) })]
        }
        Provider::WebIdentity(role) => {
            let texts = [
                ("role_arn", Some(&role.role_arn)),
                ("web_identity_token_file", Some(&role.token_file)),
                ("role_session_name", role.role_session_name.as_ref()),
            ];
            vec![json!({ "WebIdentityToken": object(&texts) })]
        }
        Provider::Sso(sso) => {
            let texts = [
                ("sso_session", sso.session.as_ref()),
                ("sso_account_id", Some(&sso.account_id)),
                ("sso_region", Some(&sso.region)),
                ("sso_role_name", Some(&sso.role_name)),
                ("sso_start_url", Some(&sso.start_url)),
            ];
            vec![json!({ "Sso": object(&texts) })]
        }
        Provider::Imds(_) => vec![json!({ "NamedSource": "Ec2InstanceMetadata" })],
        other => vec![json!({ "other": format!("{other:?}") })],
    }
}

fn object(texts: &[(&str, Option<&String>)]) -> BTreeMap<String, String> {
    texts.iter().filter_map(|(key, text)| Some(((*key).to_owned(), (*text)?.clone()))).collect()
}

/// The profiles as a config file.
fn config(input: &Value) -> String {
    let mut text = String::new();
    for (kind, sections) in [("profile", &input["profiles"]), ("sso-session", &input["sso_sessions"])] {
        for (name, keys) in sections.as_object().into_iter().flatten() {
            writeln!(text, "[{kind} {name}]").unwrap();
            for (key, value) in keys.as_object().unwrap() {
                writeln!(text, "{key} = {}", value.as_str().unwrap()).unwrap();
            }
        }
    }
    text
}

/// The cached token for `https://foo.bar`.
const LOGIN_OF_FOO_BAR: &str = "/home/.aws/sso/cache/7c459196c60f9c8b83244ac9c88b673bfec5eece.json";
