//! Requests as people have them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cases;
mod curl;
mod properties;
mod suites;
mod witness;
