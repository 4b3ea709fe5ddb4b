//! Event streams within the crate.
