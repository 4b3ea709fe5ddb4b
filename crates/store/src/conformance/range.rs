//! Reading ranges.

use super::transaction::committed;
use crate::{Key, KeyRange, Page, Store, Transaction};

pub(super) fn is_ordered_and_bounded(store: &dyn Store) {
    let revision = fill(store);
    let parent = Key::new("b");
    let page = store.range(&KeyRange::children(&parent), 100).expect("reads");
    assert_eq!(names(&page), ["b/1", "b/2", "b/3"]);
    assert_eq!((page.revision, page.rest), (revision, None));
    let between = KeyRange::between(&parent.with("2"), &Key::new("c").with("1"));
    assert_eq!(names(&store.range(&between, 100).expect("reads")), ["b/2", "b/3", "c"]);
    assert_eq!(names(&store.range(&filled(), 100).expect("reads")).len(), 6);
}

pub(super) fn pages_join_to_the_whole(store: &dyn Store) {
    fill(store);
    for limit in 1..=7 {
        let mut rest = Some(filled());
        let mut joined = Vec::new();
        while let Some(range) = rest {
            let page = store.range(&range, limit).expect("reads");
            assert!(page.entries.len() <= limit && !page.entries.is_empty(), "limit {limit}");
            joined.extend(names(&page));
            rest = page.rest;
        }
        assert_eq!(joined, ["a", "b/1", "b/2", "b/3", "c", "c/1"], "limit {limit}");
    }
}

pub(super) fn empty_ranges_are_fine(store: &dyn Store) {
    fill(store);
    let (a, b) = (Key::new("a"), Key::new("b"));
    for range in [KeyRange::between(&b, &a), KeyRange::between(&a, &a), KeyRange::children(&Key::new("zz"))] {
        let page = store.range(&range, 10).expect("reads");
        assert_eq!((page.entries.len(), page.rest), (0, None), "{range:?}");
    }
    let nothing = store.range(&filled(), 0).expect("reads");
    assert_eq!((nothing.entries.len(), nothing.rest), (0, Some(filled())));
}

fn fill(store: &dyn Store) -> crate::Revision {
    let (b, c) = (Key::new("b"), Key::new("c"));
    let keys = [c.with("1"), b.with("3"), Key::new("a"), b.with("1"), c.clone(), b.with("2")];
    committed(store, keys.into_iter().fold(Transaction::new(), |transaction, key| transaction.put(key, "x")))
}

/// All that [`fill`] puts; a store may hold its schema version besides.
fn filled() -> KeyRange {
    KeyRange::between(&Key::new("a"), &Key::new("d"))
}

fn names(page: &Page) -> Vec<String> {
    page.entries.iter().map(|entry| entry.key.to_string()).collect()
}
