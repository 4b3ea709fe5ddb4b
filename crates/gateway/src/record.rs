//! What is told of every call, allowed or refused.
//!
//! Rule: whoever keeps it sees who asked for what, from where, and what came of it; never a secret, a token, a signature or a body.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use account::Caller;
use net::{Identifier, Security};
use types::Timestamp;
use wire::Structure;

/// Keeps calls. It is called between the answer's making and its sending, so it must not wait for anything.
pub trait Recorder: fmt::Debug + Send + Sync {
    fn record(&self, call: &CallRecord<'_>);

    /// What finds out which program calls, where that is to be in the record.
    fn identifier(&self) -> Option<&Identifier> {
        None
    }
}

/// One call.
#[derive(Clone, Copy, Debug)]
pub struct CallRecord<'a> {
    pub request_id: &'a str,
    /// When its last byte had come.
    pub time: Timestamp,
    pub duration: Duration,
    /// The signing name of the service that it was routed to, such as `sts`.
    pub service: &'a str,
    /// The operation as the service's model names it; where the service has none of that name, `None`.
    pub operation: Option<&'a str>,
    /// The region of the signature's scope.
    pub region: Option<&'a str>,
    /// Whose signature it was; `None` where nobody's was good.
    pub caller: Option<&'a Caller>,
    /// The access key id that the request names, be its signature good or not. Client's word.
    pub access_key_id: Option<&'a str>,
    /// What was asked, where it could be read. It may hold secrets: whoever keeps a part of it knows which.
    pub input: Option<&'a Structure>,
    /// What was answered, where it was done. It may hold secrets, too.
    pub output: Option<&'a Structure>,
    /// How it is signed, by what stands in it: the client's word, like its key id.
    pub signature: Option<SignatureForm>,
    pub transferred: Transferred,
    /// The two ids of an answer of S3, which has no other.
    pub s3_ids: Option<S3Ids<'a>>,
    pub source_address: IpAddr,
    pub user_agent: Option<&'a str>,
    pub host: Option<&'a str>,
    pub security: Option<&'a Security>,
    /// Who is at the other end of the connection, once that is found out; `None` where nobody looks.
    pub program: Option<&'a Arc<OnceLock<Arc<net::Caller>>>>,
    pub status: u16,
    pub outcome: Outcome,
    /// Code and message, as the answer says them.
    pub error: Option<(&'a str, &'a str)>,
    /// What is behind a refusal where AWS's words do not tell it.
    pub hint: Option<&'static str>,
}

/// How a request bears its signature, as CloudTrail's `additionalEventData` tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SignatureForm {
    pub version: SignatureVersion,
    pub method: AuthenticationMethod,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureVersion {
    SigV2,
    SigV4,
    SigV4a,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuthenticationMethod {
    AuthHeader,
    QueryString,
    /// In the fields of a form that a browser posts.
    HtmlForm,
}

impl SignatureVersion {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SigV2 => "SigV2",
            Self::SigV4 => "SigV4",
            Self::SigV4a => "SigV4A",
        }
    }
}

impl AuthenticationMethod {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthHeader => "AuthHeader",
            Self::QueryString => "QueryString",
            Self::HtmlForm => "HtmlForm",
        }
    }
}

/// Bytes of bodies, without heads and frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Transferred {
    /// Of the request, decoded.
    pub received: u64,
    /// Of the answer, as far as it is known when its head is sent.
    pub sent: u64,
}

/// `x-amz-request-id` and `x-amz-id-2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct S3Ids<'a> {
    pub request_id: &'a str,
    pub host_id: &'a str,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was done.
    Done,
    /// Nobody's signature was good.
    Unauthenticated,
    /// The caller may not.
    Denied,
    /// There were too many of its kind.
    Throttled,
    /// The request is not what the service takes, or the account not in the state for it.
    Refused,
    /// It is not built.
    NotBuilt,
    /// The server failed.
    Failed,
}

impl Outcome {
    pub(crate) const ALL: [Self; 7] = [
        Self::Done,
        Self::Unauthenticated,
        Self::Denied,
        Self::Throttled,
        Self::Refused,
        Self::NotBuilt,
        Self::Failed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unauthenticated => "unauthenticated",
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::Refused => "refused",
            Self::NotBuilt => "not-built",
            Self::Failed => "failed",
        }
    }
}

/// Tells the log of calls: whom nobody let in or who may not, with what AWS's words leave out; all others where the log is asked
/// for more.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallLog;

impl Recorder for CallLog {
    fn record(&self, call: &CallRecord<'_>) {
        let CallRecord { request_id, service, operation, status, hint, .. } = *call;
        let code = call.error.map(|(code, _)| code);
        let from = call.source_address;
        match call.outcome {
            Outcome::Unauthenticated | Outcome::Denied => {
                tracing::info!(request_id, service, operation, status, code, %from, hint, "a call was refused");
            }
            _ => tracing::debug!(request_id, service, operation, status, code, %from, "a call was answered"),
        }
    }
}

/// Keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRecord;

impl Recorder for NoRecord {
    fn record(&self, _: &CallRecord<'_>) {}
}
