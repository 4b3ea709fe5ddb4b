//! Which container agent is asked, against aws-config's cases and the rules of each SDK (facts/credentials.md 4.1).

use std::net::IpAddr;

use profile::plan::{Container, ContainerToken};
use profile::settings::container::{container, hosts_file};
use profile::settings::{Scope, SettingError};
use profile::{Arguments, Environment, MemoryFiles, Platform, Sdk, View};
use types::Timestamp;

use crate::suites;

#[test]
fn published_cases() {
    let Some(suite) = suites::json("smithy-rs/aws-config/test-data/ecs-tests.json") else {
        return;
    };
    let cases = suite["tests"].as_array().unwrap();
    for sdk in [Sdk::Rust, Sdk::Linklocal] {
        for case in cases {
            let variables = case["env"].as_object().unwrap();
            let environment: Environment =
                variables.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap())).collect();
            let found = agent(sdk, &environment);
            let url =
                found.as_ref().ok().and_then(|agent| agent.as_ref()).map(|agent| agent.url.value.as_str());
            match case["result"]["ErrorContains"].as_str() {
                None => assert_eq!(url, case["result"]["Ok"].as_str(), "{sdk}: {case}"),
                Some("No environment variables were set to configure ECS provider") => {
                    assert_eq!(found, Ok(None), "{sdk}: {case}");
                }
                Some("URI did not specify a host") => {
                    assert!(found.unwrap_err().what.contains("names no host"), "{sdk}: {case}");
                }
                Some(other) => panic!("{other}: our words for it are not written down; found {found:?}"),
            }
        }
    }
    println!("container URIs: {} cases, as aws-config and as ours", cases.len());
}

/// One column per SDK: `y` is asked, `-` is refused.
#[test]
fn hosts_by_sdk() {
    let sdks = [Sdk::Linklocal, Sdk::Cli2, Sdk::Boto3, Sdk::Rust, Sdk::Js, Sdk::Java, Sdk::Go];
    let table = [
        ("http://localhost/a", "yyyyyyy"),
        ("http://LOCALHOST/a", "yyyyyyy"),
        ("http://127.0.0.9:80/a", "yyyyyyy"),
        ("http://[::1]/a", "yyyyyyy"),
        ("http://169.254.170.2/a", "yyyyyy-"),
        ("http://169.254.170.23/a", "yyyyyy-"),
        ("http://[fd00:ec2::23]/a", "yyyyy--"),
        ("http://127.1/a", "y--yyyy"),
        ("http://0xa9feaa02/a", "y--yy--"),
        ("http://alias/a", "y--y-yy"),
        ("http://split/a", "-------"),
        ("http://host.docker.internal/a", "-------"),
        ("http://169.254.170.3/a", "-------"),
        ("http://169.254.169.254/a", "-------"),
        ("https://example.com/a", "yyyyyy-"),
        ("ftp://localhost/a", "-yyyyyy"),
        ("http://localhost@example.com/a", "-------"),
        ("/a", "-------"),
    ];
    for (url, expected) in table {
        let environment = Environment::from_iter([("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)]);
        let row: String =
            sdks.iter().map(|sdk| if agent(*sdk, &environment).is_ok() { 'y' } else { '-' }).collect();
        assert_eq!(row, expected, "{url}");
    }
}

#[test]
fn relative_before_full_but_in_go() {
    let environment = Environment::from_iter([
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/r"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/f"),
    ]);
    for sdk in [Sdk::Linklocal, Sdk::Cli2, Sdk::Boto3, Sdk::Rust, Sdk::Js, Sdk::Java] {
        assert_eq!(agent(sdk, &environment).unwrap().unwrap().url.value, "http://169.254.170.2/r", "{sdk}");
    }
    assert_eq!(agent(Sdk::Go, &environment).unwrap().unwrap().url.value, "http://localhost/f");
}

#[test]
fn the_token_file_before_the_token_but_in_java() {
    let environment = Environment::from_iter([
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/r"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "t"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/tok"),
    ]);
    for sdk in [Sdk::Linklocal, Sdk::Cli2, Sdk::Boto3, Sdk::Rust, Sdk::Js] {
        assert_eq!(token(sdk, &environment), Some(ContainerToken::File("/tok".to_owned())), "{sdk}");
    }
    for sdk in [Sdk::Java, Sdk::Go] {
        assert!(matches!(token(sdk, &environment), Some(ContainerToken::Value(_))), "{sdk}");
    }
}

#[test]
fn an_empty_variable_is_a_uri_to_some() {
    let environment = Environment::from_iter([("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")]);
    for sdk in [Sdk::Linklocal, Sdk::Js, Sdk::Go] {
        assert_eq!(agent(sdk, &environment), Ok(None), "{sdk}");
    }
    for sdk in [Sdk::Boto3, Sdk::Cli2, Sdk::Rust, Sdk::Java] {
        let error = agent(sdk, &environment).unwrap_err();
        assert_eq!(error.place.to_string(), "AWS_CONTAINER_CREDENTIALS_FULL_URI", "{sdk}");
    }
}

#[test]
fn a_path_without_a_slash_never_becomes_a_host() {
    let environment = Environment::from_iter([("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ".evil.example/a")]);
    agent(Sdk::Linklocal, &environment).unwrap_err();
    agent(Sdk::Js, &environment).unwrap_err();
}

fn token(sdk: Sdk, environment: &Environment) -> Option<ContainerToken> {
    agent(sdk, environment).unwrap().unwrap().token
}

fn agent(sdk: Sdk, environment: &Environment) -> Result<Option<Container>, SettingError> {
    let arguments = Arguments::default();
    let hosts = "127.0.0.1 localhost\n::1 localhost\n127.0.0.1 alias # ours\n127.0.0.1 split\n10.0.0.1 split\n172.17.0.1 host.docker.internal\n";
    let files = MemoryFiles::default().with("/etc/hosts", hosts);
    let view = View {
        environment,
        arguments: &arguments,
        files: &files,
        platform: Platform::Unix,
        now: Timestamp::from_secs(0),
    };
    let names = hosts_file(&view);
    let resolve = |name: &str| -> Vec<IpAddr> { names(name) };
    container(&Scope { view: &view, sdk, profiles: None, profile: "default" }, &resolve)
}
