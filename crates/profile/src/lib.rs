//! The AWS config and credentials files and what programs make of them: lossless syntax, one reader model per SDK,
//! edits, lint, settings, and the plan by which an SDK finds its credentials.
//!
//! Rule: pure. Environment, arguments, files and the time are in a [`View`] that somebody else took; nothing here asks
//! a clock, a disk or a network. Same view, same answer.

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
