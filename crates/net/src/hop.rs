//! The IP TTL of replies: `IP_TTL` (ip(7)) and `IPV6_UNICAST_HOPS` (ipv6(7)).

use std::io;

use socket2::SockRef;
use tokio::net::TcpStream;

/// Has what the socket sends from now on leave with `hops`; 0 stands for the system's default.
pub(crate) fn set(socket: &TcpStream, over_ipv6: bool, hops: u8) -> io::Result<()> {
    // The kernel takes -1 for "the default", and socket2 hands its argument on as a C int.
    let value = if hops == 0 { u32::MAX } else { hops.into() };
    let socket = SockRef::from(socket);
    if over_ipv6 { socket.set_unicast_hops_v6(value) } else { socket.set_ttl_v4(value) }
}
