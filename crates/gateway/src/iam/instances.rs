//! What instances see of a change of IAM: their role, in the metadata service.
//!
//! Rule: a change is acknowledged when the instances are in line with it.

use account::ServiceError;
use account::ec2::profile::{self, ProfileScope};

use crate::Ask;

/// Brings the instances in line with what was changed, which is durable by now.
pub(super) fn follow(ask: &Ask<'_>, scope: ProfileScope<'_>) -> Result<(), ServiceError> {
    let changed = profile::align(ask.host.instances(), ask.account, scope)?;
    if changed.instances.is_empty() {
        return Ok(());
    }
    Ok(ask.host.publish(&changed)?)
}
