//! Percent-encoding as signatures want it: all but `A-Z a-z 0-9 - . _ ~`, upper-case digits.

/// Appends `bytes` encoded; `/` stays where `slash` says so.
pub(crate) fn write_encoded(bytes: &[u8], slash: bool, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in bytes {
        if is_unreserved(*byte) || (slash && *byte == b'/') {
            out.push(*byte);
        } else {
            out.extend_from_slice(&[b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
    }
}

/// Decodes escapes; `%` before anything but two digits stands for itself. `plus` reads `+` as a space.
pub(super) fn decoded(text: &[u8], plus: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let escape = || Some(digit(*after.first()?)? * 16 + digit(*after.get(1)?)?);
        rest = after;
        match *first {
            b'%' => match escape() {
                Some(byte) => {
                    out.push(byte);
                    rest = &after[2..];
                }
                None => out.push(b'%'),
            },
            b'+' if plus => out.push(b' '),
            other => out.push(other),
        }
    }
    out
}

fn digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|d| d as u8)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
