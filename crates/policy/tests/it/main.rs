//! Policies against public cases and random ones.

#![allow(clippy::print_stdout, reason = "says how many cases ran")]
#![allow(clippy::unwrap_used, reason = "clippy exempts test functions and not what they call")]

mod conditions;
mod decisions;
mod documents;
mod random;
