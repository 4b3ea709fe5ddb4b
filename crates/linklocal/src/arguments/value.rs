//! Values of flags: assignments, tags in the AWS CLI's shorthand, spans of time.

use std::str::FromStr;
use std::time::Duration;

use types::Timestamp;

/// `KEY=VALUE`, split at the first equals sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// `Key=K,Value=V` (AWS CLI user guide, "Using shorthand syntax").
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagList(pub(crate) Assignment);

/// A span such as `90s`, `2m`, `1h30m` or `7d`; a bare number is seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

/// A point of time, fixed or counted from the moment the server acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum When {
    At(Timestamp),
    InSeconds(u64),
}

/// The text is not such a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ValueError {
    #[error("{0:?} is not KEY=VALUE")]
    Assignment(String),
    #[error("{0:?} is not Key=NAME,Value=TEXT")]
    Tag(String),
    #[error("{0:?} is not a span like 90s, 2m, 1h30m or 7d")]
    Span(String),
}

impl When {
    /// What `--time` and `--in` mean together; they exclude each other.
    pub(crate) fn typed(time: Option<Timestamp>, span: Option<Span>) -> Option<Self> {
        time.map(Self::At).or_else(|| span.map(|span| Self::InSeconds(span.0.as_secs())))
    }

    pub(crate) fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(time) => time,
            Self::InSeconds(seconds) => now + Duration::from_secs(seconds),
        }
    }
}

impl FromStr for Assignment {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                Ok(Self { key: key.to_owned(), value: value.to_owned() })
            }
            _ => Err(ValueError::Assignment(text.to_owned())),
        }
    }
}

impl FromStr for TagList {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let tag = text.strip_prefix("Key=").and_then(|rest| {
            let (key, value) = rest.split_once(",Value=").unwrap_or((rest, ""));
            (!key.is_empty()).then(|| Self(Assignment { key: key.to_owned(), value: value.to_owned() }))
        });
        tag.ok_or_else(|| ValueError::Tag(text.to_owned()))
    }
}

impl FromStr for Span {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        seconds(text)
            .map(|seconds| Self(Duration::from_secs(seconds)))
            .ok_or_else(|| ValueError::Span(text.to_owned()))
    }
}

/// Units fall from one part to the next, each with its number; at most 100 years in all.
fn seconds(text: &str) -> Option<u64> {
    const LIMIT: u64 = 100 * 366 * 86_400;
    if let Ok(bare) = text.parse::<u64>() {
        return (bare <= LIMIT && !text.starts_with('+')).then_some(bare);
    }
    let (mut rest, mut total, mut last) = (text, 0u64, u64::MAX);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        let unit = match rest.as_bytes().get(digits)? {
            b'd' => 86_400,
            b'h' => 3_600,
            b'm' => 60,
            b's' => 1,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(unit)?)?;
        if unit >= last {
            return None;
        }
        (rest, last) = (&rest[digits + 1..], unit);
    }
    (last != u64::MAX && total <= LIMIT).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_as_written() {
        let cases = [
            ("0", Some(0)),
            ("90", Some(90)),
            ("90s", Some(90)),
            ("2m", Some(120)),
            ("1h30m", Some(5_400)),
            ("7d", Some(604_800)),
            ("", None),
            ("m", None),
            ("1x", None),
            ("+5", None),
            ("1m1h", None),
            ("1é", None),
            ("99999999999999999999d", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn assignments_split_at_the_first_equals_sign() {
        let assignment: Assignment = "a=b=c".parse().unwrap();
        assert_eq!((assignment.key.as_str(), assignment.value.as_str()), ("a", "b=c"));
        assert_eq!("a=".parse::<Assignment>().map(|a| a.value), Ok(String::new()));
        for text in ["", "a", "=b"] {
            assert_eq!(text.parse::<Assignment>(), Err(ValueError::Assignment(text.to_owned())));
        }
    }

    #[test]
    fn tags_take_the_shorthand_of_the_aws_cli() {
        let TagList(tag) = "Key=Name,Value=a,b".parse().unwrap();
        assert_eq!((tag.key.as_str(), tag.value.as_str()), ("Name", "a,b"));
        let TagList(tag) = "Key=Name".parse().unwrap();
        assert_eq!((tag.key.as_str(), tag.value.as_str()), ("Name", ""));
        assert_eq!("Name=x".parse::<TagList>(), Err(ValueError::Tag("Name=x".to_owned())));
    }
}
