//! What is kept of each hand-out of credentials, and of each request that a rule turned away.
//!
//! Rule: no entry holds a secret or a token, and what clients made up is cut to a bound.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use net::Caller;
use types::{InstanceId, Timestamp};

use crate::access::Rule;
use crate::live::GrantSummary;

/// Keeps entries.
pub trait Trail: Send + Sync + fmt::Debug {
    /// Takes an entry on a request's way, so it never waits.
    fn record(&self, entry: TrailEntry);
}

/// Something that happened, and to whom.
#[derive(Clone, Debug)]
pub struct TrailEntry {
    pub at: Timestamp,
    pub event: TrailEvent,
    /// Whose metadata was asked for; `None` where the request was turned away before.
    pub instance_id: Option<InstanceId>,
    pub caller: Option<Arc<Caller>>,
    /// Where the connection came from.
    pub address: IpAddr,
    /// Whether the connection was introduced by `linklocal run`.
    pub introduced: bool,
    pub user_agent: Option<String>,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum TrailEvent {
    HandOut(Arc<GrantSummary>),
    Denial {
        rule: Rule,
        /// As what the request addressed the service.
        host: Option<String>,
        /// The origin of the page that caused it.
        page: Option<String>,
    },
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTrail;

impl Trail for NoTrail {
    fn record(&self, _entry: TrailEntry) {}
}
