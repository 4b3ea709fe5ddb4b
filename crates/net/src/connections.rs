//! The open connections of a server: admission, deadlines, drain.
//!
//! Rule: the lock is taken when a connection opens or closes and once per sweep, never for a request.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior};

use crate::Limits;
use crate::link::Line;
use crate::progress::Phase;

/// All connections of one server, over all its listeners.
#[derive(Debug)]
pub struct Connections {
    limits: Limits,
    pub(crate) pace: Arc<Pace>,
    open: AtomicUsize,
    /// How many there have been.
    count: AtomicU64,
    table: Mutex<Table>,
    /// Wakes the sweep when the first connection opens.
    opened: Notify,
    /// Wakes the drain when the last one closes.
    emptied: Notify,
}

/// The coarse clock of all connections, and whether they are to end.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    tick: AtomicU32,
    draining: AtomicBool,
    /// Whether it is to be seen when a client leaves before its answer.
    watchful: AtomicBool,
}

/// A slot per connection; free ones are used again, the last freed first.
#[derive(Debug, Default)]
struct Table {
    slots: Vec<Option<Slot>>,
    free: Vec<usize>,
}

#[derive(Debug)]
struct Slot {
    line: Arc<Line>,
    task: AbortHandle,
}

/// A connection's place in the table, given up when dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    of: Arc<Connections>,
    index: usize,
}

impl Connections {
    pub fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self {
            limits,
            pace: Arc::new(Pace::default()),
            open: AtomicUsize::new(0),
            count: AtomicU64::new(0),
            table: Mutex::new(Table::default()),
            opened: Notify::new(),
            emptied: Notify::new(),
        })
    }

    /// How many are open now.
    pub fn open(&self) -> usize {
        self.open.load(Relaxed)
    }

    /// Whether [`Link::has_client_left`](crate::Link::has_client_left) is to be able to tell. While it is, a connection
    /// on which something arrives takes a second file descriptor.
    pub fn watch_clients(&self, watchful: bool) {
        self.pace.watchful.store(watchful, Relaxed);
    }

    /// The number of the next connection.
    pub(crate) fn number(&self) -> u64 {
        self.count.fetch_add(1, Relaxed) + 1
    }

    /// Whether the end has begun: none is admitted any more.
    pub(crate) fn is_draining(&self) -> bool {
        self.pace.is_draining()
    }

    /// Gives a connection a seat and starts its task. At the limit, the connection that has been waiting longest goes;
    /// if all are busy, `None`.
    pub(crate) fn admit(
        self: &Arc<Self>,
        line: &Arc<Line>,
        start: impl FnOnce(Seat) -> AbortHandle,
    ) -> Option<()> {
        if self.open() >= self.limits.connections {
            self.evict_oldest()?;
        }
        let mut table = self.table();
        let index = table.free.pop().unwrap_or(table.slots.len());
        if index == table.slots.len() {
            table.slots.push(None);
        }
        if self.open.fetch_add(1, Relaxed) == 0 {
            self.opened.notify_one();
        }
        // The lock is held meanwhile: a task on another thread that ends at once finds its slot filled.
        let task = start(Seat { of: Arc::clone(self), index });
        table.slots[index] = Some(Slot { line: Arc::clone(line), task });
        Some(())
    }

    /// Closes the connection that has waited longest for its client. Where none waits, the one goes whose client has left
    /// its answer lying for longest: clients that ask and never read would keep all others out. `None` if all are at work.
    pub(crate) fn evict_oldest(&self) -> Option<()> {
        let tick = self.pace.tick();
        let mut table = self.table();
        let standing = |slot: &Slot| {
            let (is_busy, age) = (slot.line.progress.phase() == Phase::Busy, slot.line.progress.age(tick));
            (!is_busy || age >= AT_WORK).then_some((is_busy, Reverse(age)))
        };
        let oldest = table
            .slots
            .iter_mut()
            .filter_map(|slot| Some((slot.as_ref().and_then(standing)?, slot)))
            .min_by_key(|(standing, _)| *standing)
            .map(|(_, slot)| slot);
        // Its slot is emptied now, so that a burst of new connections does not pick it again before it is gone.
        let slot = oldest?.take()?;
        slot.task.abort();
        Some(())
    }

    /// Moves the clock and closes what is over its deadline, while there are connections. Never returns.
    pub(crate) async fn sweep(&self) {
        let tick = self.limits.tick();
        loop {
            if self.open() == 0 {
                self.opened.notified().await;
            }
            // Time without connections does not count: the first one would be as old as the server.
            let (start, before) = (Instant::now(), self.pace.tick());
            let mut interval = tokio::time::interval(tick);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while self.open() > 0 {
                let now = interval.tick().await;
                // Cut on purpose: ticks wrap.
                let passed = (now.duration_since(start).as_nanos() / tick.as_nanos()) as u32;
                self.pace.set_tick(before.wrapping_add(passed));
                self.close_where(|phase, age| age > phase.allowance(&self.limits));
            }
        }
    }

    /// Ends all connections: quiet ones at once, others when their answer is gone, the rest at the limit.
    pub(crate) async fn drain(&self) {
        self.pace.draining.store(true, Relaxed);
        let _ = tokio::time::timeout(self.limits.drain, async {
            while self.open() > 0 {
                self.close_where(|phase, _| phase.is_quiet());
                let _ = tokio::time::timeout(self.limits.tick(), self.emptied.notified()).await;
            }
        })
        .await;
        self.close_where(|_, _| true);
        while self.open() > 0 {
            self.emptied.notified().await;
        }
    }

    /// Ends the tasks of all connections that `is_over` picks by phase and ticks spent in it.
    fn close_where(&self, is_over: impl Fn(Phase, u32) -> bool) {
        let tick = self.pace.tick();
        let over: Vec<AbortHandle> = {
            let table = self.table();
            let progress = |slot: &&Slot| {
                let progress = &slot.line.progress;
                is_over(progress.phase(), progress.age(tick))
            };
            table.slots().filter(progress).map(|slot| slot.task.clone()).collect()
        };
        over.iter().for_each(AbortHandle::abort);
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().expect("no code panics while it holds the table")
    }
}

impl Table {
    fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter().flatten()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let slot = {
            let mut table = self.of.table();
            table.free.push(self.index);
            table.slots[self.index].take()
        };
        drop(slot);
        if self.of.open.fetch_sub(1, Relaxed) == 1 {
            self.of.emptied.notify_one();
        }
    }
}

impl Pace {
    /// Ticks since the server started, to within one.
    pub(crate) fn tick(&self) -> u32 {
        self.tick.load(Relaxed)
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Relaxed)
    }

    pub(crate) fn is_watchful(&self) -> bool {
        self.watchful.load(Relaxed)
    }

    fn set_tick(&self, tick: u32) {
        self.tick.store(tick, Relaxed);
    }
}

/// Ticks that an answer may take before its client is what it waits for: a second of the default limits, several times
/// what the slowest takes.
const AT_WORK: u32 = 4;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A connection that never says anything.
    fn silent(connections: &Arc<Connections>) -> Option<()> {
        let line = Arc::new(Line::new(connections.pace.tick()));
        connections.admit(&line, |seat| {
            tokio::spawn(async move {
                std::future::pending::<()>().await;
                drop(seat);
            })
            .abort_handle()
        })
    }

    fn enter(connections: &Connections, phase: Phase) {
        for slot in connections.table().slots() {
            slot.line.progress.enter(phase, connections.pace.tick());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_ended_in_time_however_long_nobody_called_before() {
        let connections = Connections::new(Limits::default());
        let sweeper = Arc::clone(&connections);
        let _sweep = tokio::spawn(async move { sweeper.sweep().await });
        for idle in [0, 3_600] {
            tokio::time::sleep(Duration::from_secs(idle)).await;
            silent(&connections).unwrap();
            tokio::time::sleep(Duration::from_millis(4_900)).await;
            assert_eq!(connections.open(), 1, "after {idle} s without connections");
            tokio::time::sleep(Duration::from_millis(700)).await;
            assert_eq!(connections.open(), 0, "after {idle} s without connections");
        }
    }

    #[tokio::test]
    async fn a_burst_over_the_limit_evicts_each_connection_once() {
        let connections = Connections::new(Limits { connections: 3, ..Limits::default() });
        for _ in 0..20 {
            silent(&connections).unwrap();
        }
        while connections.open() > 3 {
            tokio::task::yield_now().await;
        }
        assert_eq!(connections.table().slots().count(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn clients_kept_waiting_on_purpose_wait_five_minutes() {
        for phase in [Phase::Held, Phase::Silent] {
            let connections = Connections::new(Limits::default());
            let sweeper = Arc::clone(&connections);
            let _sweep = tokio::spawn(async move { sweeper.sweep().await });
            silent(&connections).unwrap();
            enter(&connections, phase);
            tokio::time::sleep(Duration::from_secs(299)).await;
            assert_eq!(connections.open(), 1, "{phase:?}");
            tokio::time::sleep(Duration::from_secs(2)).await;
            assert_eq!(connections.open(), 0, "{phase:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_waits_for_late_answers_and_not_for_none() {
        for (phase, waits) in [(Phase::Held, true), (Phase::Silent, false)] {
            let connections = Connections::new(Limits::default());
            silent(&connections).unwrap();
            enter(&connections, phase);
            let start = Instant::now();
            connections.drain().await;
            assert_eq!(start.elapsed() >= Limits::default().drain, waits, "{phase:?}");
        }
    }

    #[tokio::test]
    async fn clients_that_wait_or_are_waited_for_make_room_for_others() {
        for phase in [Phase::Held, Phase::Silent, Phase::Body] {
            let connections = Connections::new(Limits { connections: 1, ..Limits::default() });
            silent(&connections).unwrap();
            enter(&connections, phase);
            assert_eq!(silent(&connections), Some(()), "{phase:?}");
        }
    }

    #[tokio::test]
    async fn with_all_busy_nobody_is_admitted() {
        let connections = Connections::new(Limits { connections: 1, ..Limits::default() });
        silent(&connections).unwrap();
        enter(&connections, Phase::Busy);
        assert_eq!(silent(&connections), None);
    }

    #[tokio::test]
    async fn clients_that_never_read_keep_nobody_out() {
        let connections = Connections::new(Limits { connections: 2, ..Limits::default() });
        silent(&connections).unwrap();
        silent(&connections).unwrap();
        enter(&connections, Phase::Busy);
        connections.pace.set_tick(AT_WORK - 1);
        assert_eq!(silent(&connections), None, "they may be at work");
        connections.pace.set_tick(AT_WORK);
        assert_eq!(silent(&connections), Some(()));
        let phases: Vec<_> = connections.table().slots().map(|slot| slot.line.progress.phase()).collect();
        assert!(phases.contains(&Phase::Busy) && phases.contains(&Phase::Fresh), "{phases:?}");
        assert_eq!(silent(&connections), Some(()), "whoever has said nothing yet goes first");
        let phases: Vec<_> = connections.table().slots().map(|slot| slot.line.progress.phase()).collect();
        assert!(phases.contains(&Phase::Busy) && phases.contains(&Phase::Fresh), "{phases:?}");
    }
}
