//! Socket addresses as the kernel takes them, and which of them are link-local.
//!
//! Rule: an address means here what it means to the kernel, byte by byte. Source: ip(7), ipv6(7), RFC 3927, RFC 4291
//! 2.5.6; `fd00:ec2::/32` is where AWS puts link-local services on IPv6.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// What `bytes` mean to `connect`; `None` for other families and for addresses that are too short.
pub(super) fn parse(bytes: &[u8]) -> Option<SocketAddr> {
    match family(bytes)? {
        INET => parse_v4(bytes).map(SocketAddr::V4),
        INET6 => parse_v6(bytes).map(SocketAddr::V6),
        _ => None,
    }
}

/// What `bytes` mean to a send: IPv4 sockets take an address without a family for theirs.
pub(super) fn parse_recipient(bytes: &[u8]) -> Option<SocketAddr> {
    match family(bytes)? {
        UNSPECIFIED => parse_v4(bytes).map(SocketAddr::V4),
        _ => parse(bytes),
    }
}

/// As [`parse`], for link-local destinations alone.
pub(super) fn parse_link_local(bytes: &[u8]) -> Option<SocketAddr> {
    parse(bytes).filter(|address| is_link_local(*address))
}

/// The IPv4 address, where an IPv6 one maps it.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip().to_canonical() {
        IpAddr::V4(v4) => SocketAddr::from((v4, address.port())),
        IpAddr::V6(_) => address,
    }
}

pub(super) fn is_link_local(address: SocketAddr) -> bool {
    match address.ip().to_canonical() {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.segments()[..2] == [0xfd00, 0x0ec2],
    }
}

/// The address as `getpeername` writes it for a socket of this family; an IPv4 address is mapped where it must be.
pub(super) fn encode(address: SocketAddr, on_ipv6: bool) -> Vec<u8> {
    match (canonical(address), on_ipv6) {
        (SocketAddr::V4(v4), false) => encode_v4(v4),
        (SocketAddr::V4(v4), true) => encode_v6(SocketAddrV6::new(v4.ip().to_ipv6_mapped(), v4.port(), 0, 0)),
        (SocketAddr::V6(v6), _) => encode_v6(v6),
    }
}

fn family(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?))
}

fn parse_v4(bytes: &[u8]) -> Option<SocketAddrV4> {
    let bytes: &[u8; INET_LENGTH] = bytes.get(..INET_LENGTH)?.try_into().ok()?;
    let [_, _, p0, p1, a, b, c, d, ..] = *bytes;
    Some(SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), u16::from_be_bytes([p0, p1])))
}

/// The scope is younger than the rest: addresses without it are taken.
fn parse_v6(bytes: &[u8]) -> Option<SocketAddrV6> {
    let port = u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?);
    let address: [u8; 16] = bytes.get(8..24)?.try_into().ok()?;
    let scope =
        bytes.get(24..INET6_LENGTH).and_then(|scope| scope.try_into().ok()).map_or(0, u32::from_ne_bytes);
    Some(SocketAddrV6::new(Ipv6Addr::from(address), port, 0, scope))
}

fn encode_v4(address: SocketAddrV4) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(INET_LENGTH);
    bytes.extend(INET.to_ne_bytes());
    bytes.extend(address.port().to_be_bytes());
    bytes.extend(address.ip().octets());
    bytes.resize(INET_LENGTH, 0);
    bytes
}

fn encode_v6(address: SocketAddrV6) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(INET6_LENGTH);
    bytes.extend(INET6.to_ne_bytes());
    bytes.extend(address.port().to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(address.ip().octets());
    bytes.extend(address.scope_id().to_ne_bytes());
    bytes
}

const UNSPECIFIED: u16 = 0;
const INET: u16 = 2;
const INET6: u16 = 10;
const INET_LENGTH: usize = 16;
const INET6_LENGTH: usize = 28;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_is_link_local() {
        let cases = [
            ("169.254.169.254:80", true),
            ("169.253.255.255:80", false),
            ("[fd00:ec2::254]:80", true),
            ("[fd00:ec3::1]:80", false),
            ("[fe80::1]:80", true),
            ("[febf::1]:80", true),
            ("[fec0::1]:80", false),
            ("[::ffff:169.254.170.2]:80", true),
            ("[::ffff:127.0.0.1]:80", false),
            ("127.0.0.1:80", false),
            ("[::]:80", false),
        ];
        for (address, expected) in cases {
            assert_eq!(is_link_local(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn reads_what_it_writes() {
        for text in ["169.254.169.254:80", "[fd00:ec2::254]:80", "[fe80::1%3]:8080"] {
            let address: SocketAddr = text.parse().unwrap();
            assert_eq!(parse(&encode(address, address.is_ipv6())), Some(address), "{text}");
        }
        let mapped = parse(&encode("1.2.3.4:5".parse().unwrap(), true)).unwrap();
        assert_eq!(mapped, "[::ffff:1.2.3.4]:5".parse().unwrap());
        assert_eq!(canonical(mapped), "1.2.3.4:5".parse().unwrap());
    }

    #[test]
    fn takes_short_addresses_as_the_kernel_does() {
        let (v4, v6) =
            (encode("1.2.3.4:5".parse().unwrap(), false), encode("[fe80::1%7]:5".parse().unwrap(), true));
        for length in 0..INET_LENGTH {
            assert_eq!(parse(&v4[..length]), None, "{length}");
        }
        for length in 0..24 {
            assert_eq!(parse(&v6[..length]), None, "{length}");
        }
        assert_eq!(parse(&v6[..24]), Some("[fe80::1]:5".parse().unwrap()), "without a scope");
    }

    #[test]
    fn an_address_without_family_names_a_recipient_but_no_peer() {
        let mut bytes = encode("169.254.1.1:53".parse().unwrap(), false);
        bytes[0] = 0;
        assert_eq!((parse(&bytes), parse_recipient(&bytes)), (None, Some("169.254.1.1:53".parse().unwrap())));
    }
}
