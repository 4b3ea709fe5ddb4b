//! The texts of one instance in one piece of memory.
//!
//! Layout: boundaries as little-endian `u32`, one more than there are texts, then the texts. Equal texts are stored once,
//! so the host name that stands in three places costs its bytes once and no pointer at all.

use std::collections::HashMap;

use bytes::Bytes;

/// Which text of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Slot(u32);

/// Texts by slot.
#[derive(Clone, Debug)]
pub(super) struct Blob(Bytes);

/// Collects the texts of a blob.
#[derive(Debug, Default)]
pub(super) struct BlobBuilder {
    texts: Vec<u8>,
    ends: Vec<u32>,
    slots: HashMap<Vec<u8>, Slot>,
}

impl Blob {
    pub(super) fn text(&self, slot: Slot) -> &[u8] {
        let (start, end) = self.bounds(slot);
        &self.0[start..end]
    }

    /// The text without copying it.
    pub(super) fn bytes(&self, slot: Slot) -> Bytes {
        let (start, end) = self.bounds(slot);
        self.0.slice(start..end)
    }

    /// Bytes on the heap: the texts, the boundaries and the shared reference count.
    pub(super) fn heap_size(&self) -> usize {
        self.0.len() + size_of::<[usize; 3]>()
    }

    fn bounds(&self, Slot(slot): Slot) -> (usize, usize) {
        (self.boundary(slot as usize), self.boundary(slot as usize + 1))
    }

    fn boundary(&self, at: usize) -> usize {
        let bytes = self.0[at * WIDTH..].first_chunk().expect("slots come from this blob's builder");
        u32::from_le_bytes(*bytes) as usize
    }
}

impl BlobBuilder {
    /// The slot of `text`, new or as before.
    pub(super) fn add(&mut self, text: &[u8]) -> Slot {
        if let Some(slot) = self.slots.get(text) {
            return *slot;
        }
        let slot = Slot(self.ends.len() as u32);
        self.texts.extend_from_slice(text);
        self.ends.push(self.texts.len() as u32);
        self.slots.insert(text.to_owned(), slot);
        slot
    }

    pub(super) fn finish(self) -> Blob {
        let head = (self.ends.len() + 1) * WIDTH;
        let mut bytes = Vec::with_capacity(head + self.texts.len());
        for end in [0].iter().chain(&self.ends) {
            let boundary = u32::try_from(head).ok().and_then(|head| head.checked_add(*end));
            bytes.extend(boundary.expect("texts of an instance stay under 4 GiB").to_le_bytes());
        }
        bytes.extend(self.texts);
        let bytes = Bytes::from(bytes);
        // The first clone of `Bytes` allocates its reference count: here, not on the first request's way.
        drop(bytes.clone());
        Blob(bytes)
    }
}

const WIDTH: usize = size_of::<u32>();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_a_slot() {
        let mut builder = BlobBuilder::default();
        let slots = [b"one".as_slice(), b"", b"two", b"one"].map(|text| builder.add(text));
        let blob = builder.finish();
        assert_eq!(slots[0], slots[3]);
        assert_eq!(slots.map(|slot| blob.text(slot)), [b"one".as_slice(), b"", b"two", b"one"]);
        assert_eq!(blob.bytes(slots[2]), "two");
        assert_eq!(blob.heap_size(), 4 * 4 + 6 + 24);
    }
}
