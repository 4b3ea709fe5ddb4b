//! Answers in JSON: JSON 1.x, REST-JSON, API Gateway, query with `Accept: application/json`.

use serde_json::Value;

use super::{Theirs, text};

/// Takes in members of the object and of objects in it; a document that was cut is read as text.
pub(super) fn read(document: &str, theirs: &mut Theirs) {
    match serde_json::from_str::<Value>(document.trim()) {
        Ok(value) => take(&value, theirs, 0),
        Err(_) => text::read(&text::unescaped(document), theirs),
    }
}

fn take(value: &Value, theirs: &mut Theirs, depth: usize) {
    const DEEPEST: usize = 4;
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) => theirs.take(name, text),
                    Value::Number(number) => theirs.take(name, &number.to_string()),
                    nested if depth < DEEPEST => take(nested, theirs, depth + 1),
                    _ => {}
                }
            }
        }
        Value::Array(items) if depth < DEEPEST => {
            items.iter().take(16).for_each(|item| take(item, theirs, depth + 1));
        }
        _ => {}
    }
}
