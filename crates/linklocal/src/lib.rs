//! The parts of the binary that tests and fuzzing reach from outside.

pub mod config;
