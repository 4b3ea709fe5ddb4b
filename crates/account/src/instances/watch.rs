//! Changes made by anybody on the same store, for whoever keeps a rendered copy.

use std::task::{Context, Poll, ready};

use store::{Key, KeyRange, Notice, Revision, Watch, WatchError};

use super::{Changed, InstanceError, Instances, ROOT, instance_id};

/// Instances that change, commit by commit.
#[derive(Debug)]
pub struct InstanceWatch(Watch);

impl Instances {
    /// Changes in commits after `after`, the revision of a list or of one's own last change.
    pub fn watch(&self, after: Revision) -> Result<InstanceWatch, InstanceError> {
        Ok(InstanceWatch(self.store.watch(KeyRange::children(&Key::new(ROOT)), after)?))
    }
}

impl InstanceWatch {
    /// The next changes, if they are there.
    pub fn try_next(&mut self) -> Result<Option<Changed>, WatchError> {
        Ok(self.0.try_next()?.map(changed))
    }

    /// The next changes, for `std::future::poll_fn`.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Changed, WatchError>> {
        Poll::Ready(ready!(self.0.poll_next(context)).map(changed))
    }
}

/// Keys that name no instance are none of ours; a list refuses them.
fn changed(notice: Notice) -> Changed {
    let instances = notice.changes.iter().filter_map(|change| instance_id(&change.key).ok()).collect();
    Changed { instances, revision: notice.revision }
}
