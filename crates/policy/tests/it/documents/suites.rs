//! The public cases of IAM's policy documents, read in place; without them each test says so and passes.

use std::path::Path;

use policy::document::{Document, DocumentKind};
use serde_json::Value;

use super::placeless;

#[test]
fn malformed_documents_are_refused_in_awss_words() {
    let Some(cases) = cases("getmoto_moto/invalid_policy_document_test_cases.json") else { return };
    let cases = cases.as_array().unwrap();
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let said = Document::parse(&text(&case["document"]), DocumentKind::Identity);
            let said = said.map_or_else(|error| error.message, |_| "accepted".to_owned());
            (case["error_message"] != *said).then(|| format!("{case}: {said}"))
        })
        .collect();
    println!("{} malformed documents", cases.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(cases.len(), 78);
}

#[test]
fn valid_documents_are_taken_and_printed() {
    let Some(cases) = cases("getmoto_moto/valid_policy_documents.json") else { return };
    let cases = cases.as_array().unwrap();
    for case in cases {
        survives(&text(case));
    }
    println!("{} valid documents", cases.len());
    assert_eq!(cases.len(), 54);
}

#[test]
fn managed_policies_are_read_and_printed() {
    let Some(policies) = cases("aws-managed-policies/policies.json") else { return };
    let policies = policies.as_object().unwrap();
    for policy in policies.values() {
        survives(&text(&policy["Document"]));
        survives(&serde_json::to_string_pretty(&policy["Document"]).unwrap());
    }
    println!("{} managed policies", policies.len());
    assert_eq!(policies.len(), 1582);
}

/// Parsed, printed and parsed again it is the same.
fn survives(text: &str) {
    let document =
        Document::parse(text, DocumentKind::Identity).unwrap_or_else(|error| panic!("{error}: {text}"));
    let printed = document.to_string();
    let again = Document::parse(&printed, DocumentKind::Identity)
        .unwrap_or_else(|error| panic!("{error}: {printed}"));
    assert_eq!(placeless(document), placeless(again), "{text}");
}

/// Some malformed documents are no objects.
fn text(document: &Value) -> String {
    document.as_str().map_or_else(|| document.to_string(), str::to_owned)
}

#[allow(clippy::disallowed_methods, reason = "a test's own files; this crate has no door to any")]
fn cases(name: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites/iam").join(name);
    if !path.exists() {
        println!("0 cases: {name} of the conformance suites is absent");
        return None;
    }
    let bytes = std::fs::read(&path).unwrap();
    Some(serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}
