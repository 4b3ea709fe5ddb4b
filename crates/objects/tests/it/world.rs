//! Objects in a temporary directory, with bounds small enough to meet.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use objects::{
    Body, ChecksumAlgorithm, Content, NewObject, Object, ObjectError, ObjectLimits, Objects, PutCondition,
};
use store::{KeyRange, MemoryStore, Store};
use sys::fs::Bodies;
use tempfile::TempDir;
use types::Timestamp;

pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) directory: TempDir,
    pub(crate) objects: Objects,
}

pub(crate) const BUCKET: &str = "b";

pub(crate) const LIMITS: ObjectLimits =
    ObjectLimits { most_body: 300_000, most_object: 500_000, least_part: 100, inline: 64 };

impl World {
    /// With one bucket.
    pub(crate) fn new() -> Self {
        let world = Self::empty(Arc::new(MemoryStore::new()));
        world.objects.create_bucket(BUCKET).unwrap();
        world
    }

    pub(crate) fn empty(store: Arc<dyn Store>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let objects = opened(Arc::clone(&store), directory.path());
        Self { store, directory, objects }
    }

    pub(crate) fn body(&self, bytes: &[u8]) -> Body {
        drafted(&self.objects, bytes)
    }

    pub(crate) fn put(&self, key: &str, bytes: &[u8]) -> Object {
        self.put_if(key, bytes, PutCondition::default()).unwrap()
    }

    pub(crate) fn put_if(
        &self,
        key: &str,
        bytes: &[u8],
        condition: PutCondition,
    ) -> Result<Object, ObjectError> {
        let new = NewObject { condition, ..Default::default() };
        self.objects.put(BUCKET, key, self.body(bytes), new, NOW)
    }

    pub(crate) fn read(&self, key: &str) -> Vec<u8> {
        whole(&mut self.objects.open(BUCKET, key).unwrap().1)
    }

    /// Names of the files that are there.
    pub(crate) fn files(&self) -> BTreeSet<String> {
        files(self.directory.path())
    }

    /// Keys in the store, but for the buckets'.
    pub(crate) fn records(&self) -> Vec<String> {
        let page = self.store.range(&KeyRange::all(), 100_000).unwrap();
        let keys = page.entries.into_iter().map(|entry| entry.key.as_str().to_owned());
        keys.filter(|key| !key.starts_with("bucket-contents/") && key != "schema").collect()
    }
}

pub(crate) fn opened(store: Arc<dyn Store>, directory: &Path) -> Objects {
    Objects::with(store, Bodies::new(directory.join("objects")), LIMITS)
}

pub(crate) fn drafted(objects: &Objects, bytes: &[u8]) -> Body {
    let mut draft = objects.draft(&[ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Crc64Nvme]);
    bytes.chunks(50_000).for_each(|piece| draft.write(piece).unwrap());
    draft.finish().unwrap()
}

pub(crate) fn whole(content: &mut Content) -> Vec<u8> {
    let mut bytes = Vec::new();
    while (bytes.len() as u64) < content.size() {
        bytes.extend_from_slice(&content.read_at(bytes.len() as u64, 7000).unwrap());
    }
    assert_eq!(content.read_at(content.size(), 1).unwrap(), "");
    bytes
}

pub(crate) fn files(directory: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    Bodies::new(directory.join("objects")).each(|name| assert!(names.insert(name.to_string()))).unwrap();
    names
}

/// Bytes that no other seed gives.
pub(crate) fn bytes(seed: usize, length: usize) -> Vec<u8> {
    (0..length).map(|at| ((at * 7 + at / 251 + seed * 13) % 256) as u8).collect()
}

pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);
