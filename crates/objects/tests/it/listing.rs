//! Listings, held against a reference that goes over all keys.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use objects::{Listing, UploadListing};
use proptest::prelude::*;
use store::{
    Entry, Key, KeyRange, MemoryStore, Outcome, Page, Revision, Store, StoreError, Transaction, Watch,
};
use types::Timestamp;

use crate::world::{BUCKET, NOW, World};

/// What is shown: a key (with its number of uploads' order) or a common prefix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shown {
    Key(String, usize),
    Prefix(String),
}

/// All that a listing without limit shows, in its order.
fn reference(keys: &[(String, usize)], prefix: &str, delimiter: &str, after: &str) -> Vec<Shown> {
    let mut seen = BTreeSet::new();
    let mut shown = Vec::new();
    for (key, number) in keys.iter().filter(|(key, _)| key.starts_with(prefix)) {
        let behind = &key[prefix.len()..];
        match behind.find(delimiter).filter(|_| !delimiter.is_empty()) {
            Some(at) => {
                let common = key[..prefix.len() + at + delimiter.len()].to_owned();
                if common.as_str() > after && seen.insert(common.clone()) {
                    shown.push(Shown::Prefix(common));
                }
            }
            None if key.as_str() > after || after.is_empty() => shown.push(Shown::Key(key.clone(), *number)),
            None => {}
        }
    }
    shown
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..Default::default() })]

    #[test]
    fn objects_are_listed_as_the_reference_has_them(
        keys in proptest::collection::btree_set("[ab/+~é]{1,5}", 0..40),
        prefix in "[ab/]{0,2}",
        delimiter in "(|/|a|//|é)",
        after in "[ab/~]{0,3}",
        limit in 1..7_usize,
    ) {
        let world = World::new();
        keys.iter().for_each(|key| drop(world.put(key, key.as_bytes())));
        let keys: Vec<_> = keys.into_iter().map(|key| (key, 0)).collect();
        let wanted = reference(&keys, &prefix, &delimiter, &after);
        let mut found = Vec::new();
        let mut after = after;
        loop {
            let listing = Listing { prefix: &prefix, delimiter: &delimiter, after: &after, limit };
            let page = world.objects.list(BUCKET, listing).unwrap();
            let mut shown: Vec<_> = page.objects.into_iter().map(|object| Shown::Key(object.key, 0)).collect();
            shown.extend(page.common_prefixes.into_iter().map(Shown::Prefix));
            shown.sort_by_key(|shown| match shown { Shown::Key(key, _) | Shown::Prefix(key) => key.clone() });
            prop_assert!(shown.len() <= limit);
            prop_assert!(page.next.is_none() || shown.len() == limit);
            found.extend(shown);
            match page.next {
                Some(next) => after = next,
                None => break,
            }
        }
        prop_assert_eq!(found, wanted);
        let none = Listing { prefix: &prefix, limit: 0, ..Default::default() };
        prop_assert_eq!(world.objects.list(BUCKET, none).unwrap(), Default::default());
    }

    #[test]
    fn uploads_are_listed_as_the_reference_has_them(
        keys in proptest::collection::vec("[ab/]{1,3}", 0..20),
        prefix in "[ab/]{0,2}",
        delimiter in "(|/|a)",
        limit in 1..5_usize,
    ) {
        let world = World::new();
        let mut numbered = Vec::new();
        let mut numbers = BTreeMap::new();
        for (number, key) in keys.into_iter().enumerate() {
            let now = Timestamp::from_millis(NOW.millis() + number as i64);
            let upload = world.objects.begin_upload(BUCKET, &key, Default::default(), now).unwrap();
            numbers.insert(upload.id, number);
            numbered.push((key, number));
        }
        numbered.sort();
        let wanted = reference(&numbered, &prefix, &delimiter, "");
        let mut found = Vec::new();
        let mut next = (String::new(), None);
        loop {
            let listing = UploadListing {
                prefix: &prefix,
                delimiter: &delimiter,
                key_marker: &next.0,
                upload_id_marker: next.1.as_ref(),
                limit,
            };
            let page = world.objects.uploads(BUCKET, listing).unwrap();
            let mut shown: Vec<_> =
                page.uploads.into_iter().map(|upload| Shown::Key(upload.key, numbers[&upload.id])).collect();
            shown.extend(page.common_prefixes.into_iter().map(Shown::Prefix));
            shown.sort_by_key(|shown| match shown {
                Shown::Key(key, number) => (key.clone(), *number),
                Shown::Prefix(key) => (key.clone(), 0),
            });
            found.extend(shown);
            match page.next {
                Some(more) => next = more,
                None => break,
            }
        }
        prop_assert_eq!(found, wanted);
    }
}

#[test]
fn uploads_behind_a_key_are_those_of_other_keys() {
    let world = World::new();
    for key in ["a", "a", "b"] {
        world.objects.begin_upload(BUCKET, key, Default::default(), NOW).unwrap();
    }
    let listing = UploadListing { key_marker: "a", limit: 10, ..Default::default() };
    let page = world.objects.uploads(BUCKET, listing).unwrap();
    assert_eq!(page.uploads.iter().map(|upload| upload.key.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn common_prefixes_are_gone_over_in_one_step() {
    let counting = Arc::new(Counting::default());
    let world = World::empty(Arc::clone(&counting) as Arc<dyn Store>);
    world.objects.create_bucket(BUCKET).unwrap();
    for (directory, count) in [("a/", 2000), ("b/", 2000), ("c/", 1)] {
        (0..count).for_each(|number| drop(world.put(&format!("{directory}{number:05}"), b"")));
    }
    counting.0.store(0, Ordering::Relaxed);
    let listing = Listing { delimiter: "/", limit: 1000, ..Default::default() };
    let page = world.objects.list(BUCKET, listing).unwrap();
    assert_eq!(page.common_prefixes, ["a/", "b/", "c/"]);
    let read = counting.0.load(Ordering::Relaxed);
    assert!(read < 20, "{read} records were read to show three prefixes");
    // What stops within a directory goes on behind it.
    let listing = Listing { delimiter: "/", after: "a/00700", limit: 1, ..Default::default() };
    assert_eq!(world.objects.list(BUCKET, listing).unwrap().common_prefixes, ["b/"]);
}

/// Counts what is read from the store beneath.
#[derive(Debug, Default)]
struct Counting(AtomicUsize, MemoryStore);

impl Store for Counting {
    fn revision(&self) -> Result<Revision, StoreError> {
        self.1.revision()
    }

    fn get(&self, key: &Key) -> Result<Option<Entry>, StoreError> {
        self.1.get(key)
    }

    fn range(&self, range: &KeyRange, limit: usize) -> Result<Page, StoreError> {
        let page = self.1.range(range, limit)?;
        self.0.fetch_add(page.entries.len(), Ordering::Relaxed);
        Ok(page)
    }

    fn commit(&self, transaction: Transaction) -> Result<Outcome, StoreError> {
        self.1.commit(transaction)
    }

    fn watch(&self, range: KeyRange, after: Revision) -> Result<Watch, StoreError> {
        self.1.watch(range, after)
    }

    fn expire(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.1.expire(now)
    }
}
