//! The account's endpoints on the wire.
//!
//! Rule: a request goes one way: route, authenticate, decode, authorise, run, record, encode. The action that is authorised is the
//! action that was routed.

mod iam;
mod operation;
mod sts;

pub use operation::{Ask, Operation};
