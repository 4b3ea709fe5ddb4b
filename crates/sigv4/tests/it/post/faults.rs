//! Each published error of S3's forms, told by a form with that fault alone.

use std::collections::BTreeSet;

use types::Timestamp;

use super::form::{Form, signing_key};
use crate::suites;

/// One form for each row of the table, with that fault alone.
#[test]
fn published_errors_are_told() {
    let Some(file) = suites::find("errors/s3-post-errors.json") else { return };
    let table: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let rows = table["errors"].as_array().unwrap();
    let cases = faults();
    let told: BTreeSet<_> = cases.iter().map(|case| case.when).collect();
    let published: BTreeSet<_> = rows.iter().map(|row| row["when"].as_str().unwrap()).collect();
    assert_eq!(told, published);
    for case in &cases {
        let row = rows.iter().find(|row| row["when"] == case.when).unwrap();
        let error = case.form.verify().unwrap_err();
        assert_eq!(row["http_status"], error.status(), "{}", case.when);
        assert_eq!(row["code"], error.code(), "{}", case.when);
        let fill =
            |text: &str| case.fill.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        assert_eq!(fill(row["message"].as_str().unwrap()), error.message(), "{}", case.when);
        let wanted = row["fields"].as_object();
        let fields = error.fields();
        assert_eq!(wanted.map_or(0, |wanted| wanted.len()), fields.len(), "{}", case.when);
        for (name, value) in &fields {
            let wanted = fill(wanted.unwrap()[*name].as_str().unwrap());
            // The answer of S3 that the table's source quotes spells the field as `X-Amz-Credential`.
            let same =
                if *name == "ArgumentName" { wanted.eq_ignore_ascii_case(value) } else { wanted == *value };
            assert!(wanted == "…" || same, "{}: {name} is {value}, not {wanted}", case.when);
        }
    }
    println!("POST: {} forms tell {} published errors", cases.len(), rows.len());
}

#[derive(Clone)]
struct Case {
    when: &'static str,
    form: Form,
    /// What stands for the blanks of the published texts.
    fill: Vec<(&'static str, &'static str)>,
}

fn faults() -> Vec<Case> {
    [faults_of_fields(), faults_of_documents(), faults_of_conditions()].concat()
}

fn faults_of_fields() -> Vec<Case> {
    let shape = "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3";
    let region = "AKIAIOSFODNN7EXAMPLE/20151229/eu-west-1/s3/aws4_request";
    let date = "AKIAIOSFODNN7EXAMPLE/2015-12-29/us-east-1/s3/aws4_request";
    vec![
        case("missing field", Form::good().without("key"), &[("<name>", "key")]),
        case("missing field", Form::good().without("x-amz-algorithm"), &[("<name>", "X-Amz-Algorithm")]),
        case("missing field", Form::good().without("x-amz-credential"), &[("<name>", "X-Amz-Credential")]),
        case("missing field", Form::good().without("x-amz-date"), &[("<name>", "X-Amz-Date")]),
        case("missing field", Form::good().without("x-amz-signature"), &[("<name>", "X-Amz-Signature")]),
        case("missing field", Form::good().without("policy"), &[("<name>", "Policy")]),
        case("missing field", field("x-amz-date", ""), &[("<name>", "X-Amz-Date")]),
        case("credential shape", field("x-amz-credential", shape), &[("<credential>", shape)]),
        case(
            "wrong region",
            field("x-amz-credential", region),
            &[("<credential>", region), ("<sent>", "eu-west-1"), ("<expected>", "us-east-1")],
        ),
        case(
            "date format",
            field("x-amz-credential", date),
            &[("<credential>", date), ("<date>", "2015-12-29")],
        ),
        case("no file", Form { file: None, ..Form::good() }, &[]),
    ]
}

fn faults_of_documents() -> Vec<Case> {
    let policy = |json: &str| Form::good().policy(json);
    let lists = "\"conditions\":[]";
    vec![
        case("empty policy", policy(""), &[]).signed_over(" "),
        case("empty policy", policy(" \r\n"), &[]),
        case("base64", Form::good(), &[]).signed_over("e3"),
        case("base64", Form::good(), &[]).signed_over("e3 0="),
        case("base64", Form::good(), &[]).signed_over("e30=="),
        case("base64", Form::good(), &[]).signed_over("=e30"),
        case("base64", Form::good(), &[]).signed_over("e31="),
        case("base64", Form::good(), &[]).signed_over("e30_"),
        case("json", policy("{"), &[]),
        case("json", policy("[]"), &[]),
        case("json", policy("{} {}"), &[]),
        case("json", policy("{\"expiration\":1,\"conditions\":[]}"), &[]),
        case("json", policy("{\"expiration\":\"a\",\"expiration\":\"a\",\"conditions\":[]}"), &[]),
        case("json", policy(&"[".repeat(5000)), &[]),
        case("json", condition("{\"acl\":null}"), &[]),
        case("json", condition("[\"eq\",1,\"a\"]"), &[]),
        case("json", condition("[\"eq\",\"$acl\",1]"), &[]),
        case("json", condition("[1,2,3]"), &[]),
        case("json", condition("[\"content-length-range\",0,512.0]"), &[]),
        case("json", condition("[\"content-length-range\",-1,0]"), &[]),
        case("unexpected field", policy("{\"Version\":\"2012-10-17\"}"), &[("<field>", "Version")]),
        case("unexpected field", policy("{\"EXPIRATION\":\"a\"}"), &[("<field>", "EXPIRATION")]),
        case("no expiration", policy("{}"), &[]),
        case("no expiration", policy(&format!("{{{lists}}}")), &[]),
        case("bad expiration", policy(&format!("{{\"expiration\":\"\",{lists}}}")), &[("<value>", "")]),
        case(
            "bad expiration",
            policy(&format!("{{\"expiration\":\"2015-12-30T12:00:00+02:00\",{lists}}}")),
            &[("<value>", "2015-12-30T12:00:00+02:00")],
        ),
        case(
            "bad expiration",
            policy(&format!("{{\"expiration\":\"2015-12-30 12:00:00Z\",{lists}}}")),
            &[("<value>", "2015-12-30 12:00:00Z")],
        ),
        case("no conditions", policy("{\"expiration\":\"2015-12-30T12:00:00Z\"}"), &[]),
        case("conditions type", policy("{\"expiration\":\"2015-12-30T12:00:00Z\",\"conditions\":{}}"), &[]),
    ]
}

fn faults_of_conditions() -> Vec<Case> {
    vec![
        case("condition type", condition("\"acl\""), &[]),
        case("condition type", condition("null"), &[]),
        case("operation missing", condition("[]"), &[]),
        case("operation unknown", condition("[\"ends-with\",\"$key\",\"a\"]"), &[("<op>", "ends-with")]),
        case("arguments", condition("[\"eq\",\"$key\"]"), &[("<op>", "eq")]),
        case("arguments", condition("[\"starts-with\",\"$key\",\"a\",\"b\"]"), &[("<op>", "starts-with")]),
        case("arguments", condition("[\"content-length-range\",0]"), &[("<op>", "content-length-range")]),
        case("simple one", condition("{}"), &[]),
        case("simple one", condition("{\"bucket\":\"b\",\"acl\":\"private\"}"), &[]),
        case("simple one", condition("{\"acl\":\"private\",\"acl\":\"public-read\"}"), &[]),
        case("simple value", condition("{\"success_action_status\":201}"), &[]),
        case(
            "condition failed",
            field("acl", "public-read"),
            &[("<condition>", "[\"eq\", \"$acl\", \"private\"]")],
        ),
        case(
            "condition failed",
            field("key", "other/a"),
            &[("<condition>", "[\"starts-with\", \"$key\", \"user/\"]")],
        ),
        case("extra field", field("StorageClass", "x"), &[("<field>", "StorageClass")]),
        case("extra field", Form::good().add("ACL", "private"), &[("<field>", "ACL")]),
        case("extra field", condition("").without_all(&["acl"]), &[("<field>", "key")]),
        case("expired", Form { now: Timestamp::from_secs(1_451_476_800), ..Form::good() }, &[]),
        case(
            "mismatch",
            field("x-amz-signature", &"0".repeat(64)),
            &[("<base64 policy>", leak(&Form::good()))],
        ),
        case("mismatch", field("x-amz-signature", "zz"), &[("<base64 policy>", leak(&Form::good()))]),
    ]
}

fn case(when: &'static str, form: Form, fill: &[(&'static str, &'static str)]) -> Case {
    Case { when, form, fill: fill.to_vec() }
}

fn field(name: &'static str, value: &str) -> Form {
    Form::good().set(name, value)
}

/// A policy of nothing but these conditions.
fn condition(json: &str) -> Form {
    Form::good().policy(&format!("{{\"expiration\":\"2015-12-30T12:00:00Z\",\"conditions\":[{json}]}}"))
}

impl Case {
    /// A policy field that is no base64 of JSON, signed as it is.
    fn signed_over(mut self, policy: &str) -> Self {
        let signature = signing_key().sign(policy.as_bytes()).hex();
        self.form = self.form.set("policy", policy).set("x-amz-signature", &signature);
        self
    }
}

/// The policy of a form as sent.
fn leak(form: &Form) -> &'static str {
    let policy = form.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("policy")).unwrap();
    policy.1.clone().leak()
}

/// Of two faults the earlier in the order is told.
#[test]
fn first_fault_is_told() {
    type Spoil = fn(Form) -> Form;
    let order: [(&str, Spoil); 13] = [
        ("too long", |form| form.add("x-ignore-me", &"a".repeat(20_480))),
        ("no file", |form| Form { file: None, ..form }),
        ("no key", |form| form.without("key")),
        ("no signature", |form| form.without("x-amz-signature")),
        ("algorithm", |form| form.set("x-amz-algorithm", "x")),
        ("date", |form| form.set("x-amz-date", "x")),
        ("credential", |form| form.set("x-amz-credential", "x")),
        ("mismatch", |form| form.set("x-amz-signature", &"0".repeat(64))),
        ("policy", |form| form.policy("{}")),
        ("expired", |form| Form { now: Timestamp::from_secs(1_460_000_000), ..form }),
        ("extra field", |form| form.add("extra", "")),
        ("condition", |form| form.set("acl", "public-read")),
        ("length", |form| Form { length: Some(11), ..form }),
    ];
    let good = || Form::good().policy_with("[\"content-length-range\",1,10]");
    good().verify().unwrap();
    let mut pairs = 0;
    for (at, (earlier, spoil)) in order.iter().enumerate() {
        let alone = spoil(good()).verify().unwrap_err();
        for (later, spoil_more) in &order[at + 1..] {
            let both = spoil(spoil_more(good())).verify().unwrap_err();
            assert_eq!((both.code(), both.message()), (alone.code(), alone.message()), "{earlier}, {later}");
            pairs += 1;
        }
    }
    println!("POST: {pairs} pairs of faults tell the earlier");
}
