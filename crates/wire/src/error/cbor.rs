//! The texts in a map of CBOR (RFC 8949): as much of the format as an error needs.
//!
//! Rule: nothing is allocated by a length that the bytes claim, and nesting has an end.

use super::document::Members;

/// The members of the map that the bytes are.
pub(super) fn members(bytes: &[u8]) -> Option<Members> {
    let mut reader = Reader { rest: bytes };
    let mut left = match reader.head()? {
        (MAP, Length::Known(pairs)) => Some(pairs),
        (MAP, Length::Open) => None,
        _ => return None,
    };
    let mut members = Members::default();
    while left != Some(0) {
        if left.is_none() && reader.at_break() {
            break;
        }
        left = left.map(|pairs| pairs - 1);
        let name = reader.text()?;
        match reader.peek()? >> 5 {
            TEXT => members.put(&name, reader.text()?),
            _ => reader.skip(0)?,
        }
    }
    Some(members)
}

struct Reader<'a> {
    rest: &'a [u8],
}

/// What follows the head of an item.
#[derive(Clone, Copy)]
enum Length {
    Known(u64),
    /// Until a break.
    Open,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(count).ok()?)?;
        self.rest = rest;
        Some(taken)
    }

    /// Major type, and length or value.
    fn head(&mut self) -> Option<(u8, Length)> {
        let first = *self.take(1)?.first()?;
        let length = match first & 0x1f {
            short @ 0..=23 => Length::Known(u64::from(short)),
            size @ 24..=27 => {
                let bytes = self.take(1 << (size - 24))?;
                Length::Known(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
            }
            31 => Length::Open,
            _ => return None,
        };
        Some((first >> 5, length))
    }

    fn at_break(&mut self) -> bool {
        let is_break = self.peek() == Some(BREAK);
        if is_break {
            self.rest = &self.rest[1..];
        }
        is_break
    }

    /// A text, in one piece or in many.
    fn text(&mut self) -> Option<String> {
        match self.head()? {
            (TEXT, Length::Known(length)) => String::from_utf8(self.take(length)?.to_vec()).ok(),
            (TEXT, Length::Open) => {
                let mut bytes = Vec::new();
                while !self.at_break() {
                    let (TEXT, Length::Known(length)) = self.head()? else { return None };
                    bytes.extend_from_slice(self.take(length)?);
                }
                String::from_utf8(bytes).ok()
            }
            _ => None,
        }
    }

    /// One item, with all it holds.
    fn skip(&mut self, depth: usize) -> Option<()> {
        if depth == MAX_DEPTH {
            return None;
        }
        match self.head()? {
            (2 | TEXT, Length::Known(length)) => self.take(length).map(drop),
            (2..=MAP, Length::Open) => {
                while !self.at_break() {
                    self.skip(depth + 1)?;
                }
                Some(())
            }
            (ARRAY, Length::Known(items)) => self.skip_many(items, depth),
            (MAP, Length::Known(pairs)) => self.skip_many(pairs.checked_mul(2)?, depth),
            (TAG, Length::Known(_)) => self.skip(depth + 1),
            (0 | 1 | 7, Length::Known(_)) => Some(()),
            _ => None,
        }
    }

    /// Each item has a byte at least, so that a count beyond the bytes ends early.
    fn skip_many(&mut self, items: u64, depth: usize) -> Option<()> {
        for _ in 0..items {
            self.skip(depth + 1)?;
        }
        Some(())
    }
}

const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;
const BREAK: u8 = 0xff;

const MAX_DEPTH: usize = 64;
