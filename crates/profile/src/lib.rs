//! The AWS config and credentials files and what programs make of them: lossless syntax, one reader model per SDK,
//! edits, lint, settings, and the plan by which an SDK finds its credentials.
//!
//! Rule: pure. Environment, arguments, files and the time are in a [`View`] that somebody else took; nothing here asks
//! a clock, a disk or a network. Same view, same answer.
//!
//! ```
//! use profile::plan::plan;
//! use profile::{Arguments, Environment, MemoryFiles, Platform, Sdk, View};
//! use types::Timestamp;
//!
//! let mut environment = Environment::default();
//! environment.set("HOME", "/home/me");
//! environment.set("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
//! environment.set("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
//! let files = MemoryFiles::default().with("/home/me/.aws/config", "[default]\nregion = eu-central-1\n");
//! let view = View {
//!     environment: &environment,
//!     arguments: &Arguments::default(),
//!     files: &files,
//!     platform: Platform::Unix,
//!     now: Timestamp::from_secs(1_795_000_000),
//! };
//! let plan = plan(&view, Sdk::Boto3);
//! let winner = plan.winner().expect("the variables hold keys");
//! assert_eq!(winner.source.name(), "environment");
//! assert_eq!(plan.region.expect("the file names one").value, "eu-central-1");
//! ```

pub mod edit;
pub mod lint;
mod place;
pub mod plan;
pub mod reader;
mod sdk;
pub mod settings;
pub mod syntax;
mod view;

pub use place::Place;
pub use sdk::{Sdk, SdkError};
pub use view::{Arguments, Environment, FileState, Files, MemoryFiles, Platform, View};
