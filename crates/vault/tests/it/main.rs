//! The vault over keyrings that really run.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(all(target_os = "linux", feature = "secret-service"))]
mod secret_service;
