//! Which connections of the tree are answered, and by whom.
//!
//! Rule: the process decides the instance: that of the nearest `linklocal run` above it.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::Arc;

use run::{Call, Isolation, Route, Switchboard};
use types::link_local;

use super::desk::{self, DESK};
use super::guests::{Guests, Party};
use crate::introductions::Message;

/// The switchboard of one tree of processes.
#[derive(Debug)]
pub(super) struct Exchange {
    home: Arc<Party>,
    /// Runs within this one.
    guests: Arc<Guests>,
}

impl Exchange {
    pub(super) fn new(home: Party, isolation: Isolation) -> Self {
        Self { home: Arc::new(home), guests: Arc::new(Guests::new(isolation == Isolation::On)) }
    }
}

impl Switchboard for Exchange {
    fn route(&self, call: &Call) -> Route {
        if is_served(call.destination) || call.destination == SocketAddr::V4(DESK) {
            Route::Answer
        } else {
            Route::PassThrough
        }
    }

    fn connected(&self, call: &Call, far_end: TcpStream) -> io::Result<()> {
        if call.destination == SocketAddr::V4(DESK) {
            return desk::attend(&self.guests, call.process_id, far_end);
        }
        let party = self.guests.party_of(call.process_id).unwrap_or_else(|| Arc::clone(&self.home));
        let message = Message {
            // Without scope and flow label, which are of this socket alone.
            destination: SocketAddr::new(call.destination.ip(), call.destination.port()),
            process_id: call.process_id,
            supervisor_id: std::process::id(),
            instance_id: party.instance_id.clone(),
        };
        party.line.introduce(&message, &far_end)
    }
}

/// The metadata service and the container credential endpoints.
fn is_served(destination: SocketAddr) -> bool {
    let known = match destination.ip() {
        IpAddr::V4(ip) => {
            [link_local::METADATA_V4, link_local::CONTAINER_V4, link_local::POD_IDENTITY_V4].contains(&ip)
        }
        IpAddr::V6(ip) => [link_local::METADATA_V6, link_local::POD_IDENTITY_V6].contains(&ip),
    };
    known && destination.port() == 80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_addresses_are_served_at_one_port() {
        for (destination, served) in [
            ("169.254.169.254:80", true),
            ("[fd00:ec2::254]:80", true),
            ("169.254.170.2:80", true),
            ("169.254.170.23:80", true),
            ("[fd00:ec2::23]:80", true),
            ("169.254.169.254:8080", false),
            ("169.254.169.253:80", false),
            ("169.254.169.123:80", false),
            ("[fd00:ec2::253]:80", false),
            ("[fe80::1]:80", false),
        ] {
            assert_eq!(is_served(destination.parse().unwrap()), served, "{destination}");
        }
    }
}
