//! All that a request asks for, as bytes: two requests with one token must ask for the same.
//!
//! Rule: each value stands with its kind and its length, so no two different requests look alike.

use wire::{Structure, Value};

/// The bytes of a request without its token.
pub(super) fn of(input: &Structure) -> Vec<u8> {
    let mut bytes = Vec::new();
    // The order in which members come says nothing.
    let mut members: Vec<(&str, &Value)> =
        input.members().filter(|(name, _)| !APART.contains(name)).collect();
    members.sort_by_key(|(name, _)| *name);
    members.iter().for_each(|(name, value)| member(&mut bytes, name, value));
    bytes
}

fn member(bytes: &mut Vec<u8>, name: &str, value: &Value) {
    part(bytes, b'n', name.as_bytes());
    write(bytes, value);
}

fn write(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => part(bytes, b'0', &[]),
        Value::Boolean(flag) => part(bytes, b'b', &[u8::from(*flag)]),
        Value::Integer(number) => part(bytes, b'i', &number.to_be_bytes()),
        Value::Double(number) => part(bytes, b'd', &number.to_be_bytes()),
        Value::String(text) => part(bytes, b's', text.as_bytes()),
        Value::Blob(blob) => part(bytes, b'x', blob),
        Value::Timestamp(time) => part(bytes, b't', &time.millis().to_be_bytes()),
        Value::List(items) => {
            part(bytes, b'l', &items.len().to_be_bytes());
            items.iter().for_each(|item| write(bytes, item));
        }
        Value::Map(entries) => {
            part(bytes, b'm', &entries.len().to_be_bytes());
            entries.iter().for_each(|(name, value)| member(bytes, name, value));
        }
        Value::Structure(inner) => {
            part(bytes, b'{', &inner.members().count().to_be_bytes());
            inner.members().for_each(|(name, value)| member(bytes, name, value));
        }
    }
}

fn part(bytes: &mut Vec<u8>, kind: u8, content: &[u8]) {
    bytes.push(kind);
    bytes.extend(content.len().to_be_bytes());
    bytes.extend(content);
}

const APART: [&str; 2] = ["ClientToken", "DryRun"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differs_by_all_but_order_and_token() {
        let one = Structure::new().with("ImageId", "ami-1").with("MaxCount", 1).with("ClientToken", "a");
        let other = Structure::new().with("ClientToken", "b").with("MaxCount", 1).with("ImageId", "ami-1");
        assert_eq!(of(&one), of(&other));
        for changed in [
            one.clone().with("MaxCount", 2),
            one.clone().with("ImageId", "ami-2"),
            one.clone().with("UserData", "x"),
            one.clone().with("Tags", vec![Structure::new().with("Key", "ab").with("Value", "c")]),
            one.clone().with("Tags", vec![Structure::new().with("Key", "a").with("Value", "bc")]),
        ] {
            assert_ne!(of(&one), of(&changed));
        }
    }
}
