//! The crate against published cases, and as a whole.

mod chunks;
mod crt;
mod ecdsa;
mod events;
mod explain;
mod hosts;
mod post;
mod refusals;
mod round_trip;
mod suites;
mod tables;
