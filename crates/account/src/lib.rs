//! account

pub mod declaration;
pub mod identifier;
