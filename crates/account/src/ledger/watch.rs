//! Following an account that other processes change too.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use store::{Revision, Store, Watch, WatchError};

use super::{AccountError, record};

/// Tells that the account was changed, by this process or another. Whoever is told calls [`Account::catch_up`], which reads only
/// where it was another.
///
/// [`Account::catch_up`]: super::Account::catch_up
#[derive(Debug)]
pub struct AccountWatch {
    store: Arc<dyn Store>,
    watch: Watch,
}

impl AccountWatch {
    pub(super) fn new(store: Arc<dyn Store>, held: Revision) -> Result<Self, AccountError> {
        let watch = store.watch(record::range(), held)?;
        Ok(Self { store, watch })
    }

    /// Ready when there was a change, for `std::future::poll_fn`; false when the store was closed.
    pub fn poll_changed(&mut self, context: &mut Context<'_>) -> Poll<Result<bool, AccountError>> {
        self.watch.poll_next(context).map(|next| self.told(next.map(|_| ())))
    }

    /// Waits up to `span` for a change and says whether there was one.
    pub fn changed_within(&mut self, span: Duration) -> Result<bool, AccountError> {
        match self.watch.next_within(span) {
            Ok(None) => Ok(false),
            next => self.told(next.map(|_| ())),
        }
    }

    /// A watch that fell behind goes on from the newest commit: what it missed is read anew anyway.
    fn told(&mut self, next: Result<(), WatchError>) -> Result<bool, AccountError> {
        match next {
            Ok(()) => Ok(true),
            Err(WatchError::Compacted { .. }) => {
                self.watch = self.store.watch(record::range(), self.store.revision()?)?;
                Ok(true)
            }
            Err(WatchError::Closed) => Ok(false),
        }
    }
}
