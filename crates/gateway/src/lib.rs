//! The account's endpoints on the wire.
//!
//! Rule: a request goes one way: route, authenticate, decode, authorise, run, record, encode. The action that is authorised is the
//! action that was routed. Nobody gets in unsigned but where AWS lets him, and every refusal is worded as the service words it.
//!
//! ```
//! use std::sync::Arc;
//!
//! use account::denial::EncodedMessages;
//! use account::{Account, Keyring, MasterKey, SessionIssuer};
//! use gateway::{CallLog, Gateway, Settings};
//! use net::{Limits, Listener, Shutdown};
//! use store::MemoryStore;
//! use sys::{Clock, Entropy};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let gateway = Gateway::new(Settings {
//!     account: Arc::new(Account::open(Arc::new(MemoryStore::new()), "123456789012".parse()?)?),
//!     sessions: SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32]))),
//!     recorder: Arc::new(CallLog),
//!     encoded_messages: EncodedMessages::default(),
//!     region: "us-east-1".parse()?,
//!     clock: Clock::system(),
//!     entropy: Entropy::buffered(),
//!     limits: Limits::default(),
//! });
//! let (listener, shutdown) = (Listener::bind("127.0.0.1:0".parse()?)?, Shutdown::new());
//! # shutdown.start();
//! gateway::serve(vec![listener], gateway, None, shutdown).await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod authenticate;
mod call;
mod claim;
mod denials;
mod fault;
mod gateway;
mod handle;
mod iam;
mod metrics;
mod operation;
mod record;
mod request_id;
mod route;
mod sts;

pub use denials::Denials;
pub use gateway::{Gateway, Settings, serve};
pub use metrics::Metrics;
pub use operation::{Ask, Operation};
pub use record::{CallLog, CallRecord, NoRecord, Outcome, Recorder};
