//! The metadata service on the wire.
//!
//! One request's way: `net` accepts → [`Service`] → `metadata` decides → the answer is written. No lock, no await after
//! the head is read.

mod access;
mod callers;
mod date;
mod head;
mod live;
mod metrics;
mod response;
mod roster;
mod service;
mod signature;
mod source;
mod trail;

pub use access::{AccessRules, HostRule, KnownHost, KnownHostError, RemoteRule, Rule, UserRule};
pub use callers::{Callers, Tally, Visit};
pub use live::GrantSummary;
pub use metrics::Metrics;
pub use roster::Roster;
pub use service::{Service, Settings, accept, serve};
pub use source::{
    CredentialSource, DocumentSigner, Grant, GrantError, GrantRequest, RoleDelivery, SignDocumentError,
};
pub use trail::{NoTrail, Trail, TrailEntry, TrailEvent};
