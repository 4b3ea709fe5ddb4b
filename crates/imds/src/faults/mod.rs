//! What is wrong with the service at the moment, on purpose (facts/imds.md section 7, ideas 2, 4 and 14).
//!
//! Rule: faults are plain data that somebody switches on and off. Which requests a fault befalls follows from its seed and
//! the order of the requests it could befall, never from a clock; without faults nothing here is entered.

mod active;
mod packets;
mod rule;

use std::time::Duration;

use types::{InstanceId, Timestamp};

pub(crate) use active::{Active, Subject};
pub use packets::PacketBudget;
pub(crate) use packets::repetition;
pub use rule::{FaultEffect, FaultRate, FaultRule, FaultStatus, FaultTarget, ResetMoment, ServiceVersion};

/// All that is wrong at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// What the choices of all rules follow from.
    pub seed: u64,
    /// The instance that they befall; `None` for all of them.
    pub instance_id: Option<InstanceId>,
    /// Of several rules that befall one request, the first counts.
    pub rules: Vec<FaultRule>,
    /// Session tokens issued before this moment are answered 401, as if they had never been.
    pub tokens_lost_before: Option<Timestamp>,
    pub clock_offset: ClockOffset,
    pub packet_budget: Option<PacketBudget>,
}

/// By how much the times that the service names are off: `Date`, `Last-Modified`, `LastUpdated` and `Expiration`.
///
/// It is what a client sees whose own clock is off the other way. Tokens and sessions live by the true time: the seconds
/// that a token has left are a span, and a set is valid for as long as it would be without the fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClockOffset {
    #[default]
    None,
    /// Times that have not come yet.
    Ahead(Duration),
    /// Times that have passed.
    Behind(Duration),
}

impl ClockOffset {
    /// What the service says when it means `time`.
    pub fn apply(self, time: Timestamp) -> Timestamp {
        match self {
            Self::None => time,
            Self::Ahead(by) => time + by,
            Self::Behind(by) => time - by,
        }
    }
}
