//! What tests' conversations say an answer is, and what it is.

use serde_json::{Value as Json, json};
use wire::Value;

/// An answer as the conversations write it: members by the model's names, bytes by their number.
pub(crate) fn shown(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Boolean(flag) => json!(flag),
        Value::Integer(number) => json!(number),
        Value::Double(number) => json!(number),
        Value::String(text) => json!(text),
        Value::Blob(bytes) => json!(bytes.len()),
        Value::Timestamp(time) => json!(time.iso8601()),
        Value::List(items) => items.iter().map(shown).collect(),
        Value::Map(entries) => entries.iter().map(|(key, value)| (key.clone(), shown(value))).collect(),
        Value::Structure(inner) => {
            inner.members().map(|(name, value)| (name.to_owned(), shown(value))).collect()
        }
    }
}

/// Whether they are the same; `"*"` is any text.
pub(crate) fn matches(expected: &Json, found: &Json) -> bool {
    match (expected, found) {
        (Json::String(any), Json::String(_)) if any == "*" => true,
        (Json::Object(expected), Json::Object(found)) => {
            expected.len() == found.len()
                && expected
                    .iter()
                    .all(|(name, value)| found.get(name).is_some_and(|found| matches(value, found)))
        }
        (Json::Array(expected), Json::Array(found)) => {
            expected.len() == found.len()
                && expected.iter().zip(found).all(|(one, other)| matches(one, other))
        }
        _ => expected == found,
    }
}
