//! The names that the service is known by.
//!
//! Rule: a name that somebody else could have pointed at this machine is not known. A page that reaches a local service
//! by rebinding its own name sends that name as `Host` (RFC 9110 section 7.2) and cannot send another.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use types::link_local;

/// A name or an address by which the service is known besides its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KnownHost {
    /// In lower case, without a final dot.
    Name(String),
    Address(IpAddr),
}

/// The text is neither a host's name nor its address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a host like metadata.test, 10.0.0.1 or fd00::1; leave out scheme, port and path")]
pub struct KnownHostError(String);

impl FromStr for KnownHost {
    type Err = KnownHostError;

    fn from_str(text: &str) -> Result<Self, KnownHostError> {
        let refused = || KnownHostError(text.chars().take(80).collect());
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Address(address.to_canonical()));
        }
        match Host::parse(text.as_bytes()).ok_or_else(refused)? {
            Host::Address(address) if text.ends_with(']') => Ok(Self::Address(address)),
            Host::Name(name) if !text.contains(':') => Ok(Self::Name(name.to_ascii_lowercase())),
            _ => Err(refused()),
        }
    }
}

/// Whether a service that was reached at `local` is known as `host`, the value of a `Host` field or a target's authority.
/// Ports are not compared: behind a mapped port the client names one that the service never sees, and a port cannot be
/// rebound.
pub(super) fn is_known(host: &[u8], local: IpAddr, more: &[KnownHost]) -> bool {
    match Host::parse(host) {
        Some(Host::Address(address)) => is_own_address(address, local) || lists_address(more, address),
        Some(Host::Name(name)) => is_own_name(name, local) || lists_name(more, name),
        None => false,
    }
}

/// A `Host` field taken apart.
#[derive(Debug, PartialEq, Eq)]
enum Host<'a> {
    /// Without a final dot.
    Name(&'a str),
    Address(IpAddr),
}

impl<'a> Host<'a> {
    /// `uri-host [ ":" port ]` (RFC 9110 section 7.2). Addresses have one spelling only: four decimal numbers, or IPv6 in
    /// brackets.
    fn parse(text: &'a [u8]) -> Option<Self> {
        let text = str::from_utf8(text).ok()?;
        if let Some(rest) = text.strip_prefix('[') {
            let (address, port) = rest.split_once(']')?;
            let no_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
            return no_port.then(|| ipv6(address)).flatten();
        }
        let (host, port) = text.split_once(':').unwrap_or((text, ""));
        if !is_port(port) {
            return None;
        }
        let host = host.strip_suffix('.').unwrap_or(host);
        match host.parse::<Ipv4Addr>() {
            Ok(address) => Some(Self::Address(address.into())),
            Err(_) => is_name(host).then_some(Self::Name(host)),
        }
    }
}

/// An IPv6 address, which may name the interface that a link-local one is on (RFC 6874).
fn ipv6<'a>(text: &str) -> Option<Host<'a>> {
    let (address, zone) = text.split_once('%').map_or((text, None), |(address, zone)| (address, Some(zone)));
    let address: Ipv6Addr = address.parse().ok()?;
    let takes_zone = address.is_unicast_link_local();
    zone.is_none_or(|zone| takes_zone && is_name(zone)).then(|| Host::Address(address.to_canonical()))
}

/// Digits, or nothing at all.
fn is_port(text: &str) -> bool {
    text.is_empty() || (text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok())
}

fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(fits)
}

/// Nobody can make a browser take an address for a name of theirs.
fn is_own_address(address: IpAddr, local: IpAddr) -> bool {
    address == local.to_canonical() || address.is_loopback() || SERVICE_ADDRESSES.contains(&address)
}

/// `localhost` is never looked up (RFC 6761 section 6.3). EC2's own names are: whoever answers this machine's look-ups
/// could claim them, so they count only where a program asked for the service's own address.
fn is_own_name(name: &str, local: IpAddr) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || (SERVICE_ADDRESSES.contains(&local)
            && SERVICE_NAMES.iter().any(|own| name.eq_ignore_ascii_case(own)))
}

fn lists_address(hosts: &[KnownHost], address: IpAddr) -> bool {
    hosts.iter().any(|host| matches!(host, KnownHost::Address(known) if *known == address))
}

fn lists_name(hosts: &[KnownHost], name: &str) -> bool {
    hosts.iter().any(|host| matches!(host, KnownHost::Name(known) if name.eq_ignore_ascii_case(known)))
}

/// Where AWS answers programs.
pub(super) const SERVICE_ADDRESSES: [IpAddr; 5] = [
    IpAddr::V4(link_local::METADATA_V4),
    IpAddr::V6(link_local::METADATA_V6),
    IpAddr::V4(link_local::CONTAINER_V4),
    IpAddr::V4(link_local::POD_IDENTITY_V4),
    IpAddr::V6(link_local::POD_IDENTITY_V6),
];
/// What a VPC's resolver calls the metadata service.
const SERVICE_NAMES: [&str; 2] = ["instance-data", "instance-data.ec2.internal"];
/// RFC 1035 section 2.3.4.
const MAX_NAME: usize = 253;

#[cfg(test)]
mod tests {
    use super::*;

    const LOOPBACK: &str = "127.0.0.1";
    const SERVICE: &str = "169.254.169.254";
    const BRIDGE: &str = "172.17.0.2";

    fn known(host: &str, local: &str) -> bool {
        is_known(host.as_bytes(), local.parse().unwrap(), &[])
    }

    #[test]
    fn own_names_and_addresses_are_known() {
        for (host, local) in [
            ("127.0.0.1", LOOPBACK),
            ("127.0.0.1:1338", LOOPBACK),
            ("127.0.0.1:", LOOPBACK),
            ("127.0.0.2", LOOPBACK),
            ("127.0.0.1.", LOOPBACK),
            ("localhost", LOOPBACK),
            ("LocalHost.:8080", LOOPBACK),
            ("localhost:8080", BRIDGE),
            ("172.17.0.2:1338", BRIDGE),
            ("169.254.169.254", LOOPBACK),
            ("169.254.170.2", LOOPBACK),
            ("169.254.170.23:80", SERVICE),
            ("[fd00:ec2::254]", LOOPBACK),
            ("[FD00:EC2:0::254]:80", LOOPBACK),
            ("[fd00:ec2::23]", LOOPBACK),
            ("[::1]:1338", "::1"),
            ("[0:0:0:0:0:0:0:1]", "::1"),
            ("[::ffff:127.0.0.1]", LOOPBACK),
            ("127.0.0.1", "::ffff:127.0.0.1"),
            ("[fe80::1%25eth0]:80", "fe80::1"),
            ("[fe80::1%eth0]", "fe80::1"),
            ("instance-data", SERVICE),
            ("Instance-Data.EC2.internal.", SERVICE),
        ] {
            assert!(known(host, local), "{host} at {local}");
        }
    }

    #[test]
    fn what_somebody_else_may_own_is_not_known() {
        for (host, local) in [
            ("evil.example", LOOPBACK),
            ("evil.example:1338", LOOPBACK),
            ("127.0.0.1.evil.example", LOOPBACK),
            ("169.254.169.254.nip.io", LOOPBACK),
            ("localhost.evil.example", LOOPBACK),
            ("a.localhost", LOOPBACK),
            ("127.1", LOOPBACK),
            ("127.0.0.01", LOOPBACK),
            ("0x7f.0.0.1", LOOPBACK),
            ("0x7f000001", LOOPBACK),
            ("2130706433", LOOPBACK),
            ("0.0.0.0", LOOPBACK),
            ("[::]", LOOPBACK),
            ("10.0.0.1", LOOPBACK),
            ("172.17.0.3", BRIDGE),
            ("user@127.0.0.1", LOOPBACK),
            ("127.0.0.1@evil.example", LOOPBACK),
            ("127.0.0.1:80@evil.example", LOOPBACK),
            ("127.0.0.1:80:80", LOOPBACK),
            ("127.0.0.1:99999", LOOPBACK),
            ("127.0.0.1:+80", LOOPBACK),
            ("127.0.0.1 evil.example", LOOPBACK),
            ("127.0.0.1,evil.example", LOOPBACK),
            ("127.0.0.1/", LOOPBACK),
            ("127.0.0.1..", LOOPBACK),
            ("::1", "::1"),
            ("[::1", "::1"),
            ("[::1]evil.example", "::1"),
            ("[::1%25lo]", "::1"),
            ("instance-data", LOOPBACK),
            ("instance-data.evil.example", SERVICE),
            (".", LOOPBACK),
            (":80", LOOPBACK),
            ("*", LOOPBACK),
            ("é", LOOPBACK),
        ] {
            assert!(!known(host, local), "{host} at {local}");
        }
        assert!(!is_known(b"\xff", LOOPBACK.parse().unwrap(), &[]));
    }

    #[test]
    fn more_hosts_may_be_named() {
        let more: Vec<KnownHost> = ["Metadata.test", "10.0.0.1", "fd00::1", "[fd00::2]", "instance-data"]
            .map(|text| text.parse().unwrap())
            .into();
        let local = LOOPBACK.parse().unwrap();
        for host in ["metadata.TEST:80", "metadata.test.", "10.0.0.1:8080", "[fd00::1]", "[fd00::2]:1"] {
            assert!(is_known(host.as_bytes(), local, &more), "{host}");
        }
        assert!(is_known(b"instance-data", local, &more));
        assert!(!is_known(b"x.metadata.test", local, &more));
        for wrong in ["", "http://x", "x:80", "x/y", "*.test", "[fd00::2]:80", "10.0.0.1:80", "a b"] {
            assert!(wrong.parse::<KnownHost>().is_err(), "{wrong}");
        }
    }
}
