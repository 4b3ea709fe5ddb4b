//! Keys: segments of text joined by `/`, in a form that people can read in any engine's own tools.
//!
//! Within a segment everything but `A-Z a-z 0-9 - . _ : @ + = ,` is percent-encoded, so a key is ASCII, a `/` is
//! always a joint, and the children of a key are one range.

use std::fmt;

/// The name of an entry. Ordered by its bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(String);

/// Keys from `start` on, up to but without `end`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRange {
    start: String,
    end: Option<String>,
}

impl Key {
    /// A key of one segment.
    pub fn new(segment: &str) -> Self {
        let mut text = String::with_capacity(segment.len());
        encode(segment, &mut text);
        Self(text)
    }

    /// The child of this key named `segment`.
    pub fn with(&self, segment: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + 1 + segment.len());
        text.push_str(&self.0);
        text.push('/');
        encode(segment, &mut text);
        Self(text)
    }

    /// The child of this key for a number; children are in the order of their numbers.
    pub fn with_number(&self, number: u64) -> Self {
        Self(format!("{}/{number:016x}", self.0))
    }

    /// A key as an engine gives it back.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment, decoded; `None` where the stored text is no key of ours.
    pub fn name(&self) -> Option<String> {
        decoded(self.0.rsplit('/').next()?)
    }
}

impl KeyRange {
    pub fn all() -> Self {
        Self { start: String::new(), end: None }
    }

    /// All keys below `parent`, not `parent` itself.
    pub fn children(parent: &Key) -> Self {
        // '0' is the character after '/'.
        Self { start: format!("{}/", parent.0), end: Some(format!("{}0", parent.0)) }
    }

    /// From `start` up to but without `end`.
    pub fn between(start: &Key, end: &Key) -> Self {
        Self { start: start.0.clone(), end: Some(end.0.clone()) }
    }

    /// What is left of this range behind `key`.
    pub fn after(&self, key: &Key) -> Self {
        // NUL appears in no key, so this is the smallest text that is greater than `key`.
        Self { start: format!("{}\0", key.0).max(self.start.clone()), end: self.end.clone() }
    }

    pub fn start(&self) -> &str {
        &self.start
    }

    /// `None` is no upper bound.
    pub fn end(&self) -> Option<&str> {
        self.end.as_deref()
    }

    pub fn contains(&self, key: &Key) -> bool {
        self.start <= key.0 && self.end.as_ref().is_none_or(|end| key.0 < *end)
    }

    /// Whether no key at all can lie in it.
    pub fn is_empty(&self) -> bool {
        self.end.as_ref().is_some_and(|end| *end <= self.start)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Adds a segment to a key.
fn encode(segment: &str, text: &mut String) {
    // Most segments are as they are written.
    if segment.bytes().all(is_plain) {
        return text.push_str(segment);
    }
    for byte in segment.bytes() {
        if is_plain(byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || PLAIN.contains(&byte)
}

fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

const PLAIN: &[u8] = b"-._:@+=,";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn children_are_what_lies_below_and_nothing_else() {
        let parent = Key::new("instance");
        let range = KeyRange::children(&parent);
        for (key, inside) in [
            (parent.with("i-1"), true),
            (parent.with(""), true),
            (parent.with("i-1").with("x"), true),
            (parent.clone(), false),
            (Key::new("instance-profile").with("i-1"), false),
            (Key::new("instance0"), false),
            (Key::new("instance/i-1"), false),
        ] {
            assert_eq!(range.contains(&key), inside, "{key}");
        }
    }

    #[test]
    fn numbers_keep_their_order() {
        let at = |number| Key::new("due").with_number(number);
        assert!(at(9) < at(10) && at(10) < at(u64::MAX));
    }

    proptest! {
        #[test]
        fn name_survives_the_round_trip(parent: String, name: String) {
            let parent = Key::new(&parent);
            let key = parent.with(&name);
            prop_assert!(key.as_str().is_ascii());
            prop_assert_eq!(key.name(), Some(name));
            prop_assert!(KeyRange::children(&parent).contains(&key));
            let after = KeyRange::all().after(&key);
            prop_assert!(!after.contains(&key) && after.contains(&key.with("")));
        }
    }
}
