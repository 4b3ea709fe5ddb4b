//! Tokens of a whole file.
//!
//! Rule: a token that cannot be made (an open quote, half a number) is an error of the file, which that SDK then takes
//! for empty without a word.

use super::number;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Literal,
    /// `[` or `]`.
    Separator,
    Comma,
    /// `=` or `:`.
    Operator,
    Blank,
    NewLine,
    Comment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub kind: Kind,
    pub text: &'t str,
    /// Where it begins.
    pub line: usize,
    /// A literal in double quotes.
    pub quoted: bool,
    /// The value of a literal that is a whole number.
    pub integer: Option<i64>,
}

pub(super) struct LexError {
    pub line: usize,
    pub what: &'static str,
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, LexError> {
    let mut tokens = Vec::with_capacity(text.len() / 4);
    let mut rest = text;
    let mut line = 1;
    while !rest.is_empty() {
        let token = token(rest, line)?;
        line += token.text.bytes().filter(|byte| *byte == b'\n').count();
        rest = &rest[token.text.len()..];
        tokens.push(token);
    }
    Ok(tokens)
}

fn token(rest: &str, line: usize) -> Result<Token<'_>, LexError> {
    let token =
        |kind, length: usize| Token { kind, text: &rest[..length], line, quoted: false, integer: None };
    let first = rest.as_bytes()[0];
    Ok(match first {
        b',' => token(Kind::Comma, 1),
        b'#' | b';' => token(Kind::Comment, comment(rest)),
        b'\n' => token(Kind::NewLine, 1),
        b'\r' if rest.starts_with("\r\n") => token(Kind::NewLine, 2),
        b'[' | b']' => token(Kind::Separator, 1),
        b'=' | b':' => token(Kind::Operator, 1),
        b'"' => {
            let length = quoted(rest).ok_or(LexError { line, what: "a quote stays open" })?;
            Token { quoted: true, ..token(Kind::Literal, length) }
        }
        _ if rest.starts_with(is_blank) => {
            token(Kind::Blank, rest.find(|letter| !is_blank(letter)).unwrap_or(rest.len()))
        }
        _ if number::begins_number(rest) => {
            let what = "begins like a number and is none";
            let number = number::number(rest).ok_or(LexError { line, what })?;
            Token { integer: number.integer, ..token(Kind::Literal, number.length) }
        }
        _ => token(Kind::Literal, boolean(rest).unwrap_or_else(|| literal(rest))),
    })
}

fn is_blank(letter: char) -> bool {
    letter.is_whitespace() && !matches!(letter, '\n' | '\r')
}

fn comment(text: &str) -> usize {
    let end = text.find('\n').unwrap_or(text.len());
    match text[..end].strip_suffix('\r') {
        Some(before) if end < text.len() => before.len(),
        _ => end,
    }
}

/// The length with both quotes. Any backslash before a quote escapes it, even an escaped one.
fn quoted(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let end = (1..bytes.len()).find(|at| bytes[*at] == b'"' && bytes[at - 1] != b'\\')?;
    Some(end + 1)
}

fn boolean(text: &str) -> Option<usize> {
    ["true", "false"].iter().map(|word| word.len()).zip(["true", "false"]).find_map(|(length, word)| {
        text.get(..length).filter(|start| start.eq_ignore_ascii_case(word)).map(|_| length)
    })
}

fn literal(text: &str) -> usize {
    let mut end = text.find([':', '=', '[', ']', ' ', '\n']).unwrap_or(text.len());
    if text[end..].starts_with('\n') && text[..end].ends_with('\r') {
        end -= 1;
    }
    // A lone `\r` at the start was no line end, or it would not be a literal.
    end.max(1)
}
