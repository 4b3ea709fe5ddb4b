//! The account as a whole: its directory in memory, its records in the store.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use store::{Compare, Entry, Key, KeyRange, Outcome, Store, StoreError, Transaction};
use types::AccountId;

use crate::ServiceError;
use crate::directory::{Directory, Entity, Table};

/// The account's identities. Reading is taking the newest directory; a change is one transaction.
#[derive(Debug)]
pub struct Account {
    store: Arc<dyn Store>,
    account_id: AccountId,
    current: ArcSwap<Directory>,
    /// One change at a time in this process; others are kept apart by the store.
    turn: Mutex<()>,
}

/// The account could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("account record {key} cannot be read; it was written by a newer program or damaged")]
    Record { key: String, source: Box<dyn std::error::Error + Send + Sync> },
    #[error("account is being changed by others again and again; try again")]
    Contended,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Account {
    /// The account in `store`.
    pub fn open(store: Arc<dyn Store>, account_id: AccountId) -> Result<Self, AccountError> {
        let directory = read(&*store)?;
        Ok(Self { store, account_id, current: ArcSwap::from_pointee(directory), turn: Mutex::new(()) })
    }

    pub fn account_id(&self) -> AccountId {
        self.account_id
    }

    /// The newest directory. Costs no lock.
    pub fn directory(&self) -> Arc<Directory> {
        self.current.load_full()
    }

    /// Runs `operation` on a copy of the newest directory and makes what it did durable, then visible. It may run more than once,
    /// when another process was quicker; an error of it writes nothing. Blocks on the store: not for an async thread.
    pub fn change<T, E: From<AccountError>>(
        &self,
        mut operation: impl FnMut(&mut Directory) -> Result<T, E>,
    ) -> Result<T, E> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..ATTEMPTS {
            let guard = self.store.get(&guard()).map_err(AccountError::from)?;
            let mut draft = Directory::clone(&self.current.load());
            let answer = operation(&mut draft)?;
            let transaction = written(&mut draft).map_err(E::from)?;
            if transaction.writes.is_empty() {
                return Ok(answer);
            }
            let transaction = guarded(transaction, guard.as_ref());
            if let Outcome::Committed(_) = self.store.commit(transaction).map_err(AccountError::from)? {
                self.current.store(Arc::new(draft));
                return Ok(answer);
            }
            self.reload()?;
        }
        Err(AccountError::Contended.into())
    }

    /// Reads everything anew: another process may have changed it.
    pub fn reload(&self) -> Result<(), AccountError> {
        self.current.store(Arc::new(read(&*self.store)?));
        Ok(())
    }
}

impl From<AccountError> for ServiceError {
    fn from(error: AccountError) -> Self {
        failure(&error)
    }
}

/// AWS's words; the cause is the server's own business and is logged there.
fn failure(_: &AccountError) -> ServiceError {
    ServiceError::new(
        "ServiceFailure",
        500,
        "The request processing has failed because of an unknown error, exception or failure.",
    )
}

/// Every change writes this key, so that no two processes change the account from the same state.
fn guard() -> Key {
    Key::new(ROOT).with("changed")
}

fn guarded(transaction: Transaction, found: Option<&Entry>) -> Transaction {
    let compare = found.map_or(Compare::Absent, |entry| Compare::ModifiedAt(entry.modified));
    let mut transaction = transaction.put(guard(), "");
    transaction.compares.insert(guard(), compare);
    transaction
}

fn written(draft: &mut Directory) -> Result<Transaction, AccountError> {
    let mut transaction = Transaction::new();
    let Directory {
        account,
        users,
        groups,
        roles,
        policies,
        instance_profiles,
        access_keys,
        mfa_devices,
        oidc_providers,
    } = draft;
    transaction = table_written(transaction, account)?;
    transaction = table_written(transaction, users)?;
    transaction = table_written(transaction, groups)?;
    transaction = table_written(transaction, roles)?;
    transaction = table_written(transaction, policies)?;
    transaction = table_written(transaction, instance_profiles)?;
    transaction = table_written(transaction, access_keys)?;
    transaction = table_written(transaction, mfa_devices)?;
    table_written(transaction, oidc_providers)
}

fn table_written<T: Entity>(
    mut transaction: Transaction,
    table: &mut Table<T>,
) -> Result<Transaction, AccountError> {
    for (name, entity) in table.take_touched() {
        let key = Key::new(ROOT).with(T::KIND).with(&name);
        transaction = match entity {
            Some(entity) => {
                let value = serde_json::to_vec(&*entity)
                    .map_err(|error| AccountError::Record { key: key.to_string(), source: error.into() })?;
                transaction.put(key, value)
            }
            None => transaction.delete(key),
        };
    }
    Ok(transaction)
}

fn read(store: &dyn Store) -> Result<Directory, AccountError> {
    let mut directory = Directory::default();
    let Directory {
        account,
        users,
        groups,
        roles,
        policies,
        instance_profiles,
        access_keys,
        mfa_devices,
        oidc_providers,
    } = &mut directory;
    read_table(store, account)?;
    read_table(store, users)?;
    read_table(store, groups)?;
    read_table(store, roles)?;
    read_table(store, policies)?;
    read_table(store, instance_profiles)?;
    read_table(store, access_keys)?;
    read_table(store, mfa_devices)?;
    read_table(store, oidc_providers)?;
    Ok(directory)
}

fn read_table<T: Entity>(store: &dyn Store, table: &mut Table<T>) -> Result<(), AccountError> {
    let mut rest = Some(KeyRange::children(&Key::new(ROOT).with(T::KIND)));
    while let Some(range) = rest {
        let page = store.range(&range, BATCH)?;
        for entry in page.entries {
            let entity = serde_json::from_slice(&entry.value)
                .map_err(|error| AccountError::Record { key: entry.key.to_string(), source: error.into() })?;
            table.load(entity);
        }
        rest = page.rest;
    }
    Ok(())
}

const ROOT: &str = "iam";

/// Conflicts in a row before a change gives up: each one means that another writer got through.
const ATTEMPTS: usize = 32;

const BATCH: usize = 256;
