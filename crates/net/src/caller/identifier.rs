//! Finds out who calls.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::{Caller, Place};
use crate::{Introduction, Peer};

/// Names the client of a connection. Clones share what they know.
#[derive(Clone)]
pub struct Identifier(Source);

#[derive(Clone)]
enum Source {
    Off,
    Fake(Arc<dyn Fn(Peer) -> Caller + Send + Sync>),
}

/// The answer to come.
pub type Identification = Pin<Box<dyn Future<Output = Arc<Caller>> + Send>>;

impl Identifier {
    /// Asks the kernel.
    pub fn system() -> Self {
        Self(Source::Off)
    }

    /// Knows nobody.
    pub fn off() -> Self {
        Self(Source::Off)
    }

    /// Says what `answer` says, for tests.
    pub fn fake(answer: impl Fn(Peer) -> Caller + Send + Sync + 'static) -> Self {
        Self(Source::Fake(Arc::new(answer)))
    }

    /// Who is at the other end of `peer`.
    pub fn identify(&self, peer: Peer, _introduction: Option<&Introduction>) -> Identification {
        let caller = match &self.0 {
            Source::Off => Caller::unknown(Place::ThisMachine, peer.remote.ip()),
            Source::Fake(answer) => answer(peer),
        };
        Box::pin(std::future::ready(Arc::new(caller)))
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identifier")
    }
}
