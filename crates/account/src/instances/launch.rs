//! Instances come and go: launched all or none, and removed for good.
//!
//! A request that bears a token launches once: what it launched is written down under the token in the same transaction (EC2
//! developer guide, "Ensuring idempotency in Amazon EC2 API requests").

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::{Key, Outcome, Transaction};
use types::{Instance, InstanceId, Timestamp};

use super::record::Record;
use super::{ATTEMPTS, Changed, InstanceError, Instances};
use super::{check, console, nobody, put, record_key, unlink};

/// By which a request for instances is known again.
#[derive(Clone, Copy, Debug)]
pub struct LaunchToken<'a> {
    /// As the client made it up.
    pub token: &'a str,
    /// Tokens are those of one region.
    pub region: &'a str,
    /// Of all that was asked for.
    pub request: [u8; 32],
    /// When it is asked: nobody sees what is gone by then, cleared away or not.
    pub now: Timestamp,
}

/// What a token stands for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Launched {
    /// Hexadecimal.
    request: String,
    instance_ids: Vec<InstanceId>,
}

/// What became of the launch that a token stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarlierLaunch {
    /// These were launched, and are there yet.
    Same(Vec<InstanceId>),
    /// Something else was asked for.
    Other,
}

impl Instances {
    /// Makes an instance that no file declares. It stays until it is terminated.
    pub fn launch(&self, instance: Instance) -> Result<Changed, InstanceError> {
        self.launch_all(std::slice::from_ref(&instance), None)
    }

    /// Makes all of these be there, or none. One whose id was that of a declared instance which is gone takes its place.
    ///
    /// # Errors
    /// [`InstanceError::LaunchedBefore`] where somebody launched with the same token meanwhile.
    pub fn launch_all(
        &self,
        instances: &[Instance],
        token: Option<&LaunchToken<'_>>,
    ) -> Result<Changed, InstanceError> {
        let first = instances.first().ok_or_else(nobody)?;
        instances.iter().try_for_each(check::instance)?;
        for _ in 0..ATTEMPTS {
            let mut transaction = self.with_token(Transaction::new(), instances, token)?;
            for instance in instances {
                transaction = self.with_launched(transaction, instance)?;
            }
            if let Outcome::Committed(revision) = self.store.commit(transaction)? {
                let instances = instances.iter().map(|instance| instance.instance_id.clone()).collect();
                return Ok(Changed { instances, revision });
            }
        }
        Err(InstanceError::Contended(first.instance_id.clone()))
    }

    /// What was launched with this token before, as far as it is there yet.
    pub fn launched_with(&self, token: &LaunchToken<'_>) -> Result<Option<EarlierLaunch>, InstanceError> {
        let Some(entry) = self.store.get(&token.key())? else { return Ok(None) };
        let launched = Launched::decode(&entry.value);
        let mut there = Vec::new();
        for id in launched.instance_ids {
            match self.describe(&id) {
                Ok(view) if !view.instance.life.is_gone(token.now) => there.push(id),
                Ok(_) | Err(InstanceError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(match there.is_empty() {
            true => None,
            false if launched.request == hexadecimal(&token.request) => Some(EarlierLaunch::Same(there)),
            false => Some(EarlierLaunch::Other),
        })
    }

    fn with_token(
        &self,
        transaction: Transaction,
        instances: &[Instance],
        token: Option<&LaunchToken<'_>>,
    ) -> Result<Transaction, InstanceError> {
        let Some(token) = token else { return Ok(transaction) };
        let key = token.key();
        let found = self.store.get(&key)?;
        if self.launched_with(token)?.is_some() {
            return Err(InstanceError::LaunchedBefore);
        }
        let instance_ids = instances.iter().map(|instance| instance.instance_id.clone()).collect();
        let launched = Launched { request: hexadecimal(&token.request), instance_ids };
        let bytes = serde_json::to_vec(&launched).expect("texts, which JSON holds");
        Ok(transaction.require_unchanged(key.clone(), found.as_ref()).put(key, bytes))
    }

    fn with_launched(
        &self,
        transaction: Transaction,
        instance: &Instance,
    ) -> Result<Transaction, InstanceError> {
        let id = &instance.instance_id;
        let key = record_key(id);
        let found = self.store.get(&key)?;
        let before = found.as_ref().map(|entry| Record::decode(id, &entry.value)).transpose()?;
        if before.as_ref().is_some_and(|record| record.current.is_some()) {
            return Err(InstanceError::AlreadyExists(id.clone()));
        }
        let declared = before.as_ref().and_then(|record| record.declared.clone());
        let after = Record { declared, current: Some(instance.clone()), launched: true, pending: None };
        let transaction = transaction.require_unchanged(key, found.as_ref());
        Ok(put(transaction, id, before.as_ref(), &after))
    }

    /// Removes instances: all of them, or on an error none. A declared one does not come back while its declaration
    /// stays as it is.
    pub fn remove(&self, ids: &[InstanceId]) -> Result<Changed, InstanceError> {
        let first = ids.first().ok_or_else(nobody)?;
        for _ in 0..ATTEMPTS {
            let mut transaction = Transaction::new();
            for id in ids {
                transaction = self.without(transaction, id)?;
            }
            if let Outcome::Committed(revision) = self.store.commit(transaction)? {
                return Ok(Changed { instances: ids.to_vec(), revision });
            }
        }
        Err(InstanceError::Contended(first.clone()))
    }

    fn without(&self, transaction: Transaction, id: &InstanceId) -> Result<Transaction, InstanceError> {
        let (entry, before) = self.entry(id)?;
        let Some(instance) = &before.current else { return Err(InstanceError::NotFound(id.clone())) };
        let transaction = transaction.require_revision(entry.key.clone(), entry.modified);
        let transaction = self.without_token(transaction.delete(console::key(id)), instance)?;
        let after = Record { current: None, pending: None, ..before.clone() };
        Ok(match after.declared {
            Some(_) => put(transaction, id, Some(&before), &after),
            None => unlink(transaction.delete(entry.key), id, &before),
        })
    }

    /// The last instance of a token takes it along.
    fn without_token(
        &self,
        transaction: Transaction,
        instance: &Instance,
    ) -> Result<Transaction, InstanceError> {
        let Some(token) = &instance.life.client_token else { return Ok(transaction) };
        let key = key(token, instance.placement.region.as_str());
        let Some(entry) = self.store.get(&key)? else { return Ok(transaction) };
        let others = Launched::decode(&entry.value).instance_ids;
        for id in others.iter().filter(|id| **id != instance.instance_id) {
            if self.store.get(&record_key(id))?.is_some() {
                return Ok(transaction);
            }
        }
        Ok(transaction.delete(key))
    }
}

impl<'a> LaunchToken<'a> {
    /// `request` is all that was asked for, in whatever form.
    pub fn new(token: &'a str, region: &'a str, request: &[u8], now: Timestamp) -> Self {
        Self { token, region, request: Sha256::digest(request).into(), now }
    }

    fn key(&self) -> Key {
        key(self.token, self.region)
    }
}

impl Launched {
    /// What cannot be read stands for nothing.
    fn decode(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or(Self { request: String::new(), instance_ids: Vec::new() })
    }
}

/// Hashed, for a token may hold any character.
fn key(token: &str, region: &str) -> Key {
    let digest: [u8; 32] = Sha256::digest(format!("{region}\0{token}")).into();
    Key::new(TOKENS).with(&hexadecimal(&digest))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const TOKENS: &str = "launch-token";
