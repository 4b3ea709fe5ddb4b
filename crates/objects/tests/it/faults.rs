//! Disks that are full, stores that fail, files that are gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use objects::{NewObject, ObjectError, Objects, Swept};
use store::{
    Entry, Key, KeyRange, MemoryStore, Outcome, Page, Revision, Store, StoreError, Transaction, Watch,
};
use sys::fs::Bodies;
use types::Timestamp;

use crate::world::{BUCKET, LIMITS, NOW, World, bytes, drafted, files, opened, whole};

#[test]
fn a_full_disk_is_an_error_and_nothing_is_seen() {
    let directory = tempfile::tempdir().unwrap();
    let bodies = Bodies::with_room(directory.path().join("objects"), 250_000);
    let objects = Objects::with(Arc::new(MemoryStore::new()), bodies, LIMITS);
    objects.create_bucket(BUCKET).unwrap();
    let put = |bytes: &[u8]| {
        let mut draft = objects.draft(&[]);
        draft.write(bytes)?;
        objects.put(BUCKET, "key", draft.finish()?, NewObject::default(), NOW)
    };
    put(&bytes(1, 200_000)).unwrap();
    let error = put(&bytes(2, 200_000)).unwrap_err();
    assert!(matches!(error, ObjectError::File(_)), "{error}");
    assert_eq!(whole(&mut objects.open(BUCKET, "key").unwrap().1), bytes(1, 200_000));
    assert_eq!(files(directory.path()).len(), 1);
    // What needs no file goes on.
    put(b"small").unwrap();
    assert_eq!(files(directory.path()).len(), 0);
}

#[test]
fn what_may_be_committed_keeps_its_file_until_it_is_known() {
    let store = Arc::new(Failing::default());
    let world = World::empty(Arc::clone(&store) as Arc<dyn Store>);
    world.objects.create_bucket(BUCKET).unwrap();
    let upload = world.objects.begin_upload(BUCKET, "key", Default::default(), NOW).unwrap();
    for (mode, there) in [(COMMITS_AND_FAILS, true), (FAILS, false)] {
        let key = format!("key{mode}");
        store.0.store(mode, Ordering::Relaxed);
        let answer = world.put_if(&key, &bytes(1, 1000), Default::default());
        assert!(matches!(answer, Err(ObjectError::Store(_))));
        let part =
            world.objects.put_part(BUCKET, "key", &upload.id, mode.into(), world.body(&bytes(2, 1000)), NOW);
        assert!(matches!(part, Err(ObjectError::Store(_))));
        store.0.store(WORKS, Ordering::Relaxed);
        match world.objects.open(BUCKET, &key) {
            Ok((_, mut content)) => assert!(there && whole(&mut content) == bytes(1, 1000)),
            Err(error) => assert!(!there && matches!(error, ObjectError::NoSuchKey)),
        }
    }
    assert_eq!(world.files().len(), 4);
    let swept = world.objects.sweep().unwrap();
    assert_eq!(swept, Swept { unfinished: 0, strays: 2 });
    assert_eq!(world.read("key1"), bytes(1, 1000));
    assert_eq!(world.files().len(), 2);
}

#[test]
fn a_sweep_goes_on_with_what_was_begun_and_leaves_what_is_being_written() {
    let world = World::new();
    let objects = &world.objects;
    world.put("key", &bytes(1, 1000));
    let upload = objects.begin_upload(BUCKET, "key", Default::default(), NOW).unwrap();
    (1..=3).for_each(|number| {
        drop(objects.put_part(BUCKET, "key", &upload.id, number, world.body(&bytes(1, 1000)), NOW).unwrap());
    });
    let mut draft = objects.draft(&[]);
    draft.write(&bytes(3, 100_000)).unwrap();
    // As a process leaves it that was killed right after the bucket was removed: of another bucket, with the contents of this one.
    let marker = world.store.get(&Key::new("bucket-contents").with(BUCKET)).unwrap().unwrap();
    let generation = String::from_utf8(marker.value).unwrap();
    let generation = generation.split('"').nth(3).unwrap().to_owned();
    let doomed = Key::new("object-doomed").with("bucket").with(&generation);
    let removal = Transaction::new().delete(marker.key).put(doomed, "");
    assert!(world.store.commit(removal).unwrap().is_committed());
    assert_eq!(world.files().len(), 5);
    assert_eq!(objects.sweep().unwrap(), Swept { unfinished: 1, strays: 0 });
    assert_eq!((world.records(), world.files().len()), (Vec::new(), 1));

    // Another process knows nothing of the draft.
    let body = draft.finish().unwrap();
    assert_eq!(opened(Arc::clone(&world.store), world.directory.path()).sweep().unwrap().strays, 1);
    drop(body);
    assert_eq!(objects.sweep().unwrap(), Swept::default());
}

#[test]
fn a_file_that_is_gone_is_damage_and_told() {
    let world = World::new();
    world.put("key", &bytes(1, 1000));
    let name = world.files().pop_first().unwrap();
    std::fs::remove_file(world.directory.path().join("objects").join(&name[..2]).join(&name)).unwrap();
    let told = world.objects.open(BUCKET, "key").unwrap_err().to_string();
    assert!(told.ends_with("cannot be read; it was written by another version, or is damaged"), "{told}");
    // It can be replaced and removed.
    world.put("key", b"new");
    assert_eq!(world.read("key"), b"new");
}

#[test]
fn a_file_that_is_cut_short_is_damage_and_told() {
    let world = World::new();
    world.put("key", &bytes(1, 1000));
    let name = world.files().pop_first().unwrap();
    let path = world.directory.path().join("objects").join(&name[..2]).join(&name);
    std::fs::File::options().write(true).open(path).unwrap().set_len(500).unwrap();
    let (_, mut content) = world.objects.open(BUCKET, "key").unwrap();
    assert_eq!(content.read_at(0, 1000).unwrap().len(), 500);
    assert!(matches!(content.read_at(500, 10), Err(ObjectError::Damaged(_))));
}

#[test]
fn drafts_leave_nothing_whenever_they_are_dropped() {
    let world = World::new();
    for length in [0, 10, 65_536, 65_537, 200_000] {
        let mut draft = world.objects.draft(&[]);
        draft.write(&bytes(1, length)).unwrap();
        drop(draft);
        drop(drafted(&world.objects, &bytes(1, length)));
        assert_eq!(world.files().len(), 0, "{length}");
    }
}

const WORKS: u8 = 0;
const COMMITS_AND_FAILS: u8 = 1;
const FAILS: u8 = 2;

/// Fails to commit, or to say that it did.
#[derive(Debug, Default)]
struct Failing(AtomicU8, MemoryStore);

impl Store for Failing {
    fn revision(&self) -> Result<Revision, StoreError> {
        self.1.revision()
    }

    fn get(&self, key: &Key) -> Result<Option<Entry>, StoreError> {
        self.1.get(key)
    }

    fn range(&self, range: &KeyRange, limit: usize) -> Result<Page, StoreError> {
        self.1.range(range, limit)
    }

    fn commit(&self, transaction: Transaction) -> Result<Outcome, StoreError> {
        let mode = self.0.load(Ordering::Relaxed);
        if mode != FAILS {
            let outcome = self.1.commit(transaction)?;
            if mode == WORKS {
                return Ok(outcome);
            }
        }
        Err(StoreError { operation: "commit", place: "disk".to_owned(), source: "no room".into() })
    }

    fn watch(&self, range: KeyRange, after: Revision) -> Result<Watch, StoreError> {
        self.1.watch(range, after)
    }

    fn expire(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.1.expire(now)
    }
}
