//! Scenarios from their files to what is in force.

mod files;
mod force;
mod shipped;
