//! The service over real sockets on loopback: bad input, connections, credentials, bindings, metrics.
//!
//! Rule: every server has its own thread, port and clock; what waits is a read with a deadline, never a sleep.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail tests and say what they skip"
)]

mod access;
mod bad_input;
mod callers;
mod capture;
mod connections;
mod drain;
mod faults;
mod hop_limit;
mod live;
mod metrics;
mod observation;
mod roster;
mod world;
