//! Percent-encoding in all the ways in which signers get it wrong.

/// How to encode.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// Bytes that stay beside letters, digits and `-._~`.
    pub(super) keep: &'static [u8],
    /// Unreserved bytes that are encoded all the same.
    pub(super) extra: &'static [u8],
    pub(super) lower: bool,
    /// A space becomes `+`.
    pub(super) plus: bool,
}

impl Style {
    pub(super) const RIGHT: Self = Self { keep: b"", extra: b"", lower: false, plus: false };
}

pub(super) fn encode(bytes: &[u8], style: Style) -> Vec<u8> {
    let digits: &[u8; 16] = if style.lower { b"0123456789abcdef" } else { b"0123456789ABCDEF" };
    let mut out = Vec::with_capacity(bytes.len() + 16);
    for byte in bytes {
        let unreserved = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if (unreserved && !style.extra.contains(byte)) || style.keep.contains(byte) {
            out.push(*byte);
        } else if style.plus && *byte == b' ' {
            out.push(b'+');
        } else {
            out.extend_from_slice(&[b'%', digits[usize::from(byte >> 4)], digits[usize::from(byte & 15)]]);
        }
    }
    out
}

/// Decodes escapes once; a `%` of no escape stands for itself. `plus` reads `+` as a space.
pub(super) fn decode(text: &[u8], plus: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let escape = match text.get(at..at + 3) {
            Some([b'%', high, low]) => digit(*high).zip(digit(*low)),
            _ => None,
        };
        match escape {
            Some((high, low)) => {
                out.push(high * 16 + low);
                at += 3;
            }
            None => {
                out.push(if plus && *byte == b'+' { b' ' } else { *byte });
                at += 1;
            }
        }
    }
    out
}

/// The hex digits of escapes in lower case.
pub(super) fn lower(text: &[u8]) -> Vec<u8> {
    let mut out = text.to_vec();
    let mut at = 0;
    while at + 2 < out.len() {
        if out[at] == b'%' && digit(out[at + 1]).is_some() && digit(out[at + 2]).is_some() {
            out[at + 1..at + 3].make_ascii_lowercase();
            at += 2;
        }
        at += 1;
    }
    out
}

fn digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}
