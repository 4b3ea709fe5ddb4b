//! Lint against the recordings of real SDKs, and mending against all readers.

use profile::lint::{Subject, Surroundings, lint, mend};
use profile::reader::{self, Location, Locations};
use profile::{FileState, Sdk};
use proptest::prelude::*;

use crate::suites;

/// Where an SDK fails as a whole there is an error, and where SDKs read otherwise something is said.
#[test]
fn whatever_an_sdk_fails_on_is_found() {
    let Some(suite) = suites::json("linklocal-differential/parse-differential.json") else { return };
    let cases = suite["cases"].as_array().unwrap();
    let mut silent = Vec::new();
    for case in cases {
        let states = [state(&case["config"]), state(&case["credentials"])];
        let columns = ["botocore", "rust", "js"].map(|column| &case["results"][column]);
        let found = codes(&states);
        let fails = columns.iter().any(|column| column["error"].is_string());
        assert!(!fails || !found.is_empty(), "{}: an SDK fails, and nothing is found", case["id"]);
        if columns[1]["profiles"] != columns[2]["profiles"] && found.is_empty() {
            silent.push(case["id"].as_str().unwrap());
        }
    }
    // Blocks held in another form, and a key without a value, which means nothing to anybody.
    assert_eq!(silent, ALIKE);
    println!("lint: {} recordings", cases.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// No bytes make it panic; what every SDK reads stays readable.
    #[test]
    fn mending_does_no_harm(config in file(), credentials in file()) {
        let states = [FileState::Bytes(config.into()), FileState::Bytes(credentials.into())];
        let places = places();
        let _ = codes(&states);
        if let Ok(mended) = mend(&places, &states[0], &states[1]) {
            let after = |new: Option<Vec<u8>>, old: &FileState| new.map_or_else(|| old.clone(), |new| FileState::Bytes(new.into()));
            let (config, credentials) = (after(mended.config, &states[0]), after(mended.credentials, &states[1]));
            for sdk in Sdk::OTHERS {
                let before = reader::read(sdk, (&places.config, &states[0]), (&places.credentials, &states[1]));
                let now = reader::read(sdk, (&places.config, &config), (&places.credentials, &credentials));
                prop_assert!(before.is_err() || now.is_ok(), "{sdk}");
            }
            let again = mend(&places, &config, &credentials).unwrap();
            prop_assert!(again.config.is_none() && again.credentials.is_none(), "mends twice");
        }
    }
}

fn file() -> impl Strategy<Value = Vec<u8>> {
    let line = prop::sample::select(vec![
        "[default]",
        "[profile a]",
        "[profile  a]",
        "[a]",
        "[ a ]",
        "[profile a] # c",
        "[profile a]x",
        "[DEFAULT]",
        "region = r",
        "Region=s",
        " region = t",
        "s3 =",
        "  x = y",
        "  junk",
        "junk",
        "a: b",
        "# c",
        "  # c",
        "",
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key = s # t",
        "aws_session_token = t",
        "[",
        "=",
        "role_arn = \"r\"",
        "\u{feff}",
        "\r",
        "\0",
        "\u{e9} = 1",
    ]);
    let text = prop::collection::vec(line, 0..9).prop_map(|lines| lines.join("\n").into_bytes());
    prop_oneof![4 => text, 1 => prop::collection::vec(any::<u8>(), 0..60)]
}

fn codes(states: &[FileState; 2]) -> Vec<&'static str> {
    let (locations, surroundings) = (places(), Surroundings::default());
    let subject = Subject {
        locations: &locations,
        config: &states[0],
        credentials: &states[1],
        surroundings: &surroundings,
    };
    lint(&subject).iter().map(|finding| finding.rule.code).collect()
}

fn places() -> Locations {
    Locations { config: Location::new("config"), credentials: Location::new("credentials") }
}

fn state(file: &serde_json::Value) -> FileState {
    match (file.as_str(), file["hex"].as_str()) {
        (Some(text), _) => FileState::Bytes(text.as_bytes().into()),
        (None, Some(hex)) => {
            let digits: Vec<u8> = hex.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
            FileState::Bytes(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect::<Vec<u8>>().into())
        }
        (None, None) => FileState::Absent,
    }
}

const ALIKE: [&str; 4] = ["nested", "empty-value", "crlf-nested", "services-section"];
