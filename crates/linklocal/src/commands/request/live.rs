//! What is going on, while it goes on: a line on a terminal that is written over and over, plain lines anywhere else.
//!
//! Rule: only stderr; a line that is there goes before anything else is written, and nothing stays of it.

use std::io::IsTerminal as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use client::retry::{Attempt, Observer};
use tokio::time::Instant;

use super::report::said;
use crate::output::Output;

/// Hears of attempts, waits and bytes, and shows them.
#[derive(Debug)]
pub(super) struct Live {
    manner: Manner,
    state: Mutex<State>,
}

/// How it shows what it hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Nothing but what is wrong.
    Silent,
    /// A line for each retry.
    Lines,
    /// One line that changes.
    Terminal,
}

#[derive(Debug)]
struct State {
    begun: Instant,
    doing: Doing,
    is_shown: bool,
}

/// What is done at the moment.
#[derive(Clone, Debug)]
enum Doing {
    Asking { number: u32, max: u32 },
    Waiting { number: u32, max: u32, why: String, until: Instant },
    Counting { done: u32, of: u32, retries: u32 },
    Moving { verb: &'static str, bytes: u64, of: Option<u64>, since: Instant, before: u64 },
}

impl Live {
    pub(super) fn new(is_silent: bool, env: &sys::Env) -> Self {
        let manner = match std::io::stderr().is_terminal() && env.var("TERM") != Some("dumb") {
            _ if is_silent => Manner::Silent,
            true => Manner::Terminal,
            false => Manner::Lines,
        };
        let doing = Doing::Asking { number: 1, max: 1 };
        Self { manner, state: Mutex::new(State { begun: Instant::now(), doing, is_shown: false }) }
    }

    #[cfg(test)]
    pub(super) fn silent() -> Self {
        let doing = Doing::Asking { number: 1, max: 1 };
        let state = State { begun: Instant::now(), doing, is_shown: false };
        Self { manner: Manner::Silent, state: Mutex::new(state) }
    }

    /// What `work` comes to; the line is kept up to date meanwhile.
    pub(super) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        if self.manner != Manner::Terminal {
            return work.await;
        }
        tokio::pin!(work);
        let mut tick = tokio::time::interval(BETWEEN);
        let done = loop {
            tokio::select! {
                done = &mut work => break done,
                _ = tick.tick() => self.show(),
            }
        };
        self.clear();
        done
    }

    /// `bytes` of a body are there, `of` so many.
    pub(super) fn moved(&self, verb: &'static str, bytes: u64, of: Option<u64>) {
        let mut state = self.state();
        let (since, before) = match state.doing {
            // Each attempt begins at the beginning.
            Doing::Moving { verb: same, bytes: last, since, before, .. } if same == verb && bytes >= last => {
                (since, before)
            }
            _ => (Instant::now(), bytes),
        };
        state.doing = Doing::Moving { verb, bytes, of, since, before };
    }

    /// So many of many requests have ended.
    pub(super) fn counted(&self, done: u32, of: u32, retries: u32) {
        self.state().doing = Doing::Counting { done, of, retries };
    }

    /// A line that stays.
    pub(super) fn note(&self, text: &str) {
        if self.manner != Manner::Silent {
            self.clear();
            Output::note(text);
        }
    }

    fn show(&self) {
        let mut state = self.state();
        let now = Instant::now();
        if let Some(text) = text(&state, now) {
            Output::live(&text);
            state.is_shown = true;
        }
    }

    fn clear(&self) {
        let mut state = self.state();
        if std::mem::take(&mut state.is_shown) {
            Output::live("");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whatever a panic left of it is drawn over.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Live {
    fn attempt_started(&self, number: u32, max: u32) {
        self.state().doing = Doing::Asking { number, max };
    }

    fn attempt_ended(&self, attempt: &Attempt) {
        if let Some(correction) = &attempt.correction {
            self.note(&format!("note: {correction}"));
        }
    }

    fn waiting(&self, attempt: &Attempt, wait: Duration) {
        let Attempt { number, max, .. } = *attempt;
        let why = why(attempt);
        if self.manner == Manner::Lines {
            let next = number + 1;
            Output::note(&format!("attempt {number} of {max}: {why}; attempt {next} in {}", said(wait)));
        }
        self.state().doing = Doing::Waiting { number, max, why, until: Instant::now() + wait };
    }

    fn held(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let why = "held back to the rate that the service takes".to_owned();
        let mut state = self.state();
        let (number, max) = match state.doing {
            Doing::Waiting { number, max, .. } | Doing::Asking { number, max } => (number, max),
            Doing::Counting { .. } | Doing::Moving { .. } => (1, 1),
        };
        state.doing = Doing::Waiting { number, max, why, until };
    }
}

/// `503 SlowDown, throttled`.
pub(super) fn why(attempt: &Attempt) -> String {
    match attempt.cause {
        Some(cause) => format!("{}, {cause}", attempt.outcome),
        None => attempt.outcome.to_string(),
    }
}

/// The line, if there is something to say: short work is done before anybody could read it.
fn text(state: &State, now: Instant) -> Option<String> {
    let text = match &state.doing {
        _ if now.saturating_duration_since(state.begun) < PATIENCE => return None,
        Doing::Asking { number, max: 1 } if *number == 1 => "waiting for the answer".to_owned(),
        Doing::Asking { number, max } => format!("attempt {number} of {max}: waiting for the answer"),
        Doing::Waiting { number, max, why, until } => {
            let left = until.saturating_duration_since(now).as_secs_f64();
            format!("attempt {number} of {max}: {why}; next in {left:.1} s")
        }
        Doing::Counting { done, of, retries } => {
            let rate = f64::from(*done) / now.saturating_duration_since(state.begun).as_secs_f64();
            format!("{done} of {of} requests, {rate:.1} a second, {retries} retries")
        }
        Doing::Moving { verb: "sent", bytes, of: Some(of), .. } if bytes == of => {
            format!("sent {}; waiting for the answer", size(*of))
        }
        Doing::Moving { verb, bytes, of, since, before } => {
            moving(verb, *bytes, *of, bytes - before, now.saturating_duration_since(*since))
        }
    };
    Some(text.chars().take(WIDTH).collect())
}

/// `sent   45 % [#########           ]  12.3 of 27.1 MiB, 4.2 MiB/s, 4 s left`.
fn moving(verb: &str, bytes: u64, of: Option<u64>, fresh: u64, span: Duration) -> String {
    let seconds = span.as_secs_f64();
    let rate = if seconds > 0.2 { fresh as f64 / seconds } else { 0.0 };
    let speed = if rate > 0.0 { format!(", {}/s", size(rate as u64)) } else { String::new() };
    let Some(of) = of.filter(|of| *of > 0) else { return format!("{verb} {}{speed}", size(bytes)) };
    let part = (bytes as f64 / of as f64).min(1.0);
    let filled = (part * BAR as f64) as usize;
    let bar = format!("{}{}", "#".repeat(filled), " ".repeat(BAR - filled));
    let left = match rate > 0.0 && bytes < of {
        true => format!(", {} left", said(Duration::from_secs(((of - bytes) as f64 / rate).ceil() as u64))),
        false => String::new(),
    };
    format!("{verb} {:3.0} % [{bar}] {} of {}{speed}{left}", part * 100.0, size(bytes), size(of))
}

/// Bytes as people say them.
pub(super) fn size(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = "bytes";
    for larger in units {
        if value < 1024.0 {
            break;
        }
        (value, unit) = (value / 1024.0, larger);
    }
    if unit == "bytes" { format!("{bytes} bytes") } else { format!("{value:.1} {unit}") }
}

const BETWEEN: Duration = Duration::from_millis(100);
/// Nobody needs to hear of what takes less.
const PATIENCE: Duration = Duration::from_secs(1);
/// What a line holds on the narrowest terminal that is usual.
const WIDTH: usize = 79;
const BAR: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_is_shown_with_its_rate_and_its_end() {
        let second = Duration::from_secs(2);
        let line = moving("received", 4 << 20, Some(8 << 20), 4 << 20, second);
        assert_eq!(line, "received  50 % [##########          ] 4.0 MiB of 8.0 MiB, 2.0 MiB/s, 2 s left");
        assert_eq!(moving("received", 100, None, 100, second), "received 100 bytes, 50 bytes/s");
        assert_eq!(moving("sent", 0, Some(0), 0, Duration::ZERO), "sent 0 bytes");
        let more_than_said = moving("sent", 20, Some(10), 20, second);
        assert!(more_than_said.starts_with("sent 100 % [####################] 20 bytes of 10 bytes"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_counts_down_and_short_work_says_nothing() {
        let live = Live::silent();
        let now = Instant::now();
        let until = now + Duration::from_millis(3200);
        live.state().doing =
            Doing::Waiting { number: 2, max: 6, why: "503 SlowDown, throttled".into(), until };
        assert_eq!(text(&live.state(), now), None);
        let line = text(&live.state(), now + Duration::from_secs(1));
        assert_eq!(line.as_deref(), Some("attempt 2 of 6: 503 SlowDown, throttled; next in 2.2 s"));
    }
}
