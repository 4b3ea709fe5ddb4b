//! IAM's operations on a [`Directory`]: what they change, and what they refuse in AWS's words.
//!
//! Rule: an operation is a function of a directory, its arguments, `now` and random bytes. It reads no clock and no store; who
//! calls it writes the result down ([`Account::change`](crate::Account::change)).
//!
//! [`Directory`]: crate::directory::Directory

pub mod attachment;
pub mod boundary;
pub mod inline;
pub mod mfa;
pub mod name;
pub mod page;
pub mod policy;
pub mod quota;
pub mod refusal;
pub mod tag;
