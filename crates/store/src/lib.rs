//! Where state lives: the `Store` trait, its in-memory engine, and the suite that every engine must pass.
//!
//! Rule: acknowledged is durable. What `commit` reported as committed is there after a power cut, in an engine that
//! promises to outlive the process at all. The shape is etcd's (Txn, Watch, Lease; etcd API reference v3.5), reduced to
//! what one account needs: `docs/adr/0002-store-trait.md`.
//!
//! ```
//! use store::{Key, MemoryStore, Outcome, Store, Transaction};
//!
//! let store = MemoryStore::new();
//! let key = Key::new("role").with("reader");
//! let make = || Transaction::new().require_absent(key.clone()).put(key.clone(), "here");
//! assert!(matches!(store.commit(make())?, Outcome::Committed(_)));
//! // Somebody else was first.
//! assert!(!matches!(store.commit(make())?, Outcome::Committed(_)));
//! assert_eq!(store.get(&key)?.expect("it was put").value, b"here");
//! # Ok::<(), store::StoreError>(())
//! ```

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod engine;
mod key;
mod memory;
pub mod schema;
mod transaction;
mod watch;

pub use engine::{Entry, Page, Revision, Store, StoreError};
pub use key::{Key, KeyRange};
pub use memory::MemoryStore;
pub use transaction::{Compare, Outcome, Transaction, Write};
pub use watch::{Change, ChangeKind, Feed, Notice, Watch, WatchError};
