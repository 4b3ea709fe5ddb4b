//! Watching: who wrote what, in the order of commits, without a runtime.
//!
//! A notice carries keys, not values: a watcher wants the newest value, which one read gives, and so what is kept for
//! slow watchers is bounded by keys alone. One ring serves all watchers; a watcher that falls behind it is told so,
//! reads its range again and watches from there, as with a compacted etcd.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::{Key, KeyRange, Revision};

/// The engine's end: what it commits, it publishes here. Watches end when it is dropped.
#[derive(Debug)]
pub struct Feed(Arc<Shared>);

/// A watcher's end. Read it by [`Watch::try_next`], by blocking, or from any async runtime by [`Watch::poll_next`].
#[derive(Debug)]
pub struct Watch {
    shared: Arc<Shared>,
    range: KeyRange,
    after: Revision,
}

/// What one commit changed in the range watched; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub revision: Revision,
    pub changes: Vec<Change>,
}

/// A key that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub key: Key,
    pub kind: ChangeKind,
}

/// How a key was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    Put,
    /// Deleted, or expired.
    Deleted,
}

/// There will be no more notices from this watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WatchError {
    /// Changes between the watch's revision and `oldest` are no longer known.
    #[error(
        "changes up to revision {oldest} are no longer kept; read the range again and watch from its revision"
    )]
    Compacted { oldest: Revision },
    #[error("store was closed")]
    Closed,
}

#[derive(Debug)]
struct Shared {
    ring: Mutex<Ring>,
    published: Condvar,
}

#[derive(Debug)]
struct Ring {
    notices: VecDeque<Notice>,
    /// Changes in `notices`.
    kept: usize,
    /// Every commit after this one is in `notices`.
    oldest: Revision,
    closed: bool,
    wakers: Vec<Waker>,
}

impl Feed {
    /// A feed of commits after `revision`, the newest that the engine has.
    pub fn new(revision: Revision) -> Self {
        let ring =
            Ring { notices: VecDeque::new(), kept: 0, oldest: revision, closed: false, wakers: Vec::new() };
        Self(Arc::new(Shared { ring: Mutex::new(ring), published: Condvar::new() }))
    }

    pub fn watch(&self, range: KeyRange, after: Revision) -> Watch {
        Watch { shared: Arc::clone(&self.0), range, after }
    }

    /// Makes a commit known. Engines call this in the order of revisions, after the commit is durable.
    pub fn publish(&self, notice: Notice) {
        let mut ring = self.0.ring();
        ring.push(notice);
        self.0.wake(ring);
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        let mut ring = self.0.ring();
        ring.closed = true;
        self.0.wake(ring);
    }
}

impl Watch {
    /// The next notice, if it is there.
    pub fn try_next(&mut self) -> Result<Option<Notice>, WatchError> {
        let shared = Arc::clone(&self.shared);
        let ring = shared.ring();
        self.next_in(&ring)
    }

    /// Waits up to `span` for the next notice.
    pub fn next_within(&mut self, span: Duration) -> Result<Option<Notice>, WatchError> {
        let shared = Arc::clone(&self.shared);
        let mut found = Ok(None);
        let waiting = shared.published.wait_timeout_while(shared.ring(), span, |ring| {
            found = self.next_in(ring);
            matches!(found, Ok(None))
        });
        drop(waiting.unwrap_or_else(PoisonError::into_inner));
        found
    }

    /// The next notice, for `std::future::poll_fn`.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Notice, WatchError>> {
        let shared = Arc::clone(&self.shared);
        let mut ring = shared.ring();
        match self.next_in(&ring).transpose() {
            Some(next) => Poll::Ready(next),
            None => {
                ring.remember(context.waker());
                Poll::Pending
            }
        }
    }

    /// The newest commit that this watch has gone past.
    pub fn revision(&self) -> Revision {
        self.after
    }

    fn next_in(&mut self, ring: &Ring) -> Result<Option<Notice>, WatchError> {
        if self.after < ring.oldest {
            return Err(WatchError::Compacted { oldest: ring.oldest });
        }
        let unseen = ring.notices.partition_point(|notice| notice.revision <= self.after);
        for notice in ring.notices.range(unseen..) {
            self.after = notice.revision;
            let changes: Vec<Change> =
                notice.changes.iter().filter(|change| self.range.contains(&change.key)).cloned().collect();
            if !changes.is_empty() {
                return Ok(Some(Notice { revision: notice.revision, changes }));
            }
        }
        if ring.closed { Err(WatchError::Closed) } else { Ok(None) }
    }
}

impl Shared {
    /// A panic elsewhere cannot leave the ring half changed: every change of it is a push and a count.
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakers run outside the lock: one may poll its watch at once.
    fn wake(&self, mut ring: MutexGuard<'_, Ring>) {
        let wakers = std::mem::take(&mut ring.wakers);
        drop(ring);
        self.published.notify_all();
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl Ring {
    fn push(&mut self, notice: Notice) {
        self.kept += notice.changes.len();
        self.notices.push_back(notice);
        while self.kept > MAX_KEPT
            && let Some(dropped) = self.notices.pop_front()
        {
            self.kept -= dropped.changes.len();
            self.oldest = dropped.revision;
        }
    }

    fn remember(&mut self, waker: &Waker) {
        if !self.wakers.iter().any(|known| known.will_wake(waker)) {
            self.wakers.push(waker.clone());
        }
    }
}

/// Changes kept for slow watchers: with keys of about 40 bytes, some 300 KiB.
const MAX_KEPT: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    fn notice(revision: u64, keys: &[&str]) -> Notice {
        let changes = keys.iter().map(|key| Change { key: Key::new(key), kind: ChangeKind::Put }).collect();
        Notice { revision: Revision(revision), changes }
    }

    #[test]
    fn slow_watcher_is_told_what_it_missed() {
        let feed = Feed::new(Revision(0));
        let mut watch = feed.watch(KeyRange::all(), Revision(0));
        let many = vec!["k"; MAX_KEPT];
        feed.publish(notice(1, &["a"]));
        feed.publish(notice(2, &many));
        assert_eq!(watch.try_next(), Err(WatchError::Compacted { oldest: Revision(1) }));
        assert_eq!(feed.watch(KeyRange::all(), Revision(1)).try_next(), Ok(Some(notice(2, &many))));
    }

    #[derive(Default)]
    struct Counter(AtomicUsize);

    impl Wake for Counter {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn pending_poll_is_woken_once_by_the_next_commit_and_by_the_end() {
        let feed = Feed::new(Revision(0));
        let mut watch = feed.watch(KeyRange::all(), Revision(0));
        let counter = Arc::new(Counter::default());
        let waker = Waker::from(Arc::clone(&counter));
        let mut context = Context::from_waker(&waker);
        assert!(watch.poll_next(&mut context).is_pending());
        assert!(watch.poll_next(&mut context).is_pending());
        feed.publish(notice(1, &["a"]));
        assert_eq!(counter.0.load(Ordering::Relaxed), 1);
        assert_eq!(watch.poll_next(&mut context), Poll::Ready(Ok(notice(1, &["a"]))));
        assert!(watch.poll_next(&mut context).is_pending());
        drop(feed);
        assert_eq!(counter.0.load(Ordering::Relaxed), 2);
        assert_eq!(watch.poll_next(&mut context), Poll::Ready(Err(WatchError::Closed)));
    }

    #[test]
    fn blocked_watcher_is_woken_by_another_thread() {
        let feed = Feed::new(Revision(0));
        let mut watch = feed.watch(KeyRange::all(), Revision(0));
        let waiting = std::thread::spawn(move || watch.next_within(Duration::from_secs(60)));
        feed.publish(notice(1, &["a"]));
        assert_eq!(waiting.join().unwrap(), Ok(Some(notice(1, &["a"]))));
    }
}
