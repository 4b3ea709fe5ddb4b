//! What all loads share: where the server is, whether it is meant to be up, what was counted and what was found.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::client::Keys;
use crate::register::{Moment, Register};

pub(crate) struct World {
    pub(crate) api: SocketAddr,
    pub(crate) imds: SocketAddr,
    pub(crate) admin: Keys,
    pub(crate) account: String,
    /// The default instance: the one that the metadata service's address answers for.
    pub(crate) instance: String,
    /// What each key of the shared bucket may hold.
    pub(crate) registers: Vec<Mutex<Register>>,
    /// Whether its server may fail for want of room.
    pub(crate) disk_fills: bool,
    started: Instant,
    /// Odd while the server is down; each start and each kill adds one.
    life: AtomicU64,
    over: AtomicBool,
    ids: AtomicU64,
    counts: Mutex<BTreeMap<&'static str, u64>>,
    findings: Mutex<Vec<String>>,
}

impl World {
    pub(crate) fn new(
        api: SocketAddr,
        imds: SocketAddr,
        admin: Keys,
        account: String,
        instance: String,
    ) -> Self {
        Self {
            api,
            imds,
            admin,
            account,
            instance,
            registers: (0..KEYS).map(|_| Mutex::new(Register::new())).collect(),
            disk_fills: false,
            started: Instant::now(),
            life: AtomicU64::new(0),
            over: AtomicBool::new(false),
            ids: AtomicU64::new(1),
            counts: Mutex::default(),
            findings: Mutex::default(),
        }
    }

    pub(crate) fn now(&self) -> Moment {
        u64::try_from(self.started.elapsed().as_micros()).expect("a run of less than 500,000 years")
    }

    pub(crate) fn life(&self) -> u64 {
        self.life.load(Ordering::SeqCst)
    }

    pub(crate) fn is_up(&self) -> bool {
        self.life().is_multiple_of(2)
    }

    pub(crate) fn goes_down_or_up(&self) {
        self.life.fetch_add(1, Ordering::SeqCst);
    }

    /// Returns when a server is there, which is another one if the last was killed.
    pub(crate) fn wait_until_up(&self) {
        while !self.is_up() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }

    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    /// One that nothing else in the run has.
    pub(crate) fn id(&self) -> u64 {
        self.ids.fetch_add(1, Ordering::SeqCst)
    }

    pub(crate) fn count(&self, what: &'static str) {
        self.count_by(what, 1);
    }

    pub(crate) fn count_by(&self, what: &'static str, by: u64) {
        *lock(&self.counts).entry(what).or_default() += by;
    }

    pub(crate) fn counts(&self) -> BTreeMap<&'static str, u64> {
        lock(&self.counts).clone()
    }

    /// Something that must not be.
    pub(crate) fn find(&self, what: String) {
        let seconds = self.started.elapsed().as_secs_f64();
        eprintln!("{seconds:7.2} s  FINDING: {what}");
        lock(&self.findings).push(what);
    }

    pub(crate) fn findings(&self) -> usize {
        lock(&self.findings).len()
    }
}

/// A load that panicked is a finding of its own; what it held is whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) const KEYS: usize = 48;
