//! Who decides on a call, and takes it.
//!
//! Rule: a call is a TCP connection to a link-local destination (169.254.0.0/16, fe80::/10, fd00:ec2::/32) by a process
//! of the tree; the supervisor asks about these and about nothing else.

use std::io;
use std::net::{SocketAddr, TcpStream};

/// One connection that a program asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// As the program gave it; an IPv4-mapped IPv6 address is the IPv4 address.
    pub destination: SocketAddr,
    /// The process, as seen from here. It waits until the call is answered, so that what `/proc` says of it is true.
    pub process_id: u32,
    /// The thread that asks.
    pub thread_id: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The far end of the connection is handed to [`Switchboard::connected`].
    Answer,
    /// As if nobody were here; under isolation the destination is unreachable.
    PassThrough,
    Refuse(Refusal),
}

/// What `connect` says to a program that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    ConnectionRefused,
    NetworkUnreachable,
    HostUnreachable,
    TimedOut,
    PermissionDenied,
    /// What tasks on AWS Fargate hear of addresses that are not theirs.
    InvalidArgument,
}

pub trait Switchboard: Send + Sync + 'static {
    /// Decides. Called on the supervisor's thread, which answers nobody else meanwhile.
    fn route(&self, call: &Call) -> Route;

    /// Takes the far end of a connection whose near end is the caller's socket: a stream over loopback, in blocking
    /// mode. Called before the caller learns of its connection, on the supervisor's thread. An error refuses the
    /// connection.
    fn connected(&self, call: &Call, far_end: TcpStream) -> io::Result<()>;
}
