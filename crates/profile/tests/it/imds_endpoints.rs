//! Where the instance metadata service is looked for, against aws-config's cases and each SDK's own switches.

use profile::reader::{Profiles, locations, read};
use profile::settings::imds::{EndpointMode, ImdsSettings, Overrides, imds, imds_with};
use profile::settings::{Scope, SettingError};
use profile::{Arguments, Environment, MemoryFiles, Platform, Sdk, View};
use serde_json::Value;
use types::Timestamp;

use crate::suites;

#[test]
fn published_cases() {
    let Some(suite) = suites::json("smithy-rs/aws-config/test-data/imds-config/imds-endpoint-tests.json")
    else {
        return;
    };
    let cases = suite["tests"].as_array().unwrap();
    for sdk in [Sdk::Rust, Sdk::Linklocal] {
        for case in cases {
            check(sdk, case);
        }
    }
    println!("IMDS endpoints: {} cases, as aws-config and as ours", cases.len());
}

fn check(sdk: Sdk, case: &Value) {
    let mut environment = strings(&case["env"]);
    if environment.filled("HOME").is_none() {
        environment.set("HOME", "/home");
    }
    let mut files = MemoryFiles::default();
    for (path, text) in strings(&case["fs"]).iter() {
        files = files.with(path, text);
    }
    let mode = match case["mode_override"].as_str() {
        None => None,
        Some("IPv6") => Some(EndpointMode::Ipv6),
        Some("IPv4") => Some(EndpointMode::Ipv4),
        Some(other) => panic!("{other}"),
    };
    let overrides = Overrides { endpoint: case["endpoint_override"].as_str(), mode };
    let found = with(sdk, &environment, &files, |scope| imds_with(scope, &overrides));
    let url =
        found.as_ref().map(|settings| format!("{}/latest/api/token", settings.provider().endpoint.value));
    match case["result"]["Err"].as_str() {
        None => assert_eq!(url.ok().as_deref(), case["result"]["Ok"].as_str(), "{sdk}: {case}"),
        Some("invalid uri character") => {
            let error = found.unwrap_err();
            assert!(error.what.contains("no URL with a host"), "{sdk}: {error}");
        }
        Some(other) => {
            // "`IPv7` is not a valid endpoint mode"
            let mode = other.split('`').nth(1).unwrap();
            assert!(found.unwrap_err().what.contains(&format!("{mode:?}")), "{sdk}: {case}");
        }
    }
}

#[test]
fn who_takes_which_word_for_off() {
    let sdks = [Sdk::Linklocal, Sdk::Cli2, Sdk::Boto3, Sdk::Rust, Sdk::Js, Sdk::Java, Sdk::Go];
    for (word, expected) in [
        ("true", "ooooooo"),
        ("True", "ooooooo"),
        ("1", "    oE "),
        ("yes", "    oE "),
        ("false", "       "),
        ("FALSE", "    o  "),
        ("", "     E "),
    ] {
        let environment = Environment::from_iter([("AWS_EC2_METADATA_DISABLED", word), ("HOME", "/home")]);
        let row: String = sdks
            .iter()
            .map(|sdk| match with(*sdk, &environment, &MemoryFiles::default(), imds) {
                Ok(settings) if settings.disabled.is_some() => 'o',
                Ok(_) => ' ',
                Err(_) => 'E',
            })
            .collect();
        assert_eq!(row, expected, "AWS_EC2_METADATA_DISABLED={word}");
    }
}

#[test]
fn python_fails_on_any_of_its_settings() {
    for (name, value) in [
        ("AWS_METADATA_SERVICE_TIMEOUT", "1.5"),
        ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "many"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", ""),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "v4"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "169.254.169.254"),
    ] {
        let environment = Environment::from_iter([(name, value), ("HOME", "/home")]);
        let error = with(Sdk::Boto3, &environment, &MemoryFiles::default(), imds).unwrap_err();
        assert_eq!(error.place.to_string(), name);
        assert!(!error.remedy.is_empty());
    }
}

#[test]
fn numbers_and_switches() {
    let environment = Environment::from_iter([
        ("AWS_METADATA_SERVICE_TIMEOUT", " 5 "),
        ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "7"),
        ("AWS_EC2_METADATA_V1_DISABLED", "true"),
        ("AWS_EC2_INSTANCE_PROFILE_NAME", "web"),
        ("HOME", "/home"),
    ]);
    let settings = |sdk| with(sdk, &environment, &MemoryFiles::default(), imds).unwrap();
    for (sdk, timeout, attempts, v1, name) in [
        (Sdk::Boto3, 5000, 7, false, None),
        (Sdk::Cli2, 5000, 7, false, None),
        (Sdk::Rust, 1000, 4, false, None),
        (Sdk::Js, 1000, 1, false, None),
        (Sdk::Go, 500, 3, true, None),
        (Sdk::Linklocal, 5000, 7, false, Some("web")),
    ] {
        let found = settings(sdk).provider();
        let found = (found.timeout_ms, found.attempts, found.v1_fallback, found.instance_profile_name);
        assert_eq!(found, (timeout, attempts, v1, name.map(str::to_owned)), "{sdk}");
    }
}

fn with(
    sdk: Sdk,
    environment: &Environment,
    files: &MemoryFiles,
    ask: impl FnOnce(&Scope<'_>) -> Result<ImdsSettings, SettingError>,
) -> Result<ImdsSettings, SettingError> {
    let arguments = Arguments::default();
    let view = View {
        environment,
        arguments: &arguments,
        files,
        platform: Platform::Unix,
        now: Timestamp::from_secs(0),
    };
    let profiles = profiles(sdk, &view);
    ask(&Scope { view: &view, sdk, profiles: Some(&profiles), profile: "default" })
}

fn profiles(sdk: Sdk, view: &View<'_>) -> Profiles {
    let both = locations(sdk, view).unwrap();
    let (config, credentials) = (view.files.read(&both.config.path), view.files.read(&both.credentials.path));
    read(sdk, (&both.config, &config), (&both.credentials, &credentials)).unwrap()
}

fn strings(map: &Value) -> Environment {
    map.as_object().unwrap().iter().map(|(name, value)| (name.clone(), value.as_str().unwrap())).collect()
}
