//! The account's endpoints on the wire.
//!
//! Rule: a request goes one way: route, authenticate, decode, authorise, run, record, encode. The action that is authorised is the
//! action that was routed. Nobody gets in unsigned but where AWS lets him, and every refusal is worded as the service words it.
//!
//! ```
//! use std::sync::Arc;
//!
//! use account::denial::EncodedMessages;
//! use account::ec2::UnrenderedHost;
//! use account::identifier::Seed;
//! use account::{Account, Instances, Keyring, MasterKey, SessionIssuer};
//! use gateway::{CallLog, Gateway, LimitSettings, NoHistory, Settings};
//! use net::{Limits, Listener, Shutdown};
//! use objects::Objects;
//! use store::MemoryStore;
//! use sys::{Clock, Entropy};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let (store, seed) = (Arc::new(MemoryStore::new()), Seed::from_text("example"));
//! # let directory = std::env::temp_dir();
//! let gateway = Gateway::new(Settings {
//!     account: Arc::new(Account::open(store.clone(), "123456789012".parse()?)?),
//!     sessions: SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32]))),
//!     host: Arc::new(UnrenderedHost::new(Instances::new(store.clone(), seed), seed)),
//!     objects: Arc::new(Objects::new(store, directory)),
//!     recorder: Arc::new(CallLog),
//!     history: Arc::new(NoHistory),
//!     encoded_messages: EncodedMessages::default(),
//!     region: "us-east-1".parse()?,
//!     clock: Clock::system(),
//!     entropy: Entropy::buffered(),
//!     limits: Limits::default(),
//!     request_limits: LimitSettings::default(),
//! });
//! let (listener, shutdown) = (Listener::bind("127.0.0.1:0".parse()?)?, Shutdown::new());
//! # shutdown.start();
//! gateway::serve(vec![listener], gateway, None, shutdown).await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod acquaintance;
mod answer;
mod authenticate;
mod call;
mod claim;
mod cloudtrail;
#[cfg(test)]
mod conversation;
mod denials;
mod ec2;
mod fault;
mod gateway;
mod handle;
mod history;
mod iam;
mod metrics;
mod operation;
mod record;
mod request_id;
mod route;
mod s3;
mod servicequotas;
mod signing;
mod sts;
mod throttle;

pub use denials::Denials;
pub use gateway::{Gateway, Settings, serve};
pub use history::{
    Deliveries, History, LookUp, LookUpAttribute, LookUpError, NoHistory, PastEvent, PastEvents,
};
pub use metrics::Metrics;
pub use operation::{Ask, Operation};
pub use record::{
    AuthenticationMethod, CallLog, CallRecord, NoRecord, Outcome, Recorder, S3Ids, SignatureForm,
    SignatureVersion, Transferred,
};
pub use signing::Signing;
pub use throttle::{BucketReport, LimitFigures, LimitMode, LimitSettings, LimitsReport, Throttle};
