//! IP packets as they pass the loopback interface, for who may look (`CAP_NET_RAW`).

use std::io::Read as _;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

/// Sees all TCP packets that arrive over IPv4.
pub(crate) struct Capture(Socket);

impl Capture {
    /// `None` without the privilege.
    pub(crate) fn start() -> Option<Self> {
        let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP)).ok()?;
        socket.set_recv_buffer_size(1 << 20).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        Some(Self(socket))
    }

    /// The TTLs of packets with content that left `port`, in order, until none comes for a while.
    pub(crate) fn ttls_from(&mut self, port: u16) -> Vec<u8> {
        let mut ttls = Vec::new();
        let mut packet = [0; 65_536];
        while let Ok(len) = self.0.read(&mut packet) {
            let packet = &packet[..len];
            let ip_header = usize::from(packet[0] & 15) * 4;
            let tcp = &packet[ip_header..];
            let tcp_header = usize::from(tcp[12] >> 4) * 4;
            if tcp[..2] == port.to_be_bytes() && tcp.len() > tcp_header {
                ttls.push(packet[8]);
            }
        }
        ttls
    }
}
