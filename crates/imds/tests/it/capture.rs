//! IP packets as they pass the loopback interface, for who may look (`CAP_NET_RAW`).

use std::io::Read as _;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

/// Sees the TCP packets that arrive over IPv4 from one port.
pub(crate) struct Capture {
    socket: Socket,
    port: u16,
}

impl Capture {
    /// `None` without the privilege.
    pub(crate) fn start(port: u16) -> Option<Self> {
        let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::TCP)).ok()?;
        socket.set_recv_buffer_size(1 << 20).unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        limit_to(&socket, port);
        Some(Self { socket, port })
    }

    /// The TTLs of packets with content, in order, until none comes for a while; a packet that was sent again counts once.
    pub(crate) fn ttls(&mut self) -> Vec<u8> {
        let (mut ttls, mut seen) = (Vec::new(), Vec::new());
        let mut packet = [0; 65_536];
        while let Ok(len) = self.socket.read(&mut packet) {
            let packet = &packet[..len];
            let ip_header = usize::from(packet[0] & 15) * 4;
            let tcp = &packet[ip_header..];
            let tcp_header = usize::from(tcp[12] >> 4) * 4;
            let sequence_number = &tcp[4..8];
            let is_new = !seen.iter().any(|known| known == sequence_number);
            if tcp[..2] == self.port.to_be_bytes() && tcp.len() > tcp_header && is_new {
                seen.push(sequence_number.to_vec());
                ttls.push(packet[8]);
            }
        }
        ttls
    }
}

/// Keeps away what other programs send, who might never fall silent, or fill the buffer. `BPF_LDX | BPF_MSH` finds the end of
/// the IP header.
#[cfg(target_os = "linux")]
fn limit_to(socket: &Socket, port: u16) {
    use socket2::SockFilter;
    let filter = [
        SockFilter::new(0xb1, 0, 0, 0),
        SockFilter::new(0x48, 0, 0, 0),
        SockFilter::new(0x15, 0, 1, port.into()),
        SockFilter::new(0x06, 0, 0, u32::MAX),
        SockFilter::new(0x06, 0, 0, 0),
    ];
    socket.attach_filter(&filter).unwrap();
}

#[cfg(not(target_os = "linux"))]
fn limit_to(_socket: &Socket, _port: u16) {}
