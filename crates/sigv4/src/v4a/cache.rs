//! Pairs derived before, by access key id and secret.
//!
//! Rule: never more than its room, the one used longest ago goes first. Searching a handful of entries under a lock costs
//! nothing beside the arithmetic of a pair, which is done without the lock.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use subtle::ConstantTimeEq as _;
use types::Secret;

use super::EcdsaKey;

/// Pairs by access key id and secret; bounded, shared between threads, wiped when they leave. A pair holds for all days, services
/// and regions.
pub struct EcdsaKeyCache {
    room: usize,
    /// The one used last stands first.
    entries: Mutex<VecDeque<Entry>>,
}

struct Entry {
    access_key_id: String,
    secret: Secret<String>,
    key: EcdsaKey,
}

impl EcdsaKeyCache {
    /// Room for so many pairs, each under 400 bytes: 1 to 256; what lies outside is brought in.
    pub fn new(capacity: usize) -> Self {
        Self { room: capacity.clamp(1, MAX_KEYS), entries: Mutex::default() }
    }

    /// The pair kept, or one derived now and kept.
    pub fn key(&self, access_key_id: &str, secret: &Secret<String>) -> EcdsaKey {
        if let Some(key) = self.find(access_key_id, secret) {
            return key;
        }
        let key = EcdsaKey::derive(access_key_id, secret);
        let (secret, kept) = (secret.clone(), key.clone());
        let mut entries = self.entries();
        entries.truncate(self.room - 1);
        entries.push_front(Entry { access_key_id: access_key_id.to_owned(), secret, key: kept });
        key
    }

    /// Forgets all pairs.
    pub fn clear(&self) {
        self.entries().clear();
    }

    /// How many pairs are kept.
    pub fn len(&self) -> usize {
        self.entries().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn find(&self, access_key_id: &str, secret: &Secret<String>) -> Option<EcdsaKey> {
        let mut entries = self.entries();
        let at = entries.iter().position(|entry| entry.holds(access_key_id, secret))?;
        let entry = entries.remove(at)?;
        let key = entry.key.clone();
        entries.push_front(entry);
        Some(key)
    }

    /// Whoever panicked while holding the lock left whole entries: nothing done under it can leave a half.
    fn entries(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for EcdsaKeyCache {
    /// Room for 16 pairs.
    fn default() -> Self {
        Self::new(16)
    }
}

impl fmt::Debug for EcdsaKeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EcdsaKeyCache").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Entry {
    fn holds(&self, access_key_id: &str, secret: &Secret<String>) -> bool {
        self.access_key_id == access_key_id
            && bool::from(self.secret.expose().as_bytes().ct_eq(secret.expose().as_bytes()))
    }
}

const MAX_KEYS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_pairs_apart_and_lets_the_oldest_go() {
        let cache = EcdsaKeyCache::new(2);
        let secret = |text: &str| Secret::new(text.to_owned());
        for (id, text) in [("A", "one"), ("A", "two"), ("B", "one"), ("B", "one")] {
            let expected = EcdsaKey::derive(id, &secret(text)).sign(b"text");
            assert_eq!(cache.key(id, &secret(text)).sign(b"text"), expected);
            assert!(cache.len() <= 2);
        }
        cache.key("A", &secret("two"));
        cache.key("C", &secret("one"));
        let held = |id: &str, text: &str| cache.entries().iter().any(|entry| entry.holds(id, &secret(text)));
        assert!(held("A", "two") && held("C", "one") && !held("B", "one"));
        cache.clear();
        assert!(cache.is_empty());
        assert_eq!(format!("{cache:?}"), "EcdsaKeyCache { len: 0, .. }");
    }
}
