//! Texts cut at their separators.

/// The text before and after the first of a byte of ASCII. Texts here are short, and cut often: eight bytes are looked at at once,
/// and no search is set up.
pub(crate) fn cut(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = position(text.as_bytes(), byte)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The pieces between all of a byte of ASCII; one more than there are of it.
pub(crate) fn pieces(text: &str, byte: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let here = rest?;
        let (piece, after) = cut(here, byte).map_or((here, None), |(piece, after)| (piece, Some(after)));
        rest = after;
        Some(piece)
    })
}

/// Where the first of a byte stands.
pub(crate) fn position(text: &[u8], byte: u8) -> Option<usize> {
    let wanted = ONES * u64::from(byte);
    let (words, rest) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        // The lowest byte that became zero sets its highest bit; those above it may do so by the carry.
        let differing = u64::from_le_bytes(*word) ^ wanted;
        let found = differing.wrapping_sub(ONES) & !differing & (ONES << 7);
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    rest.iter().position(|b| *b == byte).map(|at| words.len() * 8 + at)
}

const ONES: u64 = 0x0101_0101_0101_0101;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_the_first_wherever_it_stands() {
        for length in 0..40 {
            let text = "x".repeat(length);
            assert_eq!(cut(&text, b'/'), None);
            for at in 0..length {
                let mut text = text.clone();
                text.replace_range(at..=at, "/");
                let expected = text.split_once('/');
                assert_eq!(cut(&text, b'/'), expected);
                // A byte that differs in its lowest bit, right above the one that is sought.
                let text = text.replacen("/x", "/.", 1) + "/";
                assert_eq!(cut(&text, b'/'), text.split_once('/'));
            }
        }
        for text in ["", ";", "a", "a;", ";a", "a;;b", "host;x-amz-content-sha256;x-amz-date"] {
            assert!(pieces(text, b';').eq(text.split(';')), "{text}");
        }
        assert_eq!(cut("\u{e9}\u{2f00}/\u{e9}", b'/'), Some(("\u{e9}\u{2f00}", "\u{e9}")));
    }
}
