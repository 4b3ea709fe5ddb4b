//! When a client had credentials that were good.
//!
//! At each moment the newest set that it was given counts. It needs one from its first request on; a moment less than a
//! tenth of a second is what asking takes.

use std::time::Duration;

use serde::{Serialize, Serializer};

use super::{Kind, Record, millis, plural, seconds, shown};

/// A client's credentials over its life.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Coverage {
    /// Whether it asked for credentials at all.
    pub asked: bool,
    /// Different sets that it was given.
    pub sets: usize,
    pub gaps: Vec<Gap>,
    /// The gaps together.
    #[serde(serialize_with = "seconds")]
    pub without: Duration,
    /// By how many milliseconds before its end each set was replaced; negative where it had ended.
    #[serde(serialize_with = "all_seconds")]
    pub refreshed_before_end_millis: Vec<i64>,
}

/// A time without good credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Gap {
    #[serde(serialize_with = "seconds")]
    pub from: Duration,
    #[serde(serialize_with = "seconds")]
    pub to: Duration,
}

/// A set from when it was given to when the next one was.
struct Held<'a> {
    asked: Duration,
    given: Duration,
    key: &'a str,
    ends: i64,
}

impl Coverage {
    pub(super) fn of(records: &[Record], lived: Duration) -> Self {
        let wants =
            |record: &Record| matches!(record.kind, Kind::RoleList | Kind::Credentials | Kind::Container);
        let mut held: Vec<Held<'_>> = records.iter().filter_map(Held::of).collect();
        held.sort_by_key(|held| held.given);
        let mut keys: Vec<&str> = held.iter().map(|held| held.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let gaps = match records.first() {
            Some(first) if records.iter().any(wants) || !held.is_empty() => gaps(first.arrived, &held, lived),
            _ => Vec::new(),
        };
        Self {
            asked: records.iter().any(wants),
            sets: keys.len(),
            without: gaps.iter().map(Gap::length).sum(),
            gaps,
            refreshed_before_end_millis: refreshes(&held),
        }
    }

    pub(super) fn told(&self, lived: Duration) -> String {
        if !self.asked {
            return "it never asked for credentials".to_owned();
        }
        if self.gaps.is_empty() {
            return "none".to_owned();
        }
        let spans: Vec<String> = self.gaps.iter().take(SHOWN).map(Gap::told).collect();
        let more = if self.gaps.len() > SHOWN { ", …" } else { "" };
        format!("{} of {}: {}{more}", shown(self.without), shown(lived), spans.join(", "))
    }

    pub(super) fn refreshes_told(&self) -> String {
        let spans = &self.refreshed_before_end_millis;
        let (Some(least), Some(most)) = (spans.iter().min(), spans.iter().max()) else {
            return "never".to_owned();
        };
        let count = plural(spans.len(), "time", "times");
        let told = |millis: i64| {
            let span = shown(Duration::from_millis(millis.unsigned_abs()));
            if millis < 0 { format!("{span} after") } else { format!("{span} before") }
        };
        match (told(*least), told(*most)) {
            (least, most) if least == most => format!("{count}, {least} the end of the set"),
            (least, most) => format!("{count}, {least} to {most} the end of the set"),
        }
    }
}

impl Gap {
    pub fn length(&self) -> Duration {
        self.to.saturating_sub(self.from)
    }

    fn told(&self) -> String {
        format!("{} to {}", shown(self.from), shown(self.to))
    }
}

impl<'a> Held<'a> {
    fn of(record: &'a Record) -> Option<Self> {
        let grant = record.grant.as_ref()?;
        let (asked, given) = (record.arrived, record.settled);
        Some(Held { asked, given, key: &grant.access_key_id, ends: grant.ends_millis })
    }
}

fn gaps(from: Duration, held: &[Held<'_>], lived: Duration) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    let mut good_until = from;
    for held in held {
        gaps.push(Gap { from: good_until, to: held.given });
        let ends = Duration::from_millis(u64::try_from(held.ends).unwrap_or(0));
        good_until = ends.max(held.given);
    }
    gaps.push(Gap { from: good_until, to: lived });
    let mut joined: Vec<Gap> = Vec::new();
    for gap in gaps.into_iter().filter(|gap| gap.to > gap.from) {
        match joined.last_mut() {
            Some(last) if last.to >= gap.from => last.to = gap.to,
            _ => joined.push(gap),
        }
    }
    joined.retain(|gap| gap.length() >= ASKING);
    joined
}

fn refreshes(held: &[Held<'_>]) -> Vec<i64> {
    let pairs = held.windows(2).filter(|pair| pair[0].key != pair[1].key);
    pairs.map(|pair| pair[0].ends - millis(pair[1].asked)).collect()
}

fn all_seconds<S: Serializer>(spans: &[i64], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(spans.iter().map(|millis| *millis as f64 / 1000.0))
}

const ASKING: Duration = Duration::from_millis(100);
const SHOWN: usize = 5;
