//! `$'…'`: quotes with the escapes of C, as browsers write what a plain quote cannot hold.

use super::WordError;

/// Reads from the `$` at `start`; answers where the word goes on.
pub(super) fn read(text: &[u8], start: usize, out: &mut Vec<u8>) -> Result<usize, WordError> {
    let mut at = start + 2;
    loop {
        match text.get(at..).unwrap_or_default() {
            [] => return Err(WordError::new(start, "the quote $' is not closed")),
            [b'\'', ..] => return Ok(at + 1),
            [b'\\', rest @ ..] => at += 1 + escape(rest, out).ok_or_else(|| unknown(at))?,
            [byte, ..] => {
                out.push(*byte);
                at += 1;
            }
        }
    }
}

/// What stands for the escape behind a backslash, and how many bytes that took.
fn escape(rest: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let (plain, taken) = match rest.first()? {
        b'a' => (0x07, 1),
        b'b' => (0x08, 1),
        b'e' | b'E' => (0x1b, 1),
        b'f' => (0x0c, 1),
        b'n' => (b'\n', 1),
        b'r' => (b'\r', 1),
        b't' => (b'\t', 1),
        b'v' => (0x0b, 1),
        quoted @ (b'\\' | b'\'' | b'"' | b'?') => (*quoted, 1),
        b'0'..=b'7' => {
            let (value, digits) = number(rest, 8, 3)?;
            (u8::try_from(value & 0xff).ok()?, digits)
        }
        b'x' => {
            let (value, digits) = number(&rest[1..], 16, 2)?;
            (u8::try_from(value).ok()?, digits + 1)
        }
        b'u' => return character(&rest[1..], 4, out),
        b'U' => return character(&rest[1..], 8, out),
        b'c' => (rest.get(1)? & 0x1f, 2),
        _ => return None,
    };
    out.push(plain);
    Some(taken)
}

fn character(rest: &[u8], most: usize, out: &mut Vec<u8>) -> Option<usize> {
    let (value, digits) = number(rest, 16, most)?;
    let character = char::from_u32(value)?;
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    Some(digits + 1)
}

/// At most `most` digits of a base, at least one.
pub(super) fn number(text: &[u8], base: u32, most: usize) -> Option<(u32, usize)> {
    let digits = text.iter().take(most).map_while(|byte| char::from(*byte).to_digit(base));
    let (value, count) =
        digits.fold((0_u32, 0), |(value, count), digit| (value.wrapping_mul(base) + digit, count + 1));
    (count > 0).then_some((value, count))
}

fn unknown(at: usize) -> WordError {
    WordError::new(at, "an escape that $'…' does not know")
}
