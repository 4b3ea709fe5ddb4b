//! Like entries, counted together.

use std::collections::BTreeMap;

use types::Timestamp;

use super::{Finding, Severity};
use crate::event::Kept;

/// How often, when, and by which events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) times: u64,
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    pub(super) event_ids: Vec<String>,
    /// Operations, in the order of their first coming.
    pub(super) operations: Vec<String>,
}

/// Groups by a key, at most so many.
#[derive(Debug)]
pub(super) struct Groups<K, V>(BTreeMap<K, (Tally, V)>);

impl<K, V> Default for Groups<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl Tally {
    pub(super) fn none(at: Timestamp) -> Self {
        Self { times: 0, first: at, last: at, event_ids: Vec::new(), operations: Vec::new() }
    }

    pub(super) fn add(&mut self, call: &Kept) {
        self.count(time(call), 1);
        if self.event_ids.len() < SHOWN {
            self.event_ids.push(call.event.event_id.clone());
        }
        let operation = operation(call);
        if self.operations.len() < SHOWN && !self.operations.contains(&operation) {
            self.operations.push(operation);
        }
    }

    pub(super) fn count(&mut self, at: Timestamp, times: u64) {
        self.times += times;
        (self.first, self.last) = (self.first.min(at), self.last.max(at));
    }

    /// That of the same, seen in another light.
    pub(super) fn take(&mut self, other: Self) {
        self.times += other.times;
        (self.first, self.last) = (self.first.min(other.first), self.last.max(other.last));
        let room = SHOWN.saturating_sub(self.event_ids.len());
        self.event_ids.extend(other.event_ids.into_iter().take(room));
        for operation in other.operations {
            if self.operations.len() < SHOWN && !self.operations.contains(&operation) {
                self.operations.push(operation);
            }
        }
    }

    pub(super) fn finding(self, kind: &str, severity: Severity, title: String) -> Finding {
        Finding {
            kind: kind.to_owned(),
            severity,
            title,
            evidence: Vec::new(),
            why: String::new(),
            advice: Vec::new(),
            times: self.times,
            first: self.first,
            last: self.last,
            event_ids: self.event_ids,
        }
    }

    /// `2 calls`
    pub(super) fn calls(&self) -> String {
        if self.times == 1 { "1 call".to_owned() } else { format!("{} calls", self.times) }
    }

    /// `s3:GetObject, s3:PutObject and others`
    pub(super) fn operations(&self) -> String {
        let others = if self.operations.len() == SHOWN { " and others" } else { "" };
        format!("{}{others}", self.operations.join(", "))
    }
}

impl<K: Ord, V> Groups<K, V> {
    pub(super) fn add(&mut self, key: K, call: &Kept, value: impl FnOnce() -> V) {
        if let Some((tally, _)) = self.group(key, time(call), value) {
            tally.add(call);
        }
    }

    /// The group of this key; `None` where there are too many.
    pub(super) fn group(
        &mut self,
        key: K,
        at: Timestamp,
        value: impl FnOnce() -> V,
    ) -> Option<&mut (Tally, V)> {
        if self.0.len() >= MOST && !self.0.contains_key(&key) {
            return None;
        }
        Some(self.0.entry(key).or_insert_with(|| (Tally::none(at), value())))
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = (K, Tally, V)> {
        self.0.into_iter().map(|(key, (tally, value))| (key, tally, value))
    }
}

pub(super) fn time(call: &Kept) -> Timestamp {
    call.aside.time.unwrap_or(call.event.event_time)
}

/// `s3:GetObject`
pub(super) fn operation(call: &Kept) -> String {
    let service = call.event.event_source.split('.').next().unwrap_or_default();
    format!("{service}:{}", call.event.event_name)
}

/// Events and operations that a finding names.
const SHOWN: usize = 10;

/// Groups of one kind of finding.
const MOST: usize = 1000;
