//! Every case of the protocols' tests whose answer is an error: code and message as botocore reads them.
//!
//! The cases are read in place; without them the test says so and passes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use wire::AwsError;

const FILES: [&str; 9] = [
    "ec2",
    "json",
    "json_1_0",
    "json_1_0-query-compatible",
    "query",
    "rest-json",
    "rest-xml",
    "smithy-rpc-v2-cbor",
    "smithy-rpc-v2-cbor-query-compatible",
];

#[test]
fn errors_of_every_protocol_are_read() {
    let Some(directory) = cases() else { return };
    let (mut run, mut wrong) = (BTreeMap::new(), Vec::new());
    for name in FILES {
        let file = directory.join(name).with_extension("json");
        for suite in json(&file).as_array().unwrap() {
            let is_cbor = suite["metadata"]["protocol"] == "smithy-rpc-v2-cbor";
            for case in suite["cases"].as_array().unwrap() {
                if case["response"]["status_code"].as_u64().unwrap() < 300 {
                    continue;
                }
                *run.entry(name).or_insert(0) += 1;
                wrong.extend(difference(case, is_cbor).map(|what| format!("{name} {}: {what}", case["id"])));
            }
        }
    }
    println!("{} error cases read: {run:?}", run.values().sum::<i32>());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is not as the case says.
fn difference(case: &Value, is_cbor: bool) -> Option<String> {
    let response = &case["response"];
    let headers: BTreeMap<String, &str> =
        response["headers"].as_object().map_or_else(BTreeMap::new, |headers| {
            headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.as_str().unwrap())).collect()
        });
    let text = response["body"].as_str().unwrap_or_default();
    let body = if is_cbor { BASE64_STANDARD.decode(text).unwrap() } else { text.as_bytes().to_vec() };
    let status = u16::try_from(response["status_code"].as_u64().unwrap()).unwrap();
    let Some(error) = AwsError::read(status, &|name| headers.get(name).copied(), &body) else {
        return Some("no error was found".to_owned());
    };
    let said = case["errorMessage"].as_str();
    let agrees = error.code == case["errorCode"] && said.is_none_or(|said| said == error.message);
    (!agrees).then(|| format!("{error:?}"))
}

fn cases() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/suites/protocols/botocore-protocol-tests/output");
    if path.exists() {
        return Some(path);
    }
    println!("no cases here: the conformance suites' protocol tests are absent");
    None
}

#[allow(clippy::disallowed_methods, reason = "a test's own files; this crate has no door to any")]
fn json(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap();
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
