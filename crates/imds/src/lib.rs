//! The metadata service on the wire.
//!
//! One request's way: `net` accepts → [`Service`] → `metadata` decides → the answer is written. No lock, no await after
//! the head is read.
//!
//! ```
//! use std::sync::Arc;
//!
//! use bytes::Bytes;
//! use imds::{
//!     AccessRules, CredentialSource, DocumentSigner, Grant, GrantError, GrantRequest, NoTrail, Roster, Service, Settings,
//!     SignDocumentError,
//! };
//! use metadata::{Fleet, SignatureKind, TokenKey, TokenKeys};
//! use net::{Identifier, Limits, Listener, Shutdown};
//! use sys::{Clock, Entropy};
//! use types::{Secret, Timestamp};
//!
//! #[derive(Debug)]
//! struct Nobody;
//!
//! impl CredentialSource for Nobody {
//!     fn grant(&self, _: &GrantRequest<'_>, _: Timestamp) -> Result<Grant, GrantError> {
//!         Err(GrantError { code: "AssumeRoleUnauthorizedAccess", message: "no role is here".to_owned() })
//!     }
//! }
//!
//! impl DocumentSigner for Nobody {
//!     fn sign(&self, _: &[u8], _: SignatureKind) -> Result<Bytes, SignDocumentError> {
//!         Err(SignDocumentError("there are no keys".to_owned()))
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let service = Service::new(Settings {
//!     roster: Arc::new(Roster::new()),
//!     token_keys: TokenKeys::new(TokenKey::new(1, &Secret::new([7; 32])), Vec::new()),
//!     fleet: Fleet::default(),
//!     credentials: Arc::new(Nobody),
//!     signer: Arc::new(Nobody),
//!     container_endpoints: Vec::new(),
//!     access: AccessRules::for_user(1000),
//!     trail: Arc::new(NoTrail),
//!     identifier: Identifier::system(),
//!     clock: Clock::system(),
//!     entropy: Entropy::buffered(),
//!     limits: Limits::default(),
//! });
//! let shutdown = Shutdown::new();
//! # shutdown.start();
//! imds::serve(vec![Listener::bind("127.0.0.1:0".parse()?)?], service, shutdown).await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod access;
mod callers;
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
