//! Which files are taken, and what is said of the others.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use redb::TableDefinition;
use store::{Key, Store, Transaction, WatchError};
use store_redb::{OpenError, RedbStore};

#[test]
fn state_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("linklocal.redb");
    let key = Key::new("key");
    let store = RedbStore::open(&path).unwrap();
    assert!(store.commit(Transaction::new().put(key.clone(), "value")).unwrap().is_committed());
    let (entry, revision) = (store.get(&key).unwrap(), store.revision().unwrap());
    drop(store);

    let store = RedbStore::open(&path).unwrap();
    assert_eq!((store.get(&key).unwrap(), store.revision().unwrap()), (entry, revision));
    let mut watch = store.watch(store::KeyRange::all(), store::Revision(0)).unwrap();
    assert_eq!(watch.try_next(), Err(WatchError::Compacted { oldest: revision }));
    assert!(store.watch(store::KeyRange::all(), revision).unwrap().try_next().unwrap().is_none());
}

#[test]
fn file_is_for_its_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("linklocal.redb");
    let _store = RedbStore::open(&path).unwrap();
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn second_opener_is_told_that_it_is_in_use() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("linklocal.redb");
    let first = RedbStore::open(&path).unwrap();
    let error = RedbStore::open(&path).unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error:?}");
    assert!(error.to_string().contains("in use by another process"));
    drop(first);
    RedbStore::open(&path).unwrap();
}

#[test]
fn other_files_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    for content in [&b"short"[..], &[b'x'; 100_000], b"redb\x1a\x0a\xa9\x0d\x0a but then nothing"] {
        let path = dir.path().join("linklocal.redb");
        fs::File::create(&path).and_then(|mut file| std::io::Write::write_all(&mut file, content)).unwrap();
        let error = RedbStore::open(&path).unwrap_err();
        assert!(matches!(error, OpenError::NotAStore { .. }), "{error:?}");
        assert_eq!(fs::metadata(&path).unwrap().len(), content.len() as u64);
    }
}

#[test]
fn redb_file_of_another_program_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let tables = [TableDefinition::<&str, u64>::new("theirs"), TableDefinition::new("state")];
    for (number, table) in tables.into_iter().enumerate() {
        let path = dir.path().join(format!("{number}.redb"));
        let database = redb::Database::create(&path).unwrap();
        let write = database.begin_write().unwrap();
        write.open_table(table).unwrap();
        write.commit().unwrap();
        drop(database);
        let error = RedbStore::open(&path).unwrap_err();
        assert!(matches!(error, OpenError::NotAStore { .. }), "{error:?}");
    }
}

#[test]
fn newer_schema_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("linklocal.redb");
    let store = RedbStore::open(&path).unwrap();
    let newer = (store::schema::SCHEMA + 1).to_string();
    assert!(store.commit(Transaction::new().put(Key::new("schema"), newer)).unwrap().is_committed());
    drop(store);
    let error = RedbStore::open(&path).unwrap_err();
    assert!(matches!(error, OpenError::Schema { .. }), "{error:?}");
}

#[test]
fn directory_that_is_not_there_is_named() {
    let error = RedbStore::open("/nonexistent/linklocal.redb".as_ref()).unwrap_err();
    assert!(matches!(error, OpenError::Unwritable { .. }), "{error:?}");
    assert!(error.to_string().starts_with("store /nonexistent/linklocal.redb cannot be opened"));
}

#[test]
fn file_whose_making_was_cut_short_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("linklocal.redb");
    fs::File::create(&path).unwrap().set_len(1_052_672).unwrap();
    let store = RedbStore::open(&path).unwrap();
    assert!(store.commit(Transaction::new().put(Key::new("key"), "value")).unwrap().is_committed());
}
