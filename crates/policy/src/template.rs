//! Texts with policy variables (IAM User Guide, "IAM policy elements: Variables and tags").
//!
//! Rule: what a variable stands for is text, never pattern: a `*` in a tag matches a `*`. A key that is not there leaves the
//! whole text without meaning, unless the variable has a default; a key with many values always does, even with one
//! (facts/account.md section 2.3).

use crate::pattern::{self, Pattern, wild, wildcard};
use crate::{Context, ContextValue};

/// Values up to this length are put together on the stack.
const ON_STACK: usize = 512;

/// A text of a policy as `Version` has it read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Template {
    Fixed(Pattern),
    Variable(Box<[Piece]>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// As in [`pattern`]: wildcards are bytes that no text has.
    Bytes(Box<[u8]>),
    Key {
        /// In lower case.
        key: Box<str>,
        default: Option<Box<str>>,
    },
}

/// Which characters of a text are more than themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
    /// `${…}` is a variable: since `Version` 2012-10-17.
    pub(crate) variables: bool,
}

impl Template {
    pub(crate) fn new(text: &str, syntax: Syntax) -> Self {
        let pieces = pieces(text, syntax);
        match &pieces[..] {
            [] => Self::Fixed(Pattern::new(&[])),
            [Piece::Bytes(bytes)] => Self::Fixed(Pattern::new(bytes)),
            _ => Self::Variable(pieces.into()),
        }
    }

    /// Whether `text` fits, or `None` where a variable has no value.
    pub(crate) fn matches(&self, text: &str, context: &Context) -> Option<bool> {
        match self {
            Self::Fixed(pattern) => Some(pattern.matches(text)),
            Self::Variable(pieces) => with_bytes(pieces, context, |bytes| wild(bytes, text)),
        }
    }

    /// Calls `found` with the pattern's bytes, or answers `None` where a variable has no value.
    pub(crate) fn with<T>(&self, context: &Context, found: impl FnOnce(&[u8]) -> T) -> Option<T> {
        match self {
            Self::Fixed(Pattern::Anything) => Some(found(&[pattern::ANY])),
            Self::Fixed(Pattern::Exactly(literal)) => Some(found(literal.as_bytes())),
            Self::Fixed(Pattern::StartsWith(start)) => {
                let mut bytes = start.as_bytes().to_vec();
                bytes.push(pattern::ANY);
                Some(found(&bytes))
            }
            Self::Fixed(Pattern::Wild(bytes)) => Some(found(bytes)),
            Self::Variable(pieces) => with_bytes(pieces, context, found),
        }
    }
}

/// `text` cut at each `:` that stands outside of a variable, into at most `most` parts.
pub(crate) fn fields(text: &str, syntax: Syntax, most: usize) -> Vec<&str> {
    let (mut fields, mut start, mut at) = (Vec::new(), 0, 0);
    let end_of_variables = end_of_variables(text, syntax);
    while let Some(offset) = text[at..].find([':', '$']) {
        at += offset;
        if text.as_bytes()[at] == b'$' {
            at += variable(&text[at..], end_of_variables.saturating_sub(at)).map_or(1, |(_, length)| length);
            continue;
        }
        if fields.len() + 1 == most {
            break;
        }
        fields.push(&text[start..at]);
        at += 1;
        start = at;
    }
    fields.push(&text[start..]);
    fields
}

fn pieces(text: &str, syntax: Syntax) -> Vec<Piece> {
    let (mut pieces, mut bytes, mut at) = (Vec::new(), Vec::new(), 0);
    let end_of_variables = end_of_variables(text, syntax);
    while let Some(first) = text[at..].chars().next() {
        let Some((inside, length)) = variable(&text[at..], end_of_variables.saturating_sub(at)) else {
            at += first.len_utf8();
            match first {
                '*' | '?' if syntax.wildcards => bytes.push(wildcard(first as u8)),
                _ => bytes.extend(first.encode_utf8(&mut [0; 4]).bytes()),
            }
            continue;
        };
        at += length;
        match inside {
            // The escapes stand for the characters themselves.
            "*" | "?" | "$" => bytes.extend(inside.bytes()),
            _ => {
                pieces.extend((!bytes.is_empty()).then(|| Piece::Bytes(std::mem::take(&mut bytes).into())));
                pieces.push(key(inside));
            }
        }
    }
    pieces.extend((!bytes.is_empty()).then(|| Piece::Bytes(bytes.into())));
    pieces
}

/// Behind the last `}`: no variable ends there, so none is looked for.
fn end_of_variables(text: &str, syntax: Syntax) -> usize {
    if syntax.variables { text.rfind('}').map_or(0, |at| at + 1) } else { 0 }
}

/// What stands between `${` and `}` at the start of `text`, and the length of all, where the last `}` ends at `within`.
fn variable(text: &str, within: usize) -> Option<(&str, usize)> {
    let inside = text.get(..within)?.strip_prefix("${")?;
    let end = inside.find('}')?;
    Some((&inside[..end], end + 3))
}

/// `key` or `key, 'default'`.
fn key(inside: &str) -> Piece {
    let (key, default) = match inside.split_once(',') {
        None => (inside, None),
        Some((key, default)) => {
            let default = default.trim();
            let quoted = default.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
            (key, Some(quoted.unwrap_or(default).into()))
        }
    };
    Piece::Key { key: key.trim().to_ascii_lowercase().into(), default }
}

fn with_bytes<T>(pieces: &[Piece], context: &Context, found: impl FnOnce(&[u8]) -> T) -> Option<T> {
    let mut length = 0;
    for piece in pieces {
        length += bytes(piece, context)?.len();
    }
    let put = |into: &mut [u8]| {
        let mut at = 0;
        for part in pieces.iter().filter_map(|piece| bytes(piece, context)) {
            into[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
    };
    if length > ON_STACK {
        let mut all = vec![0; length];
        put(&mut all);
        return Some(found(&all));
    }
    let mut all = [0; ON_STACK];
    put(&mut all[..length]);
    Some(found(&all[..length]))
}

/// What a piece comes to in this context.
fn bytes<'a>(piece: &'a Piece, context: &'a Context) -> Option<&'a [u8]> {
    match piece {
        Piece::Bytes(bytes) => Some(bytes),
        Piece::Key { key, default } => match context.value(key) {
            Some(ContextValue::One(value)) => Some(value.as_bytes()),
            Some(ContextValue::Many(values)) if !values.is_empty() => None,
            _ => Some(default.as_deref()?.as_bytes()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Syntax = Syntax { wildcards: true, variables: true };

    fn context() -> Context {
        let mut context = Context::new();
        context.set("aws:username", "ann");
        context.set("aws:long", "x".repeat(2 * ON_STACK));
        context.set("aws:empty", "");
        context.set_many("aws:TagKeys", vec!["ann".to_owned()]);
        context.set_many("aws:None", Vec::new());
        context
    }

    #[test]
    fn variables_stand_for_their_values() {
        let long = "x".repeat(2 * ON_STACK);
        for (template, text, expected) in [
            ("a${aws:username}b", "aannb", Some(true)),
            ("${aws:username}${ AWS:UserName }", "annann", Some(true)),
            ("${aws:username}*", "annabel", Some(true)),
            ("${aws:empty}", "", Some(true)),
            ("${aws:long}?", &(long.clone() + "y"), Some(true)),
            ("${aws:long}", "x", Some(false)),
            ("${aws:nobody}", "", None),
            ("${aws:nobody,'bob'}", "bob", Some(true)),
            ("${aws:nobody, bob }", "bob", Some(true)),
            ("${aws:nobody, ''}", "", Some(true)),
            ("${aws:None, 'bob'}", "bob", Some(true)),
            ("${aws:nobody, '*'}", "bob", Some(false)),
            ("${aws:TagKeys, 'ann'}", "ann", None),
            ("${}", "", None),
            ("$${aws:username}}", "$ann}", Some(true)),
            ("${aws:username", "${aws:username", Some(true)),
        ] {
            assert_eq!(Template::new(template, ALL).matches(text, &context()), expected, "{template}");
        }
    }

    #[test]
    fn colons_of_variables_part_no_fields() {
        let arn = "arn:aws:s3::${aws:x, 'a:b'}:${aws:y}:z";
        assert_eq!(fields(arn, ALL, 6), ["arn", "aws", "s3", "", "${aws:x, 'a:b'}", "${aws:y}:z"]);
        let plain = Syntax { variables: false, ..ALL };
        assert_eq!(fields("arn:${aws:x}:b", plain, 6), ["arn", "${aws", "x}", "b"]);
        assert_eq!(fields("a:${b:c", ALL, 6), ["a", "${b", "c"]);
    }

    /// Looking for the end of each would take the square of the length.
    #[test]
    fn openings_without_an_end_cost_their_length() {
        let openings = "${".repeat(100_000);
        for text in
            [openings.clone(), format!("}}{openings}"), format!("{openings}}}"), format!("${{a}}{openings}")]
        {
            assert!(Template::new(&text, ALL).matches("x", &Context::new()) != Some(true));
            assert_eq!(fields(&text, ALL, 6).len(), 1);
        }
    }
}
