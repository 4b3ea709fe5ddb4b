//! Who may do what across services: whole accounts as data, a request at a time (`cases/*.json`).
//!
//! Rule: each case says why in one sentence, and from which page or capture it knows. A decision is named by its layer: `allowed`, `no
//! LAYER` where it lacks an allow, `deny LAYER` where a statement denies.

mod account_of;
mod asking;

use std::fs;
use std::path::Path;

use account::{Denied, authorise};
use serde_json::Value;

use crate::world::NOW;

#[test]
fn every_scenario_is_decided_as_on_aws() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/scenarios/cases");
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut held = 0;
    let mut wrong = Vec::new();
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = text(&path);
        let scenarios: Vec<Value> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        for scenario in &scenarios {
            let why = scenario["why"].as_str().unwrap_or_else(|| panic!("{name}: a scenario says no why"));
            assert!(scenario["source"].is_string(), "{name}: {why}: no source");
            for (number, case) in (1..).zip(scenario["cases"].as_array().unwrap()) {
                let place = format!("{name}: {why}: case {number}");
                let (expected, found) = (case["expect"].as_str().unwrap(), decided(scenario, case, &place));
                if expected != found {
                    wrong.push(format!("{place}: expected {expected}, found {found}"));
                }
                held += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(held >= 60, "{held} cases");
}

#[allow(clippy::disallowed_methods, reason = "a test's own files; this crate has no door to any")]
fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

fn decided(scenario: &Value, case: &Value, place: &str) -> String {
    let directory = account_of::directory(scenario, place);
    let caller = asking::caller(&directory, scenario, &case["as"], place);
    let arrival = asking::arrival(&case["from"]);
    let checks = asking::checks(case, place);
    let denied = checks.iter().find_map(|check| authorise(&directory, &caller, &arrival, check, NOW).err());
    denied.map_or_else(|| "allowed".to_owned(), |denied| named(&denied))
}

fn named(denied: &Denied) -> String {
    let record = denied.record("s3", "request");
    let kind = if record.explicit_deny { "deny" } else { "no" };
    format!("{kind} {}", record.layer)
}
