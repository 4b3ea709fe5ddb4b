//! What AWS answered, through the account: documents by `CreatePolicy`, and IAM's recorded refusals of policies and of roles of
//! services.
//!
//! The cases are read in place; without them the tests say so and pass.

use std::path::Path;

use account::iam::linked_role::{self, CreateServiceLinkedRole};
use account::iam::{attachment, policy};
use account::{ServiceError, iam::policy::Holder};
use serde_json::Value;

use super::*;
use crate::world::{ACCOUNT, empty};

#[test]
fn malformed_documents_are_refused_as_by_aws() {
    let Some(cases) = json("iam/getmoto_moto/invalid_policy_document_test_cases.json") else { return };
    let cases = cases.as_array().unwrap();
    let mut wrong = Vec::new();
    for case in cases {
        let document = text(&case["document"]);
        let answer = create(&document).expect_err(&document);
        let expected =
            ServiceError::new("MalformedPolicyDocument", 400, case["error_message"].as_str().unwrap());
        if answer != expected {
            wrong.push((document, answer));
        }
    }
    println!("{} malformed documents through CreatePolicy", cases.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn valid_documents_are_taken() {
    let Some(cases) = json("iam/getmoto_moto/valid_policy_documents.json") else { return };
    let cases = cases.as_array().unwrap();
    let refused: Vec<_> = cases.iter().filter_map(|case| create(&text(case)).err()).collect();
    println!("{} valid documents through CreatePolicy", cases.len());
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn recorded_refusals_are_given() {
    let Some(records) = json("aws-recorded/errors.json") else { return };
    let (mut run, mut wrong) = (0, Vec::new());
    for record in records.as_array().unwrap().iter().filter(|record| record["service"] == "iam") {
        // Recorded with what varies left out.
        let expected = record["message"].as_str().unwrap().replace("<partition>", "aws");
        let expected = expected.replace("111111111111", ACCOUNT).replace("<policy-name:1>", "p");
        let Some(answer) = answer(&expected) else { continue };
        run += 1;
        if answer.message != expected || answer.code != record["code"].as_str().unwrap() {
            wrong.push((expected, answer));
        }
    }
    println!("{run} recorded refusals of IAM's policies and roles of services given");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is answered to the request that a recorded text belongs to; `None` where that is of other operations.
fn answer(recorded: &str) -> Option<ServiceError> {
    let arn = || recorded.split(' ').find(|word| word.starts_with("arn:")).unwrap_or_default();
    if let Some(service) = recorded.strip_prefix("Custom suffix is not allowed for ") {
        return role_of(service, Some("suffix"), 1).err();
    }
    if recorded.starts_with("Service role name ") {
        let name = recorded.split(' ').nth(3)?.strip_prefix("AWSServiceRoleFor")?.to_ascii_lowercase();
        return role_of(&format!("{name}.amazonaws.com"), None, 2).err();
    }
    if recorded.starts_with("Policy ") && recorded.ends_with(" was not found.") {
        return policy::get(&empty(), arn()).err();
    }
    if recorded.ends_with(" does not exist or is not attachable.") && recorded.starts_with("Policy ") {
        return attachment::attach(&mut people(), Holder::User("alice"), arn()).err();
    }
    if recorded.starts_with("Invalid ARN:") {
        return attachment::attach(&mut people(), Holder::User("alice"), "longpolicynamebutnoarn").err();
    }
    None
}

fn role_of(service_name: &str, custom_suffix: Option<&str>, times: usize) -> Result<(), ServiceError> {
    let mut directory = empty();
    let request = CreateServiceLinkedRole { service_name, custom_suffix, description: None };
    (0..times).try_for_each(|_| linked_role::create(&mut directory, request, NOW, [1; 10]).map(|_| ()))
}

fn create(document: &str) -> Result<(), ServiceError> {
    policy::create(&mut empty(), request("p", document), NOW, [1; 10]).map(|_| ())
}

/// A document as the suite has it, or one that is no document at all.
fn text(document: &Value) -> String {
    document.as_str().map_or_else(|| document.to_string(), str::to_owned)
}

#[allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a test's own files and words")]
fn json(name: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites").join(name);
    if !path.exists() {
        println!("no cases here: {name} of the conformance suites is absent");
        return None;
    }
    let bytes = std::fs::read(&path).unwrap();
    Some(serde_json::from_slice(&bytes).unwrap())
}
