//! Accepts HTTP/1 connections: limits, timeouts, hop limit, peer, drain.
//!
//! Rule: one slow, silent or hostile connection costs a bounded amount of memory and time, and no other connection
//! notices. What is said on a connection is the [`Service`]'s business.
//!
//! A connection's memory is bounded by its buffers: 16 KiB for a request head, one answer (of the metadata service at
//! most 17 KiB: user data and its head), and under 4 KiB of state. Request bodies are never held. An idle connection was
//! measured at 12 KiB.

mod abrupt;
mod caller;
mod connections;
mod descriptors;
mod hop;
mod introduction;
mod limits;
mod linger;
mod link;
mod listen;
mod payload;
mod progress;
mod serve;
mod shutdown;
mod stream;

pub use caller::{Ancestor, Caller, Identification, Identifier, Place, Process, User};
pub use connections::Connections;
pub use descriptors::raise_descriptor_limit;
pub use introduction::Introduction;
pub use limits::Limits;
pub use link::{Link, Peer};
pub use listen::{BindError, Listener};
pub use payload::Payload;
pub use serve::{Answer, Service, accept, adopt, serve};
pub use shutdown::Shutdown;
