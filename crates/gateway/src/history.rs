//! Calls of the past, for whoever looks them up.
//!
//! Rule: the words are CloudTrail's (LookupEvents, GetTrailStatus); who may ask was decided before.

use std::fmt;

use types::Timestamp;

/// What a trail of calls can be asked.
pub trait History: fmt::Debug + Send + Sync {
    /// Management events, the newest first. Blocks on the disk.
    ///
    /// # Errors
    /// The page is of another look-up, or what was kept cannot be read.
    fn look_up(&self, look_up: &LookUp<'_>) -> Result<PastEvents, LookUpError>;

    /// How deliveries of files fare.
    fn deliveries(&self) -> Deliveries;
}

/// What is looked for. All that is given must hold.
#[derive(Clone, Copy, Debug)]
pub struct LookUp<'a> {
    pub region: &'a str,
    pub attribute: Option<(LookUpAttribute, &'a str)>,
    /// Both included.
    pub from: Timestamp,
    pub to: Timestamp,
    pub max_results: usize,
    /// Of the answer before.
    pub next_token: Option<&'a str>,
}

/// The eight attributes that events are looked up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LookUpAttribute {
    EventId,
    EventName,
    ReadOnly,
    Username,
    ResourceType,
    ResourceName,
    EventSource,
    AccessKeyId,
}

/// One page of events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastEvents {
    pub events: Vec<PastEvent>,
    pub next_token: Option<String>,
}

/// One event as LookupEvents shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastEvent {
    pub event_id: String,
    pub event_name: String,
    pub event_source: String,
    pub event_time: Timestamp,
    pub read_only: bool,
    pub user_name: Option<String>,
    pub access_key_id: Option<String>,
    /// Types and names.
    pub resources: Vec<(String, String)>,
    /// The whole event, JSON.
    pub text: String,
}

/// Why nothing is found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookUpError {
    #[error("the page is of another look-up, or was removed; look up from the start")]
    NextToken,
    #[error("the trail of calls cannot be read: {0}")]
    Unreadable(String),
}

/// How deliveries of files fare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deliveries {
    pub latest: Option<Timestamp>,
    pub latest_attempt: Option<Timestamp>,
    pub error: Option<String>,
}

/// Remembers nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHistory;

impl History for NoHistory {
    fn look_up(&self, _: &LookUp<'_>) -> Result<PastEvents, LookUpError> {
        Ok(PastEvents::default())
    }

    fn deliveries(&self) -> Deliveries {
        Deliveries::default()
    }
}
