//! What is signed verifies; what is changed does not.

mod changes;
mod crt;
mod random;
