//! Other principals in the text of a trust policy, all else to the letter.
//!
//! Rule: the text is JSON that was taken before. A principal is a text below `Statement`, `Principal` or `NotPrincipal`, `AWS`;
//! the same text elsewhere, as in a condition, stays.

use std::borrow::Cow;

/// What the text is in that is being read.
struct Level {
    /// The key that was read last, in an object.
    key: Option<String>,
    object: bool,
    /// A key comes next, not a value.
    key_next: bool,
}

/// The text with every principal for which `shown` has another one replaced.
pub(super) fn principals<'a>(text: &'a str, shown: &dyn Fn(&str) -> Option<String>) -> Cow<'a, str> {
    let mut levels: Vec<Level> = Vec::new();
    let mut written = String::new();
    let (mut at, mut copied) = (0, 0);
    while let Some(byte) = text.as_bytes().get(at) {
        let end = if *byte == b'"' { string_end(text, at) } else { at + 1 };
        match byte {
            b'"' if levels.last().is_some_and(|level| level.object && level.key_next) => {
                if let Some(level) = levels.last_mut() {
                    level.key = decoded(&text[at..end]);
                }
            }
            b'"' if is_principal(&levels) => {
                if let Some(new) = decoded(&text[at..end]).and_then(|held| shown(&held)) {
                    written.push_str(&text[copied..at]);
                    written.push_str(&serde_json::Value::String(new).to_string());
                    copied = end;
                }
            }
            b'{' | b'[' => {
                levels.push(Level { key: None, object: *byte == b'{', key_next: *byte == b'{' });
            }
            b'}' | b']' => drop(levels.pop()),
            b':' | b',' => {
                if let Some(level) = levels.last_mut() {
                    level.key_next = *byte == b',' && level.object;
                }
            }
            _ => {}
        }
        at = end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    written.push_str(&text[copied..]);
    Cow::Owned(written)
}

fn is_principal(levels: &[Level]) -> bool {
    let keys: Vec<&str> =
        levels.iter().filter(|level| level.object).filter_map(|level| level.key.as_deref()).collect();
    let [statement, element, kind] = keys[..] else { return false };
    let element = ["Principal", "NotPrincipal"].iter().any(|name| element.eq_ignore_ascii_case(name));
    statement.eq_ignore_ascii_case("Statement") && element && kind.eq_ignore_ascii_case("AWS")
}

/// The place behind the quote that ends the string at `start`.
fn string_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

fn decoded(literal: &str) -> Option<String> {
    serde_json::from_str(literal).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rewritten(text: &str) -> String {
        principals(text, &|held| (held == "old").then(|| "new\"".to_owned())).into_owned()
    }

    #[test]
    fn principals_change_and_nothing_else() {
        for (text, expected) in [
            (
                r#"{"Statement":{"Principal":{"AWS":"old"}}}"#,
                r#"{"Statement":{"Principal":{"AWS":"new\""}}}"#,
            ),
            (
                r#" { "Statement" : [ { "NotPrincipal":{"Service":"old","AWS":["x","old" , "o\u006cd"]} , "Sid":"old" } ] } "#,
                r#" { "Statement" : [ { "NotPrincipal":{"Service":"old","AWS":["x","new\"" , "new\""]} , "Sid":"old" } ] } "#,
            ),
            (
                r#"{"Statement":[{"Condition":{"ArnLike":{"Principal":"old","AWS":"old"}},"Action":"old"}],"Id":"old"}"#,
                r#"{"Statement":[{"Condition":{"ArnLike":{"Principal":"old","AWS":"old"}},"Action":"old"}],"Id":"old"}"#,
            ),
            (
                r#"{"Statement":[{"Sid":"a\\\"}{","Principal":"old"}]}"#,
                r#"{"Statement":[{"Sid":"a\\\"}{","Principal":"old"}]}"#,
            ),
        ] {
            assert_eq!(rewritten(text), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_gone_through(text: String, quoted in r#"[\[\]{}",:\\a]{0,40}"#) {
            principals(&text, &|_| Some(String::new()));
            principals(&quoted, &|_| Some(String::new()));
        }
    }
}
