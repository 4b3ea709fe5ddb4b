//! STS as a whole: operations asked, authorised and run on an account.

mod chain;
mod federation;
mod mfa;
mod recorded;
mod role;
mod token;
mod web_identity;
mod world;

pub(crate) use world::{World, said};
