//! Numbers of any length, exactly: `9007199254740993` is not `9007199254740992`.
//!
//! Rule: decimal digits with an optional sign, point and exponent, as `01`, `+1`, `1.`, `.5` and `1e0`. `NaN`, `Infinity`,
//! spaces and the empty text are no numbers.

use std::cmp::Ordering;

/// A number that reads its digits from its text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number<'a> {
    negative: bool,
    /// From the first digit that is not zero to the last, perhaps with the point; empty for zero.
    digits: &'a str,
    /// The place of the first of `digits`: 0 for tenths, 1 for ones. 0 for zero.
    magnitude: i64,
}

impl<'a> Number<'a> {
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
            Some(at) => (&unsigned[..at], exponent(&unsigned[at + 1..])?),
            None => (unsigned, 0),
        };
        let points = mantissa.bytes().filter(|byte| *byte == b'.').count();
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
        if points > 1 || digits == 0 || points + digits != mantissa.len() {
            return None;
        }
        let whole = mantissa.find('.').unwrap_or(mantissa.len());
        let Some(first) = mantissa.find(|c: char| c != '0' && c != '.') else {
            return Some(Self { negative: false, digits: "", magnitude: 0 });
        };
        let end = mantissa.rfind(|c: char| c != '0' && c != '.').map_or(first, |last| last + 1);
        let place = whole.saturating_sub(first);
        let zeros = first.saturating_sub(whole + 1);
        let magnitude = i64::try_from(place).ok()? - i64::try_from(zeros).ok()? + exponent;
        Some(Self { negative, digits: &mantissa[first..end], magnitude })
    }

    pub(crate) fn compare(self, other: Self) -> Ordering {
        match (self.sign(), other.sign()) {
            (mine, theirs) if mine != theirs => mine.cmp(&theirs),
            (-1, _) => other.compare_size(self),
            _ => self.compare_size(other),
        }
    }

    fn sign(self) -> i8 {
        match (self.digits.is_empty(), self.negative) {
            (true, _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        }
    }

    fn compare_size(self, other: Self) -> Ordering {
        self.magnitude.cmp(&other.magnitude).then_with(|| self.figures().cmp(other.figures()))
    }

    /// Trailing zeros are cut off, so that a shorter run of the same digits is the smaller.
    fn figures(self) -> impl Iterator<Item = u8> + 'a {
        self.digits.bytes().filter(|byte| *byte != b'.')
    }
}

/// At most ten digits, and within 32 bits: beyond, AWS's reader fails.
fn exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = (1..=10).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let exponent: i32 = plain.then(|| text.parse().ok()).flatten()?;
    Some(exponent.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(left: &str, right: &str) -> Option<Ordering> {
        Some(Number::read(left)?.compare(Number::read(right)?))
    }

    #[test]
    fn equal_however_written() {
        for text in ["1", "01", "+1", "1.0", "1e0", "1.", "10e-1", "0.1E1", "0.01e+2", "1.000"] {
            assert_eq!(compare(text, "1"), Some(Ordering::Equal), "{text}");
        }
        for text in ["0", "-0", "0.0", "0e5", ".0", "000"] {
            assert_eq!(compare(text, "0"), Some(Ordering::Equal), "{text}");
        }
    }

    #[test]
    fn ordered() {
        let ascending = [
            "-1e10",
            "-12",
            "-11.5",
            "-2",
            "-0.5",
            "0",
            "1e-2000000000",
            ".05",
            "0.5",
            "1",
            "1.05",
            "1.5",
            "2",
            "12",
            "9007199254740992",
            "9007199254740993",
            "1e2000000000",
        ];
        for (at, left) in ascending.iter().enumerate() {
            for (other, right) in ascending.iter().enumerate() {
                assert_eq!(compare(left, right), Some(at.cmp(&other)), "{left} {right}");
            }
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for text in [
            "",
            " 1",
            "1 ",
            "NaN",
            "Infinity",
            "-Infinity",
            "no-number",
            ".",
            "+",
            "-",
            "1.2.3",
            "e1",
            "1e",
            "1e+",
            "1e12345678901",
            "1e9999999999",
            "--1",
            "+-1",
            "0x1",
            "1_000",
            "1,0",
            "１",
        ] {
            assert!(Number::read(text).is_none(), "{text}");
        }
    }
}
