//! Base64 in lines, and PEM blocks made of it (RFC 7468).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Base64 in lines of `width` characters, no newline at the end.
pub(super) fn wrapped(bytes: &[u8], width: usize) -> Zeroizing<String> {
    let text = Zeroizing::new(STANDARD.encode(bytes));
    let mut lines = Zeroizing::new(String::with_capacity(text.len() + text.len() / width));
    for (at, character) in text.chars().enumerate() {
        if at > 0 && at % width == 0 {
            lines.push('\n');
        }
        lines.push(character);
    }
    lines
}

/// A PEM block, newline at the end.
pub(super) fn block(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = wrapped(der, 64);
    Zeroizing::new(format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", *body))
}

/// The contents of all blocks of this label in `text`, in order; `None` if one is not Base64 or has no end.
pub(super) fn blocks(label: &str, text: &str) -> Option<Vec<Zeroizing<Vec<u8>>>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    text.split(&begin)
        .skip(1)
        .map(|rest| {
            let (body, _) = rest.split_once(&end)?;
            let body: Zeroizing<String> =
                Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
            STANDARD.decode(body.as_bytes()).ok().map(Zeroizing::new)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_without_a_newline_at_the_end() {
        assert_eq!(*wrapped(&[0; 3], 4), "AAAA");
        assert_eq!(*wrapped(&[0; 6], 4), "AAAA\nAAAA");
        assert_eq!(*wrapped(&[0; 7], 4), "AAAA\nAAAA\nAA==");
    }

    #[test]
    fn blocks_survive_the_round_trip() {
        let text = ["talk\n", &block("A", &[1; 100]), &block("B", &[2]), &block("A", &[])].concat();
        let found = blocks("A", &text).unwrap();
        assert_eq!((found.len(), &*found[0], &*found[1]), (2, &vec![1; 100], &vec![]));
        assert!(blocks("A", &text.replace("-----END A-----", "")).is_none());
        assert!(blocks("B", &text.replace("Ag==", "A*==")).is_none());
    }
}
