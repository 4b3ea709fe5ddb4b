//! What became of each attempt of a call: for reports, live lines and summaries.
//!
//! Rule: no header, no body, no path: hosts, codes and times only.

use std::fmt;
use std::time::Duration;

use super::Cause;

/// A call from its first attempt to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    pub attempts: Vec<Attempt>,
    /// `None` while it lasts.
    pub ended: Option<Ended>,
}

/// One request, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// How many there may be; corrections are not counted.
    pub max: u32,
    /// When it was sent, from the beginning of the call.
    pub at: Duration,
    /// From sending it until its answer's head, or the whole of the answer where it had to be read.
    pub took: Duration,
    /// How long the rate of `adaptive` held it back before it was sent.
    pub held: Duration,
    /// What it was signed for.
    pub region: String,
    pub outcome: Outcome,
    /// Why another attempt might do better; `None` for an end that is final.
    pub cause: Option<Cause>,
    /// The pause before the next attempt; `None` where there is no next one.
    pub wait: Option<Duration>,
    /// How much of the wait the service asked for.
    pub asked_for: Option<Duration>,
    /// What is done otherwise in the next attempt.
    pub correction: Option<Correction>,
    /// It was sent, may have been carried out, and would do it twice if it is sent again: a POST or PATCH without an answer.
    pub may_repeat: bool,
    /// What was left of the quota afterwards, in modes that have one.
    pub quota: Option<u32>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Answer {
        status: u16,
        /// The error's code, where the answer has one.
        code: Option<String>,
        request_id: Option<String>,
    },
    /// No answer: the code and the words of the error.
    Failure { code: &'static str, what: String },
}

/// Something that was found wrong and is put right once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Correction {
    /// Milliseconds by which the service's clock is ahead of ours; signatures bear its time from now on.
    Clock { offset_ms: i64 },
    /// The answer named the right region.
    Region { from: String, to: String, host: String },
    /// The keys had expired, and newer ones were to be had.
    Keys,
}

/// Why there was no further attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Done,
    Final,
    /// As many as are allowed.
    AttemptsSpent,
    /// Too many retries of this and other calls: the quota they share is used up.
    QuotaSpent,
    /// It may have been carried out, and the settings forbid to do that twice.
    MayRepeat,
}

/// Hears of a call as it goes.
pub trait Observer: Send + Sync {
    /// An attempt is sent; `max` are allowed.
    fn attempt_started(&self, _number: u32, _max: u32) {}
    /// It has ended; its `wait` says whether there will be another.
    fn attempt_ended(&self, _attempt: &Attempt) {}
    /// The pause before the next attempt begins. Not called where there is none.
    fn waiting(&self, _attempt: &Attempt, _wait: Duration) {}
    /// The rate of `adaptive` holds the next attempt back.
    fn held(&self, _wait: Duration) {}
}

impl History {
    /// Requests beyond the first, corrections included.
    pub fn retries(&self) -> usize {
        self.attempts.len().saturating_sub(1)
    }

    /// Time spent waiting, for back-off and for the rate.
    pub fn waited(&self) -> Duration {
        self.attempts.iter().map(|attempt| attempt.wait.unwrap_or_default() + attempt.held).sum()
    }

    pub fn corrections(&self) -> impl Iterator<Item = &Correction> {
        self.attempts.iter().filter_map(|attempt| attempt.correction.as_ref())
    }

    /// Whether something may have been carried out twice.
    pub fn may_have_repeated(&self) -> bool {
        self.attempts.iter().any(|attempt| attempt.may_repeat && attempt.wait.is_some())
    }
}

impl Ended {
    /// For machines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Final => "final",
            Self::AttemptsSpent => "attempts-spent",
            Self::QuotaSpent => "quota-spent",
            Self::MayRepeat => "may-repeat",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer { status, code: Some(code), .. } => write!(f, "{status} {code}"),
            Self::Answer { status, .. } => write!(f, "{status}"),
            Self::Failure { what, .. } => f.write_str(what),
        }
    }
}

/// A sentence that says what was wrong and what is done.
impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clock { offset_ms } => {
                let seconds = offset_ms.unsigned_abs() / 1000;
                let side = if *offset_ms > 0 { "behind" } else { "ahead of" };
                write!(
                    f,
                    "this machine's clock is {seconds} s {side} the service's; signing again by the service's"
                )
            }
            Self::Region { from, to, host } => {
                write!(f, "this belongs to region {to}, not {from}; asking {host} instead")
            }
            Self::Keys => f.write_str("the credentials had expired; signing again with newer ones"),
        }
    }
}
