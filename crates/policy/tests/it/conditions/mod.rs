//! Conditions: by a table, and as AWS was seen to evaluate them.
//!
//! Each case stands in an `Allow` and in a `Deny`, as AWS was asked: what is met does both, what failed denies alone.

use std::path::Path;

use policy::{Attached, Context, ContextValue, DocumentKind, Layers, Policy, Principal, Request, decide};
use serde_json::{Value, json};

#[test]
fn operators_by_table() {
    let mut wrong = Vec::new();
    let mut run = 0;
    for line in include_str!("operators.txt").lines().filter(|line| !line.starts_with('#')) {
        let [operator, wanted, had, expected] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let mut context = tags(&[
            ("pattern", "not-an-arn"),
            ("star", "*"),
            ("name", "ann"),
            ("upper", "ANN"),
            ("one", "1"),
        ]);
        context.set("aws:RequestTag/arn", "arn:aws:iam::123456789012:user/test");
        context.set_many("aws:TagKeys", vec!["all".to_owned()]);
        match serde_json::from_str(had).unwrap() {
            Value::Null => {}
            Value::String(text) => context.set("test:key", text),
            list => context.set_many("test:key", serde_json::from_value(list).unwrap()),
        }
        let wanted: Value = serde_json::from_str(wanted).unwrap();
        let condition = json!({ operator: { "test:Key": wanted } });
        let found = match effects(&condition, &context) {
            (true, true) => "met",
            (false, false) => "unmet",
            (false, true) => "failed",
            (true, false) => "allowing and not denying",
        };
        run += 1;
        wrong.extend((found != expected).then(|| format!("{line}: {found}")));
    }
    println!("{run} conditions");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Variables are text in documents of before 2012-10-17.
#[test]
fn old_documents_have_no_variables() {
    let condition = json!({ "StringEquals": { "aws:RequestTag/value": "${aws:RequestTag/name}" } });
    let context = tags(&[("name", "ann"), ("value", "${aws:RequestTag/name}")]);
    assert_eq!(effects_of("2008-10-17", &condition, &context), (true, true));
    assert_eq!(effects_of("2012-10-17", &condition, &context), (false, false));
}

/// All conditions of a statement must be met; keys compare ignoring case.
#[test]
fn all_keys_of_all_operators_must_be_met() {
    let context = tags(&[("a", "1"), ("b", "2")]);
    let both = json!({ "StringEquals": { "AWS:requesttag/A": "1", "aws:RequestTag/b": "2" } });
    assert_eq!(effects(&both, &context), (true, true));
    let one = json!({ "StringEquals": { "aws:RequestTag/a": "1", "aws:RequestTag/b": "3" } });
    assert_eq!(effects(&one, &context), (false, false));
    let two =
        json!({ "StringEquals": { "aws:RequestTag/a": "1" }, "NumericEquals": { "aws:RequestTag/b": "3" } });
    assert_eq!(effects(&two, &context), (false, false));
}

#[test]
fn conditions_as_aws_evaluated_them() {
    let Some(cases) = observations() else {
        println!("0 conditions, 0 observations: the suite of conditions is absent");
        return;
    };
    let (mut conditions, mut seen, mut wrong) = (0, 0, Vec::new());
    for case in cases["cases"].as_array().unwrap() {
        let (allowed, denied) = effects(&case["condition"], &request_tags(&case["tags"]));
        let expected = case["condition_matches"].as_bool().unwrap();
        conditions += 1;
        for effect in case["observed_effects"].as_array().unwrap() {
            let found = if effect == "Allow" { allowed } else { denied };
            seen += 1;
            wrong.extend((found != expected).then(|| format!("{effect} {case}: {found}")));
        }
    }
    println!("{conditions} conditions, {seen} observations");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!((conditions, seen), (88, 148));
}

fn tags(tags: &[(&str, &str)]) -> Context {
    let mut context = Context::new();
    for (key, value) in tags {
        context.set(&format!("aws:RequestTag/{key}"), *value);
    }
    context
}

/// The keys of a request that brings these tags.
fn request_tags(tags: &Value) -> Context {
    let tags = tags.as_array().unwrap();
    let text = |tag: &Value, name: &str| tag[name].as_str().unwrap().to_owned();
    let mut context = Context::new();
    for tag in tags {
        context.set(&format!("aws:RequestTag/{}", text(tag, "Key")), text(tag, "Value"));
    }
    context.put("aws:TagKeys", ContextValue::Many(tags.iter().map(|tag| text(tag, "Key")).collect()));
    context
}

/// Whether a statement with this condition allows, and whether it denies.
fn effects(condition: &Value, context: &Context) -> (bool, bool) {
    effects_of("2012-10-17", condition, context)
}

fn effects_of(version: &str, condition: &Value, context: &Context) -> (bool, bool) {
    let statement = |effect: &str| json!({ "Effect": effect, "Action": "iam:TagUser", "Resource": "*", "Condition": condition });
    let allow = json!({ "Version": version, "Statement": [statement("Allow")] });
    let everything = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
    let deny = json!({ "Version": version, "Statement": [everything, statement("Deny")] });
    (is_allowed(&allow, context), !is_allowed(&deny, context))
}

fn is_allowed(document: &Value, context: &Context) -> bool {
    let policy = Policy::parse(&document.to_string(), DocumentKind::Session).unwrap();
    let account = "123456789012".parse().unwrap();
    let principal = Principal::User {
        account,
        arn: "arn:aws:iam::123456789012:user/actor".parse().unwrap(),
        unique_id: "AIDAACTOR".to_owned(),
    };
    let request = Request {
        principal: &principal,
        action: "iam:TagUser",
        resource: "arn:aws:iam::123456789012:user/target",
        resource_account: None,
        context,
    };
    let identity = vec![Attached { name: "policy", policy: &policy }];
    decide(&request, &Layers { identity, ..Layers::default() }).is_allowed()
}

#[allow(clippy::disallowed_methods, reason = "a test's own files; this crate has no door to any")]
fn observations() -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/suites/iam/radkawar_stackd/condition_matches.json");
    Some(serde_json::from_slice(&std::fs::read(path).ok()?).unwrap())
}
