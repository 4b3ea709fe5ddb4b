//! `endpoints` and `sources`: by which addresses requests reach an instance. Ranges spare long lists to those who declare
//! many instances at once.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use types::instance::Binding;

use super::{Declaration, DeclarationError};

/// A destination, or one address with a range of ports: `127.0.0.1:20000-20099`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EndpointRange {
    first: SocketAddr,
    last_port: u16,
}

/// A source address, or a range of them: `10.0.0.10-10.0.0.99`. At most [`SourceRange::MAX`] addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SourceRange {
    first: IpAddr,
    last: IpAddr,
}

/// The text is no address and no range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    #[error(
        "endpoint {0:?} is not an address and a port, like 127.0.0.1:1338, [::1]:1338 or 127.0.0.1:2000-2099"
    )]
    Endpoint(String),
    #[error("source {0:?} is not an address or a range, like 10.0.0.10 or 10.0.0.10-10.0.0.99")]
    Source(String),
    #[error("range {0:?} runs backwards, or holds more than {max} addresses", max = SourceRange::MAX)]
    Extent(String),
}

impl EndpointRange {
    /// Destinations in the range, at least one.
    pub fn extent(&self) -> u32 {
        u32::from(self.last_port - self.first.port()) + 1
    }

    pub fn iter(self) -> impl Iterator<Item = SocketAddr> {
        (self.first.port()..=self.last_port).map(move |port| SocketAddr::new(self.first.ip(), port))
    }
}

impl SourceRange {
    pub const MAX: u32 = 65_536;

    /// Addresses in the range, at least one.
    pub fn extent(&self) -> u32 {
        extent(self.first, self.last).unwrap_or(1)
    }

    pub fn iter(self) -> impl Iterator<Item = IpAddr> {
        (0..self.extent()).map(move |n| match self.first {
            IpAddr::V4(first) => Ipv4Addr::from(u32::from(first) + n).into(),
            IpAddr::V6(first) => Ipv6Addr::from(u128::from(first) + u128::from(n)).into(),
        })
    }
}

/// All addresses of a declaration, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    count: u32,
    endpoints: Vec<SocketAddr>,
    sources: Vec<IpAddr>,
}

impl Addresses {
    /// The addresses of the `ordinal`-th instance: all where one instance is declared, else one of each list.
    pub(super) fn binding(&self, ordinal: u32) -> Binding {
        if self.count == 1 {
            return Binding { endpoints: self.endpoints.clone(), sources: self.sources.clone() };
        }
        let nth = ordinal as usize;
        Binding {
            endpoints: self.endpoints.get(nth).copied().into_iter().collect(),
            sources: self.sources.get(nth).copied().into_iter().collect(),
        }
    }
}

impl Declaration {
    /// Refuses lists that do not hold one address for each of several instances, and lists beyond any use.
    pub(super) fn addresses(&self) -> Result<Addresses, DeclarationError> {
        let endpoints = self.endpoints.as_deref().unwrap_or_default();
        let sources = self.sources.as_deref().unwrap_or_default();
        self.check_length("endpoints", endpoints.iter().map(|range| u64::from(range.extent())).sum())?;
        self.check_length("sources", sources.iter().map(|range| u64::from(range.extent())).sum())?;
        Ok(Addresses {
            count: self.count(),
            endpoints: endpoints.iter().flat_map(|range| range.iter()).collect(),
            sources: sources.iter().flat_map(|range| range.iter()).collect(),
        })
    }

    fn check_length(&self, key: &str, length: u64) -> Result<(), DeclarationError> {
        let count = self.count();
        if length > u64::from(SourceRange::MAX) {
            let problem = format!("{length} addresses; one declaration takes at most {}", SourceRange::MAX);
            return Err(DeclarationError::new(key, problem));
        }
        if count > 1 && length != 0 && length != u64::from(count) {
            let noun = if length == 1 { "address" } else { "addresses" };
            let problem =
                format!("{length} {noun} for count = {count}; list one for each instance, or a range");
            return Err(DeclarationError::new(key, problem));
        }
        Ok(())
    }
}

impl FromStr for EndpointRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        let wrong = || RangeError::Endpoint(shown(text));
        if let Ok(first) = text.parse::<SocketAddr>() {
            return Ok(Self { first, last_port: first.port() });
        }
        let (first, last) = text.rsplit_once('-').ok_or_else(wrong)?;
        let first: SocketAddr = first.parse().map_err(|_| wrong())?;
        let last_port = last.parse().map_err(|_| wrong())?;
        if last_port < first.port() {
            return Err(RangeError::Extent(shown(text)));
        }
        Ok(Self { first, last_port })
    }
}

impl FromStr for SourceRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        let address = |part: &str| part.trim().parse::<IpAddr>().map_err(|_| RangeError::Source(shown(text)));
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let (first, last) = (address(first)?, address(last)?);
        match extent(first, last) {
            Some(_) => Ok(Self { first, last }),
            None => Err(RangeError::Extent(shown(text))),
        }
    }
}

impl fmt::Display for EndpointRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.extent() {
            1 => write!(f, "{}", self.first),
            _ => write!(f, "{}-{}", self.first, self.last_port),
        }
    }
}

impl fmt::Display for SourceRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.extent() {
            1 => write!(f, "{}", self.first),
            _ => write!(f, "{}-{}", self.first, self.last),
        }
    }
}

impl TryFrom<String> for EndpointRange {
    type Error = RangeError;

    fn try_from(text: String) -> Result<Self, RangeError> {
        text.parse()
    }
}

impl TryFrom<String> for SourceRange {
    type Error = RangeError;

    fn try_from(text: String) -> Result<Self, RangeError> {
        text.parse()
    }
}

impl From<EndpointRange> for String {
    fn from(range: EndpointRange) -> Self {
        range.to_string()
    }
}

impl From<SourceRange> for String {
    fn from(range: SourceRange) -> Self {
        range.to_string()
    }
}

/// How many addresses lie between two, both counted; `None` if backwards, mixed or too many.
fn extent(first: IpAddr, last: IpAddr) -> Option<u32> {
    let span = match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => u128::from(u32::from(last).checked_sub(u32::from(first))?),
        (IpAddr::V6(first), IpAddr::V6(last)) => u128::from(last).checked_sub(u128::from(first))?,
        _ => return None,
    };
    u32::try_from(span).ok().filter(|span| *span < SourceRange::MAX).map(|span| span + 1)
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_count_both_ends() {
        let cases = [("127.0.0.1:1338", 1), ("127.0.0.1:2000-2099", 100), ("[::1]:80-81", 2)];
        for (text, length) in cases {
            let range: EndpointRange = text.parse().unwrap();
            assert_eq!((range.extent(), range.iter().count() as u32), (length, length), "{text}");
            assert_eq!(range.to_string(), text);
        }
        let range: SourceRange = "10.0.0.254-10.0.1.1".parse().unwrap();
        let last = range.iter().last().unwrap();
        assert_eq!((range.extent(), last.to_string().as_str()), (4, "10.0.1.1"));
    }

    #[test]
    fn refuses_what_is_no_range() {
        for text in ["", "127.0.0.1", "127.0.0.1:2-1", "127.0.0.1:1-65536", "localhost:80"] {
            assert!(text.parse::<EndpointRange>().is_err(), "{text}");
        }
        for text in ["", "10.0.0.2-10.0.0.1", "10.0.0.1-::1", "10.0.0.0-10.2.0.0", "10.0.0.0/8"] {
            assert!(text.parse::<SourceRange>().is_err(), "{text}");
        }
    }
}
