//! What an attempt's end means: done, final, or worth another, and why.
//!
//! Rule: one list of codes for all modes but `legacy`; throttling is known by its code, with whatever status, and where the
//! mode has it so by status 429. Of 5xx, `exponential` leaves out 501 and 505: what a server does not know it will not have
//! learnt in half a minute.

use std::fmt;
use std::io;

use wire::AwsError;

use super::{Mode, modelled};
use crate::ClientError;

/// What is to be made of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// An answer with 2xx that bears no error.
    Done,
    /// Asking again would get the same.
    Final,
    Retryable(Cause),
}

/// Why another attempt may do better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The service wants to be asked less often.
    Throttling,
    /// 5xx.
    ServerError,
    /// The service says that it waited in vain for the request or for an earlier one.
    RequestTimeout,
    /// The service's model calls this error retryable.
    Modelled,
    /// Nobody took the request: no name, no connection, no TLS.
    NoConnection,
    /// The request went out, and no whole answer came.
    NoAnswer,
    /// Either, after a deadline.
    TimedOut,
}

/// The verdict on an answer. `service` is the signing name; `error` was found in an answer of whatever status.
pub fn of_answer(mode: Mode, service: &str, status: u16, error: Option<&AwsError>) -> Verdict {
    let code = error.map_or("", |error| error.code.as_str());
    // S3 may say 200 before it fails: such an answer counts as a server error, as it does in SDKs.
    let status = if error.is_some() && status < 300 { 500 } else { status };
    match status {
        200..300 => return Verdict::Done,
        0..400 => return Verdict::Final,
        _ => {}
    }
    let cause = match mode {
        Mode::Legacy => legacy(service, status, code),
        Mode::Exponential => general(service, code).or_else(|| any_server_error(status)),
        _ => general(service, code).or_else(|| by_model(service, code)).or_else(|| by_status(mode, status)),
    };
    cause.map_or(Verdict::Final, Verdict::Retryable)
}

/// The verdict on an exchange without an answer.
pub fn of_failure(error: &ClientError) -> Verdict {
    let cause = match error {
        ClientError::Connect { .. } => Cause::NoConnection,
        ClientError::Resolve { source, .. } if is_passing(source) => Cause::NoConnection,
        ClientError::Tls { source, .. } if is_broken_off(source) => Cause::NoConnection,
        ClientError::Timeout { .. } => Cause::TimedOut,
        ClientError::Protocol { .. } => Cause::NoAnswer,
        _ => return Verdict::Final,
    };
    Verdict::Retryable(cause)
}

impl Cause {
    /// For machines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Throttling => "throttling",
            Self::ServerError => "server-error",
            Self::RequestTimeout => "request-timeout",
            Self::Modelled => "modelled",
            Self::NoConnection => "no-connection",
            Self::NoAnswer => "no-answer",
            Self::TimedOut => "timed-out",
        }
    }
}

/// For people.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Throttling => "throttled",
            Self::ServerError => "server error",
            Self::RequestTimeout => "the service timed out",
            Self::Modelled => "the service calls it passing",
            Self::NoConnection => "no connection",
            Self::NoAnswer => "no whole answer",
            Self::TimedOut => "timed out",
        })
    }
}

/// By codes that mean the same in every service.
fn general(service: &str, code: &str) -> Option<Cause> {
    if THROTTLING.contains(&code) {
        return Some(Cause::Throttling);
    }
    let of_sts = service == "sts" && code == "IDPCommunicationError";
    (of_sts || TRANSIENT.contains(&code)).then_some(Cause::RequestTimeout)
}

fn by_model(service: &str, code: &str) -> Option<Cause> {
    let throttling = modelled::find(service, code)?;
    Some(if throttling { Cause::Throttling } else { Cause::Modelled })
}

fn by_status(mode: Mode, status: u16) -> Option<Cause> {
    match status {
        500 | 502 | 503 | 504 => Some(Cause::ServerError),
        429 if mode.is_revised() => Some(Cause::Throttling),
        _ => None,
    }
}

fn any_server_error(status: u16) -> Option<Cause> {
    match status {
        429 => Some(Cause::Throttling),
        501 | 505 => None,
        500.. => Some(Cause::ServerError),
        _ => None,
    }
}

/// botocore's `_retry.json`: codes count with their own status only.
fn legacy(service: &str, status: u16, code: &str) -> Option<Cause> {
    let is = |row: &&(&str, u16, &str, Cause)| {
        (row.0.is_empty() || row.0 == service) && (row.1, row.2) == (status, code)
    };
    if let Some(row) = LEGACY.iter().find(is) {
        return Some(row.3);
    }
    match status {
        429 | 509 => Some(Cause::Throttling),
        500 | 502 | 503 | 504 => Some(Cause::ServerError),
        _ => None,
    }
}

/// The resolver could not ask anybody (`EAI_AGAIN`, in the words of glibc, musl and macOS); a name that is not known will not
/// become known.
fn is_passing(error: &io::Error) -> bool {
    let text = error.to_string();
    ["Temporary failure", "Try again", "temporarily"].iter().any(|words| text.contains(words))
}

/// The connection ended in the middle of the handshake; a certificate that is refused will be refused again.
fn is_broken_off(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | TimedOut | UnexpectedEof)
}

/// With status 400 as well as 429 and 503 (facts/sigv4.md section 6.1).
const THROTTLING: [&str; 14] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
];

const TRANSIENT: [&str; 2] = ["RequestTimeout", "RequestTimeoutException"];

/// Service or all, status, code.
const LEGACY: &[(&str, u16, &str, Cause)] = &[
    ("", 400, "Throttling", Cause::Throttling),
    ("", 400, "ThrottlingException", Cause::Throttling),
    ("", 400, "ThrottledException", Cause::Throttling),
    ("", 400, "RequestThrottledException", Cause::Throttling),
    ("", 400, "ProvisionedThroughputExceededException", Cause::Throttling),
    ("organizations", 400, "TooManyRequestsException", Cause::Throttling),
    ("dynamodb", 409, "ReplicatedWriteConflictException", Cause::Modelled),
    ("dynamodb", 400, "TransactionInProgressException", Cause::Throttling),
    ("ec2", 503, "RequestLimitExceeded", Cause::Throttling),
    ("ec2", 503, "EC2ThrottledException", Cause::Throttling),
    ("cloudsearch", 509, "BandwidthLimitExceeded", Cause::Throttling),
    ("kinesis", 400, "LimitExceededException", Cause::Throttling),
    ("sqs", 403, "RequestThrottled", Cause::Throttling),
    ("s3", 400, "RequestTimeout", Cause::RequestTimeout),
    ("s3", 400, "BadDigest", Cause::Modelled),
    ("glacier", 408, "RequestTimeoutException", Cause::RequestTimeout),
    ("route53", 400, "PriorRequestNotComplete", Cause::Throttling),
    ("sts", 400, "IDPCommunicationError", Cause::RequestTimeout),
];
