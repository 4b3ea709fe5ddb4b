//! A connection that somebody trusted made on a program's behalf, and what they say of it.

use std::net::SocketAddr;

use types::InstanceId;

/// Who asked for a connection, for which address, on which instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduction {
    /// The address that the program asked for.
    pub destination: SocketAddr,
    /// The process (thread group) that asked, or in another process namespace its supervisor; 0 where even that has no
    /// number here.
    pub process_id: u32,
    /// The instance that the program is on; `None` leaves it to the roster.
    pub instance_id: Option<InstanceId>,
}
