//! Configured endpoint URLs against botocore's cases, read from real file text by each SDK that knows them.

use std::fmt::Write;

use profile::reader::{locations, read};
use profile::settings::{Found, Scope, SettingError, endpoint_url};
use profile::{Arguments, Environment, MemoryFiles, Platform, Sdk, View};
use serde_json::Value;
use types::Timestamp;

use crate::suites;

#[test]
fn published_cases() {
    let path = "botocore/tests/functional/configured_endpoint_urls/profile-tests.json";
    let Some(suite) = suites::json(path) else {
        return;
    };
    let suite = &suite["testSuites"][0];
    let config = config_text(suite);
    let cases = suite["endpointUrlTests"].as_array().unwrap();
    for sdk in [Sdk::Boto3, Sdk::Cli2, Sdk::Linklocal, Sdk::Js, Sdk::Rust] {
        for case in cases {
            let named = |kind: &str, key: &str| suite[kind][case[key].as_str().unwrap()].clone();
            let environment = strings(&named("environments", "environment"));
            let arguments = arguments(&named("client_configs", "client_config"));
            let (profile, service) = (case["profile"].as_str().unwrap(), case["service"].as_str().unwrap());
            let found = ask(sdk, &config, environment, arguments, profile, service).unwrap();
            let built_in = format!("https://{service}.fake-region-10.amazonaws.com");
            let url = found.map_or(built_in, |found| found.value);
            assert_eq!(Some(url.as_str()), case["output"]["endpointUrl"].as_str(), "{sdk}: {}", case["name"]);
        }
    }
    println!("endpoint URLs: {} cases, read by 5 models", cases.len());
}

#[test]
fn provenance_goes_down_to_the_line() {
    let config =
        "[default]\nservices = dev\n\n[services dev]\ns3 =\n  endpoint_url = http://localhost:9000\n";
    for sdk in [Sdk::Boto3, Sdk::Linklocal, Sdk::Js] {
        let found = ask(sdk, config, Environment::default(), Arguments::default(), "default", "S3");
        let found = found.unwrap().unwrap();
        assert_eq!(found.value, "http://localhost:9000", "{sdk}");
        assert_eq!(found.place.to_string(), "/home/.aws/config:6", "{sdk}");
    }
}

#[test]
fn a_services_section_that_is_not_there() {
    let config = "[default]\nservices = dev\nendpoint_url = http://localhost:1\n";
    let found = |sdk| ask(sdk, config, Environment::default(), Arguments::default(), "default", "S3");
    for sdk in [Sdk::Boto3, Sdk::Cli2, Sdk::Linklocal] {
        let error = found(sdk).unwrap_err();
        assert_eq!(error.place.to_string(), "/home/.aws/config:2", "{sdk}");
        assert!(error.remedy.contains("[services dev]"), "{sdk}");
    }
    assert_eq!(found(Sdk::Rust).unwrap().unwrap().value, "http://localhost:1");
    for sdk in [Sdk::Go, Sdk::Js] {
        assert_eq!(found(sdk).unwrap(), None, "{sdk}");
    }
}

#[test]
fn names_of_services() {
    let variable = |name: &str| Environment::from_iter([(name, "http://localhost:1")]);
    for (name, service) in [
        ("AWS_ENDPOINT_URL_IOT_DATA_PLANE", "IoT Data Plane"),
        ("AWS_ENDPOINT_URL_SSO_OIDC", "SSO OIDC"),
        ("AWS_ENDPOINT_URL_STS", "STS"),
    ] {
        let found = ask(Sdk::Linklocal, "", variable(name), Arguments::default(), "default", service);
        assert!(found.unwrap().is_some(), "{name}");
    }
}

fn ask(
    sdk: Sdk,
    config: &str,
    mut environment: Environment,
    arguments: Arguments,
    profile: &str,
    service: &str,
) -> Result<Option<Found<String>>, SettingError> {
    environment.set("HOME", "/home");
    let files = MemoryFiles::default().with("/home/.aws/config", config);
    let view = View {
        environment: &environment,
        arguments: &arguments,
        files: &files,
        platform: Platform::Unix,
        now: Timestamp::from_secs(0),
    };
    let both = locations(sdk, &view).unwrap();
    let (config, credentials) = (view.files.read(&both.config.path), view.files.read(&both.credentials.path));
    let profiles = read(sdk, (&both.config, &config), (&both.credentials, &credentials)).unwrap();
    endpoint_url(&Scope { view: &view, sdk, profiles: Some(&profiles), profile }, service)
}

fn config_text(suite: &Value) -> String {
    let mut text = String::new();
    for (name, keys) in suite["profiles"].as_object().unwrap() {
        let header = if name == "default" { name.clone() } else { format!("profile {name}") };
        writeln!(text, "[{header}]").unwrap();
        for (key, value) in keys.as_object().unwrap() {
            writeln!(text, "{key} = {}", value.as_str().unwrap()).unwrap();
        }
    }
    for (name, services) in suite["services"].as_object().unwrap() {
        writeln!(text, "[services {name}]").unwrap();
        for (service, keys) in services.as_object().unwrap() {
            writeln!(text, "{service} =").unwrap();
            for (key, value) in keys.as_object().unwrap() {
                writeln!(text, "  {key} = {}", value.as_str().unwrap()).unwrap();
            }
        }
    }
    text
}

fn arguments(client: &Value) -> Arguments {
    Arguments {
        endpoint_url: client["endpoint_url"].as_str().map(str::to_owned),
        ignore_configured_endpoint_urls: client["ignore_configured_endpoint_urls"].as_bool(),
        ..Arguments::default()
    }
}

fn strings(map: &Value) -> Environment {
    map.as_object().unwrap().iter().map(|(name, value)| (name.clone(), value.as_str().unwrap())).collect()
}
