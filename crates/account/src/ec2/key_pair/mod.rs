//! Key pairs of a region (EC2 user guide, "Amazon EC2 key pairs and Amazon EC2 instances").
//!
//! Rule: the account keeps public keys alone. A private key is made, told once and forgotten.

mod der;
mod private_key;
mod public_key;
mod ssh;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use types::{Region, Timestamp};

use super::filter::{Filtered, Tags};
use super::refusal::invalid_value;
use crate::ServiceError;
use crate::directory::{Directory, KeyPairRecord, Tag};

pub use private_key::{KeyFormat, PrivateKey};
pub use public_key::PublicKey;

/// A key pair to keep.
#[derive(Clone, Debug)]
pub struct NewKeyPair<'a> {
    pub region: &'a Region,
    pub key_name: &'a str,
    pub public_key: &'a PublicKey,
    pub key_fingerprint: String,
    pub tags: Vec<Tag>,
}

/// Keeps a key pair; `random` makes its id.
///
/// # Errors
/// `InvalidKeyPair.Duplicate`, `ResourceLimitExceeded`, `InvalidParameterValue`
pub fn create(
    directory: &mut Directory,
    new: &NewKeyPair<'_>,
    now: Timestamp,
    random: [u8; 8],
) -> Result<Arc<KeyPairRecord>, ServiceError> {
    check_new(directory, new.region, new.key_name)?;
    super::tag::check(&new.tags)?;
    Ok(directory.key_pairs.insert(KeyPairRecord {
        key_pair_id: format!("key-0{:016x}", u64::from_be_bytes(random)),
        region: new.region.to_string(),
        key_name: new.key_name.to_owned(),
        key_type: new.public_key.kind().to_owned(),
        key_fingerprint: new.key_fingerprint.clone(),
        public_key: new.public_key.openssh(),
        create_time: now,
        tags: new.tags.clone(),
    }))
}

/// Whether a key pair may have this name: making the key takes a while, so it is asked before.
pub fn check_new(directory: &Directory, region: &Region, key_name: &str) -> Result<(), ServiceError> {
    check_name(key_name)?;
    if find(directory, region, key_name).is_some() {
        let text = format!("The keypair '{key_name}' already exists.");
        return Err(ServiceError::new("InvalidKeyPair.Duplicate", 400, text));
    }
    if of_region(directory, region).count() >= MAX_KEY_PAIRS {
        let text = format!("The maximum number of key pairs is {MAX_KEY_PAIRS}.");
        return Err(ServiceError::new("ResourceLimitExceeded", 400, text));
    }
    Ok(())
}

/// Key pairs of a region in the order of their ids.
pub fn of_region<'a>(
    directory: &'a Directory,
    region: &'a Region,
) -> impl Iterator<Item = &'a Arc<KeyPairRecord>> {
    directory.key_pairs.iter().filter(|pair| pair.region == region.as_str())
}

pub fn find<'a>(
    directory: &'a Directory,
    region: &'a Region,
    key_name: &str,
) -> Option<&'a Arc<KeyPairRecord>> {
    of_region(directory, region).find(|pair| pair.key_name == key_name)
}

/// The key pair that a launch names.
///
/// # Errors
/// `InvalidKeyPair.NotFound`
pub fn named<'a>(
    directory: &'a Directory,
    region: &'a Region,
    key_name: &str,
) -> Result<&'a Arc<KeyPairRecord>, ServiceError> {
    find(directory, region, key_name)
        .ok_or_else(|| not_found(format!("The key pair '{}' does not exist", start(key_name))))
}

/// The key pair with this id.
///
/// # Errors
/// `InvalidKeyPair.NotFound`
pub fn with_id<'a>(
    directory: &'a Directory,
    region: &Region,
    key_pair_id: &str,
) -> Result<&'a Arc<KeyPairRecord>, ServiceError> {
    let found = directory.key_pairs.get(key_pair_id);
    found
        .filter(|pair| pair.key_pair_id == key_pair_id && pair.region == region.as_str())
        .ok_or_else(|| not_found(format!("The key pair ID '{}' does not exist", start(key_pair_id))))
}

/// Removes a key pair, by its id where there is one; the id of what was there. Instances keep what they were launched with.
pub fn delete(
    directory: &mut Directory,
    region: &Region,
    key_name: Option<&str>,
    key_pair_id: Option<&str>,
) -> Option<String> {
    let found = match (key_pair_id, key_name) {
        (Some(id), _) => with_id(directory, region, id).ok(),
        (None, name) => find(directory, region, name?),
    };
    let id = found?.key_pair_id.clone();
    directory.key_pairs.remove(&id).map(|_| id)
}

impl Filtered for KeyPairRecord {
    const FILTERS: &'static [&'static str] = &["fingerprint", "key-name", "key-pair-id", "tag", "tag-key"];

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        let value = match name {
            "fingerprint" => &self.key_fingerprint,
            "key-name" => &self.key_name,
            _ => &self.key_pair_id,
        };
        vec![value.into()]
    }

    fn tags(&self) -> Tags<'_> {
        Tags::List(&self.tags)
    }
}

fn check_name(name: &str) -> Result<(), ServiceError> {
    if name.chars().count() > MAX_NAME {
        let text = format!("Value for parameter KeyName is invalid. Length exceeds maximum of {MAX_NAME}.");
        return Err(invalid_value(text));
    }
    if name.is_empty() || name.trim() != name || name.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(invalid_value(format!("Value ({name}) for parameter KeyName is invalid.")));
    }
    if !name.is_ascii() {
        return Err(invalid_value(format!(
            "Value ({name}) for parameter KeyName is invalid. Character sets beyond ASCII are not supported."
        )));
    }
    Ok(())
}

fn not_found(text: String) -> ServiceError {
    ServiceError::new("InvalidKeyPair.NotFound", 400, text)
}

fn start(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_NAME)]
}

/// Characters of a name.
const MAX_NAME: usize = 255;

/// Of a region (Amazon EC2 endpoints and quotas).
const MAX_KEY_PAIRS: usize = 5000;
