//! Values of flags: assignments, tags in the AWS CLI's shorthand, points of time, addresses to listen at.

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use linklocal::config::Span;
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
    #[error("an address and a port are wanted, such as 127.0.0.1:1338 or [::1]:1338")]
    Address,
}

/// Where to listen. Names are not looked up: they may stand for several addresses.
pub(super) fn address(text: &str) -> Result<SocketAddr, ValueError> {
    text.parse().map_err(|_| ValueError::Address)
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

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn addresses_have_a_port_and_no_name() {
        assert_eq!(address("[::1]:80").unwrap().port(), 80);
        for text in ["", "127.0.0.1", ":1338", "1338", "localhost:1338"] {
            assert_eq!(address(text), Err(ValueError::Address), "{text}");
        }
    }
}
