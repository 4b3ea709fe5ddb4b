//! The names of condition operators.
//!
//! Rule: exact spelling; a qualifier before, `IfExists` behind, which `Null` does not take (IAM User Guide, "Condition
//! operators").

const QUALIFIERS: [&str; 2] = ["ForAnyValue:", "ForAllValues:"];

const OPERATORS: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnNotEquals",
    "ArnLike",
    "ArnNotLike",
    "Null",
];

pub(super) fn is_known(name: &str) -> bool {
    let bare = bare(name);
    let plain = bare.strip_suffix("IfExists").unwrap_or(bare);
    OPERATORS.contains(&plain) && (plain != "Null" || bare == plain)
}

/// Without qualifier; `IfExists` stays.
pub(super) fn bare(name: &str) -> &str {
    QUALIFIERS.iter().find_map(|qualifier| name.strip_prefix(qualifier)).unwrap_or(name)
}
