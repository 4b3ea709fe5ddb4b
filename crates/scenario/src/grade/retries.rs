//! How a client asks again after a failure: how often, after how long, and by which law.

use std::collections::HashMap;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::{Ending, Record, millis, shown, times};

/// Requests that repeat one that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Retries {
    pub count: usize,
    /// From each failure to the same request again, in order.
    #[serde(serialize_with = "all_seconds")]
    pub waits: Vec<Duration>,
    pub backoff: Backoff,
    /// How long after a request that had no answer the next one of any kind came.
    #[serde(serialize_with = "all_seconds")]
    pub gave_up_after: Vec<Duration>,
}

/// How waits grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Backoff {
    /// Fewer than two in a row.
    #[default]
    Unknown,
    /// Not at all.
    Constant,
    /// By about the same factor each time.
    Exponential,
    Irregular,
}

impl Retries {
    pub(super) fn of(records: &[Record]) -> Self {
        let mut failed: HashMap<(&str, &str), (Duration, usize)> = HashMap::new();
        let mut rows: Vec<Vec<Duration>> = Vec::new();
        let mut waits = Vec::new();
        for record in records {
            let key = (record.method, record.path.as_str());
            let before = failed.remove(&key);
            let row = before.map(|(since, row)| {
                let wait = record.arrived.saturating_sub(since);
                waits.push(wait);
                rows[row].push(wait);
                row
            });
            if !record.succeeded() {
                let row = row.unwrap_or_else(|| {
                    rows.push(Vec::new());
                    rows.len() - 1
                });
                failed.insert(key, (record.settled, row));
            }
        }
        Self { count: waits.len(), backoff: Backoff::of(&rows), gave_up_after: gave_up_after(records), waits }
    }

    pub(super) fn told(&self) -> String {
        if self.count == 0 {
            return "no".to_owned();
        }
        let most = self.waits.iter().take(SHOWN).map(|wait| shown(*wait)).collect::<Vec<_>>().join(", ");
        let more = if self.waits.len() > SHOWN { ", …" } else { "" };
        let law = match self.backoff {
            Backoff::Unknown => "",
            Backoff::Constant => "; the wait stays the same",
            Backoff::Exponential => "; the wait grows each time",
            Backoff::Irregular => "; the waits follow no plain law",
        };
        format!("{}, after {most}{more}{law}", times(self.count))
    }

    pub(super) fn gave_up_told(&self) -> Option<String> {
        let (least, most) = (self.gave_up_after.iter().min()?, self.gave_up_after.iter().max()?);
        let span = if shown(*least) == shown(*most) {
            shown(*least)
        } else {
            format!("{} to {}", shown(*least), shown(*most))
        };
        Some(format!("{}, after {span}", times(self.gave_up_after.len())))
    }
}

fn gave_up_after(records: &[Record]) -> Vec<Duration> {
    let pairs = records.windows(2).filter(|pair| pair[0].ending == Ending::Unanswered);
    pairs.map(|pair| pair[1].arrived.saturating_sub(pair[0].arrived)).collect()
}

impl Backoff {
    /// The law of the longest row of waits. Waits have chance in them: a factor of 1.4 either way is the same.
    fn of(rows: &[Vec<Duration>]) -> Self {
        let Some(row) = rows.iter().max_by_key(|row| row.len()).filter(|row| row.len() >= 2) else {
            return Self::Unknown;
        };
        let (least, most) = (row.iter().min().copied(), row.iter().max().copied());
        let (least, most) =
            (millis(least.unwrap_or_default()).max(1), millis(most.unwrap_or_default()).max(1));
        if most * 10 <= least * 14 || most <= SAME_MILLIS {
            return Self::Constant;
        }
        let growths = row.windows(2).filter(|pair| pair[1] > pair[0]).count();
        let last = row.last().copied().unwrap_or_default();
        let is_longer = last.as_secs_f64() >= 1.4 * row[0].as_secs_f64();
        if is_longer && growths + 1 >= row.len() - row.len() / 4 {
            Self::Exponential
        } else {
            Self::Irregular
        }
    }
}

fn all_seconds<S: Serializer>(spans: &[Duration], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(spans.iter().map(|span| millis(*span) as f64 / 1000.0))
}

/// Waits shown one by one.
const SHOWN: usize = 6;
/// Below this, waits are the time that a request takes.
const SAME_MILLIS: i64 = 50;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn laws_are_told_apart() {
        let cases: [(&[u64], Backoff); 7] = [
            (&[], Backoff::Unknown),
            (&[500], Backoff::Unknown),
            (&[1000, 1010, 990], Backoff::Constant),
            (&[1, 20, 3], Backoff::Constant),
            (&[200, 400, 800, 1600], Backoff::Exponential),
            (&[180, 900, 2100], Backoff::Exponential),
            (&[2000, 100, 1500, 90], Backoff::Irregular),
        ];
        for (waits, expected) in cases {
            let row = waits.iter().map(|millis| Duration::from_millis(*millis)).collect();
            assert_eq!(Backoff::of(&[row]), expected, "{waits:?}");
        }
    }
}
