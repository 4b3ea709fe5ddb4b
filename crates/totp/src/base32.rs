//! Base32 (RFC 4648 section 6) as people hand seeds on: either case, blanks and hyphens between groups, padding or none.

use types::Secret;

/// Why a text is no Base32.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base32Error {
    /// Characters counted from 1.
    Character { at: usize },
    /// A character is missing or too many: no bytes give so many.
    Length { digits: usize },
}

pub(crate) fn decode(text: &str) -> Result<Secret<Vec<u8>>, Base32Error> {
    // Room for all, so that no copy of the secret is left behind in growing.
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8 + 1);
    let (mut bits, mut held, mut digits, mut padded) = (0u16, 0, 0, false);
    for (at, c) in text.chars().enumerate() {
        match c {
            ' ' | '\t' | '\r' | '\n' | '-' => {}
            '=' => padded = true,
            _ => {
                let digit = value(c).filter(|_| !padded).ok_or(Base32Error::Character { at: at + 1 })?;
                (bits, held, digits) = (bits << 5 | digit, held + 5, digits + 1);
                if held >= 8 {
                    held -= 8;
                    bytes.push((bits >> held) as u8);
                }
            }
        }
    }
    let bytes = Secret::new(bytes);
    if matches!(digits % 8, 1 | 3 | 6) { Err(Base32Error::Length { digits }) } else { Ok(bytes) }
}

/// Upper case, without padding: how AWS shows a seed.
pub(crate) fn encode(bytes: &[u8]) -> Secret<String> {
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut bits, mut held) = (0u16, 0);
    for byte in bytes {
        (bits, held) = (bits << 8 | u16::from(*byte), held + 8);
        while held >= 5 {
            held -= 5;
            text.push(char::from(ALPHABET[usize::from(bits >> held & 31)]));
        }
    }
    if held > 0 {
        text.push(char::from(ALPHABET[usize::from(bits << (5 - held) & 31)]));
    }
    Secret::new(text)
}

fn value(c: char) -> Option<u16> {
    match c.to_ascii_uppercase() {
        letter @ 'A'..='Z' => Some(letter as u16 - u16::from(b'A')),
        number @ '2'..='7' => Some(number as u16 - u16::from(b'2') + 26),
        _ => None,
    }
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 4648 section 10.
    #[test]
    fn vectors_of_the_rfc() {
        for (text, base32) in [
            ("", ""),
            ("f", "MY======"),
            ("fo", "MZXQ===="),
            ("foo", "MZXW6==="),
            ("foob", "MZXW6YQ="),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI======"),
        ] {
            assert_eq!(decode(base32).unwrap().expose(), text.as_bytes(), "{base32}");
            assert_eq!(encode(text.as_bytes()).expose(), base32.trim_end_matches('='), "{text}");
        }
    }

    #[test]
    fn says_where_it_is_wrong() {
        let wrong = |text| decode(text).unwrap_err();
        assert_eq!(wrong("MZXW 1"), Base32Error::Character { at: 6 });
        assert_eq!(wrong("MZXW0"), Base32Error::Character { at: 5 });
        assert_eq!(wrong("MY==A"), Base32Error::Character { at: 5 }, "after the padding");
        assert_eq!(wrong("MZXW\u{c4}"), Base32Error::Character { at: 5 });
        assert_eq!(wrong("MZXW6Y"), Base32Error::Length { digits: 6 });
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let text = encode(&bytes);
            prop_assert!(decode(text.expose()).unwrap().expose() == &bytes);
            let typed = text.expose().to_lowercase().as_bytes().chunks(4)
                .map(|group| String::from_utf8_lossy(group).into_owned()).collect::<Vec<_>>().join(" ");
            prop_assert!(decode(&typed).unwrap().expose() == &bytes);
        }
    }
}
