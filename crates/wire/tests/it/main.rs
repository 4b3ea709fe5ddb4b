//! The published cases of AWS's protocols: requests read, answers and errors written, and errors read.

#![allow(clippy::print_stdout, reason = "says how many cases ran")]
#![allow(clippy::unwrap_used, reason = "clippy exempts test functions and not what they call")]
mod conformance;
mod protocols;
mod scalars;
