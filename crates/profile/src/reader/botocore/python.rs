//! Python's idea of blanks and of lines, where it is wider than Rust's.

/// As `str.isspace`: what Unicode calls white space, and four ASCII separators.
pub(super) fn is_space(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\x1c'..='\x1f')
}

/// As `str.strip`.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// As `str.rstrip`.
pub(super) fn strip_end(text: &str) -> &str {
    text.trim_end_matches(is_space)
}

/// As `str.splitlines`, but for an empty line where `\r\n` is cut in two.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter| {
        matches!(letter, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
    })
}
