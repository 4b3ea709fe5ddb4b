//! Any order of operations, held against a map: what is there, what is read, and that nothing is left of the rest.

use std::collections::BTreeMap;

use objects::{
    CompletedPart, Completion, Listing, ObjectError, PutCondition, RemoveCondition, UploadId, UploadListing,
};
use proptest::prelude::*;
use proptest::strategy::Strategy;

use crate::world::{BUCKET, NOW, World, bytes, opened, whole};

#[derive(Clone, Debug)]
enum Step {
    Put(usize, usize, bool),
    Remove(usize),
    RemoveAll(Vec<usize>),
    Begin(usize),
    PutPart(usize, u32, usize),
    Complete(usize, bool),
    Abort(usize),
    Tag(usize),
    /// The process ends, and another one sweeps.
    Restart,
}

struct Model {
    world: World,
    objects: BTreeMap<&'static str, Vec<u8>>,
    uploads: Vec<(&'static str, UploadId, Parts)>,
    seed: usize,
}

/// By number: ETag and bytes.
type Parts = BTreeMap<u32, (String, Vec<u8>)>;

const KEYS: [&str; 4] = ["a", "a/b", "a+", "é"];

fn step() -> impl Strategy<Value = Step> {
    let key = 0..KEYS.len();
    let size = prop_oneof![0..70_usize, 100..300_usize, Just(70_000_usize)];
    prop_oneof![
        4 => (key.clone(), size.clone(), any::<bool>()).prop_map(|(key, size, absent)| Step::Put(key, size, absent)),
        2 => key.clone().prop_map(Step::Remove),
        1 => proptest::collection::vec(key.clone(), 0..4).prop_map(Step::RemoveAll),
        2 => key.clone().prop_map(Step::Begin),
        6 => (0..4_usize, 1..5_u32, size).prop_map(|(upload, number, size)| Step::PutPart(upload, number, size)),
        2 => (0..4_usize, any::<bool>()).prop_map(|(upload, all)| Step::Complete(upload, all)),
        1 => (0..4_usize).prop_map(Step::Abort),
        1 => key.prop_map(Step::Tag),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, ..Default::default() })]

    #[test]
    fn objects_are_a_map(steps in proptest::collection::vec(step(), 0..40)) {
        let mut model = Model { world: World::new(), objects: BTreeMap::new(), uploads: Vec::new(), seed: 0 };
        for step in steps {
            model.take(&step);
            model.check();
        }
        model.end();
    }
}

impl Model {
    fn take(&mut self, step: &Step) {
        self.seed += 1;
        let objects = &self.world.objects;
        match step {
            Step::Put(key, size, absent) => {
                let (key, bytes) = (KEYS[*key], bytes(self.seed, *size));
                let condition = PutCondition { absent: *absent, etag: None };
                match self.world.put_if(key, &bytes, condition) {
                    Ok(_) => assert!(!absent || !self.objects.contains_key(key)),
                    Err(ObjectError::PreconditionFailed(_)) => {
                        assert!(*absent && self.objects.contains_key(key));
                        return;
                    }
                    Err(error) => panic!("{error}"),
                }
                self.objects.insert(key, bytes);
            }
            Step::Remove(key) => {
                let was = objects.remove(BUCKET, KEYS[*key], &RemoveCondition::default()).unwrap();
                assert_eq!(was, self.objects.remove(KEYS[*key]).is_some());
            }
            Step::RemoveAll(keys) => {
                let wanted: Vec<_> =
                    keys.iter().map(|key| (KEYS[*key].to_owned(), Default::default())).collect();
                for (key, answer) in keys.iter().zip(objects.remove_all(BUCKET, &wanted).unwrap()) {
                    assert_eq!(answer.unwrap(), self.objects.remove(KEYS[*key]).is_some());
                }
            }
            Step::Begin(key) => {
                let upload = objects.begin_upload(BUCKET, KEYS[*key], Default::default(), NOW).unwrap();
                self.uploads.push((KEYS[*key], upload.id, BTreeMap::new()));
            }
            Step::PutPart(upload, number, size) => {
                let bytes = bytes(self.seed, *size);
                let Some((key, id, parts)) = self.uploads.get_mut(*upload) else { return };
                let body = self.world.body(&bytes);
                let part = objects.put_part(BUCKET, key, id, *number, body, NOW).unwrap();
                parts.insert(*number, (part.etag, bytes));
            }
            Step::Complete(upload, all) => self.complete(*upload, *all),
            Step::Abort(upload) if *upload < self.uploads.len() => {
                let (key, id, _) = self.uploads.remove(*upload);
                objects.abort_upload(BUCKET, key, &id).unwrap();
            }
            Step::Abort(_) => {}
            Step::Tag(key) => {
                let tagged = objects.update(BUCKET, KEYS[*key], |attributes| {
                    attributes.tags.push(("k".to_owned(), "v".to_owned()));
                    Ok::<(), ObjectError>(())
                });
                assert_eq!(tagged.is_ok(), self.objects.contains_key(KEYS[*key]));
            }
            Step::Restart => {
                self.world.objects =
                    opened(std::sync::Arc::clone(&self.world.store), self.world.directory.path());
                assert_eq!(self.world.objects.sweep().unwrap(), Default::default());
            }
        }
    }

    /// Of all its parts, or of those of odd numbers.
    fn complete(&mut self, upload: usize, all: bool) {
        let Some((key, id, parts)) = self.uploads.get(upload) else { return };
        let named: Vec<_> = parts.iter().filter(|(number, _)| all || *number % 2 == 1).collect();
        let completed = named.iter().map(|(number, (etag, _))| CompletedPart {
            number: **number,
            etag: Some(format!("\"{etag}\"")),
            checksum: None,
        });
        let completion = Completion { parts: completed.collect(), ..Default::default() };
        let small = named.iter().rev().skip(1).any(|(_, (_, bytes))| bytes.len() < 100);
        match self.world.objects.complete_upload(BUCKET, key, id, &completion, NOW) {
            Ok(object) => {
                let bytes: Vec<u8> = named.iter().flat_map(|(_, (_, bytes))| bytes.clone()).collect();
                assert!(!small && object.size == bytes.len() as u64);
                self.objects.insert(key, bytes);
                self.uploads.remove(upload);
            }
            Err(ObjectError::NoParts) => assert!(named.is_empty()),
            Err(ObjectError::EntityTooSmall { .. }) => assert!(small),
            Err(error) => panic!("{error}"),
        }
    }

    fn check(&self) {
        let objects = &self.world.objects;
        for key in KEYS {
            match (objects.open(BUCKET, key), self.objects.get(key)) {
                (Ok((object, mut content)), Some(bytes)) => {
                    assert_eq!((object.size, &whole(&mut content)), (bytes.len() as u64, bytes), "{key}");
                }
                (Err(ObjectError::NoSuchKey), None) => {}
                (found, wanted) => panic!("{key}: {found:?} {wanted:?}"),
            }
        }
        let listed = objects.list(BUCKET, Listing { limit: 100, ..Default::default() }).unwrap();
        assert!(listed.objects.iter().map(|object| object.key.as_str()).eq(self.objects.keys().copied()));
        let uploads = objects.uploads(BUCKET, UploadListing { limit: 100, ..Default::default() }).unwrap();
        assert_eq!(uploads.uploads.len(), self.uploads.len());
    }

    /// With the last object the last file and the last record go.
    fn end(self) {
        let objects = &self.world.objects;
        for key in KEYS {
            objects.remove(BUCKET, key, &RemoveCondition::default()).unwrap();
        }
        let parts: usize = self.uploads.iter().map(|(_, _, parts)| parts.len()).sum();
        assert!(self.world.files().len() <= parts, "files are those of uploads");
        objects.remove_bucket(BUCKET).unwrap();
        assert_eq!((self.world.records(), self.world.files().len()), (Vec::new(), 0));
    }
}
