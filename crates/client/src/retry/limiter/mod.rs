//! The rate of `adaptive`: off until the service throttles for the first time, then cut to seven tenths of what was sent, and
//! grown along a cubic curve until it throttles again (RFC 9438's curve, as botocore and smithy-rs have it).
//!
//! Rule: time is what the caller says it is. Tokens are never owed: whoever finds too few waits and asks again.

use std::time::Duration;

/// One for all calls to a service.
#[derive(Clone, Debug)]
pub struct Limiter {
    is_on: bool,
    measured: Measured,
    curve: Curve,
    tokens: Tokens,
}

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Attempts per second that are let through; `None` as long as the service has not throttled.
    pub allowed: Option<f64>,
    /// Attempts per second that were answered, smoothed.
    pub measured: f64,
}

/// Answers per second, counted by half seconds.
#[derive(Clone, Copy, Debug)]
struct Measured {
    rate: f64,
    count: f64,
    last_bucket: f64,
}

#[derive(Clone, Copy, Debug)]
struct Curve {
    w_max: f64,
    k: f64,
    last_throttle: f64,
}

#[derive(Clone, Copy, Debug)]
struct Tokens {
    held: f64,
    most: f64,
    per_second: f64,
    filled_at: f64,
}

impl Limiter {
    /// `now` is the time since any moment that stays the same.
    pub fn new(now: Duration) -> Self {
        let now = now.as_secs_f64();
        Self {
            is_on: false,
            measured: Measured { rate: 0.0, count: 0.0, last_bucket: now.floor() },
            curve: Curve { w_max: 0.0, k: 0.0, last_throttle: now },
            tokens: Tokens { held: 0.0, most: 1.0, per_second: 1.0, filled_at: now },
        }
    }

    /// Asks to send an attempt: `None` lets it go, else this long is to be waited before asking again.
    pub fn acquire(&mut self, now: Duration) -> Option<Duration> {
        if self.is_on { self.tokens.take(now.as_secs_f64()) } else { None }
    }

    /// An attempt has ended.
    pub fn answered(&mut self, throttled: bool, now: Duration) {
        let now = now.as_secs_f64();
        let measured = self.measured.record(now);
        let wanted = if throttled {
            let current = if self.is_on { measured.min(self.tokens.per_second) } else { measured };
            self.is_on = true;
            self.curve.throttled(current, now)
        } else {
            self.curve.success(now)
        };
        self.tokens.set_rate(wanted.min(MAX_GROWTH * measured), now);
    }

    pub fn rate(&self) -> Rate {
        let allowed = self.is_on.then_some(self.tokens.per_second);
        Rate { allowed, measured: self.measured.rate }
    }
}

impl Measured {
    fn record(&mut self, now: f64) -> f64 {
        let bucket = (now / BUCKET).floor() * BUCKET;
        self.count += 1.0;
        if bucket > self.last_bucket {
            let current = self.count / (bucket - self.last_bucket);
            self.rate = current * SMOOTH + self.rate * (1.0 - SMOOTH);
            self.count = 0.0;
            self.last_bucket = bucket;
        }
        self.rate
    }
}

impl Curve {
    fn success(&self, now: f64) -> f64 {
        SCALE * (now - self.last_throttle - self.k).powi(3) + self.w_max
    }

    fn throttled(&mut self, rate: f64, now: f64) -> f64 {
        self.w_max = rate;
        self.k = (rate * (1.0 - BETA) / SCALE).cbrt();
        self.last_throttle = now;
        rate * BETA
    }
}

impl Tokens {
    fn take(&mut self, now: f64) -> Option<Duration> {
        self.fill(now);
        // A shortfall that rounds to no time at all is none: it would be waited for in a loop that never rests.
        if self.held + NEGLIGIBLE >= 1.0 {
            self.held = (self.held - 1.0).max(0.0);
            return None;
        }
        let wait = Duration::from_secs_f64((1.0 - self.held) / self.per_second);
        Some((wait + ROUNDING).max(SHORTEST_WAIT))
    }

    /// What came in so far came at the old rate.
    fn set_rate(&mut self, rate: f64, now: f64) {
        self.fill(now);
        self.per_second = rate.max(MIN_RATE);
        self.most = rate.max(1.0);
        self.held = self.held.min(self.most);
    }

    fn fill(&mut self, now: f64) {
        let since = (now - self.filled_at).max(0.0);
        self.held = (self.held + since * self.per_second).min(self.most);
        self.filled_at = self.filled_at.max(now);
    }
}

const BUCKET: f64 = 0.5;
const SMOOTH: f64 = 0.8;
const BETA: f64 = 0.7;
const SCALE: f64 = 0.4;
const MAX_GROWTH: f64 = 2.0;
const MIN_RATE: f64 = 0.5;

/// Of a token.
const NEGLIGIBLE: f64 = 1e-6;
const ROUNDING: Duration = Duration::from_nanos(1);
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests;
