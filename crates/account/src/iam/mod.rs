//! IAM's operations on a [`Directory`]: what they change, and what they refuse in AWS's words.
//!
//! Rule: an operation is a function of a directory, its arguments, `now` and random bytes. It reads no clock and no store; who
//! calls it writes the result down ([`Account::change`](crate::Account::change)).
//!
//! [`Directory`]: crate::directory::Directory

pub mod access_key;
pub mod alias;
pub mod attachment;
pub mod bootstrap;
pub mod boundary;
pub mod details;
pub mod document;
pub mod group;
pub mod inline;
pub mod instance_profile;
pub mod linked_role;
pub mod mfa;
pub mod name;
pub mod oidc;
pub mod page;
pub mod policy;
pub mod quota;
pub mod refusal;
pub mod report;
pub mod role;
pub mod simulation;
pub mod summary;
pub mod tag;
pub mod user;

/// The bytes of a request's randomness that a unique id takes: the first ten.
pub(crate) fn id_bytes(random: &[u8; 64]) -> [u8; 10] {
    std::array::from_fn(|index| random[index])
}
