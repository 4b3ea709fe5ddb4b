//! Keys that end with time.

use types::Timestamp;

use super::transaction::committed;
use crate::{ChangeKind, Key, KeyRange, Store, Transaction};

pub(super) fn deadline_ends_a_key(store: &dyn Store) {
    let (early, late, lasting) = (Key::new("early"), Key::new("late"), Key::new("lasting"));
    let written = committed(
        store,
        Transaction::new()
            .put_until(early.clone(), "x", at(10))
            .put_until(late.clone(), "x", at(20))
            .put(lasting.clone(), "x"),
    );
    assert_eq!(store.get(&early).expect("reads").expect("is there").deadline, Some(at(10)));
    assert_eq!(store.expire(at(9)).expect("expires"), 0);
    assert_eq!(store.revision().expect("reads"), written);

    let mut watch = store.watch(KeyRange::all(), written).expect("watches");
    assert_eq!(store.expire(at(10)).expect("expires"), 1);
    let notice = watch.try_next().expect("is open").expect("is told");
    assert_eq!((&notice.changes[0].key, notice.changes[0].kind), (&early, ChangeKind::Deleted));
    assert_eq!(store.get(&early).expect("reads"), None);
    assert_eq!(store.expire(at(1000)).expect("expires"), 1);
    assert_eq!(store.get(&late).expect("reads"), None);
    assert_eq!(store.get(&lasting).expect("reads").expect("is there").value, b"x");
}

pub(super) fn put_renews_and_releases(store: &dyn Store) {
    let (renewed, released, deleted) = (Key::new("renewed"), Key::new("released"), Key::new("deleted"));
    for key in [&renewed, &released, &deleted] {
        let _ = committed(store, Transaction::new().put_until(key.clone(), "x", at(10)));
    }
    let again = Transaction::new().put_until(renewed.clone(), "x", at(20)).put(released.clone(), "x");
    let _ = committed(store, again.delete(deleted.clone()));
    let _ = committed(store, Transaction::new().put(deleted.clone(), "y"));
    assert_eq!(store.expire(at(19)).expect("expires"), 0);
    assert_eq!(store.expire(at(20)).expect("expires"), 1);
    let there = |key| store.get(key).expect("reads").is_some();
    assert_eq!((there(&renewed), there(&released), there(&deleted)), (false, true, true));
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}
