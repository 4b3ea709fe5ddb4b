//! The metadata service on the wire.
//!
//! One request's way: `net` accepts → [`Service`] → `metadata` decides → the answer is written. No lock, no await after
//! the head is read.

mod access;
mod callers;
mod date;
mod faults;
mod head;
mod live;
mod metrics;
mod observation;
mod rehearsal;
mod response;
mod roster;
mod service;
mod signature;
mod source;
mod trail;

pub use access::{AccessRules, HostRule, KnownHost, KnownHostError, RemoteRule, Rule, UserRule};
pub use callers::{CallerSummary, Callers, Counts, Program, Reading, Tally, Visit};
pub use faults::{
    ClockOffset, FaultEffect, FaultRate, FaultRule, FaultStatus, FaultTarget, Faults, PacketBudget,
    ResetMoment, ServiceVersion,
};
pub use live::GrantSummary;
pub use metrics::Metrics;
pub use observation::{Befallen, Ending, Observation, ObservedGrant, Observer, RequestKind, TokenMark};
pub use roster::Roster;
pub use service::{Service, Settings, accept, adopt, serve};
pub use source::{
    CredentialSource, DocumentSigner, Grant, GrantError, GrantRequest, RoleDelivery, SignDocumentError,
};
pub use trail::{NoTrail, Trail, TrailEntry, TrailEvent};
