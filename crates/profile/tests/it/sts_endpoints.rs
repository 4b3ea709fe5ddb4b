//! Endpoint rules of STS against botocore's cases, and what settings make of them.

use profile::settings::rules::{EndpointError, EndpointParameters, Service, endpoint};
use profile::settings::{Found, Scope, sts_target};
use profile::{Arguments, Environment, MemoryFiles, Place, Platform, Sdk, View};
use serde_json::Value;
use types::Timestamp;

use crate::suites;

#[test]
fn published_cases() {
    let Some(suite) = suites::json("botocore/tests/functional/endpoint-rules/sts/endpoint-tests-1.json")
    else {
        return;
    };
    let cases = suite["testCases"].as_array().unwrap();
    for case in cases {
        assert_eq!(ours(&case["params"]), theirs(&case["expect"]), "{case}");
    }
    println!("STS endpoints: {} cases", cases.len());
}

#[test]
fn the_other_services_follow_the_same_rules() {
    let cases = [
        (Service::Sso, "us-east-1", false, "https://portal.sso.us-east-1.amazonaws.com"),
        (Service::SsoOidc, "cn-north-1", false, "https://oidc.cn-north-1.amazonaws.com.cn"),
        (Service::SsoOidc, "us-gov-west-1", true, "https://oidc.us-gov-west-1.amazonaws.com"),
        (Service::Sso, "eu-west-1", true, "https://portal.sso-fips.eu-west-1.amazonaws.com"),
    ];
    for (service, region, use_fips, url) in cases {
        let parameters = EndpointParameters { region: Some(region), use_fips, ..Default::default() };
        assert_eq!(endpoint(service, &parameters).unwrap().url, url);
    }
}

/// Whose, variables, the region, and the region of the signature with the URL, or who is to blame.
type Case<'a> = (Sdk, &'a [(&'a str, &'a str)], Option<&'a str>, Result<(&'a str, &'a str), &'a str>);

#[test]
fn targets_by_sdk() {
    let cases: &[Case<'_>] = &[
        (Sdk::Boto3, &[], Some("eu-west-1"), Ok(("eu-west-1", "https://sts.eu-west-1.amazonaws.com"))),
        (Sdk::Boto3, &[LEGACY], Some("eu-west-1"), Ok(("us-east-1", "https://sts.amazonaws.com"))),
        (Sdk::Rust, &[LEGACY], Some("eu-west-1"), Ok(("eu-west-1", "https://sts.eu-west-1.amazonaws.com"))),
        (
            Sdk::Linklocal,
            &[LEGACY],
            Some("eu-south-2"),
            Ok(("eu-south-2", "https://sts.eu-south-2.amazonaws.com")),
        ),
        (Sdk::Boto3, &[WRONG], Some("eu-west-1"), Err("AWS_STS_REGIONAL_ENDPOINTS")),
        (Sdk::Js, &[], None, Ok(("us-east-1", "https://sts.us-east-1.amazonaws.com"))),
        (Sdk::Cli2, &[], None, Ok(("us-east-1", "https://sts.amazonaws.com"))),
        (Sdk::Cli2, &[URL], None, Err("no region")),
        (Sdk::Rust, &[], None, Err("no region")),
        (Sdk::Rust, &[URL], Some("eu-west-1"), Ok(("eu-west-1", "http://localhost:1"))),
        (Sdk::Rust, &[URL, FIPS], Some("eu-west-1"), Err("FIPS")),
        (Sdk::Boto3, &[URL, FIPS], Some("eu-west-1"), Ok(("eu-west-1", "http://localhost:1"))),
        (Sdk::Go, &[URL], Some("eu-west-1"), Ok(("eu-west-1", "https://sts.eu-west-1.amazonaws.com"))),
        (Sdk::Js, &[FIPS], Some("eu-west-1"), Ok(("eu-west-1", "https://sts-fips.eu-west-1.amazonaws.com"))),
        (
            Sdk::Js,
            &[FIPS_CAPITAL],
            Some("eu-west-1"),
            Ok(("eu-west-1", "https://sts.eu-west-1.amazonaws.com")),
        ),
        (
            Sdk::Boto3,
            &[FIPS_CAPITAL],
            Some("eu-west-1"),
            Ok(("eu-west-1", "https://sts-fips.eu-west-1.amazonaws.com")),
        ),
    ];
    for (sdk, variables, region, expected) in cases {
        let environment: Environment = variables.iter().copied().collect();
        let (arguments, files) = (Arguments::default(), MemoryFiles::default());
        let now = Timestamp::from_secs(0);
        let view = View {
            environment: &environment,
            arguments: &arguments,
            files: &files,
            platform: Platform::Unix,
            now,
        };
        let scope = Scope { view: &view, sdk: *sdk, profiles: None, profile: "default" };
        let region = region.map(|region| Found::new(region.to_owned(), Place::flag("--region")));
        let target = sts_target(&scope, region.as_ref());
        match (target, expected) {
            (Ok(target), Ok((region, url))) => {
                assert_eq!(
                    (target.region.value.as_str(), target.endpoint_url.value.as_str()),
                    (*region, *url),
                    "{sdk} {variables:?}"
                );
            }
            (Err(error), Err(word)) => assert!(error.to_string().contains(word), "{error}"),
            (target, expected) => panic!("{sdk} {variables:?}: {target:?}, not {expected:?}"),
        }
    }
}

fn ours(parameters: &Value) -> (Option<String>, Option<String>, Option<&'static str>) {
    let on = |name: &str| parameters[name].as_bool().unwrap_or(false);
    let parameters = EndpointParameters {
        region: parameters["Region"].as_str(),
        use_fips: on("UseFIPS"),
        use_dual_stack: on("UseDualStack"),
        use_global_endpoint: on("UseGlobalEndpoint"),
        endpoint: parameters["Endpoint"].as_str(),
    };
    match endpoint(Service::Sts, &parameters) {
        Ok(endpoint) => (Some(endpoint.url), endpoint.signing_region, None),
        Err(EndpointError::MissingRegion) => (None, None, Some("Invalid Configuration: Missing Region")),
        Err(EndpointError::FipsWithCustomEndpoint) => {
            (None, None, Some("Invalid Configuration: FIPS and custom endpoint are not supported"))
        }
        Err(EndpointError::DualStackWithCustomEndpoint) => {
            (None, None, Some("Invalid Configuration: Dualstack and custom endpoint are not supported"))
        }
    }
}

fn theirs(expect: &Value) -> (Option<String>, Option<String>, Option<&str>) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let endpoint = &expect["endpoint"];
    let signing_region = &endpoint["properties"]["authSchemes"][0]["signingRegion"];
    (text(&endpoint["url"]), text(signing_region), expect["error"].as_str())
}

const LEGACY: (&str, &str) = ("AWS_STS_REGIONAL_ENDPOINTS", "legacy");
const WRONG: (&str, &str) = ("AWS_STS_REGIONAL_ENDPOINTS", "global");
const URL: (&str, &str) = ("AWS_ENDPOINT_URL_STS", "http://localhost:1");
const FIPS: (&str, &str) = ("AWS_USE_FIPS_ENDPOINT", "true");
const FIPS_CAPITAL: (&str, &str) = ("AWS_USE_FIPS_ENDPOINT", "True");
