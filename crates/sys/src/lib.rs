//! The only door to clock, entropy, environment, files and processes.
//!
//! Rule: nothing else reads them, and each has a fake, so that every other crate can be run at any time of day, with
//! known randomness, in an empty environment.
//!
//! ```
//! use sys::{Entropy, Env, FakeClock};
//! use types::Timestamp;
//!
//! let fake = FakeClock::new(Timestamp::from_secs(0));
//! let clock = fake.clock();
//! fake.advance(std::time::Duration::from_secs(5));
//! assert_eq!(clock.now(), Timestamp::from_secs(5));
//! let env = Env::from_pairs([("HOME", "/home/me")]);
//! assert_eq!(env.home().as_deref(), Some("/home/me".as_ref()));
//! assert_eq!(Entropy::seeded(7).bytes::<4>()?, Entropy::seeded(7).bytes::<4>()?);
//! # Ok::<(), sys::EntropyError>(())
//! ```

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
