//! GetAccessKeyInfo: whose a key is, as its id tells.

use types::{AccessKeyId, AccountId};

use super::refusal;
use crate::ServiceError;
use crate::directory::Directory;

/// The account that a key id names. Ids from before accounts stood in them are known where they are of this account.
pub fn account(directory: &Directory, id: &str) -> Result<AccountId, ServiceError> {
    if directory.access_keys.contains(id) {
        return Ok(directory.account_id());
    }
    let read = id.parse::<AccessKeyId>().ok().and_then(|id| id.account());
    read.ok_or_else(|| refusal::validation_error(format!("{id} is invalid")))
}
