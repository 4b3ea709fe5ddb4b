//! White space and control bytes as signs that the eye sees.

/// Bytes as a line: a space at an end or beside another as `·`, a tab as `→`, a line end as `␊`, a carriage return as `␍`,
/// other control bytes and broken UTF-8 as `\xNN`.
pub(in crate::explain) fn line(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        let letters: Vec<char> = chunk.valid().chars().collect();
        for (index, letter) in letters.iter().enumerate() {
            let beside =
                |at: Option<usize>| at.and_then(|at| letters.get(at)).is_none_or(|c| c.is_whitespace());
            match letter {
                ' ' if beside(index.checked_sub(1)) || beside(Some(index + 1)) => out.push('·'),
                '\t' => out.push('→'),
                '\n' => out.push('␊'),
                '\r' => out.push('␍'),
                c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(*c))),
                c => out.push(*c),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// The two texts from shortly before their first difference on, with `…` for what was cut.
pub(in crate::explain) fn around(ours: &str, theirs: &str) -> (String, String) {
    let same = ours.chars().zip(theirs.chars()).take_while(|(one, other)| one == other).count();
    let start = if same > BEFORE + 4 { same - BEFORE } else { 0 };
    (excerpt(ours, start), excerpt(theirs, start))
}

fn excerpt(text: &str, start: usize) -> String {
    let mut out = String::new();
    if start > 0 {
        out.push('…');
    }
    let mut letters = text.chars().skip(start);
    out.extend(letters.by_ref().take(LONGEST));
    if letters.next().is_some() {
        out.push('…');
    }
    out
}

const BEFORE: usize = 24;
const LONGEST: usize = 160;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_the_eye_does_not_see() {
        assert_eq!(line(b" a b  c\td\r\n\x00\xff"), "·a b··c→d␍␊\\x00\\xff");
        let (one, other) = around(&"a".repeat(300), &format!("{}b", "a".repeat(299)));
        assert_eq!((one.chars().count(), other.chars().next()), (26, Some('…')));
    }
}
