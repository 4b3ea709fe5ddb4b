//! What is inside: one secret after the other, `kind (1 + n) | id (2 + n) | value (4 + n)`, each with its length first.
//!
//! Rule: what a newer version put in under a kind that this one does not know stays.

use std::collections::BTreeMap;

use types::Secret;

use crate::name::{Kind, Name};

/// The secrets by kind and id.
#[derive(Debug, Default)]
pub(super) struct Entries(BTreeMap<(String, String), Secret<Vec<u8>>>);

impl Entries {
    pub(super) fn get(&self, name: &Name) -> Option<&Secret<Vec<u8>>> {
        self.0.get(&key(name))
    }

    pub(super) fn put(&mut self, name: &Name, value: Secret<Vec<u8>>) {
        self.0.insert(key(name), value);
    }

    /// Whether it was there.
    pub(super) fn remove(&mut self, name: &Name) -> bool {
        self.0.remove(&key(name)).is_some()
    }

    pub(super) fn names(&self) -> Vec<Name> {
        let known = |(tag, id): &(String, String)| Name::new(Kind::of_tag(tag)?, id).ok();
        self.0.keys().filter_map(known).collect()
    }

    pub(super) fn encode(&self) -> Secret<Vec<u8>> {
        let length = |((tag, id), value): (&(String, String), &Secret<Vec<u8>>)| {
            7 + tag.len() + id.len() + value.expose().len()
        };
        // Room for all, so that no copy of a secret is left behind in growing.
        let mut bytes = Vec::with_capacity(self.0.iter().map(length).sum());
        for ((tag, id), value) in &self.0 {
            let (value, long) = (value.expose(), "lengths are bounded by those of names and of the file");
            bytes.push(u8::try_from(tag.len()).expect(long));
            bytes.extend(tag.as_bytes());
            bytes.extend(u16::try_from(id.len()).expect(long).to_be_bytes());
            bytes.extend(id.as_bytes());
            bytes.extend(u32::try_from(value.len()).expect(long).to_be_bytes());
            bytes.extend(value);
        }
        Secret::new(bytes)
    }

    /// `None` for what no version would write.
    pub(super) fn decode(mut bytes: &[u8]) -> Option<Self> {
        let mut entries = BTreeMap::new();
        while !bytes.is_empty() {
            let tag = text(part::<1>(&mut bytes)?)?;
            let id = text(part::<2>(&mut bytes)?)?;
            let value = Secret::new(part::<4>(&mut bytes)?.to_vec());
            entries.insert((tag, id), value);
        }
        Some(Self(entries))
    }
}

fn key(name: &Name) -> (String, String) {
    (name.kind().tag().to_owned(), name.id().to_owned())
}

/// A length of `N` bytes, and as many bytes.
fn part<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = bytes.split_first_chunk::<N>()?;
    let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    let (part, rest) = rest.split_at_checked(length)?;
    *bytes = rest;
    Some(part)
}

fn text(bytes: &[u8]) -> Option<String> {
    str::from_utf8(bytes).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn kinds_of_newer_versions_stay() {
        let mut bytes = vec![3];
        bytes.extend(b"new\0\x01x\0\0\0\x02ab");
        let mut entries = Entries::decode(&bytes).unwrap();
        assert!(entries.names().is_empty());
        let name = Name::new(Kind::Session, "s").unwrap();
        entries.put(&name, Secret::new(b"v".to_vec()));
        assert_eq!(entries.names(), std::slice::from_ref(&name));
        assert!(entries.remove(&name) && !entries.remove(&name));
        assert_eq!(entries.encode().expose(), &bytes);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(entries in proptest::collection::vec(
            (0usize..3, "[a-z/:]{1,20}", proptest::collection::vec(any::<u8>(), 0..40)), 0..10,
        )) {
            let mut written = Entries::default();
            for (kind, id, value) in &entries {
                written.put(&Name::new(Kind::ALL[*kind], id).unwrap(), Secret::new(value.clone()));
            }
            let read = Entries::decode(written.encode().expose()).unwrap();
            prop_assert_eq!(read.names(), written.names());
            for name in written.names() {
                prop_assert!(read.get(&name) == written.get(&name));
            }
        }

        #[test]
        fn no_bytes_are_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let _ = Entries::decode(&bytes);
        }
    }
}
