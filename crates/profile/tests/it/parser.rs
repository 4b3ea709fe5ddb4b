//! The reference grammar: aws-runtime's profile-parser cases under the models that follow it, and under our own.

use std::collections::BTreeMap;

use profile::reader::{self, Location, Profile, Profiles, ReadError, Sections, Value};
use profile::{FileState, Sdk};

use crate::suites;

#[test]
fn published_cases() {
    let Some(suite) = suites::json(FILE) else { return };
    let cases = suite["tests"].as_array().unwrap();
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let found = read(Sdk::Rust, case);
        match case["output"]["errorContaining"].as_str() {
            Some(words) => {
                let error = found.expect_err(name);
                assert!(error.to_string().contains(words), "{name}: {error}");
                assert!(error.place.to_string().contains(":"), "{name}: no line in {error}");
            }
            None => {
                let found = found.unwrap_or_else(|error| panic!("{name}: {error}"));
                let expected = &case["output"]["config"];
                assert_eq!(texts(&found.merged), sections(&expected["profiles"]), "{name}");
                assert_eq!(texts(&found.sso_sessions), sections(&expected["sso_sessions"]), "{name}");
            }
        }
    }
    println!("profile parser: {} cases", cases.len());
}

/// Java follows the same grammar but for the case of keys and for what it does not look at.
#[test]
fn published_cases_as_java() {
    let Some(suite) = suites::json(FILE) else { return };
    let cases = suite["tests"].as_array().unwrap();
    let mut misses = Vec::new();
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let agrees = match (read(Sdk::Java, case), case["output"]["errorContaining"].as_str()) {
            (Err(_), Some(_)) => true,
            (Ok(found), None) => texts(&found.merged) == sections(&case["output"]["config"]["profiles"]),
            _ => false,
        };
        if !agrees {
            misses.push(name);
        }
    }
    // Keys keep their case in Java.
    let expected = [
        "Duplicate properties in duplicate profiles use the last one defined (case insensitive).",
        "All valid property name characters are supported.",
    ];
    assert_eq!(misses, expected, "of {}", cases.len());
    println!("profile parser as Java: {} of {}", cases.len() - misses.len(), cases.len());
}

/// Ours reads more than the grammar allows, and never anything else.
#[test]
fn published_cases_as_ours() {
    let Some(suite) = suites::json(FILE) else { return };
    let cases = suite["tests"].as_array().unwrap();
    let mut misses = Vec::new();
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let agrees = match (read(Sdk::Linklocal, case), case["output"]["errorContaining"].as_str()) {
            (Err(_), Some(_)) => true,
            (Ok(found), None) => texts(&found.merged) == sections(&case["output"]["config"]["profiles"]),
            _ => false,
        };
        if !agrees {
            misses.push(name);
        }
    }
    // Names that some SDKs read, `:` for `=`, and a block whose text has no blank after its `=`.
    let expected = [
        "Profile names support alphanumeric characters and - / . % @ _ : +",
        "Property definitions must contain an equals sign.",
        "Invalid profile names are ignored.",
        "Invalid property names are ignored.",
        "Sub-property definitions can have an empty value.",
    ];
    assert_eq!(misses, expected, "of {}", cases.len());
    println!("profile parser as ours: {} of {}", cases.len() - misses.len(), cases.len());
}

fn read(sdk: Sdk, case: &serde_json::Value) -> Result<Profiles, ReadError> {
    let state = |name: &str| match case["input"][name].as_str() {
        Some(text) => FileState::Bytes(text.as_bytes().into()),
        None => FileState::Absent,
    };
    let (config, credentials) = (Location::new("/home/.aws/config"), Location::new("/home/.aws/credentials"));
    reader::read(sdk, (&config, &state("configFile")), (&credentials, &state("credentialsFile")))
}

type Texts = BTreeMap<String, BTreeMap<String, String>>;

fn texts(sections: &Sections) -> Texts {
    let section = |section: &Profile| {
        let settings = section.settings.iter();
        settings.map(|(key, setting)| (key.clone(), text(&setting.value))).collect()
    };
    sections.iter().map(|(name, profile)| (name.clone(), section(profile))).collect()
}

/// A block as the grammar keeps it: one text that begins with a line end.
fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Nested(block) => {
            block.iter().map(|(key, inner)| format!("\n{key} = {}", text(&inner.value))).collect()
        }
    }
}

fn sections(expected: &serde_json::Value) -> Texts {
    let section = |settings: &serde_json::Value| {
        let settings = settings.as_object().unwrap().iter();
        settings.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())).collect()
    };
    let sections = expected.as_object().into_iter().flatten();
    sections.map(|(name, settings)| (name.clone(), section(settings))).collect()
}

const FILE: &str = "smithy-rs/aws-runtime/test-data/profile-parser-tests.json";
