//! Connections that end badly, on purpose.

use std::time::Duration;

use socket2::SockRef;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// Ends a connection with a reset: what was sent and not delivered is lost, and so is what the client still sends.
pub(crate) fn reset(socket: TcpStream) {
    // Where the system does not take the option the connection ends in the usual way, which is all that is left to do.
    let _ = SockRef::from(&socket).set_linger(Some(Duration::ZERO));
}

/// Says nothing and lets the client say what it likes, until it ends the connection. The sweep ends it otherwise.
pub(crate) async fn silence(mut socket: TcpStream) {
    let mut scratch = [0; 512];
    while let Ok(1..) = socket.read(&mut scratch).await {}
}
