//! Equality that ignores case, as AWS does: both texts in lower case are the same.
//!
//! Rule: lower case by Unicode, a final sigma in its own form, but characters outside of the basic plane as they are. That is
//! not case folding: `ß` is not `SS`, while the Kelvin sign is a `k`.

use std::borrow::Cow;

pub(crate) fn lower(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return match text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
    }
    let whole = text.to_lowercase();
    let (mut lowered, mut rest) = (String::with_capacity(whole.len()), whole.chars());
    for c in text.chars() {
        // One character may become two; those in `whole` alone know whether a sigma is final.
        let became = rest.by_ref().take(c.to_lowercase().count());
        if c > '\u{FFFF}' {
            became.for_each(drop);
            lowered.push(c);
        } else {
            lowered.extend(became);
        }
    }
    Cow::Owned(lowered)
}

/// Whether `text` in lower case is `lowered`, without allocating for ASCII.
pub(crate) fn equals(lowered: &str, text: &str) -> bool {
    if text.is_ascii() {
        return lowered.len() == text.len()
            && lowered.bytes().zip(text.bytes()).all(|(lowered, byte)| lowered == byte.to_ascii_lowercase());
    }
    *lowered == *lower(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As AWS answered for `StringEqualsIgnoreCase`.
    const SEEN: &[(&str, &str, bool)] = &[
        ("prod", "PrOd", true),
        ("I", "ı", false),
        ("i", "İ", false),
        ("İ", "i\u{307}", true),
        ("K", "\u{212A}", true),
        ("s", "ſ", false),
        ("ß", "ẞ", true),
        ("ß", "SS", false),
        ("Σ", "ς", false),
        ("Σ", "σ", true),
        ("ΟΣ", "ος", true),
        ("ΟΣ", "οσ", false),
        ("ΟΣΑ", "οσα", true),
        ("É", "é", true),
        ("é", "e\u{301}", false),
        ("\u{10400}", "\u{10428}", false),
        ("\u{10400}", "\u{10400}", true),
        ("AΣ\u{10400}", "aς\u{10400}", false),
        ("AΣ\u{10400}", "aσ\u{10400}", true),
        ("\u{10400}Σ", "\u{10400}ς", true),
        ("\u{10400}Σ", "\u{10400}σ", false),
    ];

    #[test]
    fn equal_as_aws_was_seen_to_say() {
        for (left, right, expected) in SEEN {
            assert_eq!(equals(&lower(left), right), *expected, "{left} {right}");
            assert_eq!(equals(&lower(right), left), *expected, "{right} {left}");
        }
    }
}
