//! Chunks within the crate.
