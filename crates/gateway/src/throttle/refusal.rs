//! How a service words that it is asked too often.
//!
//! Source: EC2 Developer Guide, "Request throttling"; S3 API Reference, "Error responses"; the others' common errors
//! (facts/account.md section 3.2).

use std::time::Duration;

use account::ServiceError;
use types::TooFewTokens;

/// A call that is refused because there were too many.
#[derive(Debug)]
pub(crate) struct Throttled {
    pub(crate) error: ServiceError,
    /// For the header `x-amz-retry-after`, in milliseconds.
    pub(crate) retry_after: Option<Duration>,
}

impl Throttled {
    pub(super) fn of(service: &str, lack: TooFewTokens) -> Self {
        let (code, status, message) = match service {
            "ec2" => ("RequestLimitExceeded", 503, "Request limit exceeded."),
            "s3" => ("SlowDown", 503, "Please reduce your request rate."),
            "cloudtrail" => ("ThrottlingException", 400, RATE_EXCEEDED),
            "servicequotas" => ("TooManyRequestsException", 400, RATE_EXCEEDED),
            _ => ("Throttling", 400, RATE_EXCEEDED),
        };
        Self { error: ServiceError::new(code, status, message), retry_after: lack.wait }
    }
}

const RATE_EXCEEDED: &str = "Rate exceeded";
