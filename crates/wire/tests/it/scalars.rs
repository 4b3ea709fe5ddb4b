//! Numbers and truths in requests, as AWS was seen to read them.
//!
//! The observations are read in place; without them the test says so and passes.

use std::path::Path;

use wire::{Request, decode};

#[test]
fn scalars_are_read_as_aws_reads_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/suites/iam/radkawar_stackd/query_scalars.json");
    if !path.exists() {
        println!("0 observations ran: the conformance suites are absent");
        return;
    }
    let observed = super::conformance::read(&path);
    let mut wrong = Vec::new();
    let mut count = 0;
    // Numbers were observed at a member that has no table here. `MaxItems` agrees with it but between 1001 and 36600.
    for (key, service, operation, body) in [
        ("sts_GetSessionToken_DurationSeconds", "sts", "GetSessionToken", "DurationSeconds="),
        ("iam_integer", "iam", "ListUsers", "MaxItems="),
        ("iam_boolean", "iam", "CreatePolicyVersion", BOOLEAN),
    ] {
        for observation in observed[key].as_array().unwrap() {
            let text = observation[0].as_str().unwrap();
            let wanted = observation[1].as_str().unwrap();
            let found = ask(service, operation, body, text);
            if !agrees(&found, wanted) {
                wrong.push(format!("{key} {text:?} is {found}, not {wanted}"));
            }
            count += 1;
        }
    }
    println!("{count} observations ran");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn ask(service: &str, operation: &str, body: &str, text: &str) -> String {
    let service = wire::model::service(service).unwrap();
    let operation = service.operation(operation).unwrap();
    let escaped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let body = format!("{body}{escaped}");
    match decode(service, operation, &Request { body: body.as_bytes(), ..Request::default() }) {
        Ok(input) => {
            input.boolean("SetAsDefault").map_or_else(|| "Success".to_owned(), |flag| flag.to_string())
        }
        Err(error) => format!("{} {}", error.code, error.status),
    }
}

fn agrees(found: &str, wanted: &str) -> bool {
    found == wanted || found.strip_suffix(" 400") == Some(wanted)
}

const BOOLEAN: &str = "PolicyArn=arn:aws:iam::123456789012:policy/p&PolicyDocument=%7B%7D&SetAsDefault=";

#[test]
fn an_observation_is_compared_whole() {
    assert!(agrees("Success", "Success") && agrees("MalformedInput 400", "MalformedInput"));
    assert!(!agrees("MalformedInput 404", "MalformedInput") && !agrees("true", "false"));
}
