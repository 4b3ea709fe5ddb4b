//! Words that three or more crates share.
//!
//! Rule: values only. No clock, no I/O, no randomness; whatever a constructor accepts is valid from then on.

mod access_key;
mod account_id;
mod arn;
mod credentials;
pub mod instance;
pub mod link_local;
mod region;
mod secret;
mod timestamp;

pub use access_key::{AccessKeyId, AccessKeyIdError, KeyKind, UniqueId};
pub use account_id::{AccountId, AccountIdError};
pub use arn::{Arn, ArnError};
pub use credentials::Credentials;
pub use instance::{Instance, InstanceId, InstanceIdError};
pub use region::{Partition, Region, RegionError};
pub use secret::Secret;
pub use timestamp::{Timestamp, TimestampError};
