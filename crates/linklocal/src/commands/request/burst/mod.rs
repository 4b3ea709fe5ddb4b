//! Many requests: at a rate, or one after the other, and what they came to.
//!
//! Rule: an open loop. With `--rate`, requests begin when they are due, whatever became of those before, up to as many at
//! once as are allowed; so a service that grows slow is not asked less, as it is not by many users.

mod tally;

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

pub(super) use self::tally::{Shared, Shot};
use self::tally::{Summary, Tally};
use super::live::Live;
use super::report::{Row, TimeLine, row_of_request};
use crate::arguments::BurstArguments;

/// How many, how fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Burst {
    count: u32,
    /// From one to the next; nothing where each waits for one before.
    interval: Option<Duration>,
    parallel: usize,
}

/// What became of a burst.
#[derive(Debug, Default)]
pub(super) struct Fired {
    tally: Tally,
    took: Duration,
    late: u32,
    rows: Vec<(u32, Row)>,
    left_out: usize,
    was_stopped: bool,
}

impl Burst {
    /// Nothing where a single request is wanted.
    pub(super) fn of(arguments: &BurstArguments) -> Option<Self> {
        let interval = arguments.rate.map(|rate| Duration::from_secs_f64(1.0 / rate));
        let usual = if interval.is_some() { 1000 } else { 1 };
        let parallel = arguments.parallel.unwrap_or(usual) as usize;
        Some(Self { count: arguments.count?, interval, parallel })
    }

    /// Asks until all have ended, or `stop` does: then what is under way is given up.
    pub(super) async fn fire<F>(
        self,
        live: &Live,
        ask: impl Fn() -> F,
        stop: impl Future<Output = ()>,
    ) -> Fired
    where
        F: Future<Output = Shot> + Send + 'static,
    {
        let start = Instant::now();
        let mut fired = Fired::default();
        let mut under_way = JoinSet::new();
        let (mut begun, mut ended) = (0, 0);
        tokio::pin!(stop);
        while ended < self.count {
            let due = start + self.interval.unwrap_or_default() * begun;
            let has_room = begun < self.count && under_way.len() < self.parallel;
            tokio::select! {
                biased;
                () = &mut stop => {
                    fired.was_stopped = true;
                    break;
                }
                Some(shot) = under_way.join_next(), if !under_way.is_empty() => {
                    ended += 1;
                    if let Ok((number, at, shot)) = shot {
                        fired.add(number, at, &shot);
                    }
                    live.counted(ended, self.count, fired.tally.retries());
                }
                () = sleep_until(due), if has_room => {
                    let now = Instant::now();
                    fired.late += u32::from(self.interval.is_some_and(|between| now > due + between.max(SLACK)));
                    begun += 1;
                    let (number, at, shot) = (begun, now.saturating_duration_since(start), ask());
                    under_way.spawn(async move { (number, at, shot.await) });
                }
            }
        }
        fired.took = start.elapsed();
        fired
    }
}

impl Fired {
    pub(super) fn has_failures(&self) -> bool {
        self.tally.has_failures()
    }

    pub(super) fn was_stopped(&self) -> bool {
        self.was_stopped
    }

    pub(super) fn time_line(&mut self, title: String) -> TimeLine {
        self.rows.sort_by_key(|(number, _)| *number);
        let rows = std::mem::take(&mut self.rows).into_iter().map(|(_, row)| row).collect();
        TimeLine { title, rows, left_out: self.left_out }
    }

    pub(super) fn summary(self, shared: Shared) -> Summary {
        self.tally.summary(self.took, self.late, shared)
    }

    fn add(&mut self, number: u32, at: Duration, shot: &Shot) {
        self.tally.add(shot);
        if (number as usize) <= TimeLine::MAX_ROWS {
            self.rows.push((number, row_of_request(format!("#{number}"), &shot.history, at)));
        } else {
            self.left_out += 1;
        }
    }
}

/// A timer of the event loop is no better than that.
const SLACK: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use client::retry::History;
    use tokio::time::sleep;

    use super::*;

    fn shot() -> Shot {
        let history = History::default();
        Shot { outcome: "200".to_owned(), is_good: true, took: Duration::from_secs(1), history }
    }

    /// How long a burst takes whose requests take a second each, the most at once, and how many were late.
    async fn fired(count: u32, rate: Option<f64>, parallel: usize) -> (Duration, u32, u32) {
        let interval = rate.map(|rate| Duration::from_secs_f64(1.0 / rate));
        let (now, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
        let ask = || {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                sleep(Duration::from_secs(1)).await;
                now.fetch_sub(1, Ordering::Relaxed);
                shot()
            }
        };
        let burst = Burst { count, interval, parallel };
        let fired = burst.fire(&Live::silent(), ask, std::future::pending()).await;
        (fired.took, most.load(Ordering::Relaxed), fired.late)
    }

    #[tokio::test(start_paused = true)]
    async fn requests_begin_when_they_are_due_whatever_became_of_others() {
        let close = |took: Duration, seconds: f64| (took.as_secs_f64() - seconds).abs() < 0.1;
        let (took, most, late) = fired(21, Some(10.0), 1000).await;
        assert!(close(took, 3.0) && (10..=11).contains(&most) && late == 0, "{took:?} {most} {late}");
        let (took, most, late) = fired(6, None, 2).await;
        assert!(close(took, 3.0) && most == 2 && late == 0, "{took:?} {most} {late}");
        let (took, most, late) = fired(4, Some(10.0), 1).await;
        assert!(close(took, 4.0) && most == 1 && late == 3, "{took:?} {most} {late}");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_stops_it_gets_what_has_ended() {
        let ask = || async {
            sleep(Duration::from_secs(1)).await;
            shot()
        };
        let burst = Burst { count: 100, interval: None, parallel: 1 };
        let stop = sleep(Duration::from_millis(3500));
        let fired = burst.fire(&Live::silent(), ask, stop).await;
        assert_eq!(fired.rows.len(), 3);
    }
}
