//! What each SDK reads from small pairs of files, against recordings of the real ones.

use std::collections::BTreeMap;

use profile::reader::{self, Location, Profile, Profiles, ReadError, Value};
use profile::{FileState, Sdk};
use serde_json::{Value as Json, json};

use crate::suites;

#[test]
fn recordings() {
    let Some(suite) = suites::json("linklocal-differential/parse-differential.json") else { return };
    let cases = suite["cases"].as_array().unwrap();
    let columns = [
        (Sdk::Boto3, "botocore"),
        (Sdk::Cli2, "botocore"),
        (Sdk::Rust, "rust"),
        (Sdk::Js, "js"),
        (Sdk::Go, "go2022"),
    ];
    let mut misses: Vec<String> = Vec::new();
    for (sdk, column) in columns {
        let mut agreed = 0;
        for case in cases {
            let expected = &case["results"][column];
            let found = read(sdk, case);
            let agrees = match sdk {
                Sdk::Go => go(&found, expected),
                _ => merged(&found, expected),
            };
            match agrees {
                Ok(()) => agreed += 1,
                Err(why) => misses.push(format!("{sdk} {}: {why}", case["id"].as_str().unwrap())),
            }
        }
        println!("parsing as {sdk}: {agreed} of {} recordings", cases.len());
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

/// Whatever is no file of profiles is an error of ours with a place and a remedy, and never a panic of anybody.
#[test]
fn bad_files_are_named() {
    let utf_16: Vec<u8> = "\u{feff}[default]\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bytes = |bytes: &[u8]| FileState::Bytes(bytes.into());
    let table = [
        (FileState::Directory, "/home/.aws/config: is a directory where a file is expected"),
        (
            FileState::Unreadable("permission denied".to_owned()),
            "/home/.aws/config: cannot be read: permission denied",
        ),
        (FileState::TooLarge { limit: 9 }, "/home/.aws/config: is larger than 9 bytes"),
        (bytes(&utf_16), "/home/.aws/config:1: is UTF-16"),
        (bytes(b"[a]\n\xe9"), "/home/.aws/config:2: holds bytes that are not UTF-8"),
        (bytes(b"\xef\xbb\xbf[default]\n"), "/home/.aws/config:1: begins with a byte order mark"),
        (bytes(b"[default]\n\0"), "/home/.aws/config:2: holds a byte 0"),
        (bytes(b"[default]\rregion = r\r"), "/home/.aws/config:1: has a carriage return without a line feed"),
        (bytes(b"[default]\nregion"), "/home/.aws/config:2: has no `=`"),
        (bytes(b"region = r"), "/home/.aws/config:1: stands before the first section"),
    ];
    let (config, credentials) = (Location::new("/home/.aws/config"), Location::new("/home/.aws/credentials"));
    for (state, expected) in table {
        let read = |sdk| reader::read(sdk, (&config, &state), (&credentials, &FileState::Absent));
        let error = read(Sdk::Linklocal).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
        assert!(!error.remedy.is_empty(), "{error}");
        for sdk in Sdk::OTHERS {
            let said = match read(sdk) {
                Ok(profiles) => !profiles.dropped.is_empty() || !profiles.merged.is_empty(),
                Err(error) => !error.remedy.is_empty(),
            };
            assert!(said || matches!(sdk, Sdk::Go | Sdk::Js), "{sdk} says nothing about {expected}");
        }
    }
}

/// Whoever fails on a mark names it and says how to be rid of it, instead of what the mark makes of the line.
#[test]
fn marks_are_named_by_all_who_fail_on_them() {
    let (config, credentials) = (Location::new("/home/.aws/config"), Location::new("/home/.aws/credentials"));
    let state = FileState::Bytes(b"\xef\xbb\xbf[default]\nregion = r\n"[..].into());
    let fault = |sdk| reader::read(sdk, (&config, &state), (&credentials, &FileState::Absent)).err();
    let failing: Vec<_> = Sdk::OTHERS.into_iter().filter_map(|sdk| Some((sdk, fault(sdk)?))).collect();
    assert!(failing.len() >= 3, "{failing:?}");
    for (sdk, error) in failing {
        assert!(error.what.starts_with("begins with a byte order mark, so that it "), "{sdk}: {error}");
        assert_eq!(error.remedy, "save the file as UTF-8 without a byte order mark", "{sdk}");
    }
}

/// The map of profiles and, for botocore, the names of the other sections.
fn merged(found: &Result<Profiles, ReadError>, expected: &Json) -> Result<(), String> {
    match (found, expected["error"].as_str()) {
        (Err(_), Some(_)) => Ok(()),
        (Err(error), None) => Err(format!("fails with {error}, the SDK reads {expected}")),
        (Ok(_), Some(error)) => Err(format!("reads, the SDK fails with {error}")),
        (Ok(found), None) => {
            let profiles: BTreeMap<&str, Json> =
                found.merged.iter().map(|(name, profile)| (name.as_str(), json_of(profile))).collect();
            same(&json!(profiles), &expected["profiles"])?;
            if expected["other"].is_array() {
                same(&json!(found.other.keys().collect::<Vec<_>>()), &expected["other"])?;
            }
            if expected["sso"].is_object() {
                let sessions: BTreeMap<&str, Json> = found
                    .sso_sessions
                    .iter()
                    .map(|(name, session)| (name.as_str(), json_of(session)))
                    .collect();
                same(&json!(sessions), &expected["sso"])?;
            }
            Ok(())
        }
    }
}

/// That SDK shows one profile at a time, and some keys of it.
fn go(found: &Result<Profiles, ReadError>, expected: &Json) -> Result<(), String> {
    for (name, expected) in expected["profiles"].as_object().unwrap() {
        let error = expected["error"].as_str();
        let profile = found.as_ref().ok().and_then(|found| found.merged.get(name));
        match (found, profile, error) {
            (Err(_), _, Some(_)) => {}
            (Err(error), _, None) => {
                return Err(format!("{name}: fails with {error}, the SDK reads {expected}"));
            }
            (Ok(_), None, Some(error)) if error.contains("failed to get shared config profile") => {}
            (Ok(_), Some(profile), Some(_)) if is_partial(profile) => {}
            (Ok(_), _, Some(error)) => return Err(format!("{name}: reads, the SDK fails with {error}")),
            (Ok(_), None, None) => return Err(format!("{name}: is not there, the SDK reads {expected}")),
            (Ok(_), Some(profile), None) => same(&shown_by_go(profile), expected)?,
        }
    }
    Ok(())
}

fn is_partial(profile: &Profile) -> bool {
    profile.text(KEYS[0]).is_some() != profile.text(KEYS[1]).is_some()
}

fn shown_by_go(profile: &Profile) -> Json {
    let text = |key: &str| profile.text(key).unwrap_or_default();
    let keys = KEYS[..2].iter().all(|key| !text(key).is_empty());
    let credential = |key: &str| if keys { text(key) } else { "" };
    json!({
        "aws_access_key_id": credential(KEYS[0]),
        "aws_secret_access_key": credential(KEYS[1]),
        "aws_session_token": credential(KEYS[2]),
        "credential_process": text("credential_process"),
        "region": text("region"),
        "role_arn": text("role_arn"),
    })
}

fn same(found: &Json, expected: &Json) -> Result<(), String> {
    match found == expected {
        true => Ok(()),
        false => Err(format!("reads {found}, the SDK {expected}")),
    }
}

fn json_of(profile: &Profile) -> Json {
    fn json_of_value(value: &Value) -> Json {
        match value {
            Value::Text(text) => json!(text),
            Value::Nested(block) => {
                let block = block.iter().map(|(key, inner)| (key.clone(), json_of_value(&inner.value)));
                Json::Object(block.collect())
            }
        }
    }
    Json::Object(
        profile.settings.iter().map(|(key, setting)| (key.clone(), json_of_value(&setting.value))).collect(),
    )
}

fn read(sdk: Sdk, case: &Json) -> Result<Profiles, ReadError> {
    let state = |file: &Json| match (file.as_str(), file["hex"].as_str()) {
        (Some(text), _) => FileState::Bytes(text.as_bytes().into()),
        (None, Some(hex)) => FileState::Bytes(unhex(hex).into()),
        (None, None) => FileState::Absent,
    };
    let (config, credentials) = (Location::new("/home/.aws/config"), Location::new("/home/.aws/credentials"));
    reader::read(sdk, (&config, &state(&case["config"])), (&credentials, &state(&case["credentials"])))
}

fn unhex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

const KEYS: [&str; 3] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];
