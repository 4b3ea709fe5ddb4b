//! Changes of files under the conditions that only other processes can make.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail tests, and say what they skip"
)]

mod crashes;
mod writers;
