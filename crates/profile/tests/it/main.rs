//! The crate against its suites and its properties.

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
