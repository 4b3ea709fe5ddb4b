//! Percent-encoding as signatures want it: all but `A-Z a-z 0-9 - . _ ~`, upper-case digits.

use super::alphabet::{ESCAPES, clean, is_unreserved};

/// Appends `bytes` encoded; `/` stays where `slash` says so.
pub(crate) fn write_encoded(bytes: &[u8], slash: bool, out: &mut Vec<u8>) {
    let mut rest = bytes;
    loop {
        let (same, other) = rest.split_at(clean(rest, slash));
        out.extend_from_slice(same);
        let Some((byte, after)) = other.split_first() else { return };
        out.extend_from_slice(&ESCAPES[usize::from(*byte)]);
        rest = after;
    }
}

/// One byte of a text, and what follows.
pub(super) enum Unit<'a> {
    Byte(u8, &'a [u8]),
    /// The byte behind an escape.
    Escaped(u8, &'a [u8]),
    /// The percent sign of no escape.
    Broken(&'a [u8]),
}

/// The first byte of a text, an escape counting as one.
pub(super) fn first(text: &[u8]) -> Option<Unit<'_>> {
    let (byte, after) = text.split_first()?;
    if *byte != b'%' {
        return Some(Unit::Byte(*byte, after));
    }
    let escaped = match after {
        [high, low, rest @ ..] => digit(*high).zip(digit(*low)).map(|(h, l)| (h * 16 + l, rest)),
        _ => None,
    };
    Some(match escaped {
        Some((byte, rest)) => Unit::Escaped(byte, rest),
        None => Unit::Broken(after),
    })
}

/// Appends one byte, encoded where it must be.
pub(super) fn push(byte: u8, out: &mut Vec<u8>) {
    if is_unreserved(byte) {
        out.push(byte);
    } else {
        out.extend_from_slice(&ESCAPES[usize::from(byte)]);
    }
}

/// Whether every percent sign begins an escape.
pub(super) fn is_well_escaped(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        match first(&rest[at..]) {
            Some(Unit::Escaped(_, after)) => rest = after,
            _ => return false,
        }
    }
    true
}

fn digit(byte: u8) -> Option<u8> {
    (byte as char).to_digit(16).map(|digit| digit as u8)
}
