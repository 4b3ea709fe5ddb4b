//! The metadata service on the wire.
//!
//! One request's way: `net` accepts → [`handle`](service) → `metadata` decides → the answer is written. No lock, no
//! await after the head is read.

mod source;

pub use source::{
    CredentialSource, DocumentSigner, Grant, GrantError, GrantRequest, RoleDelivery, SignDocumentError,
};
