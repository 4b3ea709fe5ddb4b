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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Listener;

    #[tokio::test]
    async fn both_families_take_a_limit_and_give_it_up() {
        for (addr, over_ipv6) in [("127.0.0.1:0", false), ("[::1]:0", true)] {
            let listener = Listener::bind(addr.parse().unwrap()).unwrap();
            let _client = std::net::TcpStream::connect(listener.local_addr()).unwrap();
            let (socket, _) = listener.socket.accept().await.unwrap();
            let option = || {
                let socket = SockRef::from(&socket);
                if over_ipv6 { socket.unicast_hops_v6().unwrap() } else { socket.ttl_v4().unwrap() }
            };
            let default = option();
            for (hops, expected) in [(1, 1), (64, 64), (3, 3), (0, default)] {
                set(&socket, over_ipv6, hops).unwrap();
                assert_eq!(option(), expected, "{addr} {hops}");
            }
        }
    }
}
