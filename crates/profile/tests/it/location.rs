//! Where the two files are looked for.

use profile::reader::{Locations, locations};
use profile::{Arguments, Environment, MemoryFiles, Place, Platform, Sdk, View};
use types::Timestamp;

use crate::suites;

#[test]
fn published_cases() {
    let Some(suite) = suites::json("smithy-rs/aws-runtime/test-data/file-location-tests.json") else {
        return;
    };
    let cases = suite["tests"].as_array().unwrap();
    // Ours and Java's find the same; the others know HOME on Windows otherwise.
    for sdk in [Sdk::Rust, Sdk::Java, Sdk::Linklocal] {
        for case in cases {
            let variables = case["environment"].as_object().unwrap();
            let environment: Environment =
                variables.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap())).collect();
            let platform = match case["platform"].as_str().unwrap() {
                "windows" => Platform::Windows,
                _ => Platform::Unix,
            };
            let found = find(sdk, &environment, platform, &Arguments::default()).unwrap();
            assert_eq!(found.config.path, case["configLocation"].as_str().unwrap(), "{sdk}: {case}");
            assert_eq!(
                found.credentials.path,
                case["credentialsLocation"].as_str().unwrap(),
                "{sdk}: {case}"
            );
        }
    }
    println!("file location: {} cases, as Rust, Java and ours", cases.len());
}

#[test]
fn each_sdk_expands_in_its_own_way() {
    let sdks = [Sdk::Linklocal, Sdk::Cli2, Sdk::Boto3, Sdk::Rust, Sdk::Js, Sdk::Java, Sdk::Go];
    for (variables, expected) in EXPANSIONS {
        let mut environment: Environment = variables.iter().copied().collect();
        environment.account_home = Some("/db".to_owned());
        for (sdk, expected) in sdks.into_iter().zip(expected) {
            let found = find(sdk, &environment, Platform::Unix, &Arguments::default()).unwrap();
            assert_eq!(found.config.path, expected, "{sdk}: {variables:?}");
        }
    }
}

#[test]
fn without_any_home_only_named_files_are_found() {
    let nothing = Environment::default();
    for sdk in [Sdk::Linklocal, Sdk::Js, Sdk::Java, Sdk::Go] {
        assert_eq!(find(sdk, &nothing, Platform::Unix, &Arguments::default()), None, "{sdk}");
    }
    let named: Environment =
        [("AWS_CONFIG_FILE", "/c"), ("AWS_SHARED_CREDENTIALS_FILE", "/s")].into_iter().collect();
    for sdk in [Sdk::Linklocal, Sdk::Cli2, Sdk::Boto3, Sdk::Rust, Sdk::Js, Sdk::Java, Sdk::Go] {
        let found = find(sdk, &named, Platform::Unix, &Arguments::default()).unwrap();
        assert_eq!((found.config.path.as_str(), found.credentials.path.as_str()), ("/c", "/s"), "{sdk}");
        assert_eq!(found.config.named_by, Place::variable("AWS_CONFIG_FILE"));
    }
}

#[test]
fn system_properties_of_java_come_first() {
    let environment: Environment = [("HOME", "/h"), ("AWS_CONFIG_FILE", "/v")].into_iter().collect();
    let mut arguments = Arguments::default();
    arguments.java_properties.insert("aws.configFile".to_owned(), "~/p".to_owned());
    let found = find(Sdk::Java, &environment, Platform::Unix, &arguments).unwrap();
    assert_eq!(found.config.path, "/h/p");
    assert_eq!(found.config.named_by, Place::Property("aws.configFile".into()));
    let found = find(Sdk::Rust, &environment, Platform::Unix, &arguments).unwrap();
    assert_eq!(found.config.path, "/v");
}

fn find(sdk: Sdk, environment: &Environment, platform: Platform, arguments: &Arguments) -> Option<Locations> {
    let files = MemoryFiles::default();
    let view =
        View { environment, arguments, files: &files, platform, now: Timestamp::from_secs(1_800_000_000) };
    locations(sdk, &view)
}

/// Variables, and where the config file is for ours, the AWS CLI, boto3, Rust, JavaScript, Java and Go.
type Expansion = (&'static [(&'static str, &'static str)], [&'static str; 7]);

const EXPANSIONS: [Expansion; 8] = [
    (&[("HOME", "/h")], ["/h/.aws/config"; 7]),
    (&[("HOME", "/h"), ("AWS_CONFIG_FILE", "~/c")], ["/h/c", "/h/c", "/h/c", "/h/c", "/h/c", "/h/c", "~/c"]),
    (
        &[("HOME", "/h"), ("AWS_CONFIG_FILE", "$HOME/c")],
        ["/h/c", "/h/c", "/h/c", "$HOME/c", "$HOME/c", "$HOME/c", "$HOME/c"],
    ),
    (
        &[("HOME", "/h"), ("D", "x"), ("AWS_CONFIG_FILE", "/a/${D}/$NONE/$D$")],
        [
            "/a/x/$NONE/x$",
            "/a/x/$NONE/x$",
            "/a/x/$NONE/x$",
            "/a/${D}/$NONE/$D$",
            "/a/${D}/$NONE/$D$",
            "/a/${D}/$NONE/$D$",
            "/a/${D}/$NONE/$D$",
        ],
    ),
    (&[("HOME", "/h"), ("AWS_CONFIG_FILE", "")], ["", "", "", "", "/h/.aws/config", "", "/h/.aws/config"]),
    (&[("HOME", "/h"), ("AWS_CONFIG_FILE", "~other/c")], ["~other/c"; 7]),
    // No home: Rust looks below a directory called `~`, the others ask the user database.
    (
        &[],
        [
            "/db/.aws/config",
            "/db/.aws/config",
            "/db/.aws/config",
            "~/.aws/config",
            "/db/.aws/config",
            "/db/.aws/config",
            "/db/.aws/config",
        ],
    ),
    (
        &[("HOME", "")],
        [
            "/db/.aws/config",
            "/.aws/config",
            "/.aws/config",
            ".aws/config",
            "/db/.aws/config",
            ".aws/config",
            "/db/.aws/config",
        ],
    ),
];
