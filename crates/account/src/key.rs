//! The installation's master keys, and the keys derived from them.
//!
//! Rule: a derived key is HMAC-SHA256 of a label and a context under the master key (the expand step of HKDF, RFC 5869
//! section 2.3, for outputs of one block). Labels part purposes, so that no two purposes share a key.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use types::Secret;
use zeroize::Zeroizing;

/// 32 random bytes from which all session keys follow. Whoever has it can issue sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterKey(Secret<[u8; 32]>);

/// Master keys by number: the newest issues, all of them open. A key is taken out when the last session under it has
/// expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyring {
    older: BTreeMap<u32, MasterKey>,
    newest: (u32, MasterKey),
}

impl MasterKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// The key for one purpose, `label`, and one subject, `context`.
    pub(crate) fn derive(&self, label: &str, context: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(mac(self.0.expose(), label, context))
    }
}

impl Keyring {
    /// A keyring with one key.
    pub fn new(number: u32, key: MasterKey) -> Self {
        Self { older: BTreeMap::new(), newest: (number, key) }
    }

    /// With one more key. The highest number issues.
    #[must_use]
    pub fn with(mut self, number: u32, key: MasterKey) -> Self {
        let displaced = if number >= self.newest.0 {
            std::mem::replace(&mut self.newest, (number, key))
        } else {
            (number, key)
        };
        if displaced.0 != self.newest.0 {
            self.older.insert(displaced.0, displaced.1);
        }
        self
    }

    pub(crate) fn newest(&self) -> (u32, &MasterKey) {
        (self.newest.0, &self.newest.1)
    }

    /// The newest first, then the others.
    pub(crate) fn all(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.newest.1).chain(self.older.values())
    }

    pub(crate) fn numbered(&self, number: u32) -> Option<&MasterKey> {
        if number == self.newest.0 { Some(&self.newest.1) } else { self.older.get(&number) }
    }
}

/// HMAC-SHA256 over `label` and the parts of `context`, each with its length in front, so that no two lists of parts
/// hash alike.
fn mac(key: &[u8], label: &str, context: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in std::iter::once(label.as_bytes()).chain(context.iter().copied()) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> MasterKey {
        MasterKey::new([byte; 32])
    }

    #[test]
    fn labels_and_contexts_part_keys() {
        let derived = [
            key(1).derive("a", &[b"bc"]),
            key(1).derive("ab", &[b"c"]),
            key(1).derive("a", &[b"b", b"c"]),
            key(1).derive("a", &[]),
            key(2).derive("a", &[b"bc"]),
        ];
        for (i, one) in derived.iter().enumerate() {
            assert!(derived[i + 1..].iter().all(|other| one != other));
        }
    }

    #[test]
    fn highest_number_issues_and_all_open() {
        let ring = Keyring::new(2, key(2)).with(1, key(1)).with(5, key(5)).with(3, key(3));
        assert_eq!(ring.newest(), (5, &key(5)));
        for number in [1, 2, 3, 5] {
            assert_eq!(ring.numbered(number), Some(&key(number as u8)), "{number}");
        }
        assert_eq!(ring.numbered(4), None);
    }

    #[test]
    fn debug_hides_keys() {
        let shown = format!("{:?}", Keyring::new(1, key(7)));
        assert!(!shown.contains("7, 7"), "{shown}");
    }
}
