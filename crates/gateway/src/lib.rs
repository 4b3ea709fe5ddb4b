//! The account's endpoints on the wire.
//!
//! Rule: a request goes one way: route, authenticate, decode, authorise, run, record, encode. The action that is authorised is the
//! action that was routed.

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
pub use record::{CallRecord, NoRecord, Outcome, Recorder};
