//! Events in files, as CloudTrail delivers them to a bucket.
//!
//! Rule: `AWSLogs/ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_random16.json.gz`, each whole or not there.
//! What was delivered is written down after its files, whose names follow from the place in the journal: after a crash the same files
//! are written again under the same names, unless a minute has passed, and then some events are in two files, as may be on AWS.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use gateway::Deliveries;
use serde::Deserialize;
use sys::Clock;
use types::Timestamp;

use crate::event::halves;
use crate::keeper::TrailSettings;
use crate::reader::{Place, Reader};

/// Where files go, and how often.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// `AWSLogs` is made in it.
    pub directory: PathBuf,
    pub every: Duration,
}

/// The thread that delivers, and what it has done.
#[derive(Debug)]
pub(crate) struct Deliverer {
    state: Mutex<State>,
    came: Condvar,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct State {
    deliveries: Deliveries,
    is_finished: bool,
}

/// The thread's own.
struct Courier {
    shared: Arc<Deliverer>,
    delivery: Delivery,
    reader: Reader,
    account_id: String,
    clock: Clock,
}

/// Something was not delivered.
#[derive(Debug, thiserror::Error)]
enum DeliveryError {
    #[error(transparent)]
    Read(#[from] sys::fs::ReadError),
    #[error(transparent)]
    Directory(#[from] sys::fs::DirectoryError),
    #[error(transparent)]
    Write(#[from] sys::fs::ReplaceError),
    #[error("records cannot be compressed")]
    Compression(#[from] std::io::Error),
}

impl Deliverer {
    pub(crate) fn start(settings: &TrailSettings, delivery: Delivery) -> std::io::Result<Arc<Self>> {
        let shared =
            Arc::new(Self { state: Mutex::default(), came: Condvar::new(), thread: Mutex::new(None) });
        let place = delivered(&delivery.directory);
        let courier = Courier {
            shared: Arc::clone(&shared),
            reader: Reader::at(settings.directory.clone(), place),
            delivery,
            account_id: settings.account_id.to_string(),
            clock: settings.clock.clone(),
        };
        let thread = std::thread::Builder::new().name("deliver".to_owned()).spawn(move || courier.run())?;
        *shared.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(shared)
    }

    /// Delivers once more and returns when that is done.
    pub(crate) fn finish(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).is_finished = true;
        self.came.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A thread that has panicked has said so itself.
            let _ = thread.join();
        }
    }

    pub(crate) fn state(&self) -> Deliveries {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).deliveries.clone()
    }

    /// Waits for the next delivery; whether it is the last.
    fn wait(&self, every: Duration) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |state: &mut State| !state.is_finished;
        self.came
            .wait_timeout_while(state, every, waits)
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .is_finished
    }

    fn tell(&self, now: Timestamp, delivered: Result<bool, DeliveryError>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let deliveries = &mut state.deliveries;
        match delivered {
            Ok(false) => {}
            Ok(true) => {
                (deliveries.latest, deliveries.latest_attempt) = (Some(now), Some(now));
                deliveries.error = None;
            }
            Err(error) => {
                tracing::error!("events are not delivered: {error}");
                deliveries.latest_attempt = Some(now);
                deliveries.error = Some(error.to_string());
            }
        }
    }
}

impl Courier {
    fn run(mut self) {
        loop {
            let is_last = self.shared.wait(self.delivery.every);
            let now = self.clock.now();
            let delivered = self.deliver(now);
            self.shared.tell(now, delivered);
            if is_last {
                return;
            }
        }
    }

    /// All that came since; whether that was anything.
    fn deliver(&mut self, now: Timestamp) -> Result<bool, DeliveryError> {
        let mut any = false;
        loop {
            let (from, mut reader) = (self.reader.place(), self.reader.clone());
            let mut parcels: BTreeMap<String, Parcel> = BTreeMap::new();
            let mut size = 0;
            while size < MOST_BYTES
                && let Some(lines) = reader.read()?
            {
                for line in lines.split(|byte| *byte == b'\n') {
                    size += line.len();
                    if let Some((region, event)) = record(line) {
                        parcels.entry(region).or_default().put(event)?;
                    }
                }
            }
            if reader.place() == from {
                return Ok(any);
            }
            for (region, parcel) in parcels {
                self.put(&region, parcel, from, now)?;
                any = true;
            }
            self.reader = reader;
            self.write_down()?;
        }
    }

    fn put(&self, region: &str, parcel: Parcel, from: Place, now: Timestamp) -> Result<(), DeliveryError> {
        let path = self.delivery.directory.join(name(&self.account_id, region, from, now));
        let directory = path.parent().unwrap_or(&self.delivery.directory);
        sys::fs::private_directory(directory)?;
        Ok(sys::fs::replace(&path, &parcel.closed()?, 0o600)?)
    }

    fn write_down(&self) -> Result<(), DeliveryError> {
        let Place { number, offset } = self.reader.place();
        sys::fs::private_directory(&self.delivery.directory)?;
        let text = format!("{number} {offset}\n");
        Ok(sys::fs::replace(&self.delivery.directory.join(DELIVERED), text.as_bytes(), 0o600)?)
    }
}

/// The records of one file as they are compressed.
struct Parcel {
    encoder: GzEncoder<Vec<u8>>,
    is_empty: bool,
}

impl Default for Parcel {
    fn default() -> Self {
        Self { encoder: GzEncoder::new(Vec::new(), Compression::default()), is_empty: true }
    }
}

impl Parcel {
    fn put(&mut self, event: &[u8]) -> std::io::Result<()> {
        let before: &[u8] = if std::mem::take(&mut self.is_empty) { b"{\"Records\":[" } else { b"," };
        self.encoder.write_all(before)?;
        self.encoder.write_all(event)
    }

    fn closed(mut self) -> std::io::Result<Vec<u8>> {
        self.encoder.write_all(b"]}")?;
        self.encoder.finish()
    }
}

/// Region and event of a line; `None` where it is no event.
fn record(line: &[u8]) -> Option<(String, &[u8])> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Placed {
        aws_region: String,
    }
    let (event, _) = halves(line)?;
    let Placed { aws_region } = serde_json::from_slice(event).ok()?;
    // It becomes part of a path.
    let plain =
        aws_region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (plain && (1..=32).contains(&aws_region.len())).then_some((aws_region, event))
}

/// The path of a file below the directory.
fn name(account_id: &str, region: &str, from: Place, now: Timestamp) -> PathBuf {
    let basic = now.basic();
    let time = str::from_utf8(&basic).expect("digits and letters");
    let (day, minute) = (&time[..8], &time[9..13]);
    let file = format!("{account_id}_CloudTrail_{region}_{day}T{minute}Z_{}.json.gz", random16(region, from));
    PathBuf::from("AWSLogs")
        .join(account_id)
        .join("CloudTrail")
        .join(region)
        .join(&day[..4])
        .join(&day[4..6])
        .join(&day[6..8])
        .join(file)
}

/// 16 letters and digits that tell files of a minute apart: the place in the journal, mixed (SplitMix64).
fn random16(region: &str, from: Place) -> String {
    let mut state = region.bytes().fold(from.number.rotate_left(40) ^ from.offset, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        char::from(SYMBOLS[((mixed ^ (mixed >> 31)) % SYMBOLS.len() as u64) as usize])
    };
    (0..16).map(|_| next()).collect()
}

/// Where the last delivery ended; the start where there was none, or nobody can read it.
fn delivered(directory: &Path) -> Place {
    let read = || {
        let text = sys::fs::read_text(&directory.join(DELIVERED), 100).ok()?;
        let (number, offset) = text.trim_end().split_once(' ')?;
        Some(Place { number: number.parse().ok()?, offset: offset.parse().ok()? })
    };
    read().unwrap_or_default()
}

/// Says where the last delivery ended.
const DELIVERED: &str = ".delivered";

/// Of events in one file, before they are compressed: about five on the disk.
const MOST_BYTES: usize = 50 * 1024 * 1024;

const SYMBOLS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
