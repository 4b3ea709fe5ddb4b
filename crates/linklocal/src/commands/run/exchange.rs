//! Which connections of the tree are answered, and by whom.
//!
//! Rule: the process decides the instance: that of the nearest `linklocal run` above it.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use run::{Call, Isolation, Route, Switchboard};

use super::desk::{self, DESK};
use super::guests::{Guests, Party};
use super::workload::Answerer;
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

    fn party(&self, process_id: u32) -> Arc<Party> {
        self.guests.party_of(process_id).unwrap_or_else(|| Arc::clone(&self.home))
    }
}

impl Switchboard for Exchange {
    fn route(&self, call: &Call) -> Route {
        if call.destination == SocketAddr::V4(DESK) {
            return Route::Answer;
        }
        match Answerer::at(call.destination) {
            Some(answerer) => answerer.route(self.party(call.process_id).workload),
            None => Route::PassThrough,
        }
    }

    fn connected(&self, call: &Call, far_end: TcpStream) -> io::Result<()> {
        if call.destination == SocketAddr::V4(DESK) {
            return desk::attend(&self.guests, call.process_id, far_end);
        }
        let party = self.party(call.process_id);
        let host = party.host.as_ref().ok_or(io::ErrorKind::ConnectionRefused)?;
        let message = Message {
            // Without scope and flow label, which are of this socket alone.
            destination: SocketAddr::new(call.destination.ip(), call.destination.port()),
            process_id: call.process_id,
            supervisor_id: std::process::id(),
            instance_id: host.instance_id.clone(),
        };
        host.line.introduce(&message, &far_end)
    }
}
