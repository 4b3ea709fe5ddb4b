//! Real programs under a real supervisor.
//!
//! Rule: each test starts its own supervisor (`examples/stage.rs`) around a real child; nothing leaves loopback, and
//! whatever hangs is ended.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

mod cases;
mod clients;
mod ending;
mod hostile;
mod limits;
mod stage;
mod tree;
