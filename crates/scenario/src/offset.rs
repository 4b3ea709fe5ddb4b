//! Spans with a sign: `-10m`, `+90s`, `5m`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use toml_source::Span;

/// By how much a served time is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Offset {
    /// Times that have not come yet.
    Ahead(Duration),
    /// Times that have passed.
    Behind(Duration),
}

/// The text is not an offset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("offset {0:?} is not a time with a sign, like -10m or +90s (units d, h, m, s, ms), at most 365d")]
pub struct OffsetError(String);

impl Offset {
    /// The same offset on a time line that is so many times shorter.
    pub(crate) fn compressed(self, by: u32) -> Self {
        match self {
            Self::Ahead(span) => Self::Ahead(span / by),
            Self::Behind(span) => Self::Behind(span / by),
        }
    }
}

impl FromStr for Offset {
    type Err = OffsetError;

    fn from_str(text: &str) -> Result<Self, OffsetError> {
        let (sign, span) = match text.split_at_checked(1) {
            Some((sign @ ("-" | "+"), rest)) => (sign, rest),
            _ => ("+", text),
        };
        let Span(span) = span.parse().map_err(|_| OffsetError(text.chars().take(40).collect()))?;
        Ok(if sign == "-" { Self::Behind(span) } else { Self::Ahead(span) })
    }
}

impl TryFrom<String> for Offset {
    type Error = OffsetError;

    fn try_from(text: String) -> Result<Self, OffsetError> {
        text.parse()
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ahead(span) => write!(f, "+{}", Span(*span)),
            Self::Behind(span) => write!(f, "-{}", Span(*span)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_read_and_written() {
        for (text, written) in [("-10m", "-10m"), ("+90s", "+1m30s"), ("5m", "+5m"), ("0s", "+0s")] {
            assert_eq!(text.parse::<Offset>().map(|offset| offset.to_string()), Ok(written.to_owned()));
        }
        for text in ["", "-", "+-1s", "--1s", "1", "é"] {
            assert!(text.parse::<Offset>().is_err(), "{text}");
        }
    }
}
