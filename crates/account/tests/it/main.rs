//! IAM's operations by what they answer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod entities;
mod exchange;
mod policies;
mod refusals;
mod scenarios;
mod sequences;
mod simulation;
mod trust;
mod world;
