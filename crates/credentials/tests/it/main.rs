//! Plans carried out: against recordings of the SDKs, and against servers and programs that misbehave.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail tests and say what they skip"
)]

mod bodies;
mod container;
mod flight;
mod imds;
mod imds_wire;
mod login;
mod process;
mod replay;
mod run;
mod server;
mod smithy;
mod sts;
mod suites;
mod tokens;
mod world;
