//! What must hold of an instance, whoever changed it.

use types::{Instance, InstanceId};

use super::record::Record;
use super::{InstanceError, Refusal, tag};

/// Refuses an instance that the account cannot keep.
pub(super) fn instance(instance: &Instance) -> Result<(), Refusal> {
    if instance.network_interfaces.is_empty() {
        let message = format!("instance {} has no network interface", instance.instance_id);
        return Err(Refusal::new("InvalidParameterValue", message).hint("give it one with device number 0"));
    }
    let length = instance.user_data.as_ref().map_or(0, Vec::len);
    if length > Instance::MAX_USER_DATA {
        let message =
            format!("user data has {length} bytes, the limit is {} before Base64", Instance::MAX_USER_DATA);
        return Err(Refusal::new("InvalidUserData.Malformed", message).hint("fetch the bulk of it at boot"));
    }
    tag::check(&instance.tags, instance.metadata_options.instance_metadata_tags)
}

/// Refuses a changed record. Tags must also suit the options that are on their way.
pub(super) fn change(id: &InstanceId, record: &Record) -> Result<(), InstanceError> {
    let Some(current) = &record.current else { return Ok(()) };
    if current.instance_id != *id {
        let message = format!("instance id {id} cannot change to {}", current.instance_id);
        return Err(Refusal::new("InvalidParameterValue", message).hint("launch another instance").into());
    }
    instance(current)?;
    if let Some(pending) = record.pending {
        let options = pending.change.applied_to(current.metadata_options);
        tag::check(&current.tags, options.instance_metadata_tags)?;
    }
    Ok(())
}
