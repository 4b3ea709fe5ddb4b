//! The trail of hand-outs and denials, kept in `trail/` of the data directory.
//!
//! Rule: a request only puts its entry in a queue; one thread writes. What the queue cannot take is counted, and the
//! count is kept in its place. Denials take half of the queue at most: who is turned away keeps no hand-out untold. At most 8 files of 4 MiB are kept.

mod calls;
mod record;
mod repeats;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use imds::{Trail, TrailEntry, TrailEvent};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;
use sys::Clock;
use types::Timestamp;

use crate::failure::Failure;
use ::trail::{Bounds, Journal, JournalError};
use repeats::Repeats;

pub(crate) use calls::CallTrail;
pub(crate) use record::{CallerRecord, Event, Record};

/// Puts one record at the trail's end, for a process that hands out once. Others may be doing the same: a line is written
/// whole.
pub(crate) fn keep(directory: PathBuf, record: &Record) -> Result<(), JournalError> {
    Journal::new(directory, BOUNDS).append(&record.line())
}

/// The way to the thread that writes.
#[derive(Debug)]
pub(super) struct TrailKeeper {
    queue: SyncSender<Message>,
    /// In the queue.
    denials: Arc<AtomicUsize>,
    lost: Counter,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
enum Message {
    Entry(Box<TrailEntry>),
    Finish,
}

impl TrailKeeper {
    /// Starts the thread. Nothing is written before the first entry.
    pub(super) fn start(directory: PathBuf, clock: Clock) -> std::io::Result<Self> {
        let (queue, messages) = sync_channel(QUEUE);
        let (lost, denials) = (Counter::default(), Arc::new(AtomicUsize::new(0)));
        let writer = Writer {
            messages,
            denials: Arc::clone(&denials),
            lost: lost.clone(),
            lost_told: 0,
            repeats: Repeats::default(),
            journal: Journal::new(directory, BOUNDS),
            clock,
            unsynced: false,
            failing: false,
        };
        let thread = std::thread::Builder::new().name("trail".to_owned()).spawn(move || writer.run())?;
        Ok(Self { queue, denials, lost, thread: Mutex::new(Some(thread)) })
    }

    /// Returns when all that was recorded is on the disk. What is recorded later is not kept.
    pub(super) fn finish(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && self.queue.send(Message::Finish).is_ok()
        {
            // A thread that has panicked has said so itself.
            let _ = thread.join();
        }
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Entries of the trail that came faster than they could be kept";
        registry.register("linklocal_trail_lost", help, self.lost.clone());
    }
}

impl Trail for TrailKeeper {
    fn record(&self, entry: TrailEntry) {
        let is_denial = is_denial(&entry);
        let fits = !is_denial || self.denials.fetch_add(1, Relaxed) < QUEUE / 2;
        if !fits || self.queue.try_send(Message::Entry(Box::new(entry))).is_err() {
            self.lost.inc();
            if is_denial {
                self.denials.fetch_sub(1, Relaxed);
            }
        }
    }
}

/// What was in the queue.
#[derive(Default)]
struct Batch {
    entries: Vec<TrailEntry>,
    is_last: bool,
}

/// The thread's own.
struct Writer {
    messages: Receiver<Message>,
    denials: Arc<AtomicUsize>,
    lost: Counter,
    lost_told: u64,
    repeats: Repeats,
    journal: Journal,
    clock: Clock,
    unsynced: bool,
    /// Whether the last attempt to write has failed.
    failing: bool,
}

impl Writer {
    fn run(mut self) {
        let mut synced = self.clock.now();
        loop {
            let Batch { entries, is_last } = self.next();
            let now = self.clock.now();
            let mut records = self.repeats.over(now);
            for entry in entries {
                records.extend(self.repeats.take(Record::from(entry), now));
            }
            if is_last {
                records.extend(self.repeats.close());
            }
            self.write(&records, now);
            if is_last || now < synced || now.since(synced) >= SECOND {
                self.sync();
                synced = now;
            }
            if is_last {
                return;
            }
        }
    }

    /// What has come, perhaps nothing within a second.
    fn next(&self) -> Batch {
        let mut batch = Batch::default();
        let rests = !self.unsynced && self.repeats.is_empty();
        let mut message = if rests {
            self.messages.recv().map_err(RecvTimeoutError::from)
        } else {
            self.messages.recv_timeout(SECOND)
        };
        loop {
            match message {
                Ok(Message::Entry(entry)) => {
                    if is_denial(&entry) {
                        self.denials.fetch_sub(1, Relaxed);
                    }
                    batch.entries.push(*entry);
                }
                Ok(Message::Finish) | Err(RecvTimeoutError::Disconnected) => batch.is_last = true,
                Err(RecvTimeoutError::Timeout) => return batch,
            }
            if batch.is_last || batch.entries.len() == QUEUE {
                return batch;
            }
            message = self.messages.recv_timeout(Duration::ZERO);
        }
    }

    fn write(&mut self, records: &[Record], now: Timestamp) {
        let lost = self.lost.get();
        let missing = (lost > self.lost_told).then(|| Record::lost(now, lost - self.lost_told));
        let lines: Vec<u8> = records.iter().chain(&missing).flat_map(Record::line).collect();
        if lines.is_empty() {
            return;
        }
        match self.journal.append(&lines) {
            Ok(()) => {
                self.lost_told = lost;
                self.unsynced = true;
                self.failing = false;
            }
            Err(error) => {
                self.lost.inc_by(records.iter().map(|record| record.times).sum());
                self.complain(&error);
            }
        }
    }

    fn sync(&mut self) {
        if std::mem::take(&mut self.unsynced)
            && let Err(error) = self.journal.sync()
        {
            self.complain(&error);
        }
    }

    /// Once for as long as it lasts.
    fn complain(&mut self, error: &JournalError) {
        if !std::mem::replace(&mut self.failing, true) {
            tracing::error!("the trail is not kept: {}", Failure::of(error).message);
        }
    }
}

fn is_denial(entry: &TrailEntry) -> bool {
    matches!(entry.event, TrailEvent::Denial { .. })
}

/// Entries that wait to be written: a tenth of a second of the most that one server hands out.
const QUEUE: usize = 1024;
const SECOND: Duration = Duration::from_secs(1);
const BOUNDS: Bounds = Bounds { bytes: 4 * 1024 * 1024, files: 8 };
