//! The JSON documents of the service, as EC2 spells them (facts/imds.md sections 2.1 to 2.3).
//!
//! One rule: values in, bytes out. Most have an indent of two, a space on both sides of the colon and no newline at the
//! end; announcements, tag sets and what containers get have forms of their own.

mod container;
mod credentials;
mod event;
mod identity;
mod object;
mod profile;

pub use container::{agent_credentials, agent_error, ecs_credentials, ecs_error, pod_credentials};
pub use credentials::{
    credentials, credentials_error, credentials_extended, identity_info, role_not_assumable,
};
pub use event::{maintenance_history, maintenance_scheduled, rebalance, spot_action};
pub use identity::identity;
pub use profile::profile_info;

use std::collections::BTreeMap;

/// `tag-sets/instance`: all tags as one object, `{}` when there are none.
pub fn tag_set(tags: &BTreeMap<String, String>) -> String {
    serde_json::to_string(tags).expect("a map of strings is an object")
}

/// Where the messages of error documents point (IAM User Guide, "Troubleshoot IAM and Amazon EC2").
const HELP: &str = "Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/\
    troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.";
