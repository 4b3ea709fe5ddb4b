//! Refusals as AWS's services word them.

use std::borrow::Cow;

/// An error that an operation answers with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ServiceError {
    /// Such as `NoSuchEntity`.
    pub code: Cow<'static, str>,
    /// HTTP status.
    pub status: u16,
    /// AWS's own words.
    pub message: String,
    /// Elements that an answer of S3 has beside code and message, such as `BucketName`.
    pub extras: Vec<(&'static str, String)>,
    /// What went wrong inside: for the server's log, never for an answer.
    pub inside: Option<String>,
}

impl ServiceError {
    pub fn new(code: &'static str, status: u16, message: impl Into<String>) -> Self {
        Self { code: Cow::Borrowed(code), status, message: message.into(), extras: Vec::new(), inside: None }
    }

    /// With what the server's owner is to know of it.
    #[must_use]
    pub fn with_inside(mut self, inside: impl Into<String>) -> Self {
        self.inside = Some(inside.into());
        self
    }

    /// With an element that S3's answers have besides.
    #[must_use]
    pub fn with_extra(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.extras.push((name, value.into()));
        self
    }

    /// The request is at fault (`Type` is `Sender`), not the service.
    pub fn is_senders(&self) -> bool {
        self.status < 500
    }
}
