//! Compare and put.

use crate::{Key, Outcome, Revision, Store, Transaction};

pub(super) fn writes_are_read_back(store: &dyn Store) {
    let (one, two) = (Key::new("one"), Key::new("two").with("ü/%"));
    let large = vec![0xa5; 100_000];
    let outcome = store.commit(Transaction::new().put(one.clone(), "").put(two.clone(), large.clone()));
    assert!(outcome.expect("commits").is_committed());
    assert_eq!(store.get(&one).expect("reads").expect("is there").value, b"");
    let entry = store.get(&two).expect("reads").expect("is there");
    assert_eq!((entry.key.name().as_deref(), entry.value), (Some("ü/%"), large));
    assert_eq!(store.get(&Key::new("three")).expect("reads"), None);
}

pub(super) fn compares_decide(store: &dyn Store) {
    let (here, gone) = (Key::new("here"), Key::new("gone"));
    let first = committed(store, Transaction::new().put(here.clone(), "1"));
    let second = committed(store, Transaction::new().put(here.clone(), "2"));
    let cases = [
        (Transaction::new().require_present(here.clone()), true),
        (Transaction::new().require_absent(here.clone()), false),
        (Transaction::new().require_revision(here.clone(), second), true),
        (Transaction::new().require_revision(here.clone(), first), false),
        (Transaction::new().require_present(gone.clone()), false),
        (Transaction::new().require_absent(gone.clone()), true),
        (Transaction::new().require_revision(gone.clone(), second), false),
        (Transaction::new().require_revision(gone.clone(), Revision(0)), false),
        (Transaction::new().require_present(here.clone()).require_present(gone.clone()), false),
    ];
    for (transaction, holds) in cases {
        let shown = format!("{transaction:?}");
        let outcome = store.commit(transaction).expect("commits");
        let expected = if holds { Some(second) } else { None };
        let at = if let Outcome::Committed(revision) = outcome { Some(revision) } else { None };
        assert_eq!(at, expected, "{shown}");
    }
}

pub(super) fn conflict_writes_nothing(store: &dyn Store) {
    let (guard, other) = (Key::new("guard"), Key::new("other"));
    let before = committed(store, Transaction::new().put(other.clone(), "kept"));
    let transaction = Transaction::new()
        .require_present(guard.clone())
        .put(guard.clone(), "x")
        .put(Key::new("third"), "x")
        .delete(other.clone());
    assert_eq!(store.commit(transaction).expect("commits"), Outcome::Conflict(guard.clone()));
    assert_eq!(store.revision().expect("reads"), before);
    assert_eq!(store.get(&other).expect("reads").expect("is there").value, b"kept");
    assert_eq!(store.get(&Key::new("third")).expect("reads"), None);
}

pub(super) fn revisions_count_commits(store: &dyn Store) {
    let key = Key::new("key");
    let start = store.revision().expect("reads");
    let first = committed(store, Transaction::new().put(key.clone(), "1").put(Key::new("k2"), "1"));
    let second = committed(store, Transaction::new().put(key.clone(), "1"));
    assert_eq!((first.0, second.0), (start.0 + 1, start.0 + 2));
    assert_eq!(committed(store, Transaction::new()), second);
    let entry = store.get(&key).expect("reads").expect("is there");
    assert_eq!((entry.created, entry.modified), (first, second));
    assert_eq!(store.revision().expect("reads"), second);
}

pub(super) fn deleted_key_starts_anew(store: &dyn Store) {
    let key = Key::new("key");
    let first = committed(store, Transaction::new().put(key.clone(), "1"));
    let _ = committed(store, Transaction::new().delete(key.clone()));
    assert_eq!(store.get(&key).expect("reads"), None);
    let third = committed(store, Transaction::new().put(key.clone(), "1"));
    let entry = store.get(&key).expect("reads").expect("is there");
    assert_eq!((entry.created, entry.modified), (third, third));
    let stale = Transaction::new().require_revision(key.clone(), first).put(key, "2");
    assert!(!store.commit(stale).expect("commits").is_committed());
}

pub(super) fn concurrent_increments_all_count(store: &dyn Store) {
    let key = Key::new("counter");
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..ROUNDS).for_each(|_| increment(store, &key)));
        }
    });
    let entry = store.get(&key).expect("reads").expect("is there");
    assert_eq!(entry.value, (THREADS * ROUNDS).to_string().into_bytes());
}

fn increment(store: &dyn Store, key: &Key) {
    loop {
        let found = store.get(key).expect("reads");
        let text = found.as_ref().map_or("0", |entry| std::str::from_utf8(&entry.value).expect("is text"));
        let next: u64 = text.parse::<u64>().expect("is a number") + 1;
        let transaction = Transaction::new().require_unchanged(key.clone(), found.as_ref());
        if store.commit(transaction.put(key.clone(), next.to_string())).expect("commits").is_committed() {
            return;
        }
    }
}

pub(super) fn committed(store: &dyn Store, transaction: Transaction) -> Revision {
    match store.commit(transaction).expect("commits") {
        Outcome::Committed(revision) => revision,
        Outcome::Conflict(key) => panic!("conflict on {key}"),
    }
}

const THREADS: u64 = 4;
const ROUNDS: u64 = 25;
