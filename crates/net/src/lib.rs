//! Accepts HTTP/1 connections: limits, timeouts, hop limit, peer, drain.
//!
//! Rule: one slow, silent or hostile connection costs a bounded amount of memory and time, and no other connection
//! notices. What is said on a connection is the [`Service`]'s business.
//!
//! A connection's memory is bounded by its buffers: 16 KiB for a request head, one answer (of the metadata service at
//! most 17 KiB: user data and its head), and under 4 KiB of state. Request bodies are held by services alone that read them, up
//! to the length they name. An idle connection was measured at 12 KiB.
//!
//! ```
//! use std::sync::Arc;
//!
//! use bytes::Bytes;
//! use http::{Request, Response, StatusCode};
//! use hyper::body::Incoming;
//! use net::{Answer, Connections, Limits, Link, Listener, Payload, Service, Shutdown, serve};
//!
//! struct Greeter;
//!
//! impl Service for Greeter {
//!     type Memory = ();
//!
//!     fn answer(self: &Arc<Self>, _: Request<Incoming>, _: &Arc<Link<()>>) -> Answer {
//!         Answer::Ready(Response::new(Payload::new(Bytes::from_static(b"hello"))))
//!     }
//!
//!     fn refuse(&self, _: StatusCode) -> Bytes {
//!         Bytes::from_static(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let listener = Listener::bind("127.0.0.1:0".parse()?)?;
//! let shutdown = Shutdown::new();
//! # shutdown.start();
//! serve(vec![listener], Arc::new(Greeter), Connections::new(Limits::default()), shutdown).await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod abrupt;
mod caller;
mod connections;
mod date;
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
mod tls;
mod transport;
mod upload;

pub use caller::{Ancestor, Caller, Identification, Identifier, Place, Process, User};
pub use connections::Connections;
pub use date::{DateCache, http_date};
pub use descriptors::raise_descriptor_limit;
pub use introduction::Introduction;
pub use limits::Limits;
pub use link::{Link, Peer};
pub use listen::{BindError, Listener};
pub use payload::{Payload, Source};
pub use serve::{Answer, Service, accept, accept_with_tls, adopt, serve, serve_with_tls};
pub use shutdown::Shutdown;
pub use tls::{Security, Tls, TlsError};
pub use upload::{Upload, UploadError};
