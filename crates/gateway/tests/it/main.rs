//! The gateway over real sockets: what gets in, what does not, and in which words.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::too_many_lines,
    reason = "helpers of tests fail tests, say what they skip, and read cases in place; tables are long"
)]

mod attacks;
mod client;
mod cloudtrail;
mod conversations;
mod draft;
mod errors;
mod limits;
mod noise;
mod quotas;
mod records;
mod routes;
mod s3;
mod s3_cases;
mod tls;
mod uploads;
mod world;
