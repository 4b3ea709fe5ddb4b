//! The trail of calls: taken from the threads that answer, written by one, delivered by another.
//!
//! Rule: nobody who answers a call waits for the disk. What was written survives the end of the process at once, and a power cut a second
//! later. Calls whose signature proved nobody are kept at a bounded rate, all others as they come.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use gateway::{CallRecord, Deliveries, History, LookUp, LookUpError, PastEvents, Recorder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;
use sys::{Clock, Entropy};
use types::{AccountId, Partition, Region, Timestamp};

use crate::call::Call;
use crate::deliver::{Deliverer, Delivery};
use crate::event::{Aside, Home, made};
use crate::glance::event_time;
use crate::journal::{Bounds, Journal, JournalError, files};
use crate::lookup;
use crate::queue::{Batch, Queue};
use crate::read_only::is_data;
use crate::sample::{DataEvents, Sample};

/// What a trail is made of.
#[derive(Clone, Debug)]
pub struct TrailSettings {
    /// Of the journal.
    pub directory: PathBuf,
    pub account_id: AccountId,
    pub partition: Partition,
    /// Where callers are who sign for no region.
    pub region: Region,
    /// What is kept of what is done to objects.
    pub data_events: DataEvents,
    /// Bytes that the journal may take.
    pub max_size: u64,
    /// Where files go, and how often; none are written without it.
    pub delivery: Option<Delivery>,
    pub clock: Clock,
    pub entropy: Entropy,
}

/// Keeps calls, and finds them again.
#[derive(Debug)]
pub struct CallKeeper {
    queue: Arc<Queue>,
    directory: PathBuf,
    data_events: DataEvents,
    sample: Sample,
    clock: Clock,
    lost: Counter,
    kept: Counter,
    writer: Mutex<Option<JoinHandle<()>>>,
    deliverer: Option<Arc<Deliverer>>,
}

impl CallKeeper {
    /// Starts the threads. Nothing is written before the first call.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn start(settings: TrailSettings) -> std::io::Result<Self> {
        let (lost, kept) = (Counter::default(), Counter::default());
        let deliverer =
            settings.delivery.clone().map(|delivery| Deliverer::start(&settings, delivery)).transpose()?;
        let mut keeper = Self {
            queue: Arc::new(Queue::default()),
            directory: settings.directory.clone(),
            data_events: settings.data_events,
            sample: Sample::new(),
            clock: settings.clock.clone(),
            lost: lost.clone(),
            kept: kept.clone(),
            writer: Mutex::new(None),
            deliverer,
        };
        let writer = Writer::new(settings, Arc::clone(&keeper.queue), lost, kept);
        let thread = std::thread::Builder::new().name("calls".to_owned()).spawn(move || writer.run())?;
        keeper.writer = Mutex::new(Some(thread));
        Ok(keeper)
    }

    /// Returns when all that was recorded is on the disk and delivered. What is recorded later is not kept.
    pub fn finish(&self) {
        self.queue.finish();
        let thread = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A thread that has panicked has said so itself.
            let _ = thread.join();
        }
        if let Some(deliverer) = &self.deliverer {
            deliverer.finish();
        }
    }

    /// Returns when all that was recorded before can be read.
    pub fn settle(&self) {
        self.queue.settle(PATIENCE);
    }

    pub fn register(&self, registry: &mut Registry) {
        let group = registry.sub_registry_with_prefix("linklocal_calls");
        group.register("kept", "Calls of the account that are in its trail", self.kept.clone());
        group.register("lost", "Calls that came faster than they could be kept", self.lost.clone());
    }
}

impl CallKeeper {
    fn keeps_data(&self, record: &CallRecord<'_>) -> bool {
        match self.data_events {
            DataEvents::None => false,
            DataEvents::Sampled => self.sample.takes(record),
            DataEvents::All => true,
        }
    }
}

impl Recorder for CallKeeper {
    fn record(&self, record: &CallRecord<'_>) {
        let is_data = record.operation.is_some_and(|operation| is_data(record.service, operation));
        if is_data && !self.keeps_data(record) {
            return;
        }
        let (call, bytes) = Call::of(record);
        if !self.queue.put(call, bytes) {
            self.lost.inc();
        }
    }
}

impl History for CallKeeper {
    fn look_up(&self, look_up: &LookUp<'_>) -> Result<PastEvents, LookUpError> {
        self.settle();
        lookup::look_up(&self.directory, look_up, self.clock.now())
    }

    fn deliveries(&self) -> Deliveries {
        self.deliverer.as_ref().map(|deliverer| deliverer.state()).unwrap_or_default()
    }
}

/// The thread's own.
struct Writer {
    queue: Arc<Queue>,
    journal: Journal,
    /// Bytes of one of its files.
    file: u64,
    directory: PathBuf,
    home: Home,
    clock: Clock,
    entropy: Entropy,
    lost: Counter,
    kept: Counter,
    strangers: Strangers,
    unsynced: bool,
    /// Whether the last attempt to write has failed.
    failing: bool,
}

impl Writer {
    fn new(settings: TrailSettings, queue: Arc<Queue>, lost: Counter, kept: Counter) -> Self {
        let file = (settings.max_size / FILES).clamp(SMALLEST_FILE, LARGEST_FILE);
        let files = usize::try_from(settings.max_size / file).unwrap_or(usize::MAX).max(2);
        Self {
            queue,
            journal: Journal::new(settings.directory.clone(), Bounds { bytes: file, files }),
            file,
            directory: settings.directory,
            home: Home {
                account_id: settings.account_id.to_string(),
                region: settings.region.as_str().to_owned(),
                partition: settings.partition,
            },
            clock: settings.clock,
            entropy: settings.entropy,
            lost,
            kept,
            strangers: Strangers::default(),
            unsynced: false,
            failing: false,
        }
    }

    fn run(mut self) {
        let mut synced = self.clock.now();
        let mut looked_for_old = Timestamp::EPOCH;
        loop {
            let batch = self.queue.take(if self.unsynced { SECOND } else { REST });
            let now = self.clock.now();
            self.keep(&batch, now);
            if batch.is_last || now < synced || now.since(synced) >= SECOND {
                self.sync();
                synced = now;
            }
            self.queue.done(&batch);
            if batch.is_last {
                return;
            }
            if now.since(looked_for_old) >= HOUR || now < looked_for_old {
                looked_for_old = now;
                remove_old(&self.directory, now);
            }
        }
    }

    fn keep(&mut self, batch: &Batch, now: Timestamp) {
        let (mut lines, mut count, mut strangers) = (Vec::new(), 0, 0);
        for call in &batch.calls {
            if call.is_of_stranger() && !self.strangers.takes(now) {
                strangers += 1;
                continue;
            }
            lines.extend(made(call, &self.home, self.event_id()).line());
            count += 1;
            // A file is closed between two writes alone.
            if lines.len() as u64 >= self.file / 4 {
                self.write(&std::mem::take(&mut lines), std::mem::take(&mut count));
            }
        }
        self.lost.inc_by(strangers);
        let lost = batch.lost + strangers;
        if lost > 0 {
            lines.extend(lost_line(lost, now));
        }
        if !lines.is_empty() {
            self.write(&lines, count);
        }
    }

    fn write(&mut self, lines: &[u8], count: u64) {
        match self.journal.append(lines) {
            Ok(()) => {
                self.kept.inc_by(count);
                (self.unsynced, self.failing) = (true, false);
            }
            Err(error) => {
                self.lost.inc_by(count);
                self.complain(&error);
            }
        }
    }

    /// A UUID of version 4.
    fn event_id(&self) -> String {
        let mut bytes = self.entropy.bytes::<16>().unwrap_or_default();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
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
            tracing::error!("calls are not kept: {error}");
        }
    }
}

/// How many calls of nobody are kept.
#[derive(Debug, Default)]
struct Strangers {
    minute: i64,
    taken: u32,
}

impl Strangers {
    fn takes(&mut self, now: Timestamp) -> bool {
        let minute = now.secs() / 60;
        if self.minute != minute {
            *self = Self { minute, taken: 0 };
        }
        self.taken += 1;
        self.taken <= STRANGERS_PER_MINUTE
    }
}

/// In the place of calls that were not kept. It is no event, and in no answer and no file.
fn lost_line(lost: u64, now: Timestamp) -> Vec<u8> {
    let aside = Aside { time: Some(now), lost, ..Aside::default() };
    let mut line = b"null\t".to_vec();
    line.extend(serde_json::to_vec(&aside).unwrap_or_default());
    line.push(b'\n');
    line
}

/// A file goes when the next one began more than 90 days ago.
fn remove_old(directory: &std::path::Path, now: Timestamp) {
    let Ok(all) = files(directory) else { return };
    for pair in all.windows(2) {
        let began = sys::fs::read_from(&pair[1].1, 0, FIRST_LINE).ok().and_then(|bytes| event_time(&bytes));
        if began.is_none_or(|began| now.since(began) <= lookup::KEPT_FOR) {
            return;
        }
        if let Err(error) = sys::fs::remove(&pair[0].1) {
            tracing::warn!("old calls were not removed: {error}");
            return;
        }
    }
}

/// How long a look-up waits for calls that are being written.
const PATIENCE: Duration = Duration::from_secs(2);
const SECOND: Duration = Duration::from_secs(1);
/// Between two looks at an empty queue: what it is woken for comes at once.
const REST: Duration = Duration::from_secs(600);
const HOUR: Duration = Duration::from_secs(3600);
/// Into as many files the journal is divided, as it may be removed by whole files only.
const FILES: u64 = 16;
const SMALLEST_FILE: u64 = 64 * 1024;
const LARGEST_FILE: u64 = 32 * 1024 * 1024;
const STRANGERS_PER_MINUTE: u32 = 600;
/// Holds the time of a file's first event.
pub(crate) const FIRST_LINE: usize = 16 * 1024;
