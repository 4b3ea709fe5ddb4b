//! Whether a call is tried again, and when: every mode that AWS's SDKs have, and one of our own.
//!
//! Rule: pure. A [`Strategy`] is told what came of each attempt, when, and a random number; it says what to do. What is
//! final is final in every mode. Sources: facts/sigv4.md section 6; `suites/sigv4/retry`; for the modes' letter botocore's
//! `retries` and `_retry.json`, and smithy-rs.
//!
//! | mode | attempts | wait before attempt n+1 | retries |
//! |---|---|---|---|
//! | `exponential`, the default | 6 | 1, 2, 4, 8, 16 s, exactly | 5xx but 501 and 505, 429, throttling codes, time-outs that the service names, no connection, no answer |
//! | `standard` | 3 | rand · min(2^(n−1), 20) s | 500, 502, 503, 504, throttling codes, errors that the service's model calls retryable, no connection, no answer; a quota of 500 for all calls |
//! | `standard-2.1` | 3, DynamoDB 4 | rand · min(50 ms · 2^(n−1), 20 s), throttled from 1 s, DynamoDB from 25 ms | the same and 429; retries cost 14 of the quota, throttled ones 5 |
//! | `adaptive`, `adaptive-2.1` | as their standard | the same | the same; once throttled, attempts are held to a rate that follows the service's |
//! | `legacy` | 5, DynamoDB 10 | rand · 2^(n−1) s, DynamoDB 50 ms · 2^(n−1) | botocore's own table |
//! | `off` | 1 | – | – |
//!
//! A wait is lengthened where the service asks for it: in `exponential` up to a minute, in `standard` and `adaptive` up to
//! 20 s, in their revisions by 5 s at most, in `legacy` not at all. It is never shortened.

mod after;
mod cause;
mod history;
mod limiter;
mod mode;
mod modelled;
mod quota;
mod settings;
mod strategy;
#[cfg(test)]
mod tests;

pub use after::RetryAfter;
pub use cause::{Cause, Verdict, of_answer, of_failure};
pub use history::{Attempt, Correction, Ended, History, Observer, Outcome};
pub use limiter::{Limiter, Rate};
pub use mode::{Jitter, Mode, ModeError};
pub use quota::Quota;
pub use settings::{Said, Setting, Settings, SettingsError};
pub use strategy::{Next, Pool, Strategy, Target};
