//! Cases that say nothing about a service of ours, and why.

use super::Case;

/// Why the case is left out; none where it runs.
pub(super) fn reason(case: &Case<'_>) -> Option<&'static str> {
    if let Err(error) = case.service() {
        let known = REFUSED.iter().find(|(words, _)| error.ends_with(words));
        return known.map(|(_, reason)| *reason);
    }
    let description = case.suite["description"].as_str().unwrap_or_default();
    let id = case.case["id"].as_str().unwrap_or_default();
    let name = case.name();
    let is_case = |case: &&str| *case == id || *case == description || *case == name;
    let named = CASES.iter().find(|(_, cases)| cases.iter().any(is_case));
    named.map(|(reason, _)| *reason)
}

/// What tables cannot say, and nothing here needs.
const REFUSED: [(&str, &str); 3] = [
    ("is a document", "documents without a shape: no service here has them"),
    ("is a eventstream", "streams of events: no service here has them"),
    ("is JSON in a header", "JSON in a header: no service here has it"),
];

const CASES: [(&str, &[&str]); 7] = [
    (
        "a client skips what no service of the model writes",
        &[
            "handles_unexpected_json_output",
            "AwsJson10HandlesUnexpectedJsonOutput",
            "AwsJson11DeserializeIgnoreType",
            "AwsJson10DeserializeIgnoreType",
            "AwsJson11StructuresDontDeserializeNullValues",
            "AwsJson10DeserializeAllowNulls",
            "legacy/output/json \"Ignores extra data\" 0",
            "legacy/output/rest-xml \"Unions\" 2",
        ],
    ),
    (
        "codes of the query protocol in another: no service here has them",
        &["QueryCompatibleAwsJson10CustomCodeError"],
    ),
    ("the body is compressed, and not in the case", &["Test cases for PutWithContentEncoding operation"]),
    (
        "a client fills in what its caller did not say; a service reads what was sent",
        &[
            "legacy/input/ec2 \"Idempotency token auto fill\" 1",
            "legacy/input/json \"Idempotency token auto fill\" 1",
            "legacy/input/query \"Idempotency token auto fill\" 1",
            "legacy/input/rest-xml \"Idempotency token auto fill\" 1",
            "QueryProtocolIdempotencyTokenAutoFill",
            "Ec2ProtocolIdempotencyTokenAutoFill",
            "QueryIdempotencyTokenAutoFill",
        ],
    ),
    ("a client drops what it was given", &["NullAndEmptyHeaders", "RestXmlQueryPrecedence"]),
    ("JSON in a text: no service here has it", &["serializes_string_shapes_with_jsonvalue_trait"]),
    ("the case's own shapes contradict it", &["legacy/output/json \"Lists\" 1"]),
];
