//! The crate against its suites and its properties.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests fail tests, say what they skip, and read cases in place"
)]

mod chains;
mod container;
mod edits;
mod endpoint_urls;
mod imds_endpoints;
mod lint;
mod location;
mod parser;
mod parsing;
mod precedence;
mod sts_endpoints;
mod suites;
