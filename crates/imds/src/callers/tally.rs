//! What is counted of one program.

use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use metadata::Access;
use net::Caller;
use types::{InstanceId, Timestamp};

use super::calls::ProgramCalls;
use super::program::Program;

/// Counters of one program of one user, in one container, on one instance.
#[derive(Debug)]
pub struct Tally {
    key: Key,
    first_seen: Timestamp,
    last_seen: AtomicI64,
    v1: AtomicU64,
    v1_rejected: AtomicU64,
    v2: AtomicU64,
    tokens: AtomicU64,
    tokens_refused: AtomicU64,
    bad_token: AtomicU64,
    errors: AtomicU64,
    credentials: AtomicU64,
    v1_reads: AtomicU8,
    calls: Arc<ProgramCalls>,
    visits: Mutex<Visits>,
}

/// What sets tallies apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) instance_id: Option<InstanceId>,
    pub(super) program: Program,
    pub(super) user: Option<u32>,
    pub(super) container_id: Option<String>,
}

/// Of the connection that was met last.
#[derive(Clone, Debug)]
pub(super) struct Latest {
    pub(super) caller: Arc<Caller>,
    pub(super) user_agent: Option<String>,
}

/// What is kept of a program's connections.
#[derive(Clone, Debug)]
struct Visits {
    latest: Latest,
    /// Names of programs that ran this one.
    run_by: Vec<String>,
}

/// One request, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted<'a> {
    pub(crate) access: Access,
    pub(crate) status: StatusCode,
    /// Whether a token was issued, where one was asked for.
    pub(crate) token_issued: Option<bool>,
    pub(crate) is_grant: bool,
    /// Whether something was read without showing a token, and what.
    pub(crate) read_without_token: Option<&'a str>,
    pub(crate) at: Timestamp,
}

/// A program and its counts, at one moment.
#[derive(Clone, Debug)]
pub struct CallerSummary {
    /// The instance that it called; `None` where none answered.
    pub instance_id: Option<InstanceId>,
    pub program: Program,
    /// As it was when it connected last.
    pub caller: Arc<Caller>,
    pub user_agent: Option<String>,
    /// The first few programs that ran it: its processes' parents.
    pub run_by: Vec<String>,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    pub counts: Counts,
    /// What it read without a token.
    pub v1_reads: Vec<Reading>,
}

/// How often a program did what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Reads without a token that were answered, be it with 404.
    pub v1: u64,
    /// Reads without a token that were refused because tokens are required.
    pub v1_rejected: u64,
    /// Calls with a good token.
    pub v2: u64,
    /// Tokens that it was given.
    pub tokens: u64,
    /// Requests for a token that were refused.
    pub tokens_refused: u64,
    /// Calls with a token that was not good.
    pub bad_token: u64,
    /// Answers of status 400 and above.
    pub errors: u64,
    /// Credential documents that it was given.
    pub credentials: u64,
}

/// Kinds of metadata, as a v1 caller's reads are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    Credentials,
    UserData,
    IdentityDocument,
    Tags,
    OtherMetadata,
}

impl Tally {
    pub(super) fn new(key: Key, latest: Latest, calls: Arc<ProgramCalls>, now: Timestamp) -> Self {
        Self {
            key,
            first_seen: now,
            last_seen: AtomicI64::new(now.millis()),
            v1: AtomicU64::default(),
            v1_rejected: AtomicU64::default(),
            v2: AtomicU64::default(),
            tokens: AtomicU64::default(),
            tokens_refused: AtomicU64::default(),
            bad_token: AtomicU64::default(),
            errors: AtomicU64::default(),
            credentials: AtomicU64::default(),
            v1_reads: AtomicU8::default(),
            calls,
            visits: Mutex::new(Visits { run_by: latest.parent().into_iter().collect(), latest }),
        }
    }

    /// Another connection of the program.
    pub(super) fn visit(&self, latest: Latest, now: Timestamp) {
        self.last_seen.store(now.millis(), Relaxed);
        let mut visits = self.visits();
        let unknown = |parent: &String| !visits.run_by.contains(parent) && visits.run_by.len() < PARENTS;
        if let Some(parent) = latest.parent().filter(unknown) {
            visits.run_by.push(parent);
        }
        visits.latest = latest;
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    pub(super) fn last_seen(&self) -> Timestamp {
        Timestamp::from_millis(self.last_seen.load(Relaxed))
    }

    /// Counts one request.
    pub(crate) fn count(&self, counted: &Counted<'_>) {
        self.last_seen.store(counted.at.millis(), Relaxed);
        self.calls.count(counted.access);
        let add = |counter: &AtomicU64, counts: bool| {
            if counts {
                counter.fetch_add(1, Relaxed);
            }
        };
        add(&self.v1_rejected, counted.access == Access::V1Rejected);
        add(&self.v2, counted.access == Access::V2);
        add(&self.bad_token, counted.access == Access::BadToken);
        add(&self.tokens, counted.token_issued == Some(true));
        add(&self.tokens_refused, counted.token_issued == Some(false));
        add(&self.credentials, counted.is_grant);
        add(&self.errors, counted.status.as_u16() >= 400);
        if let Some(path) = counted.read_without_token {
            let answered = matches!(counted.status, StatusCode::OK | StatusCode::NOT_FOUND);
            add(&self.v1, answered);
            if answered || counted.access == Access::V1Rejected {
                self.v1_reads.fetch_or(Reading::of(path).bit(), Relaxed);
            }
        }
    }

    /// Counts an answer that failed after the request was counted.
    pub(crate) fn count_failure(&self) {
        self.errors.fetch_add(1, Relaxed);
    }

    pub(super) fn summary(&self) -> CallerSummary {
        let Visits { latest: Latest { caller, user_agent }, run_by } = self.visits().clone();
        let read = self.v1_reads.load(Relaxed);
        CallerSummary {
            instance_id: self.key.instance_id.clone(),
            program: self.key.program.clone(),
            caller,
            user_agent,
            run_by,
            first_seen: self.first_seen,
            last_seen: self.last_seen(),
            counts: self.counts(),
            v1_reads: Reading::ALL.into_iter().filter(|reading| read & reading.bit() != 0).collect(),
        }
    }

    fn counts(&self) -> Counts {
        let count = |counter: &AtomicU64| counter.load(Relaxed);
        Counts {
            v1: count(&self.v1),
            v1_rejected: count(&self.v1_rejected),
            v2: count(&self.v2),
            tokens: count(&self.tokens),
            tokens_refused: count(&self.tokens_refused),
            bad_token: count(&self.bad_token),
            errors: count(&self.errors),
            credentials: count(&self.credentials),
        }
    }

    fn visits(&self) -> MutexGuard<'_, Visits> {
        // Each part is put in whole, so a panic elsewhere leaves nothing half done.
        self.visits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Latest {
    fn parent(&self) -> Option<String> {
        let ancestors = self.caller.process.as_ref().map(|process| &process.ancestors);
        ancestors.and_then(|ancestors| ancestors.first()).map(|parent| parent.name.clone())
    }
}

impl Reading {
    const ALL: [Self; 5] =
        [Self::Credentials, Self::UserData, Self::IdentityDocument, Self::Tags, Self::OtherMetadata];

    /// By the words of the path as it came. An odd spelling is another kind, which does no harm.
    fn of(path: &str) -> Self {
        let has = |part: &str| path.contains(part);
        if has("security-credentials") {
            Self::Credentials
        } else if has("/user-data") {
            Self::UserData
        } else if has("/instance-identity") {
            Self::IdentityDocument
        } else if has("/tags") {
            Self::Tags
        } else {
            Self::OtherMetadata
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Parents that are kept of a program.
const PARENTS: usize = 8;
