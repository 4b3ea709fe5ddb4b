//! S3's buckets and their settings: what its operations change in a directory, and what they refuse in AWS's words.
//!
//! Rule: what is in a bucket is the objects' business; here is all else of it. Texts are those of suites/aws-recorded and of
//! facts/account.md.

pub mod acl;
pub mod bucket;
pub mod cors;
pub mod name;
pub mod policy;
pub mod public;
pub mod refusal;
pub mod settings;
pub mod tag;
