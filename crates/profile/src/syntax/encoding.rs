//! Files in encodings that no SDK reads right.

/// Why a file is not one of lines of UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// A byte order mark of UTF-16, or every other byte zero: what PowerShell's `>` writes.
    Utf16,
    /// A zero byte, on this line.
    Binary { line: usize },
    /// The first byte that is not UTF-8, on this line.
    NotUtf8 { line: usize },
}

/// Whether `bytes` are something else than text in UTF-8.
pub fn foreign(bytes: &[u8]) -> Option<Foreign> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Some(Foreign::Utf16);
    }
    if let Some(zero) = bytes.iter().position(|byte| *byte == 0) {
        let alternate = zero <= 1 && bytes.iter().skip(zero).step_by(2).take(SAMPLE).all(|byte| *byte == 0);
        return Some(if alternate { Foreign::Utf16 } else { Foreign::Binary { line: line_of(bytes, zero) } });
    }
    let error = std::str::from_utf8(bytes).err()?;
    Some(Foreign::NotUtf8 { line: line_of(bytes, error.valid_up_to()) })
}

fn line_of(bytes: &[u8], offset: usize) -> usize {
    bytes[..offset].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Characters that are looked at before a file is taken for UTF-16 without a mark.
const SAMPLE: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_encodings_apart() {
        let cases: [(&[u8], Option<Foreign>); 7] = [
            (b"[default]\n", None),
            ("[profile \u{e9}]".as_bytes(), None),
            (b"\xFF\xFE[\0a\0]\0", Some(Foreign::Utf16)),
            (b"[\0a\0]\0", Some(Foreign::Utf16)),
            (b"\0[\0a\0]", Some(Foreign::Utf16)),
            (b"[a]\nb\0c", Some(Foreign::Binary { line: 2 })),
            (b"[a]\n\n\xE9", Some(Foreign::NotUtf8 { line: 3 })),
        ];
        for (bytes, expected) in cases {
            assert_eq!(foreign(bytes), expected, "{bytes:?}");
        }
    }
}
