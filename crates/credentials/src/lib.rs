//! Carries a credential plan out: one file per source, cache with single flight, refresh.
//!
//! Rule: what is asked of whom stands in the plan; nothing here reads a profile or a variable.

mod resolve;

pub use resolve::{Context, ResolveError, Resolved, resolve};
