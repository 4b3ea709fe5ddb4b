//! Trails as data: `testdata/findings/<case>.json`, and what is found in each. Adding a case needs no Rust.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::*;
use crate::event::{Aside, Event};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    #[allow(dead_code, reason = "said to the reader")]
    why: String,
    #[serde(default)]
    hand_outs: Vec<HandOut>,
    #[serde(default)]
    standing: Vec<Standing>,
    #[serde(default)]
    key_places: Vec<KeyPlace>,
    #[serde(default)]
    calls: Vec<Call>,
    /// Of each finding, in order, the members that matter; texts need only be part of what is told.
    findings: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    #[serde(default)]
    event: Map<String, Value>,
    #[serde(default)]
    aside: Aside,
    #[serde(default = "once")]
    times: u64,
}

/// A call of alice's long-term key, over which a case's own members are laid.
const BASE: &str = r#"{
    "eventVersion": "1.11", "eventTime": "2026-11-21T12:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets",
    "userIdentity": {"type": "IAMUser", "principalId": "AIDAALICE", "arn": "arn:aws:iam::111122223333:user/alice",
        "accountId": "111122223333", "accessKeyId": "AKIAALICE", "userName": "alice"},
    "awsRegion": "us-east-1", "sourceIPAddress": "10.0.0.5", "requestID": "r", "eventID": "e", "readOnly": true,
    "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "111122223333", "eventCategory": "Management"}"#;

fn kept(call: &Call) -> Kept {
    let mut base: Map<String, Value> = serde_json::from_str(BASE).unwrap();
    base.extend(call.event.clone());
    let event: Event = serde_json::from_value(base.into()).unwrap();
    Kept { event, aside: call.aside.clone() }
}

#[test]
fn cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/findings");
    let mut paths: Vec<_> = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 15, "{} cases are too few to be all", paths.len());
    let faults: Vec<String> = paths.iter().filter_map(|path| fault(path)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn fault(path: &Path) -> Option<String> {
    let case: Case = serde_json::from_str(&sys::fs::read_text(path, 1_000_000).unwrap())
        .unwrap_or_else(|e| panic!("{path:?}: {e}"));
    let mut detective = Detective::new(case.hand_outs, case.standing, case.key_places);
    for call in &case.calls {
        (0..call.times).for_each(|_| detective.look_at(&kept(call)));
    }
    let found = serde_json::to_value(detective.findings()).unwrap();
    let found = found.as_array().unwrap();
    let name = path.file_stem().unwrap().to_string_lossy();
    if found.len() != case.findings.len() {
        return Some(format!(
            "{name}: {} findings, expected {}: {found:#?}",
            found.len(),
            case.findings.len()
        ));
    }
    for (found, expected) in found.iter().zip(&case.findings) {
        for (member, expected) in expected {
            if !tells(&found[member], expected) {
                return Some(format!("{name}: {member} is {:#}, expected {expected:#}", found[member]));
            }
        }
    }
    None
}

/// A text is part of a text, or of one in a list; all else is the same.
fn tells(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::String(found), Value::String(part)) => found.contains(part.as_str()),
        (Value::Array(found), Value::String(_)) => found.iter().any(|found| tells(found, expected)),
        (Value::Array(found), Value::Array(parts)) => {
            parts.iter().all(|part| found.iter().any(|found| tells(found, part)))
        }
        _ => found == expected,
    }
}

#[test]
fn groups_are_bounded() {
    let mut detective = Detective::new(Vec::new(), Vec::new(), Vec::new());
    let mut call = kept(&Call { event: Map::new(), aside: Aside::default(), times: 1 });
    call.aside.signature_version = Some("SigV2".to_owned());
    for n in 0..3000 {
        call.event.user_identity.arn = Some(format!("arn:aws:iam::111122223333:user/u{n}"));
        detective.look_at(&call);
    }
    assert_eq!(detective.findings().len(), 1000);
}
