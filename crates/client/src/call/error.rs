//! Why a call has no answer.

use super::IdentityError;
use crate::ClientError;
use crate::retry::History;

/// A call ended without an answer: what happened last, and all that happened before. An answer with an error in it is an
/// answer.
#[derive(Debug, thiserror::Error)]
#[error("{failure}")]
pub struct CallError {
    #[source]
    pub failure: CallFailure,
    pub history: Box<History>,
}

/// What happened last.
#[derive(Debug, thiserror::Error)]
pub enum CallFailure {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

impl CallError {
    pub(super) fn new(failure: impl Into<CallFailure>, history: History) -> Self {
        Self { failure: failure.into(), history: Box::new(history) }
    }

    /// Stable, for machines.
    pub const fn code(&self) -> &'static str {
        match &self.failure {
            CallFailure::Client(error) => error.code(),
            CallFailure::Identity(error) => error.code,
        }
    }

    /// What to do.
    pub fn hint(&self) -> &str {
        match &self.failure {
            CallFailure::Client(error) => error.hint(),
            CallFailure::Identity(error) => &error.hint,
        }
    }

    /// The message and its causes in one line.
    pub fn chain(&self) -> String {
        match &self.failure {
            CallFailure::Client(error) => error.chain(),
            CallFailure::Identity(error) => error.to_string(),
        }
    }
}
