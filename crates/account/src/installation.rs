//! What an installation makes once and keeps: its seed and its keys, in the store.

use std::fmt;

use store::{Key, Outcome, Store, StoreError, Transaction};
use types::{Secret, Timestamp};

use crate::identifier::Seed;
use crate::{Keyring, MasterKey};

/// The records of an installation. Whoever reads the store can read them: its file is for its owner alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Installation {
    /// What generated ids follow from, where the configuration names no seed.
    pub seed: Seed,
    /// Seal session credentials.
    pub master_keys: Keyring,
    /// Seals metadata session tokens.
    pub token_key: Secret<[u8; 32]>,
    pub created_at: Timestamp,
}

/// The installation's records could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum InstallationError {
    #[error("installation record {0} cannot be read; it was written by another program or damaged")]
    Record(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Installation {
    /// Random bytes that [`Installation::load_or_create`] wants.
    pub const ENTROPY: usize = 96;

    /// The installation in `store`; at the first call, one made of `entropy`. Of two processes that come first
    /// together, one makes it and both get it.
    pub fn load_or_create(
        store: &dyn Store,
        entropy: &[u8; Self::ENTROPY],
        now: Timestamp,
    ) -> Result<Self, InstallationError> {
        if let Some(installation) = Self::load(store)? {
            return Ok(installation);
        }
        let (seed, keys) = entropy.split_at(KEY_LENGTH);
        let (master, token) = keys.split_at(KEY_LENGTH);
        let created_at = Key::new(ROOT).with(CREATED_AT);
        let transaction = Transaction::new()
            .require_absent(created_at.clone())
            .put(created_at, now.to_string())
            .put(Key::new(ROOT).with(SEED), seed)
            .put(master_key(1), master)
            .put(Key::new(ROOT).with(TOKEN_KEY), token);
        let (Outcome::Committed(_) | Outcome::Conflict(_)) = store.commit(transaction)?;
        Self::load(store)?.ok_or_else(|| InstallationError::Record(CREATED_AT.to_owned()))
    }

    /// Adds a master key, which issues from now on. Sessions under the older ones stay valid until they expire.
    pub fn rotate_master_key(store: &dyn Store, key: &[u8; KEY_LENGTH]) -> Result<(), InstallationError> {
        loop {
            let last = master_keys(store)?.newest().0;
            let next = master_key(last + 1);
            let transaction = Transaction::new().require_absent(next.clone()).put(next, key.as_slice());
            if store.commit(transaction)?.is_committed() {
                return Ok(());
            }
        }
    }

    fn load(store: &dyn Store) -> Result<Option<Self>, InstallationError> {
        let Some(created_at) = store.get(&Key::new(ROOT).with(CREATED_AT))? else { return Ok(None) };
        let created_at = std::str::from_utf8(&created_at.value).ok().and_then(|text| text.parse().ok());
        let seed = key_bytes(store, &Key::new(ROOT).with(SEED))?;
        Ok(Some(Self {
            seed: Seed::from_bytes(&seed),
            master_keys: master_keys(store)?,
            token_key: Secret::new(key_bytes(store, &Key::new(ROOT).with(TOKEN_KEY))?),
            created_at: created_at.ok_or_else(|| InstallationError::Record(CREATED_AT.to_owned()))?,
        }))
    }
}

impl fmt::Debug for Installation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Installation").field("created_at", &self.created_at).finish_non_exhaustive()
    }
}

/// Keys are numbered from 1 without gaps.
fn master_keys(store: &dyn Store) -> Result<Keyring, InstallationError> {
    let mut keys = Keyring::new(1, MasterKey::new(key_bytes(store, &master_key(1))?));
    for number in 2.. {
        let Some(entry) = store.get(&master_key(number))? else { break };
        keys = keys.with(number, MasterKey::new(key_of(&entry.value, &entry.key)?));
    }
    Ok(keys)
}

fn key_bytes(store: &dyn Store, key: &Key) -> Result<[u8; KEY_LENGTH], InstallationError> {
    let entry = store.get(key)?.ok_or_else(|| InstallationError::Record(key.to_string()))?;
    key_of(&entry.value, key)
}

fn key_of(bytes: &[u8], key: &Key) -> Result<[u8; KEY_LENGTH], InstallationError> {
    bytes.try_into().map_err(|_| InstallationError::Record(key.to_string()))
}

fn master_key(number: u32) -> Key {
    Key::new(ROOT).with(MASTER_KEY).with_number(number.into())
}

const ROOT: &str = "installation";
const SEED: &str = "seed";
const MASTER_KEY: &str = "master-key";
const TOKEN_KEY: &str = "token-key";
const CREATED_AT: &str = "created-at";
const KEY_LENGTH: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use store::MemoryStore;

    fn created(store: &dyn Store, byte: u8) -> Installation {
        Installation::load_or_create(store, &[byte; Installation::ENTROPY], Timestamp::from_secs(byte.into()))
            .unwrap()
    }

    #[test]
    fn first_call_makes_it_and_later_ones_find_it() {
        let store = MemoryStore::new();
        let first = created(&store, 1);
        assert_eq!(created(&store, 2), first);
        assert_eq!(first.token_key, Secret::new([1; 32]));
        assert_ne!(created(&MemoryStore::new(), 2).seed, first.seed);
    }

    #[test]
    fn rotated_master_key_issues_and_the_old_one_stays() {
        let store = MemoryStore::new();
        let old = created(&store, 1).master_keys;
        Installation::rotate_master_key(&store, &[9; 32]).unwrap();
        let new = created(&store, 1).master_keys;
        assert_eq!(new.newest(), (2, &MasterKey::new([9; 32])));
        assert_eq!(new.numbered(1), old.numbered(1));
    }

    #[test]
    fn debug_shows_no_key() {
        let shown = format!("{:?}", created(&MemoryStore::new(), 77));
        assert_eq!(shown, "Installation { created_at: Timestamp(77000), .. }");
    }

    #[test]
    fn damaged_record_is_named() {
        let store = MemoryStore::new();
        created(&store, 1);
        let _ = store.commit(Transaction::new().put(Key::new(ROOT).with(TOKEN_KEY), "short")).unwrap();
        let again = Installation::load_or_create(&store, &[1; Installation::ENTROPY], Timestamp::EPOCH);
        assert!(again.unwrap_err().to_string().contains("installation/token-key"));
    }
}
