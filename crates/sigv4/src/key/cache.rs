//! Keys derived before, by secret and scope.
//!
//! Rule: readers never wait. A place holds one immutable entry, swapped whole; where two scopes want the same places, the
//! older one goes. Deriving costs sixteen compressions, a key found none.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwapOption;
use types::Secret;

use super::{SigningKey, is_same};
use crate::Scope;

/// Signing keys by secret, day, region and service; bounded, shared between threads, wiped when they leave.
pub struct KeyCache {
    sets: Box<[Set]>,
    /// Which place of a set goes next.
    turn: AtomicUsize,
}

/// The places in which a key may be.
type Set = [ArcSwapOption<Entry>; WAYS];

struct Entry {
    hash: u64,
    secret: Secret<String>,
    date: [u8; 8],
    region: String,
    service: String,
    key: SigningKey,
}

impl KeyCache {
    /// Room for at least so many keys, each under 300 bytes: 1 to 65,536; what lies outside is brought in.
    pub fn new(capacity: usize) -> Self {
        let sets = capacity.clamp(1, MAX_KEYS).div_ceil(WAYS).next_power_of_two();
        Self { sets: (0..sets).map(|_| Set::default()).collect(), turn: AtomicUsize::new(0) }
    }

    /// The key of a scope: the one kept, or one derived now and kept. Keys of scopes that are longer than any service's are not
    /// kept: where a client names the region, it does not say how much is held.
    pub fn key(&self, secret: &Secret<String>, scope: &Scope<'_>) -> SigningKey {
        let hash = hash(secret, scope);
        let set = &self.sets[hash as usize & (self.sets.len() - 1)];
        for place in set {
            if let Some(entry) = place.load().as_deref()
                && entry.holds(hash, secret, scope)
            {
                return entry.key.clone();
            }
        }
        let key = SigningKey::derive(secret, scope);
        if scope.region.len() + scope.service.len() > MAX_SCOPE {
            return key;
        }
        self.place(set, scope.date).store(Some(Arc::new(Entry {
            hash,
            secret: secret.clone(),
            date: scope.date,
            region: scope.region.to_owned(),
            service: scope.service.to_owned(),
            key: key.clone(),
        })));
        key
    }

    /// Forgets all keys.
    pub fn clear(&self) {
        self.sets.iter().flatten().for_each(|place| place.store(None));
    }

    /// How many keys are kept.
    pub fn len(&self) -> usize {
        self.sets.iter().flatten().filter(|place| place.load().is_some()).count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An empty place, else one of an earlier day, else the next in turn.
    fn place<'a>(&self, set: &'a Set, today: [u8; 8]) -> &'a ArcSwapOption<Entry> {
        let free = |place: &&ArcSwapOption<Entry>| place.load().is_none();
        let stale = |place: &&ArcSwapOption<Entry>| place.load().as_ref().is_some_and(|e| e.date < today);
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % WAYS;
        set.iter().find(free).or_else(|| set.iter().find(stale)).unwrap_or(&set[turn])
    }
}

impl Default for KeyCache {
    /// Room for 256 keys.
    fn default() -> Self {
        Self::new(256)
    }
}

impl fmt::Debug for KeyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCache").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Entry {
    fn holds(&self, hash: u64, secret: &Secret<String>, scope: &Scope<'_>) -> bool {
        self.hash == hash
            && self.date == scope.date
            && self.region == scope.region
            && self.service == scope.service
            && is_same(self.secret.expose().as_bytes(), secret.expose().as_bytes())
    }
}

/// Where to look. Nobody can choose secrets that meet in one place, and keys that do only cost their derivation.
fn hash(secret: &Secret<String>, scope: &Scope<'_>) -> u64 {
    // An odd number without pattern: the golden ratio.
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    let mut hash = u64::from_le_bytes(scope.date);
    for text in [secret.expose(), scope.region, scope.service] {
        let (words, rest) = text.as_bytes().as_chunks::<8>();
        hash = words.iter().fold(hash, |hash, word| mix(hash, u64::from_le_bytes(*word)));
        hash = mix(hash, rest.iter().fold(1, |word, byte| word << 8 | u64::from(*byte)));
    }
    hash
}

const WAYS: usize = 4;

const MAX_KEYS: usize = 65_536;

/// Region and service together, in bytes.
const MAX_SCOPE: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_keys_apart_by_every_part_of_their_scope() {
        let cache = KeyCache::new(64);
        let one = Secret::new("one".to_owned());
        let other = Secret::new("other".to_owned());
        let scope = Scope { date: *b"20260929", region: "us-east-1", service: "s3" };
        for (secret, scope) in [
            (&one, scope),
            (&other, scope),
            (&one, Scope { date: *b"20260930", ..scope }),
            (&one, Scope { region: "us-east-2", ..scope }),
            (&one, Scope { service: "sts", ..scope }),
            (&one, Scope { region: "us-east-1s", service: "3", ..scope }),
        ] {
            let expected = SigningKey::derive(secret, &scope).sign(b"text");
            assert_eq!(cache.key(secret, &scope).sign(b"text"), expected);
            assert_eq!(cache.key(secret, &scope).sign(b"text"), expected);
        }
        assert_eq!(cache.len(), 6);
        cache.clear();
        assert!(cache.is_empty());
    }

    #[test]
    fn never_holds_more_than_its_room() {
        let cache = KeyCache::new(8);
        let secret = Secret::new("secret".to_owned());
        for number in 0..200 {
            let region = format!("region-{number}");
            let scope = Scope { date: *b"20260929", region: &region, service: "s3" };
            cache.key(&secret, &scope);
            assert!(cache.len() <= 8);
        }
    }

    #[test]
    fn lets_yesterday_go_first() {
        let cache = KeyCache::new(1);
        let secret = Secret::new("secret".to_owned());
        let regions = ["a", "b", "c", "d", "e"];
        let scope = |date: &[u8; 8], region| Scope { date: *date, region, service: "s3" };
        cache.key(&secret, &scope(b"20260928", "old"));
        for region in &regions[..4] {
            cache.key(&secret, &scope(b"20260929", region));
        }
        let held = |scope: Scope<'_>| {
            let hash = hash(&secret, &scope);
            let places = cache.sets.iter().flatten();
            places.filter(|p| p.load().as_ref().is_some_and(|e| e.holds(hash, &secret, &scope))).count()
        };
        assert_eq!(held(scope(b"20260928", "old")), 0);
        assert_eq!(regions[..4].iter().map(|region| held(scope(b"20260929", region))).sum::<usize>(), 4);
    }

    #[test]
    fn serves_threads_that_want_different_keys() {
        let cache = KeyCache::new(4);
        std::thread::scope(|threads| {
            for number in 0..4 {
                let cache = &cache;
                threads.spawn(move || {
                    let secret = Secret::new(format!("secret-{number}"));
                    let scope = Scope { date: *b"20260929", region: "us-east-1", service: "s3" };
                    let expected = SigningKey::derive(&secret, &scope).sign(b"text");
                    for _ in 0..500 {
                        assert_eq!(cache.key(&secret, &scope).sign(b"text"), expected);
                    }
                });
            }
        });
    }
}
