//! The only door to clock, entropy, environment, files and processes.
//!
//! Rule: nothing else reads them, and each has a fake, so that every other crate can be run at any time of day, with
//! known randomness, in an empty environment.

pub mod browser;
mod clock;
mod entropy;
mod env;
pub mod fs;
mod proc;
pub mod terminal;

pub use clock::{Clock, FakeClock};
pub use entropy::{Entropy, EntropyError};
pub use env::Env;
pub use proc::Proc;
