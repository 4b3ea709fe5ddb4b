//! Carries a credential plan out: one file per source, cache with single flight, refresh.
//!
//! Rule: what is asked of whom stands in the plan; nothing here reads a profile, and no variable decides who is asked. An
//! error says which source, where it is configured, what happened and what to do; never a secret, never an answer's body.

pub mod advice;
mod assume_role;
mod cache;
mod container;
mod context;
mod document;
mod error;
mod escape;
mod expiry;
mod flight;
mod imds;
mod json_service;
mod kept_keys;
mod login;
pub mod mfa;
mod pause;
mod process;
mod prompt;
mod refresh;
#[cfg(test)]
mod rehearsal;
mod resolve;
mod resolved;
mod run;
mod session;
mod session_token;
mod snapshot;
pub mod sso;
mod sts;
mod web_identity;

pub use client::Skew;

pub use cache::{CacheError, CacheKey, Cached, Entry, EntryError, Keep, Kind, SessionCache};
pub use context::Context;
pub use error::ResolveError;
pub use kept_keys::{KeptKeys, KeptKeysLine};
pub use prompt::{Nobody, Prompt, PromptError, TerminalPrompt};
pub use refresh::{Asked, Failure, SharedCredentials, Source, Status};
pub use resolve::resolve;
pub use resolved::Resolved;
pub use run::{Run, RunError, Tried, run};
pub use session::{Session, SessionError, SessionOptions};
pub use session_token::session_token;
pub use snapshot::Snapshot;
pub use sts::{CallerIdentity, caller_identity, known_identity};
