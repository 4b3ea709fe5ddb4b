//! Spans of time as text: `2s`, `90m`, `6h35m`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;

/// A span: numbers with the units d, h, m, s and ms, from large to small. At most [`Span::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub Duration);

/// The text is not a span.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("span {0:?} is not a time like 2s, 90m or 6h35m (units d, h, m, s, ms), at most 365d")]
pub struct SpanError(String);

impl Span {
    pub const MAX: Duration = Duration::from_secs(365 * 86_400);
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        parts(text)
            .filter(|span| *span <= Self::MAX)
            .map(Self)
            .ok_or_else(|| SpanError(text.chars().take(40).collect()))
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;

    fn try_from(text: String) -> Result<Self, SpanError> {
        text.parse()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_millis();
        if rest == 0 {
            return f.write_str("0s");
        }
        for (unit, millis) in UNITS {
            let number = rest / u128::from(millis);
            rest %= u128::from(millis);
            if number > 0 {
                write!(f, "{number}{unit}")?;
            }
        }
        Ok(())
    }
}

fn parts(text: &str) -> Option<Duration> {
    let (mut rest, mut total, mut units) = (text, 0u64, &UNITS[..]);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().ok()?;
        let letters = rest[digits..].bytes().take_while(u8::is_ascii_lowercase).count();
        let unit = &rest[digits..digits + letters];
        let at = units.iter().position(|(name, _)| *name == unit)?;
        total = total.checked_add(number.checked_mul(units[at].1)?)?;
        units = &units[at + 1..];
        rest = &rest[digits + letters..];
    }
    (!text.is_empty()).then(|| Duration::from_millis(total))
}

/// Units in milliseconds, large to small.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let cases = [
            ("2s", 2_000),
            ("90m", 5_400_000),
            ("6h35m", 23_700_000),
            ("1d", 86_400_000),
            ("1m500ms", 60_500),
            ("0s", 0),
        ];
        for (text, millis) in cases {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.0.as_millis(), millis, "{text}");
            assert_eq!(span.to_string().parse::<Span>().unwrap(), span, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_span() {
        for text in
            ["", "5", "s", "1m1h", "1s1s", "-1s", "1.5h", "1 s", "366d", "99999999999999999999s", "1é"]
        {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}
