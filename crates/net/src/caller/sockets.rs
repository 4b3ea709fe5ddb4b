//! The kernel's tables of sockets, and what they say of a connection's client.
//!
//! Rule: a socket is the client's only if both its ends are the connection's. Its own end alone would not do: programs
//! of different users may have the same port towards different servers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use types::link_local;

use crate::Peer;

/// A socket, as its table shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sighting {
    /// The user that opened it.
    pub(super) user: u32,
    /// Its number, by which a process's descriptors name it. Never 0: a socket that nobody holds any more is nobody's.
    pub(super) inode: u64,
}

/// The addresses that the client may have connected to: where its connection arrived, and the service's link-local
/// addresses, in whose place a rule of the packet filter may have put it.
pub(super) fn destinations(peer: Peer) -> impl Iterator<Item = SocketAddr> {
    let link_local: [IpAddr; 5] = [
        link_local::METADATA_V4.into(),
        link_local::METADATA_V6.into(),
        link_local::CONTAINER_V4.into(),
        link_local::POD_IDENTITY_V4.into(),
        link_local::POD_IDENTITY_V6.into(),
    ];
    let others = link_local.into_iter().map(|ip| SocketAddr::new(ip, HTTP));
    let fits = move |other: &SocketAddr| *other != peer.local && other.is_ipv4() == peer.remote.is_ipv4();
    std::iter::once(peer.local).chain(others.filter(fits))
}

/// The client's socket in the text of `/proc/net/tcp` or `tcp6` (proc_net(5)).
pub(super) fn find(table: &[u8], peer: Peer) -> Option<Sighting> {
    let ends = [canonical(peer.remote), canonical(peer.local)];
    let exact = |row: &Row| [row.local, row.remote] == ends;
    let natted = |row: &Row| row.local == ends[0] && destinations(peer).any(|d| canonical(d) == row.remote);
    let rows = || rows(table);
    rows().find(exact).or_else(|| rows().find(natted)).and_then(|row| row.sighting)
}

/// One line of a table.
#[derive(Clone, Copy, Debug)]
struct Row {
    local: (IpAddr, u16),
    remote: (IpAddr, u16),
    sighting: Option<Sighting>,
}

fn rows(table: &[u8]) -> impl Iterator<Item = Row> {
    table.split(|byte| *byte == b'\n').filter_map(row)
}

fn row(line: &[u8]) -> Option<Row> {
    let mut fields = std::str::from_utf8(line).ok()?.split_ascii_whitespace().skip(1);
    let (local, remote) = (end(fields.next()?)?, end(fields.next()?)?);
    let mut fields = fields.skip(4);
    let user = fields.next()?.parse().ok()?;
    let inode = fields.nth(1)?.parse().ok()?;
    let sighting = (inode != 0).then_some(Sighting { user, inode });
    Some(Row { local, remote, sighting })
}

/// `0100007F:0050`: words of the address as this machine holds them, port.
fn end(text: &str) -> Option<(IpAddr, u16)> {
    let (address, port) = text.split_once(':')?;
    let word = |at: usize| {
        let digits = address.get(at * 8..at * 8 + 8)?;
        Some(u32::from_str_radix(digits, 16).ok()?.to_ne_bytes())
    };
    let ip = match address.len() {
        8 => IpAddr::V4(Ipv4Addr::from(word(0)?)),
        32 => {
            let mut bytes = [0; 16];
            for at in 0..4 {
                bytes[at * 4..at * 4 + 4].copy_from_slice(&word(at)?);
            }
            IpAddr::V6(Ipv6Addr::from(bytes))
        }
        _ => return None,
    };
    Some((ip.to_canonical(), u16::from_str_radix(port, 16).ok()?))
}

/// A socket of IPv6 that talks IPv4 stands in the table with mapped addresses.
fn canonical(end: SocketAddr) -> (IpAddr, u16) {
    (end.ip().to_canonical(), end.port())
}

/// Where the service answers at link-local addresses.
const HTTP: u16 = 80;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[cfg(target_endian = "little")]
    const TABLE: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:053A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0000000000000000 100 0 0 10 0
   1: 0100007F:9C40 0100007F:053A 01 00000000:00000000 00:00000000 00000000  1000        0 12 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:9C41 0100007F:053A 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0000000000000000
   3: 0100007F:9C42 0100007F:0050 01 00000000:00000000 00:00000000 00000000  1000        0 13 1 0000000000000000 20 4 30 10 -1
   4: 0100007F:9C42 FEA9FEA9:0050 01 00000000:00000000 00:00000000 00000000  1001        0 14 1 0000000000000000 20 4 30 10 -1
   5: 0000000000000000FFFF00000100007F:9C43 0000000000000000FFFF00000100007F:053A 01 0:0 00:0 0 1002 0 15 1
   6: 00000000000000000000000001000000:9C44 00000000000000000000000001000000:053A 01 0:0 00:0 0 1003 0 16 1
";

    fn peer(remote: &str, local: &str) -> Peer {
        Peer { remote: remote.parse().unwrap(), local: local.parse().unwrap() }
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn a_client_is_found_by_both_its_ends() {
        let local = "127.0.0.1:1338";
        for (remote, local, expected) in [
            ("127.0.0.1:40000", local, Some((1000, 12))),
            ("127.0.0.1:40000", "127.0.0.1:1339", None),
            // Closed by its process: what is left in the table names root, and means nobody.
            ("127.0.0.1:40001", local, None),
            // Rewritten on its way, while another user's connection has the same port towards another server.
            ("127.0.0.1:40002", local, Some((1001, 14))),
            ("127.0.0.1:40003", local, Some((1002, 15))),
            ("[::1]:40004", "[::1]:1338", Some((1003, 16))),
            ("127.0.0.1:1338", "127.0.0.1:40000", None),
        ] {
            let found = find(TABLE.as_bytes(), peer(remote, local)).map(|s| (s.user, s.inode));
            assert_eq!(found, expected, "{remote} -> {local}");
        }
    }

    proptest! {
        #[test]
        fn any_table_is_taken(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "[0-9A-F: \n]{0,300}") {
            let peer = peer("127.0.0.1:1", "127.0.0.1:2");
            let _ = (find(&bytes, peer), find(text.as_bytes(), peer));
        }
    }
}
