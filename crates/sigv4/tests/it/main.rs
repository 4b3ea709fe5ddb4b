//! The crate against published cases, and as a whole.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests fail tests, say what they skip, and read cases in place"
)]

mod chunks;
mod crt;
mod draft;
mod ecdsa;
mod events;
mod explain;
mod hosts;
mod post;
mod refusals;
mod round_trip;
mod suites;
mod tables;
mod whole;
