//! How long and how much: one allowance per phase of an exchange.

use std::fmt;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::ClientError;

/// Bounds of one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// To look the name up.
    pub resolve: Duration,
    /// To connect to one of its addresses.
    pub connect: Duration,
    /// To open a proxy's tunnel; to negotiate TLS.
    pub tls: Duration,
    /// From one byte of the request to the next.
    pub send: Duration,
    /// For a server to say that it wants a large body; after that it is sent unasked.
    pub expect: Duration,
    /// From the last byte of the request until the head of the answer is read.
    pub head: Duration,
    /// From one byte of the answer's body to the next.
    pub idle: Duration,
    /// The exchange as a whole, body included.
    pub total: Option<Duration>,
    /// Bytes of the answer's body, where it is read as a document.
    pub body: usize,
}

/// What an exchange does at a time: what a time-out names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Resolve,
    Connect,
    Tunnel,
    Tls,
    Send,
    Answer,
    Body,
    Whole,
}

impl Limits {
    /// For credential documents: `timeout` for each phase, twice that for the whole, 1 MiB.
    pub const fn document(timeout: Duration) -> Self {
        Self {
            resolve: timeout,
            connect: timeout,
            tls: timeout,
            send: timeout,
            expect: EXPECT,
            head: timeout,
            idle: timeout,
            total: Some(timeout.saturating_mul(2)),
            body: DOCUMENT,
        }
    }

    /// For bodies of any size: a minute without a byte ends it, as botocore has it; nothing else does.
    pub const fn transfer() -> Self {
        let (opening, silence) = (Duration::from_secs(10), Duration::from_secs(60));
        Self {
            resolve: opening,
            connect: opening,
            tls: opening,
            send: silence,
            expect: EXPECT,
            head: silence,
            idle: silence,
            total: None,
            body: DOCUMENT,
        }
    }
}

/// For services of AWS. They answer within a second; botocore waits a minute, which is more than anybody else does.
impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            total: Some(Duration::from_secs(15)),
            ..Self::document(Duration::from_secs(5))
        }
    }
}

impl Phase {
    /// Stable, for machines.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tunnel => "tunnel",
            Self::Tls => "tls",
            Self::Send => "send",
            Self::Answer => "answer",
            Self::Body => "body",
            Self::Whole => "whole",
        }
    }
}

/// What the host did not do in time: `https://example.com did not …`.
impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolve => "resolve",
            Self::Connect => "accept a connection",
            Self::Tunnel => "become reachable through the proxy",
            Self::Tls => "complete the TLS handshake",
            Self::Send => "take more of the request",
            Self::Answer => "answer",
            Self::Body => "send more of its answer",
            Self::Whole => "answer in full",
        })
    }
}

/// An end that lies ahead, and the allowance it was made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    at: Instant,
    after: Duration,
}

impl Deadline {
    /// `None` where there is no end, or one that nobody lives to see.
    pub(crate) fn after(allowed: Option<Duration>) -> Option<Self> {
        let after = allowed?;
        Some(Self { at: Instant::now().checked_add(after)?, after })
    }

    pub(crate) async fn hold<T>(
        this: Option<Self>,
        origin: &str,
        work: impl Future<Output = Result<T, ClientError>>,
    ) -> Result<T, ClientError> {
        let Some(deadline) = this else { return work.await };
        match timeout_at(deadline.at, work).await {
            Ok(outcome) => outcome,
            Err(_) => Err(late(origin, Phase::Whole, deadline.after)),
        }
    }
}

/// `work`, if it takes no longer than `allowed`.
pub(crate) async fn within<T>(
    allowed: Duration,
    phase: Phase,
    origin: &str,
    work: impl Future<Output = Result<T, ClientError>>,
) -> Result<T, ClientError> {
    match tokio::time::timeout(allowed, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(late(origin, phase, allowed)),
    }
}

pub(crate) fn late(origin: &str, phase: Phase, after: Duration) -> ClientError {
    ClientError::Timeout { origin: origin.to_owned(), phase, after }
}

/// What curl gives a server that may not know the question.
const EXPECT: Duration = Duration::from_secs(1);
/// Answers with credentials have less than 4 KiB; IAM's longest documents a few hundred.
const DOCUMENT: usize = 1 << 20;
