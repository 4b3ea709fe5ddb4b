//! Texts with `*` and `?`.
//!
//! Rule: time grows with the text plus the pattern, whatever stands in them. `*` is any text, also none, `:` and `/` included;
//! `?` is one UTF-16 code unit, as AWS counts (facts/account.md section 2.3), so that two of them match a character outside
//! of the basic plane. There is no escape here: `${*}` is the work of [`Template`](crate::template::Template).
//!
//! In a pattern's bytes [`ANY`] and [`ONE`] stand for the two: neither occurs in UTF-8, so all other bytes are themselves.

/// `*`
pub(crate) const ANY: u8 = 0xFF;
/// `?`
pub(crate) const ONE: u8 = 0xFE;

/// Bytes that may fit in vain for each place where a part with `?` is tried. Where more do, it is matched bit by bit in parallel from
/// there on, so that it cannot cost its length at every place.
const PATIENCE: usize = 4;

/// A pattern prepared for matching.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    Anything,
    Exactly(Box<str>),
    /// A literal, then one `*`.
    StartsWith(Box<str>),
    Wild(Box<[u8]>),
}

impl Pattern {
    /// From bytes in which [`ANY`] and [`ONE`] are the wildcards.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let stars = bytes.iter().filter(|byte| **byte == ANY).count();
        let literal = |bytes: &[u8]| -> Option<Box<str>> { Some(std::str::from_utf8(bytes).ok()?.into()) };
        match bytes {
            _ if !bytes.is_empty() && stars == bytes.len() => Self::Anything,
            _ if stars == 0 => literal(bytes).map_or_else(|| Self::Wild(bytes.into()), Self::Exactly),
            [start @ .., ANY] if stars == 1 => {
                literal(start).map_or_else(|| Self::Wild(bytes.into()), Self::StartsWith)
            }
            _ => Self::Wild(bytes.into()),
        }
    }

    /// `text` as patterns are written: `*` and `?` are wildcards wherever they stand.
    pub(crate) fn of(text: &str) -> Self {
        Self::new(&bytes_of(text))
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Exactly(literal) => **literal == *text,
            Self::StartsWith(start) => text.starts_with(&**start),
            Self::Wild(bytes) => wild(bytes, text),
        }
    }
}

/// The bytes of a pattern that has no variables.
pub(crate) fn bytes_of(text: &str) -> Vec<u8> {
    text.bytes().map(wildcard).collect()
}

/// What a byte of a written pattern stands for.
pub(crate) fn wildcard(byte: u8) -> u8 {
    match byte {
        b'*' => ANY,
        b'?' => ONE,
        byte => byte,
    }
}

/// Whether the whole of `text` fits. The leftmost place of each part between two `*` leaves most for those behind it, so none
/// is ever tried twice.
pub(crate) fn wild(pattern: &[u8], text: &str) -> bool {
    let mut parts = pattern.split(|byte| *byte == ANY);
    let first = parts.next().unwrap_or_default();
    let Some(mut at) = fits(first, text, 0) else { return false };
    let Some(last) = parts.next_back() else { return at == text.len() };
    for part in parts {
        match find(part, text, at) {
            Some(end) => at = end,
            None => return false,
        }
    }
    fits_at_end(last, text, at)
}

/// The end of `part` where it stands at `at`.
fn fits(part: &[u8], text: &str, at: usize) -> Option<usize> {
    fitted(part, text, at).ok()
}

/// The same; else how many of its bytes stand there.
fn fitted(part: &[u8], text: &str, at: usize) -> Result<usize, usize> {
    let bytes = text.as_bytes();
    let mut at = at;
    for (place, byte) in part.iter().enumerate() {
        match *byte {
            ONE => at = unit_after(bytes, at).ok_or(place)?,
            byte if bytes.get(at) == Some(&byte) => at += 1,
            _ => return Err(place),
        }
    }
    Ok(at)
}

/// Whether `part` stands at the end of `text`, at `from` or behind it.
fn fits_at_end(part: &[u8], text: &str, from: usize) -> bool {
    let bytes = text.as_bytes();
    let mut end = bytes.len();
    for byte in part.iter().rev() {
        if end <= from {
            return false;
        }
        match *byte {
            ONE => end = unit_before(bytes, end),
            byte if bytes[end - 1] == byte => end -= 1,
            _ => return false,
        }
    }
    end >= from
}

/// The end of the first place of `part` at or behind `from`.
fn find(part: &[u8], text: &str, from: usize) -> Option<usize> {
    if part.is_empty() {
        return Some(from);
    }
    let Ok(literal) = std::str::from_utf8(part) else { return find_with_units(part, text, from) };
    // A literal never starts within a character.
    let from = (from..=text.len()).find(|at| text.is_char_boundary(*at))?;
    Some(from + text[from..].find(literal)? + literal.len())
}

fn find_with_units(part: &[u8], text: &str, from: usize) -> Option<usize> {
    let (mut at, mut in_vain, mut allowed) = (from, 0, PATIENCE * part.len());
    while in_vain <= allowed {
        match fitted(part, text, at) {
            Ok(end) => return Some(end),
            Err(fitted) => in_vain += fitted,
        }
        at = unit_after(text.as_bytes(), at)?;
        allowed += PATIENCE;
    }
    find_in_parallel(part, text, at)
}

/// Shift-And over UTF-16 code units: bit `i` of the state is set where the units read last fit the first `i + 1` of `part`.
fn find_in_parallel(part: &[u8], text: &str, from: usize) -> Option<usize> {
    let wanted = units_of(part);
    let words = wanted.len().div_ceil(64);
    let mut masks: std::collections::BTreeMap<u16, Vec<u64>> = std::collections::BTreeMap::new();
    let mut wildcards = vec![0u64; words];
    for (at, unit) in wanted.iter().enumerate() {
        let mask = match unit {
            Some(unit) => masks.entry(*unit).or_insert_with(|| vec![0; words]),
            None => &mut wildcards,
        };
        mask[at / 64] |= 1 << (at % 64);
    }
    let last = (wanted.len() - 1) / 64;
    let found = 1u64 << ((wanted.len() - 1) % 64);
    let mut state = vec![0u64; words];
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(end) = unit_after(bytes, at) {
        let mask = masks.get(&unit_at(text, at));
        let mut carry = 1;
        for word in 0..words {
            let shifted = state[word] << 1 | carry;
            carry = state[word] >> 63;
            state[word] = shifted & (wildcards[word] | mask.map_or(0, |mask| mask[word]));
        }
        if state[last] & found != 0 {
            return Some(end);
        }
        at = end;
    }
    None
}

/// The code units of a part, `None` for any.
fn units_of(part: &[u8]) -> Vec<Option<u16>> {
    let mut units = Vec::with_capacity(part.len());
    for (index, literal) in part.split(|byte| *byte == ONE).enumerate() {
        if index > 0 {
            units.push(None);
        }
        units.extend(String::from_utf8_lossy(literal).encode_utf16().map(Some));
    }
    units
}

/// The code unit at `at`: the second of a pair where `at` lies within a character.
fn unit_at(text: &str, at: usize) -> u16 {
    let (start, unit) = if text.is_char_boundary(at) { (at, 0) } else { (at - 2, 1) };
    let mut units = [0; 2];
    text[start..].chars().next().map_or(0, |c| c.encode_utf16(&mut units)[unit])
}

/// Where the code unit at `at` ends. A character of four bytes is two units; the second is said to begin at its third byte.
fn unit_after(bytes: &[u8], at: usize) -> Option<usize> {
    Some(match *bytes.get(at)? {
        0..=0x7F => at + 1,
        0xE0..=0xEF => at + 3,
        // All of a character of two bytes; half of one of four, from its first byte or its third.
        _ => at + 2,
    })
}

/// Where the code unit that ends at `end` begins.
fn unit_before(bytes: &[u8], end: usize) -> usize {
    let mut start = end - 1;
    while start > 0 && (0x80..=0xBF).contains(&bytes[start]) {
        start -= 1;
    }
    match bytes[start] {
        // The first unit of a pair ends at the third byte, the second at the fifth.
        0xF0..=0xFF => end - 2,
        _ => start,
    }
}

#[cfg(test)]
mod tests;
