//! Watching.

use std::time::Duration;

use super::transaction::committed;
use crate::{Change, ChangeKind, Key, KeyRange, Notice, Store, Transaction, Watch};

pub(super) fn sees_commits_in_order(store: &dyn Store) {
    let mut watch = watch_all(store);
    let (one, two) = (Key::new("one"), Key::new("two"));
    let first = committed(store, Transaction::new().put(one.clone(), "1").put(two.clone(), "1"));
    let second = committed(store, Transaction::new().delete(one.clone()).delete(Key::new("absent")));
    let both = vec![put(&one), put(&two)];
    assert_eq!(next(&mut watch), Notice { revision: first, changes: both });
    let gone = vec![Change { key: one, kind: ChangeKind::Deleted }];
    assert_eq!(next(&mut watch), Notice { revision: second, changes: gone });
    assert_eq!(watch.try_next(), Ok(None));
}

pub(super) fn sees_its_range_alone(store: &dyn Store) {
    let parent = Key::new("in");
    let after = store.revision().expect("reads");
    let mut watch = store.watch(KeyRange::children(&parent), after).expect("watches");
    let _ = committed(store, Transaction::new().put(Key::new("out"), "1"));
    let second = committed(store, Transaction::new().put(Key::new("out"), "2").put(parent.with("1"), "1"));
    assert_eq!(next(&mut watch), Notice { revision: second, changes: vec![put(&parent.with("1"))] });
    assert_eq!(watch.try_next(), Ok(None));
}

pub(super) fn starts_after_its_revision(store: &dyn Store) {
    let key = Key::new("key");
    let first = committed(store, Transaction::new().put(key.clone(), "1"));
    let second = committed(store, Transaction::new().put(key.clone(), "2"));
    let mut from_first = store.watch(KeyRange::all(), first).expect("watches");
    assert_eq!(next(&mut from_first), Notice { revision: second, changes: vec![put(&key)] });
    let mut from_second = store.watch(KeyRange::all(), second).expect("watches");
    assert_eq!(from_second.try_next(), Ok(None));
}

pub(super) fn list_then_watch_misses_nothing(store: &dyn Store) {
    let parent = Key::new("key");
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in 0..COUNT {
                let _ = committed(store, Transaction::new().put(parent.with_number(number), "x"));
            }
        });
        let page = store.range(&KeyRange::children(&parent), usize::MAX).expect("reads");
        let mut seen: Vec<Key> = page.entries.into_iter().map(|entry| entry.key).collect();
        let mut watch = store.watch(KeyRange::children(&parent), page.revision).expect("watches");
        while seen.len() < COUNT as usize {
            seen.extend(next(&mut watch).changes.into_iter().map(|change| change.key));
        }
        writer.join().expect("writes");
        let expected: Vec<Key> = (0..COUNT).map(|number| parent.with_number(number)).collect();
        assert_eq!(seen, expected);
    });
}

fn watch_all(store: &dyn Store) -> Watch {
    let after = store.revision().expect("reads");
    store.watch(KeyRange::all(), after).expect("watches")
}

/// Long enough for an engine behind a network; an engine in the process answers at once.
fn next(watch: &mut Watch) -> Notice {
    watch.next_within(Duration::from_secs(30)).expect("is open").expect("is told in time")
}

fn put(key: &Key) -> Change {
    Change { key: key.clone(), kind: ChangeKind::Put }
}

const COUNT: u64 = 40;
