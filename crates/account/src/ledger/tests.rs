use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use store::{Entry, Key, KeyRange, MemoryStore, Outcome, Page, Store, StoreError, Transaction, Watch};
use types::Timestamp;

use super::*;
use crate::iam::{access_key, role, user};

const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

fn number() -> AccountId {
    "111122223333".parse().unwrap()
}

fn open(store: &Arc<MemoryStore>) -> Account {
    Account::open(Arc::clone(store) as Arc<dyn Store>, number()).unwrap()
}

fn made(directory: &mut Directory, name: &str) -> Result<(), ServiceError> {
    let new = user::NewUser { user_name: name.to_owned(), ..Default::default() };
    let random = name.bytes().cycle().take(64).collect::<Vec<u8>>();
    user::create(directory, new, NOW, random.as_slice().try_into().unwrap()).map(|_| ())
}

fn names(account: &Account) -> Vec<String> {
    account.directory().users.iter().map(|user| user.user_name.clone()).collect()
}

fn put(store: &MemoryStore, key: &Key, value: &str) {
    assert!(store.commit(Transaction::new().put(key.clone(), value)).unwrap().is_committed());
}

#[test]
fn change_is_visible_when_it_returns_and_there_after_a_restart() {
    let store = Arc::new(MemoryStore::new());
    let account = open(&store);
    account.change(|directory| made(directory, "ann")).unwrap();
    assert_eq!(names(&account), ["ann"]);
    account
        .change(|directory| {
            let new = role::NewRole {
                role_name: "r".to_owned(),
                assume_role_policy_document: TRUST.to_owned(),
                ..Default::default()
            };
            role::create(directory, new, NOW, &[1; 64])?;
            access_key::create(directory, Some("ann"), NOW, &[2; 64])
        })
        .unwrap();
    let again = open(&store);
    assert_eq!(again.directory().export(true), account.directory().export(true));
    account.change(|directory| user::delete(directory, "none")).unwrap_err();
    assert_eq!(names(&account), ["ann"]);
}

#[test]
fn change_that_touches_nothing_writes_nothing() {
    let store = Arc::new(MemoryStore::new());
    let account = open(&store);
    account.change(|_| Ok::<_, AccountError>(())).unwrap();
    assert_eq!(store.revision().unwrap(), Revision(0));
}

#[test]
fn refused_change_is_tried_on_what_others_wrote() {
    let store = Arc::new(MemoryStore::new());
    let (one, other) = (open(&store), open(&store));
    one.change(|directory| made(directory, "ann")).unwrap();
    assert!(names(&other).is_empty());
    // The other has not seen ann: it would refuse, and build on an old state.
    other.change(|directory| user::delete(directory, "ann")).unwrap();
    one.change(|directory| made(directory, "ann")).unwrap();
    one.change(|directory| made(directory, "bob")).unwrap();
    other.change(|directory| made(directory, "cy")).unwrap();
    assert_eq!(names(&other), ["ann", "bob", "cy"]);
    let refused = other.change(|directory| made(directory, "BOB")).unwrap_err();
    assert_eq!(refused.message, "User with name BOB already exists.");
}

#[test]
fn writers_that_contend_all_get_through() {
    let store = Arc::new(MemoryStore::new());
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let account = open(&store);
            scope.spawn(move || {
                for turn in 0..25 {
                    account.change(|directory| made(directory, &format!("u-{writer}-{turn}"))).unwrap();
                }
            });
        }
    });
    assert_eq!(open(&store).directory().users.len(), 100);
}

#[test]
fn follower_is_told_and_reads_what_another_wrote() {
    let store = Arc::new(MemoryStore::new());
    let (one, other) = (open(&store), open(&store));
    let mut watch = other.follow().unwrap();
    assert!(!watch.changed_within(Duration::ZERO).unwrap());
    one.change(|directory| made(directory, "ann")).unwrap();
    assert!(watch.changed_within(Duration::from_secs(60)).unwrap());
    assert!(other.catch_up().unwrap());
    assert_eq!(names(&other), ["ann"]);
    assert!(!other.catch_up().unwrap());
    // One's own changes are told too, and cost no reading.
    other.change(|directory| made(directory, "bob")).unwrap();
    assert!(watch.changed_within(Duration::from_secs(60)).unwrap());
    assert!(!other.catch_up().unwrap());
}

#[test]
fn follower_that_fell_behind_goes_on() {
    let store = Arc::new(MemoryStore::new());
    let (one, other) = (open(&store), open(&store));
    let mut watch = other.follow().unwrap();
    for _ in 0..3000 {
        put(&store, &Key::new("other").with("a"), "");
        put(&store, &Key::new("other").with("b"), "");
    }
    one.change(|directory| made(directory, "ann")).unwrap();
    assert!(watch.changed_within(Duration::ZERO).unwrap());
    other.catch_up().unwrap();
    assert_eq!(names(&other), ["ann"]);
    one.change(|directory| made(directory, "bob")).unwrap();
    assert!(watch.changed_within(Duration::from_secs(60)).unwrap());
}

#[test]
fn records_of_a_newer_program_are_refused_in_words() {
    let store = Arc::new(MemoryStore::new());
    let account = open(&store);
    account.change(|directory| made(directory, "ann")).unwrap();
    put(&store, &Key::new("iam").with("changed"), "3");
    let error = Account::open(store.clone(), number()).unwrap_err().to_string();
    assert_eq!(
        error,
        "account records have version 3, this program knows up to 2; use a newer linklocal or another data directory"
    );
    // A server that is running does not write over them either.
    let error = account.change(|directory| made(directory, "bob").map_err(|_| AccountError::Contended));
    assert!(matches!(error, Err(AccountError::Newer { found: 3 })), "{error:?}");
    assert_eq!(store.range(&KeyRange::children(&Key::new("iam").with("user")), 9).unwrap().entries.len(), 1);
}

#[test]
fn record_that_cannot_be_read_is_named_and_not_shown() {
    let key = |name: &str| Key::new("iam").with("access-key").with(name);
    let whole = r#"{"AccessKeyId":"akid","SecretAccessKey":"HUSH","Status":"Active","CreateDate":"2026-11-22T08:00:00Z"}"#;
    for (key, value) in [
        (key("akid"), "HUSH"),
        (key("akid"), &whole.replace("\"Active\"", "1")),
        (key("akid"), &whole[..50]),
        (key("other"), whole),
        (Key::new("iam").with("changed"), "HUSH"),
    ] {
        let store = Arc::new(MemoryStore::new());
        put(&store, &key, value);
        let error = Account::open(store, number()).unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        assert!(error.to_string().contains(key.as_str()), "{error}");
        assert!(!format!("{error} {source}").contains("HUSH"), "{error}: {source}");
    }
}

#[test]
fn store_of_another_account_is_refused() {
    let store = Arc::new(MemoryStore::new());
    let account = open(&store);
    account.change(|directory| crate::iam::alias::create(directory, "mine", NOW)).unwrap();
    let error = Account::open(store, "999988887777".parse().unwrap()).unwrap_err();
    assert!(error.to_string().starts_with("store holds account 111122223333, not 999988887777"), "{error}");
}

#[test]
fn reset_leaves_nothing() {
    let store = Arc::new(MemoryStore::new());
    let account = open(&store);
    account.change(|directory| made(directory, "ann")).unwrap();
    account
        .change(|directory| {
            directory.clear();
            Ok::<_, AccountError>(())
        })
        .unwrap();
    assert!(names(&open(&store)).is_empty());
    let left = store.range(&KeyRange::children(&Key::new("iam")), 9).unwrap().entries;
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn uses_are_kept_once_flushed_and_forgotten_with_their_keys() {
    let store = Arc::new(MemoryStore::new());
    let account = open(&store);
    account.change(|directory| made(directory, "ann")).unwrap();
    let key = account.change(|directory| access_key::create(directory, Some("ann"), NOW, &[2; 64])).unwrap();
    let id = key.access_key_id.as_str();
    account.uses().note(id, "iam", "us-east-1", NOW + Duration::from_secs(61));
    account.uses().note(id, "sts", "eu-west-1", NOW);
    account.flush_uses().unwrap();
    let written = store.revision().unwrap();
    account.uses().note(id, "sts", "eu-west-1", NOW + Duration::from_secs(19));
    account.flush_uses().unwrap();
    assert_eq!(store.revision().unwrap(), written, "the same minute is no news");

    let again = open(&store);
    let last = again.uses().last(id).unwrap();
    assert_eq!((&*last.service, &*last.region), ("sts", "eu-west-1"));
    assert_eq!(last.at, Timestamp::from_secs(NOW.secs() - NOW.secs() % 60));
    again.change(|directory| access_key::delete(directory, Some("ann"), id)).unwrap();
    again.flush_uses().unwrap();
    assert_eq!(again.uses().last(id), None);
    assert_eq!(open(&store).uses().last(id), None);
}

#[test]
fn uses_are_noted_from_many_threads() {
    let uses = KeyUses::default();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let uses = &uses;
            scope.spawn(move || {
                for turn in 0..500 {
                    uses.note(&format!("key-{}", (turn + thread) % 50), "sts", "us-east-1", NOW);
                }
            });
        }
    });
    assert!((0..50).all(|number| uses.last(&format!("key-{number}")).is_some()));
}

/// A store that fails when it is told to, perhaps after it has done what it was asked, or says that others were quicker.
#[derive(Debug, Default)]
struct Failing {
    store: MemoryStore,
    before: AtomicBool,
    after: AtomicBool,
    conflict: AtomicBool,
}

impl Failing {
    fn error() -> StoreError {
        StoreError { operation: "be written", place: "disk".to_owned(), source: "it is full".into() }
    }
}

impl Store for Failing {
    fn revision(&self) -> Result<Revision, StoreError> {
        self.store.revision()
    }

    fn get(&self, key: &Key) -> Result<Option<Entry>, StoreError> {
        self.store.get(key)
    }

    fn range(&self, range: &KeyRange, limit: usize) -> Result<Page, StoreError> {
        self.store.range(range, limit)
    }

    fn commit(&self, transaction: Transaction) -> Result<Outcome, StoreError> {
        if self.before.load(Ordering::Relaxed) {
            return Err(Self::error());
        }
        if self.conflict.load(Ordering::Relaxed) {
            return Ok(Outcome::Conflict(Key::new("iam")));
        }
        let outcome = self.store.commit(transaction);
        if self.after.load(Ordering::Relaxed) { Err(Self::error()) } else { outcome }
    }

    fn watch(&self, range: KeyRange, after: Revision) -> Result<Watch, StoreError> {
        self.store.watch(range, after)
    }

    fn expire(&self, now: Timestamp) -> Result<usize, StoreError> {
        self.store.expire(now)
    }
}

#[test]
fn failing_store_is_a_service_failure_and_memory_says_what_the_store_does() {
    let store = Arc::new(Failing::default());
    let account = Account::open(store.clone() as Arc<dyn Store>, number()).unwrap();
    account.change(|directory| made(directory, "ann")).unwrap();
    store.before.store(true, Ordering::Relaxed);
    let failed = account.change(|directory| made(directory, "bob")).unwrap_err();
    assert_eq!((&*failed.code, failed.status), ("ServiceFailure", 500));
    assert!(!failed.message.contains("disk"));
    assert_eq!(failed.inside.as_deref(), Some("disk cannot be written: it is full"));
    assert_eq!(names(&account), ["ann"]);
    store.before.store(false, Ordering::Relaxed);
    store.after.store(true, Ordering::Relaxed);
    account.change(|directory| made(directory, "cy")).unwrap_err();
    assert_eq!(names(&account), ["ann", "cy"], "it took place all the same");
    store.after.store(false, Ordering::Relaxed);
    account.change(|directory| made(directory, "dee")).unwrap();
    assert_eq!(names(&account), ["ann", "cy", "dee"]);
}

#[test]
fn change_that_never_gets_through_gives_up_in_words() {
    let store = Arc::new(Failing::default());
    store.conflict.store(true, Ordering::Relaxed);
    let account = Account::open(store as Arc<dyn Store>, number()).unwrap();
    let mut runs = 0;
    let refused = account
        .change(|directory| {
            runs += 1;
            made(directory, "ann")
        })
        .unwrap_err();
    assert_eq!((&*refused.code, refused.status, runs), ("ConcurrentModification", 409, ATTEMPTS));
    assert!(names(&account).is_empty());
}

#[test]
fn change_that_panics_leaves_the_account_as_it_was() {
    let account = open(&Arc::new(MemoryStore::new()));
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = account.change(|directory| -> Result<(), ServiceError> {
            made(directory, "ann")?;
            panic!("of a test");
        });
    }));
    assert!(panicked.is_err());
    account.change(|directory| made(directory, "bob")).unwrap();
    assert_eq!(names(&account), ["bob"]);
}
