//! One call's retries, decided step by step.

use std::time::Duration;

use super::{Cause, Ended, Jitter, Limiter, Mode, Quota, RetryAfter, Settings, Verdict};

/// What all calls of a caller share.
#[derive(Clone, Debug)]
pub struct Pool {
    pub quota: Quota,
    pub limiter: Limiter,
}

/// What is called, as far as waits depend on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The signing name: `dynamodb`.
    pub service: String,
    /// `ReceiveMessage`, where it is known.
    pub operation: Option<String>,
}

/// The retries of one call.
#[derive(Clone, Debug)]
pub struct Strategy {
    settings: Settings,
    target: Target,
    /// Attempts that have ended.
    ended: u32,
    /// What the last retry cost.
    cost: Option<u32>,
}

/// What to do after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Try again after this long.
    Retry(Duration),
    /// Let it be. Operations that wait for work are not to come back at once: they pause first.
    End(Ended, Option<Duration>),
}

impl Pool {
    pub fn new(now: Duration) -> Self {
        Self { quota: Quota::default(), limiter: Limiter::new(now) }
    }
}

impl Strategy {
    pub const fn new(settings: Settings, target: Target) -> Self {
        Self { settings, target, ended: 0, cost: None }
    }

    pub fn max_attempts(&self) -> u32 {
        self.settings.attempts_of(&self.target.service)
    }

    /// Before each attempt: how long it is held back before asking again; `None` lets it go.
    pub fn hold(&self, pool: &mut Pool, now: Duration) -> Option<Duration> {
        if self.settings.mode.is_adaptive() { pool.limiter.acquire(now) } else { None }
    }

    /// After each attempt. `now` is the time since the moment the pool was made by; `random` lies in [0, 1].
    pub fn ended(
        &mut self,
        pool: &mut Pool,
        verdict: Verdict,
        asked: Option<RetryAfter>,
        now: Duration,
        random: f64,
    ) -> Next {
        self.ended = self.ended.saturating_add(1);
        if self.settings.mode.is_adaptive() {
            pool.limiter.answered(verdict == Verdict::Retryable(Cause::Throttling), now);
        }
        let cause = match verdict {
            Verdict::Done => {
                self.refund(pool);
                return Next::End(Ended::Done, None);
            }
            Verdict::Final => return Next::End(Ended::Final, None),
            Verdict::Retryable(cause) => cause,
        };
        if self.ended >= self.max_attempts() {
            return Next::End(Ended::AttemptsSpent, None);
        }
        let wait = self.wait(cause, asked, random);
        if self.settings.mode.has_quota() {
            let cost = self.cost_of(cause);
            if !pool.quota.take(cost) {
                return Next::End(Ended::QuotaSpent, self.is_long_poll().then_some(wait));
            }
            self.cost = Some(cost);
        }
        Next::Retry(wait)
    }

    /// An attempt that was refused for something that is put right: it was answered, costs nothing and counts for none.
    pub fn corrected(&mut self, pool: &mut Pool, now: Duration) {
        if self.settings.mode.is_adaptive() {
            pool.limiter.answered(false, now);
        }
    }

    /// What the last retry cost; a little for calls that needed none.
    fn refund(&self, pool: &mut Pool) {
        if self.settings.mode.has_quota() {
            pool.quota.give_back(self.cost.unwrap_or(FOR_NO_RETRY));
        }
    }

    const fn cost_of(&self, cause: Cause) -> u32 {
        match (self.settings.mode.is_revised(), cause) {
            (true, Cause::Throttling) => 5,
            (true, _) => 14,
            (false, Cause::TimedOut) => 10,
            (false, _) => 5,
        }
    }

    fn wait(&self, cause: Cause, asked: Option<RetryAfter>, random: f64) -> Duration {
        let mode = self.settings.mode;
        let own = self.base(cause).saturating_mul(1 << (self.ended - 1).min(MAX_DOUBLINGS));
        // botocore's first has no longest wait.
        let own = if mode == Mode::Legacy { own } else { own.min(self.settings.max_backoff) };
        let own = match self.jitter() {
            Jitter::None => own,
            Jitter::Full => own.mul_f64(random.clamp(0.0, 1.0)),
        };
        let Some(asked) = asked else { return own };
        match mode {
            Mode::Legacy | Mode::Off => own,
            Mode::Exponential => asked.within(own, LONGEST_WISH),
            mode if mode.is_revised() => asked.within(own, own + MOST_ADDED),
            _ => asked.within(own, self.settings.max_backoff),
        }
    }

    fn base(&self, cause: Cause) -> Duration {
        let is_dynamodb = self.target.service == "dynamodb";
        match self.settings.mode {
            Mode::Standard21 | Mode::Adaptive21 if cause == Cause::Throttling => Duration::from_secs(1),
            Mode::Standard21 | Mode::Adaptive21 if is_dynamodb => Duration::from_millis(25),
            Mode::Standard21 | Mode::Adaptive21 => Duration::from_millis(50),
            Mode::Legacy if is_dynamodb => Duration::from_millis(50),
            _ => Duration::from_secs(1),
        }
    }

    fn jitter(&self) -> Jitter {
        let own = match self.settings.mode {
            Mode::Exponential => Jitter::None,
            // Its table gives DynamoDB a base of its own in the place of chance.
            Mode::Legacy if self.target.service == "dynamodb" => Jitter::None,
            _ => Jitter::Full,
        };
        self.settings.jitter.unwrap_or(own)
    }

    fn is_long_poll(&self) -> bool {
        let operation = self.target.operation.as_deref().unwrap_or_default();
        self.settings.mode.is_revised() && LONG_POLLS.contains(&(self.target.service.as_str(), operation))
    }
}

/// Service by its signing name, and operation. The last two came with botocore 1.44.
const LONG_POLLS: [(&str, &str); 6] = [
    ("sqs", "ReceiveMessage"),
    ("states", "GetActivityTask"),
    ("swf", "PollForActivityTask"),
    ("swf", "PollForDecisionTask"),
    ("kinesis", "ReceiveQueueRecords"),
    ("kinesis", "ReceiveDeadLetterQueueRecords"),
];

const FOR_NO_RETRY: u32 = 1;
/// Beyond this the longest wait has long been reached, and 50 ms doubled still fit.
const MAX_DOUBLINGS: u32 = 30;
/// What the revision of 2026 adds to a wait at the service's wish.
const MOST_ADDED: Duration = Duration::from_secs(5);
/// Whoever waits at a terminal waits a minute; after that an answer that says so is of more use.
const LONGEST_WISH: Duration = Duration::from_secs(60);
