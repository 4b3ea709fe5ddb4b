//! Long-term access keys, of users and of the root user.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use types::{AccessKeyId, Secret, Timestamp};

use super::page::{Page, PageRequest};
use super::{id_bytes, quota, refusal};
use crate::directory::{AccessKey, Directory, KeyStatus};
use crate::{KeyUse, KeyUses, ServiceError};

/// When a key was last used, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// `None` for a key of the root user.
    pub user_name: Option<String>,
    /// `None` where it is not known to have been used.
    pub last: Option<Arc<KeyUse>>,
}

/// Makes a key of a user, or of the root user where there is no name. `random` fills the id and the secret.
pub fn create(
    directory: &mut Directory,
    user_name: Option<&str>,
    now: Timestamp,
    random: &[u8; 64],
) -> Result<Arc<AccessKey>, ServiceError> {
    let user_name = owner(directory, user_name)?;
    quota::ACCESS_KEYS_PER_USER.admit(directory.access_keys_of(user_name.as_deref()).count())?;
    let id = AccessKeyId::long_term(directory.account_id(), id_bytes(random));
    let key = AccessKey {
        access_key_id: id.as_str().to_owned(),
        secret_access_key: secret(random),
        user_name,
        status: KeyStatus::Active,
        create_date: now.trunc_secs(),
    };
    Ok(directory.access_keys.insert(key))
}

/// `status` is `Active` or `Inactive`.
pub fn update(
    directory: &mut Directory,
    user_name: Option<&str>,
    id: &str,
    status: &str,
) -> Result<(), ServiceError> {
    check_owned(directory, user_name, id)?;
    let status = match status {
        "Active" => KeyStatus::Active,
        "Inactive" => KeyStatus::Inactive,
        _ => return Err(refusal::invalid_input("Access key status can be set to Active or Inactive only.")),
    };
    if let Some(key) = directory.access_keys.get_mut(id) {
        key.status = status;
    }
    Ok(())
}

pub fn delete(directory: &mut Directory, user_name: Option<&str>, id: &str) -> Result<(), ServiceError> {
    check_owned(directory, user_name, id)?;
    directory.access_keys.remove(id);
    Ok(())
}

pub fn list(
    directory: &Directory,
    user_name: Option<&str>,
    page: &PageRequest<'_>,
) -> Result<Page<Arc<AccessKey>>, ServiceError> {
    let user_name = owner(directory, user_name)?;
    page.cut(directory.access_keys_of(user_name.as_deref()).map(Arc::clone), |key| &key.access_key_id)
}

/// Whose key it is and what it was last used for. A key of nobody is refused: who may ask is found out first, by the user's ARN.
pub fn last_use(directory: &Directory, uses: &KeyUses, id: &str) -> Result<LastUse, ServiceError> {
    let key = directory.access_keys.get(id).ok_or_else(|| refusal::no_access_key(id))?;
    Ok(LastUse { user_name: key.user_name.clone(), last: uses.last(&key.access_key_id) })
}

impl KeyStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
        }
    }
}

/// The user's name in its own case.
fn owner(directory: &Directory, user_name: Option<&str>) -> Result<Option<String>, ServiceError> {
    user_name.map(|name| directory.user(name).map(|user| user.user_name.clone())).transpose()
}

fn check_owned(directory: &Directory, user_name: Option<&str>, id: &str) -> Result<(), ServiceError> {
    let user_name = owner(directory, user_name)?;
    let owned = directory.access_keys.get(id).is_some_and(|key| key.user_name == user_name);
    // Ids are written in capitals: one in another case is another id.
    let same = directory.access_keys.get(id).is_some_and(|key| key.access_key_id == id);
    if owned && same { Ok(()) } else { Err(refusal::no_access_key(id)) }
}

/// 40 characters of Base64, as AWS's are.
fn secret(random: &[u8; 64]) -> Secret<String> {
    Secret::new(STANDARD.encode(&random[ID_BYTES..ID_BYTES + SECRET_BYTES]))
}

const ID_BYTES: usize = 10;
const SECRET_BYTES: usize = 30;
