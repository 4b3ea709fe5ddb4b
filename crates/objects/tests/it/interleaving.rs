//! Two at once in the one order that matters: something happens between what an operation read and what it commits.

use std::fmt;
use std::sync::{Arc, Mutex};

use objects::{CompletedPart, Completion, NewObject, ObjectError, Objects, RemoveCondition};
use store::{
    Entry, Key, KeyRange, MemoryStore, Outcome, Page, Revision, Store, StoreError, Transaction, Watch,
};
use types::Timestamp;

use crate::world::{BUCKET, NOW, World, bytes, drafted, whole};

#[test]
fn a_bucket_does_not_go_when_somebody_puts_between() {
    let (world, between) = world();
    let other = world.objects.clone();
    between.at_range(move || {
        let body = drafted(&other, b"here");
        other.put(BUCKET, "key", body, NewObject::default(), NOW).unwrap();
    });
    assert!(matches!(world.objects.remove_bucket(BUCKET), Err(ObjectError::BucketNotEmpty)));
    assert_eq!(world.read("key"), b"here");
    assert!(between.is_done());
}

#[test]
fn a_bucket_does_not_go_when_somebody_begins_an_upload_between() {
    let (world, between) = world();
    let (other, begun) = (world.objects.clone(), Arc::new(Mutex::new(None)));
    let told = Arc::clone(&begun);
    between.at_range(move || {
        *told.lock().unwrap() = Some(other.begin_upload(BUCKET, "key", Default::default(), NOW).unwrap());
    });
    // Uploads are none of its matter: it goes, and the upload with it.
    world.objects.remove_bucket(BUCKET).unwrap();
    assert!(begun.lock().unwrap().is_some() && between.is_done());
    assert_eq!(world.records(), [""; 0]);
}

#[test]
fn a_part_that_comes_between_is_seen_by_whoever_completes() {
    let (world, between) = world();
    let upload = world.objects.begin_upload(BUCKET, "key", Default::default(), NOW).unwrap();
    let put = |objects: &Objects, number: u32, size: usize| {
        let body = drafted(objects, &bytes(number as usize, size));
        let part = objects.put_part(BUCKET, "key", &upload.id, number, body, NOW).unwrap();
        CompletedPart { number, etag: Some(part.etag), checksum: None }
    };
    let parts = vec![put(&world.objects, 1, 1000)];
    let (other, id) = (world.objects.clone(), upload.id.clone());
    between.at_range(move || {
        let body = drafted(&other, &bytes(2, 1000));
        other.put_part(BUCKET, "key", &id, 2, body, NOW).unwrap();
    });
    let completion = Completion { parts, ..Default::default() };
    let object = world.objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW).unwrap();
    assert_eq!((object.size, object.parts, world.files().len()), (1000, Some(1), 1));
    assert_eq!(world.objects.object_parts(BUCKET, "key", 0, 9).unwrap().unwrap().parts.len(), 1);
    assert!(between.is_done());
}

#[test]
fn whoever_read_an_old_record_reads_the_new_object() {
    for in_parts in [false, true] {
        let (world, between) = world();
        if in_parts {
            let upload = world.objects.begin_upload(BUCKET, "key", Default::default(), NOW).unwrap();
            let part = world
                .objects
                .put_part(BUCKET, "key", &upload.id, 1, world.body(&bytes(1, 1000)), NOW)
                .unwrap();
            let parts = vec![CompletedPart { number: 1, etag: Some(part.etag), checksum: None }];
            let completion = Completion { parts, ..Default::default() };
            world.objects.complete_upload(BUCKET, "key", &upload.id, &completion, NOW).unwrap();
        } else {
            world.put("key", &bytes(1, 1000));
        }
        let other = world.objects.clone();
        between.at_get("object/", move || {
            let body = drafted(&other, &bytes(2, 2000));
            other.put(BUCKET, "key", body, NewObject::default(), NOW).unwrap();
        });
        let (object, mut content) = world.objects.open(BUCKET, "key").unwrap();
        assert_eq!((object.size, whole(&mut content)), (2000, bytes(2, 2000)));
        assert!(between.is_done());
    }
}

#[test]
fn what_was_read_is_held_when_it_is_written() {
    let (world, between) = world();
    world.put("key", &bytes(1, 1000));
    let etag = world.objects.head(BUCKET, "key").unwrap().etag;
    let overwrite = |objects: Objects| {
        move || {
            let body = drafted(&objects, &bytes(2, 2000));
            objects.put(BUCKET, "key", body, NewObject::default(), NOW).unwrap();
        }
    };
    between.at_get("object/", overwrite(world.objects.clone()));
    let condition = RemoveCondition { etag: Some(etag) };
    let refused = world.objects.remove(BUCKET, "key", &condition);
    assert!(matches!(refused, Err(ObjectError::PreconditionFailed("If-Match"))));

    between.at_get("object/", overwrite(world.objects.clone()));
    let tagged = world.objects.update(BUCKET, "key", |attributes| {
        attributes.owner = "o".to_owned();
        Ok::<(), ObjectError>(())
    });
    // Tags are put on what is there by then.
    assert_eq!(tagged.unwrap().size, 2000);
    assert_eq!(world.read("key"), bytes(2, 2000));
    assert!(between.is_done());
    assert_eq!(world.files().len(), 1);
}

fn world() -> (World, Arc<Between>) {
    let between = Arc::new(Between { store: MemoryStore::new(), at: Mutex::default() });
    let world = World::empty(Arc::clone(&between) as Arc<dyn Store>);
    world.objects.create_bucket(BUCKET).unwrap();
    (world, between)
}

/// Does something once, behind a read.
struct Between {
    store: MemoryStore,
    at: Mutex<Option<(At, Act)>>,
}

type Act = Box<dyn FnOnce() + Send>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Range,
    Get(&'static str),
}

impl Between {
    fn at_range(&self, act: impl FnOnce() + Send + 'static) {
        *self.at.lock().unwrap() = Some((At::Range, Box::new(act)));
    }

    fn at_get(&self, root: &'static str, act: impl FnOnce() + Send + 'static) {
        *self.at.lock().unwrap() = Some((At::Get(root), Box::new(act)));
    }

    fn is_done(&self) -> bool {
        self.at.lock().unwrap().is_none()
    }

    fn act(&self, holds: impl Fn(At) -> bool) {
        // What is done reads too: it is taken out before.
        let act = self.at.lock().unwrap().take_if(|(at, _)| holds(*at));
        if let Some((_, act)) = act {
            act();
        }
    }
}

impl fmt::Debug for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Between")
    }
}

impl Store for Between {
    fn revision(&self) -> Result<Revision, StoreError> {
        self.store.revision()
    }

    fn get(&self, key: &Key) -> Result<Option<Entry>, StoreError> {
        let found = self.store.get(key);
        self.act(|at| matches!(at, At::Get(root) if key.as_str().starts_with(root)));
        found
    }

    fn range(&self, range: &KeyRange, limit: usize) -> Result<Page, StoreError> {
        let page = self.store.range(range, limit);
        self.act(|at| at == At::Range);
        page
    }

    fn commit(&self, transaction: Transaction) -> Result<Outcome, StoreError> {
        self.store.commit(transaction)
    }

    fn watch(&self, range: KeyRange, after: Revision) -> Result<Watch, StoreError> {
        self.store.watch(range, after)
    }

    fn expire(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.store.expire(now)
    }
}
