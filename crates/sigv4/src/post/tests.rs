//! Forms within the crate.
