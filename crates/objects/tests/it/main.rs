//! What is promised of objects, from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod concurrency;
mod faults;
mod interleaving;
mod listing;
mod model;
mod single;
mod uploads;
mod world;
