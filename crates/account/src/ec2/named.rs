//! The instance that a request names.
//!
//! Rule: an instance of another region or account is not there.

use types::{AccountId, InstanceId, Region};

use crate::{InstanceError, InstanceView, Instances, ServiceError};

/// An instance id as it was sent.
///
/// # Errors
/// `InvalidInstanceID.Malformed`
pub fn instance_id(text: &str) -> Result<InstanceId, ServiceError> {
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(MAX_SHOWN).collect();
        ServiceError::new("InvalidInstanceID.Malformed", 400, format!("Invalid id: \"{shown}\""))
    })
}

/// The instance with this id, in the account and region that the call is for.
///
/// # Errors
/// `InvalidInstanceID.NotFound`
pub fn instance(
    instances: &Instances,
    account_id: AccountId,
    region: &Region,
    id: &InstanceId,
) -> Result<InstanceView, ServiceError> {
    let view = instances.describe(id)?;
    let is_here = view.instance.account_id == account_id && view.instance.placement.region == *region;
    if is_here { Ok(view) } else { Err(InstanceError::NotFound(id.clone()).into()) }
}

const MAX_SHOWN: usize = 100;
