//! Errors that EC2 answered when it was recorded. They are of operations that are not built, and must be compared when one is.
//!
//! The recordings are read in place; without them the test says so and passes.

use std::path::Path;

use serde_json::Value;

use super::super::OPERATIONS;

#[test]
fn recorded_errors_are_of_operations_that_are_not_built() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites/aws-recorded/errors.json");
    if !path.exists() {
        println!("0 recorded errors of EC2 looked at: the recordings are absent");
        return;
    }
    let (recorded, model) = (json(&path), wire::model::service("ec2").unwrap());
    let mut seen = 0;
    for case in recorded.as_array().unwrap().iter().filter(|case| case["service"] == "ec2") {
        let message = case["message"].as_str().unwrap();
        let row = OF_OPERATIONS.iter().find(|(part, _)| message.contains(part));
        let (_, operation) = row.unwrap_or_else(|| panic!("of which operation is it? {message}"));
        assert!(model.has(operation), "{operation} is known, and answered by its name");
        let mut built = OPERATIONS.iter().flat_map(|rows| rows.iter());
        assert!(!built.any(|row| row.name == *operation), "{operation} is built: compare {message}");
        seen += 1;
    }
    println!("{seen} recorded errors of EC2 are of operations that are not built");
    assert!(seen >= 5, "{seen}");
}

#[allow(clippy::disallowed_methods, reason = "a test's own files; this crate has no door to any")]
fn json(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap();
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a text has in it, and whose it is. A flow log that never logs, or a volume that nothing can be attached to, would be no
/// more than a record: both answer 501.
const OF_OPERATIONS: [(&str, &str); 3] = [
    ("LogDestination", "CreateFlowLogs"),
    ("LogGroupName", "CreateFlowLogs"),
    ("size/snapshot", "CreateVolume"),
];
