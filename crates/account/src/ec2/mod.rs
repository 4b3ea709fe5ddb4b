//! EC2: what its operations do with the instances and the directory.
//!
//! Rule: an EC2 instance is an instance of the metadata service. What an operation changes is published before it is acknowledged.

mod host;

pub use host::{InstanceHost, UnrenderedHost};
