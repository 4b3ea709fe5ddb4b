//! Scenarios from their files to what is in force.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod docs;
mod files;
mod force;
mod shipped;
