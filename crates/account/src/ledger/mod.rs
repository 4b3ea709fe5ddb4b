//! The account as a whole: its directory in memory, its records in the store.
//!
//! Rule: what a change acknowledged is durable, and seen by whoever reads next in this process. Every change writes one key that all
//! changes compare, so no two processes change the account from the same state.

mod record;
mod uses;
mod watch;

#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use store::{Outcome, Revision, Store, StoreError};
use types::{AccountId, Partition};

use crate::ServiceError;
use crate::directory::{Directory, DocumentError};
use crate::quotas::QuotaRules;

pub use uses::{KeyUse, KeyUses};
pub use watch::AccountWatch;

/// The account's identities. Reading is taking the newest directory; a change is one transaction.
#[derive(Debug)]
pub struct Account {
    store: Arc<dyn Store>,
    partition: Partition,
    account_id: AccountId,
    current: ArcSwap<Snapshot>,
    /// One change at a time in this process; others are kept apart by the store.
    turn: Mutex<()>,
    uses: KeyUses,
    quota_rules: ArcSwap<QuotaRules>,
}

/// A directory, and the commit that wrote its newest change.
#[derive(Debug)]
struct Snapshot {
    directory: Arc<Directory>,
    /// `None` where nobody ever changed anything.
    written: Option<Revision>,
}

/// The account could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    #[error("account record {key} cannot be read; it was written by another program or damaged")]
    Record { key: String, source: Box<dyn std::error::Error + Send + Sync> },
    #[error(
        "account records have version {found}, this program knows up to {known}; use a newer linklocal or another data directory",
        known = record::FORMAT
    )]
    Newer { found: u32 },
    #[error("store holds account {found}, not {asked}; use its number or another data directory")]
    OtherAccount { found: AccountId, asked: AccountId },
    #[error("account is being changed by others again and again; try again")]
    Contended,
    #[error(transparent)]
    Document(#[from] Box<DocumentError>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Account {
    /// The account in `store`, in the commercial partition.
    pub fn open(store: Arc<dyn Store>, account_id: AccountId) -> Result<Self, AccountError> {
        Self::open_in(store, Partition::Aws, account_id)
    }

    /// The account in `store`. The partition is that of the ARNs of entities made from now on.
    pub fn open_in(
        store: Arc<dyn Store>,
        partition: Partition,
        account_id: AccountId,
    ) -> Result<Self, AccountError> {
        let snapshot = record::read(&*store, partition, account_id)?;
        let uses = uses::read(&*store)?;
        Ok(Self {
            store,
            partition,
            account_id,
            current: ArcSwap::from_pointee(snapshot),
            turn: Mutex::new(()),
            uses,
            quota_rules: ArcSwap::default(),
        })
    }

    pub fn account_id(&self) -> AccountId {
        self.account_id
    }

    /// The newest directory. Costs no lock.
    pub fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.current.load().directory)
    }

    /// When and for what access keys and roles were last used.
    pub fn uses(&self) -> &KeyUses {
        &self.uses
    }

    /// How requests to raise quotas go on by themselves.
    pub fn quota_rules(&self) -> Arc<QuotaRules> {
        self.quota_rules.load_full()
    }

    /// For requests from now on.
    pub fn set_quota_rules(&self, rules: QuotaRules) {
        self.quota_rules.store(Arc::new(rules));
    }

    /// Runs `operation` on a copy of the newest directory and makes what it did durable, then visible. It may run more than once,
    /// when another process was quicker; an error of it writes nothing. Blocks on the store: not for an async thread.
    pub fn change<T, E: From<AccountError>>(
        &self,
        mut operation: impl FnMut(&mut Directory) -> Result<T, E>,
    ) -> Result<T, E> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..ATTEMPTS {
            let snapshot = self.current.load_full();
            let mut draft = Directory::clone(&snapshot.directory);
            match operation(&mut draft) {
                // What another process wrote since may be what was missed.
                Err(_) if self.catch_up_in_turn().map_err(E::from)? => {}
                Err(error) => return Err(error),
                Ok(answer) => {
                    if self.write(draft, snapshot.written).map_err(E::from)? {
                        return Ok(answer);
                    }
                }
            }
        }
        Err(AccountError::Contended.into())
    }

    /// Reads everything anew if another process changed it since; says whether one did.
    pub fn catch_up(&self) -> Result<bool, AccountError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.catch_up_in_turn()
    }

    /// Writes down what was used since the last time. Keys and roles that are gone are forgotten.
    pub fn flush_uses(&self) -> Result<(), AccountError> {
        self.uses.flush(&*self.store, &self.directory())
    }

    /// Changes by whomever, from what this account holds now on.
    pub fn follow(&self) -> Result<AccountWatch, AccountError> {
        let held = self.current.load().written.unwrap_or_default();
        AccountWatch::new(Arc::clone(&self.store), held)
    }

    /// Commits what was touched in `draft`; false where another process was quicker, whose state is then read.
    fn write(&self, mut draft: Directory, before: Option<Revision>) -> Result<bool, AccountError> {
        let Some(transaction) = record::written(&mut draft, before)? else { return Ok(true) };
        match self.store.commit(transaction) {
            Ok(Outcome::Committed(revision)) => {
                let snapshot = Snapshot { directory: Arc::new(draft), written: Some(revision) };
                self.current.store(Arc::new(snapshot));
                Ok(true)
            }
            Ok(Outcome::Conflict(_)) => self.catch_up_in_turn().map(|_| false),
            // Whether it took place is unknown: the store is asked, if it answers.
            Err(error) => {
                let _ = self.catch_up_in_turn();
                Err(error.into())
            }
        }
    }

    /// For whoever holds the turn: a directory that is read never takes the place of a newer one.
    fn catch_up_in_turn(&self) -> Result<bool, AccountError> {
        if record::newest(&*self.store)? == self.current.load().written {
            return Ok(false);
        }
        let snapshot = record::read(&*self.store, self.partition, self.account_id)?;
        self.current.store(Arc::new(snapshot));
        Ok(true)
    }
}

/// AWS's words; the cause is the server's own business.
impl From<AccountError> for ServiceError {
    fn from(error: AccountError) -> Self {
        let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
        let inside = causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"));
        if matches!(error, AccountError::Contended) {
            return Self::new("ConcurrentModification", 409, SIMULTANEOUS).with_inside(inside);
        }
        Self::new(
            "ServiceFailure",
            500,
            "The request processing has failed because of an unknown error, exception or failure.",
        )
        .with_inside(inside)
    }
}

const SIMULTANEOUS: &str = "The request was rejected because multiple requests to change this object were submitted \
     simultaneously. Wait a few minutes and submit your request again.";

/// Conflicts in a row before a change gives up: each one means that another writer got through.
const ATTEMPTS: usize = 32;
