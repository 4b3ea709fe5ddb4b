//! The directory's records: one for each entity, as JSON, under `iam/KIND/NAME`; and `iam/changed`, which every change writes.
//!
//! Rule: a directory is read at one commit. The value of `iam/changed` is the version of the records: a program that would misread
//! them knows it before it reads or writes any.

use std::str;

use store::{Key, KeyRange, Revision, Store, Transaction};
use types::{AccountId, Partition};

use super::{ATTEMPTS, AccountError, Snapshot};
use crate::directory::{Directory, Entity, Table};

/// Raise it with every change of the records that an older program would misread, or would lose a part of.
///
/// Version 1 had no key pairs, metadata defaults, buckets and quotas.
pub(super) const FORMAT: u32 = 2;

/// All keys of the account.
pub(super) fn range() -> KeyRange {
    KeyRange::children(&Key::new(ROOT))
}

/// The commit that wrote the newest change; `None` where there was none.
pub(super) fn newest(store: &dyn Store) -> Result<Option<Revision>, AccountError> {
    let Some(entry) = store.get(&changed())? else { return Ok(None) };
    let format = str::from_utf8(&entry.value).ok().and_then(|text| text.parse::<u32>().ok());
    match format {
        Some(1..=FORMAT) => Ok(Some(entry.modified)),
        Some(found) if found > FORMAT => Err(AccountError::Newer { found }),
        _ => Err(damaged(&entry.key, "it holds no version")),
    }
}

/// Reads until no change came between the first record and the last.
pub(super) fn read(
    store: &dyn Store,
    partition: Partition,
    account_id: AccountId,
) -> Result<Snapshot, AccountError> {
    for _ in 0..ATTEMPTS {
        let written = newest(store)?;
        let directory = read_directory(store, Directory::new(partition, account_id))?;
        if newest(store)? == written {
            own(&directory)?;
            return Ok(Snapshot { directory: directory.into(), written });
        }
    }
    Err(AccountError::Contended)
}

/// The transaction that makes what was touched durable; `None` where nothing was.
pub(super) fn written(
    draft: &mut Directory,
    before: Option<Revision>,
) -> Result<Option<Transaction>, AccountError> {
    let mut transaction = Transaction::new();
    transaction = table_written(transaction, &mut draft.account)?;
    transaction = table_written(transaction, &mut draft.users)?;
    transaction = table_written(transaction, &mut draft.groups)?;
    transaction = table_written(transaction, &mut draft.roles)?;
    transaction = table_written(transaction, &mut draft.policies)?;
    transaction = table_written(transaction, &mut draft.instance_profiles)?;
    transaction = table_written(transaction, &mut draft.access_keys)?;
    transaction = table_written(transaction, &mut draft.mfa_devices)?;
    transaction = table_written(transaction, &mut draft.oidc_providers)?;
    transaction = table_written(transaction, &mut draft.key_pairs)?;
    transaction = table_written(transaction, &mut draft.resource_tags)?;
    transaction = table_written(transaction, &mut draft.metadata_defaults)?;
    transaction = table_written(transaction, &mut draft.buckets)?;
    transaction = table_written(transaction, &mut draft.applied_quotas)?;
    transaction = table_written(transaction, &mut draft.quota_requests)?;
    if transaction.writes.is_empty() {
        return Ok(None);
    }
    let transaction = match before {
        Some(revision) => transaction.require_revision(changed(), revision),
        None => transaction.require_absent(changed()),
    };
    Ok(Some(transaction.put(changed(), FORMAT.to_string())))
}

fn table_written<T: Entity>(
    mut transaction: Transaction,
    table: &mut Table<T>,
) -> Result<Transaction, AccountError> {
    for (name, entity) in table.take_touched() {
        let key = Key::new(ROOT).with(T::KIND).with(&name);
        transaction = match entity {
            Some(entity) => {
                let value = serde_json::to_vec(&*entity).map_err(|error| damaged(&key, error))?;
                transaction.put(key, value)
            }
            None => transaction.delete(key),
        };
    }
    Ok(transaction)
}

fn read_directory(store: &dyn Store, mut directory: Directory) -> Result<Directory, AccountError> {
    read_table(store, &mut directory.account)?;
    read_table(store, &mut directory.users)?;
    read_table(store, &mut directory.groups)?;
    read_table(store, &mut directory.roles)?;
    read_table(store, &mut directory.policies)?;
    read_table(store, &mut directory.instance_profiles)?;
    read_table(store, &mut directory.access_keys)?;
    read_table(store, &mut directory.mfa_devices)?;
    read_table(store, &mut directory.oidc_providers)?;
    read_table(store, &mut directory.key_pairs)?;
    read_table(store, &mut directory.resource_tags)?;
    read_table(store, &mut directory.metadata_defaults)?;
    read_table(store, &mut directory.buckets)?;
    read_table(store, &mut directory.applied_quotas)?;
    read_table(store, &mut directory.quota_requests)?;
    Ok(directory)
}

fn read_table<T: Entity>(store: &dyn Store, table: &mut Table<T>) -> Result<(), AccountError> {
    let mut rest = Some(KeyRange::children(&Key::new(ROOT).with(T::KIND)));
    while let Some(range) = rest {
        let page = store.range(&range, BATCH)?;
        for entry in page.entries {
            let entity: T =
                serde_json::from_slice(&entry.value).map_err(|error| damaged(&entry.key, error))?;
            let named = entry.key.name().is_some_and(|name| name.eq_ignore_ascii_case(entity.name()));
            if !named {
                return Err(damaged(&entry.key, format!("it holds {}", entity.name())));
            }
            table.load(entity);
        }
        rest = page.rest;
    }
    Ok(())
}

fn own(directory: &Directory) -> Result<(), AccountError> {
    let asked = directory.account_id();
    match directory.account.iter().next() {
        Some(record) if record.account_id != asked => {
            Err(AccountError::OtherAccount { found: record.account_id, asked })
        }
        _ => Ok(()),
    }
}

/// Secrets may be near where parsing broke off; serde_json names line, column and the kind of fault, and an unknown variant or a
/// wrong type by its value. Secrets are texts where texts are wanted, so their values are never named.
fn damaged(key: &Key, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> AccountError {
    AccountError::Record { key: key.to_string(), source: source.into() }
}

fn changed() -> Key {
    Key::new(ROOT).with("changed")
}

const ROOT: &str = "iam";

const BATCH: usize = 256;
