//! EC2: what its operations do with the instances and the directory.
//!
//! Rule: an EC2 instance is an instance of the metadata service. What an operation changes is published before it is acknowledged.

pub mod association;
pub mod attribute;
pub mod catalogue;
pub mod cpu_credits;
pub mod describe_instances;
pub mod filter;
mod host;
pub mod key_pair;
pub mod life;
pub mod metadata_defaults;
pub mod named;
pub mod operator;
pub mod page;
pub mod profile;
pub mod refusal;
pub mod resource;
pub mod run;
pub mod tag;
pub mod volume;

pub use host::{HostTurn, InstanceHost, UnrenderedHost};
