//! The engine against the suite, against other processes, and against being killed.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod crash;
mod file;

use std::sync::atomic::{AtomicU32, Ordering};

use store::Store;
use store_redb::RedbStore;

#[test]
fn passes_the_suite() {
    let dir = tempfile::tempdir().unwrap();
    let count = AtomicU32::new(0);
    store::conformance::check(|| {
        let name = format!("{}.redb", count.fetch_add(1, Ordering::Relaxed));
        Box::new(RedbStore::open(&dir.path().join(name)).unwrap()) as Box<dyn Store>
    });
}
