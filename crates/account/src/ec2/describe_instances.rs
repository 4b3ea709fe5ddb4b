//! The instances that an account sees in a region.
//!
//! Rule: one that was terminated is seen for an hour, whether or not somebody has cleared it away since.

use types::{AccountId, InstanceId, Region, Timestamp};

use super::named;
use crate::{InstanceError, InstanceView, Instances, ServiceError};

/// All of them, in the order of their ids.
///
/// # Errors
/// The store cannot be read.
pub fn visible(
    instances: &Instances,
    account_id: AccountId,
    region: &Region,
    now: Timestamp,
) -> Result<Vec<InstanceView>, InstanceError> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = instances.list(after.as_ref(), PAGE)?;
        let is_here = |view: &InstanceView| {
            let instance = &view.instance;
            instance.account_id == account_id
                && instance.placement.region == *region
                && !instance.life.is_gone(now)
        };
        all.extend(page.instances.into_iter().filter(is_here));
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// Those that are named, in the order of their ids and each once.
///
/// # Errors
/// `InvalidInstanceID.Malformed`; `InvalidInstanceID.NotFound` with all that are not there.
pub fn named_ones(
    instances: &Instances,
    account_id: AccountId,
    region: &Region,
    ids: &[&str],
    now: Timestamp,
) -> Result<Vec<InstanceView>, ServiceError> {
    let mut asked = ids.iter().map(|id| named::instance_id(id)).collect::<Result<Vec<InstanceId>, _>>()?;
    asked.sort();
    asked.dedup();
    let (mut found, mut missing) = (Vec::with_capacity(asked.len()), Vec::new());
    for id in asked {
        match named::instance(instances, account_id, region, &id) {
            Ok(view) if !view.instance.life.is_gone(now) => found.push(view),
            Ok(_) => missing.push(id),
            Err(error) if error.code == "InvalidInstanceID.NotFound" => missing.push(id),
            Err(error) => return Err(error),
        }
    }
    if missing.is_empty() { Ok(found) } else { Err(not_found(&missing)) }
}

fn not_found(missing: &[InstanceId]) -> ServiceError {
    if let [id] = missing {
        return InstanceError::NotFound(id.clone()).into();
    }
    let ids: Vec<&str> = missing.iter().map(InstanceId::as_str).collect();
    let text = format!("The instance IDs '{}' do not exist", ids.join(", "));
    ServiceError::new("InvalidInstanceID.NotFound", 400, text)
}

/// Instances read at once.
const PAGE: usize = 256;
