//! Wildcards and variables: texts become lists of tokens, which are matched by a table of all prefixes.

use policy::{Context, ContextValue};

/// One part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Unit(u16),
    /// `?`
    One,
    /// `*`
    Any,
}

fn units(text: &str) -> Vec<Token> {
    text.encode_utf16().map(Token::Unit).collect()
}

/// A text in which `*` and `?` are wildcards and nothing else is special.
pub(super) fn wildcards(text: &str) -> Vec<Token> {
    units(text).into_iter().map(special).collect()
}

fn special(token: Token) -> Token {
    match token {
        Token::Unit(0x2A) => Token::Any,
        Token::Unit(0x3F) => Token::One,
        token => token,
    }
}

/// A text with its variables in place, `None` where one has no value.
pub(super) fn expand(text: &str, wild: bool, variables: bool, context: &Context) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if variables && rest.starts_with("${") && rest.contains('}') {
            let (inside, behind) = rest[2..].split_once('}').unwrap();
            tokens.extend(match inside {
                "*" | "?" | "$" => units(inside),
                _ => units(&value(inside, context)?),
            });
            rest = behind;
            continue;
        }
        let first = rest.chars().next().unwrap();
        let plain = units(&first.to_string());
        tokens.extend(if wild { plain.into_iter().map(special).collect() } else { plain });
        rest = &rest[first.len_utf8()..];
    }
    Some(tokens)
}

fn value(inside: &str, context: &Context) -> Option<String> {
    let (key, default) = match inside.find(',') {
        Some(at) => (&inside[..at], Some(inside[at + 1..].trim().trim_matches('\'').to_owned())),
        None => (inside, None),
    };
    let wanted = key.trim().to_ascii_lowercase();
    match context.iter().find(|(held, _)| held.to_ascii_lowercase() == wanted).map(|(_, value)| value) {
        Some(ContextValue::One(value)) => Some(value.clone()),
        Some(ContextValue::Many(values)) if !values.is_empty() => None,
        _ => default,
    }
}

/// Cut at the first five colons outside of variables.
pub(super) fn arn_parts(text: &str, variables: bool) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if variables && rest.starts_with("${") && rest.contains('}') {
            let end = rest.find('}').unwrap() + 1;
            parts.last_mut().unwrap().push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        if first == ':' && parts.len() < 6 {
            parts.push(String::new());
        } else {
            parts.last_mut().unwrap().push(first);
        }
        rest = &rest[first.len_utf8()..];
    }
    parts
}

/// Which prefixes of the text fit which prefixes of the pattern.
pub(super) fn fits(pattern: &[Token], text: &str) -> bool {
    let text: Vec<u16> = text.encode_utf16().collect();
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for token in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match token {
                Token::Any => reached[at] || (at > 0 && next[at - 1]),
                Token::One => at > 0 && reached[at - 1],
                Token::Unit(unit) => at > 0 && reached[at - 1] && text[at - 1] == *unit,
            };
        }
        reached = next;
    }
    reached[text.len()]
}
