//! Words that three or more crates share.
//!
//! Rule: values only. No clock, no I/O, no randomness; whatever a constructor accepts is valid from then on.
//!
//! ```
//! use types::{AccessKeyId, KeyKind, Secret, Timestamp};
//!
//! let key: AccessKeyId = "ASIAQNZGKIQY4XGEHOPM".parse()?;
//! assert_eq!(key.kind(), KeyKind::Temporary);
//! let end: Timestamp = "2026-11-22T18:00:00Z".parse()?;
//! assert_eq!(end.http_date(), "Sun, 22 Nov 2026 18:00:00 GMT");
//! let secret = Secret::new("wJalrXUtnFEMI".to_owned());
//! assert!(!format!("{secret:?}").contains("wJalr"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod access_key;
mod account_id;
mod arn;
mod credentials;
pub mod instance;
pub mod link_local;
mod region;
mod secret;
mod timestamp;
mod token_bucket;

pub use access_key::{AccessKeyId, AccessKeyIdError, KeyKind, UniqueId};
pub use account_id::{AccountId, AccountIdError};
pub use arn::{Arn, ArnError};
pub use credentials::Credentials;
pub use instance::{Instance, InstanceId, InstanceIdError};
pub use region::{Partition, Region, RegionError};
pub use secret::Secret;
pub use timestamp::{Timestamp, TimestampError};
pub use token_bucket::{BucketRate, TokenBucket, TooFewTokens};
