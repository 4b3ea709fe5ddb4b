//! Errors that IAM answered when it was recorded: each is provoked here, and must say the same.
//!
//! The recordings are read in place; without them the test says so and passes.

use std::path::Path;

use account::ServiceError;
use serde_json::Value;

use super::world::World;

#[test]
fn errors_of_iam_are_those_recorded() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites/aws-recorded/errors.json");
    if !path.exists() {
        println!("0 recorded errors of IAM compared: the recordings are absent");
        return;
    }
    let recorded = json(&path);
    let (mut compared, mut elsewhere) = (0, 0);
    for case in recorded.as_array().unwrap().iter().filter(|case| case["service"] == "iam") {
        let text = |name: &str| unmasked(case[name].as_str().unwrap());
        let Some(error) = provoked(&text("message")) else {
            elsewhere += 1;
            continue;
        };
        assert_eq!((&*error.code, error.message.as_str()), (&*text("code"), &*text("message")));
        assert_eq!(u64::from(error.status), case["http_status"].as_u64().unwrap());
        compared += 1;
    }
    println!("{compared} recorded errors of IAM compared, {elsewhere} are of operations that are not built");
    assert!(compared >= 70, "{compared}");
}

/// The error that is answered where AWS answered with this text.
fn provoked(message: &str) -> Option<ServiceError> {
    let world = World::new();
    let ask = |call: &str, with: &[(&str, &str)]| world.ask("admin", call, with);
    let between = |start: &str, end: &str| message.strip_prefix(start)?.strip_suffix(end);
    let answer = if let Some(service) = message.strip_prefix("Custom suffix is not allowed for ") {
        ask("CreateServiceLinkedRole", &[("AWSServiceName", service), ("CustomSuffix", "suffix")])
    } else if message.starts_with("Service role name AWSServiceRoleForBatch has been taken") {
        let batch = [("AWSServiceName", "batch.amazonaws.com")];
        ask("CreateServiceLinkedRole", &batch).unwrap();
        ask("CreateServiceLinkedRole", &batch)
    } else if message == "This policy contains invalid Json" {
        ask("CreateRole", &[("RoleName", "new"), ("AssumeRolePolicyDocument", "[}")])
    } else if message == "Invalid ARN:  Could not be parsed!" {
        ask("AttachRolePolicy", &[("RoleName", "there"), ("PolicyArn", "longpolicynamebutnoarn")])
    } else if let Some(arn) = between("Policy ", " does not exist or is not attachable.") {
        ask("AttachRolePolicy", &[("RoleName", "there"), ("PolicyArn", arn)])
    } else if let Some(arn) = between("Policy ", " was not found.") {
        ask("DeletePolicy", &[("PolicyArn", arn)])
    } else if let Some(name) = between("The user with name ", " cannot be found.") {
        ask("GetUser", &[("UserName", name)])
    } else {
        return None;
    };
    Some(answer.expect_err(message))
}

/// Names and numbers were taken out of the recordings.
fn unmasked(text: &str) -> String {
    text.replace("<partition>", "aws")
        .replace("111111111111", "111122223333")
        .replace("<policy-name:1>", "name")
}

#[allow(clippy::disallowed_methods, reason = "a test's own files; this crate has no door to any")]
fn json(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap();
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
