//! Why a source gave nothing.

use client::ClientError;
use profile::Place;

/// A source gave no credentials.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct ResolveError {
    /// Stable, for machines: `unreachable`, `timeout`, `access-denied`, `process-failed`, …
    pub code: &'static str,
    /// Which source, where, and what happened. No secret.
    pub what: String,
    /// What to do.
    pub remedy: String,
    /// The code of AWS's own error, where a service answered with one: `AccessDenied`.
    pub aws_code: Option<String>,
    /// The same question may be answered in a moment.
    pub transient: bool,
}

impl ResolveError {
    pub fn new(code: &'static str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code, what: what.into(), remedy: remedy.into(), aws_code: None, transient: false }
    }

    /// A source could not be asked. `source` is its name in sentences.
    pub fn unanswered(source: &str, error: &ClientError) -> Self {
        let transient = error.retry() == client::Retry::Later;
        Self { transient, ..Self::new(error.code(), format!("{source}: {}", error.chain()), error.hint()) }
    }

    /// The same, saying who named the address, where somebody did.
    pub(crate) fn set_by(mut self, place: &Place) -> Self {
        if *place != Place::Default {
            self.what = format!("{} (its address is set by {place})", self.what);
        }
        self
    }
}
