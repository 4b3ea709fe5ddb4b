//! Why a request was refused, as the family of the service says it.

mod answer;
pub(super) mod others;
pub(super) mod s3;

use std::borrow::Cow;
use std::fmt;

use crate::Family;

pub use answer::{Answer, Correspondence};
pub(super) use s3::Bearer;

use super::fields::Unreadable;
use super::paths::PathDoubt;

/// A refusal. `Display` gives code and message; the message and the fields may repeat what the client sent, its session token
/// too where AWS does, so `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    pub rule: Rule,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The code, in the form that the family has for it; empty where the answer is a redirection.
    pub code: &'static str,
    /// AWS's text; empty where it sends none.
    pub message: Cow<'static, str>,
    /// What S3 says besides, in its order.
    pub fields: Vec<(&'static str, String)>,
}

/// The rule that a request broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The method or a field's name is no token, a value holds a line end or a NUL byte, the host stands twice, or the target
    /// does not begin with `/` or holds a fragment. AWS's front ends drop such requests.
    Unreadable,
    /// 64 KiB of fields or of query, or 256 signed names, are exceeded. The limit is ours.
    TooLarge,
    /// The path can be read in two ways. The refusal is ours, for endpoints that ask for it.
    AmbiguousPath,
    /// The query holds the percent sign of no escape.
    MalformedQuery,
    /// There is no signature where there must be one.
    NoAuthentication,
    TwoMechanisms,
    /// The authorization header holds no space.
    NoSpace,
    Algorithm,
    /// A signature of version 2.
    SigV2,
    /// Required, but not there.
    NoContentSha256,
    /// Neither a hash nor a keyword.
    ContentSha256,
    Date,
    Skew,
    /// The authorization header or the query lacks a part, or cannot be read.
    Components,
    /// Something that may be there once is there twice. The refusal is ours, in strict endpoints.
    Duplicate,
    /// The signed names are not in order, or twice. The refusal is ours, in strict endpoints.
    UnorderedNames,
    ExpiresNumber,
    ExpiresNegative,
    ExpiresWeek,
    NotYetValid,
    Expired,
    CredentialShape,
    EmptyAccessKeyId,
    ScopeDateFormat,
    EmptyRegion,
    Region,
    Service,
    Terminator,
    ScopeDate,
    /// `host`, `content-md5` or an `x-amz-*` was sent and not signed.
    HeadersNotSigned,
    /// A header is named as signed and was not sent. AWS tells of a signature that does not match.
    SignedHeaderMissing,
    NoRegionSet,
    RegionSet,
    AccessKey,
    Token,
    TokenExpired,
    /// Keys cannot be looked up now.
    KeysUnavailable,
    Signature,
    /// A good signature was used before. The refusal is ours, for endpoints that ask for it.
    Replay,
    /// The cache of signatures is full. The refusal is ours.
    ReplayCacheFull,
    /// The body is not the one whose hash was signed.
    Payload,
    /// A trailer is announced for an operation that takes no upload.
    TrailerWithoutUpload,
    /// A body in chunks comes without `x-amz-decoded-content-length`.
    NoDecodedLength,
    /// An anonymous caller asks for what is never given to one.
    Anonymous,
    /// Told by whoever reads bodies.
    Body,
}

/// What S3 never does for a caller without a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnonymousCall {
    /// CreateBucket and the other calls of owners.
    OwnersCall,
    CreateMultipartUpload,
    CopyObject,
    /// A GET with a `response-…` parameter.
    ResponseHeaders,
    /// The listing of buckets: answered by a redirection to the product's page.
    ListBuckets,
}

impl Refusal {
    /// A refusal in S3's words by whoever looks at the rest of the request.
    pub fn new(rule: Rule, status: u16, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { rule, status, code, message: message.into(), fields: Vec::new() }
    }

    /// Adds a field behind those it has.
    pub fn field(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// What S3 says to an anonymous caller who asks for this.
    pub fn anonymous(call: AnonymousCall) -> Self {
        s3::anonymous(call)
    }

    /// A payload with a trailer was announced for an operation of S3 that takes no upload.
    pub fn trailer_without_upload() -> Self {
        s3::trailer_without_upload()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Refusal {}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("rule", &self.rule)
            .field("status", &self.status)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

/// Tells what both orders of checks have in common, in the family's words.
#[derive(Clone, Copy)]
pub(super) struct Teller<'a> {
    pub(super) family: Family,
    pub(super) service: &'a str,
}

/// A signature that does not match, with the texts that would have.
pub(super) struct Mismatch<'a> {
    pub(super) rule: Rule,
    pub(super) access_key_id: &'a str,
    pub(super) signature: &'a str,
    pub(super) canonical_request: String,
    pub(super) string_to_sign: String,
}

impl Teller<'_> {
    pub(super) fn unreadable(self, fault: &Unreadable) -> Refusal {
        if self.family == Family::S3 { s3::unreadable(fault) } else { others::unreadable(self, fault) }
    }

    pub(super) fn path(self, doubt: PathDoubt) -> Refusal {
        let message = format!(
            "The path of the request holds {}, which can be read in two ways. Send the path that is meant.",
            doubt.as_str()
        );
        match self.family {
            Family::S3 => Refusal::new(Rule::AmbiguousPath, 400, "InvalidURI", message),
            _ => others::coded(self, Rule::AmbiguousPath, "InvalidURIPath", message),
        }
    }

    pub(super) fn duplicate(self, what: &str) -> Refusal {
        let message = format!("{what} is given more than once, or has no place in a signature.");
        match self.family {
            Family::S3 => s3::malformed(Rule::Duplicate, &message),
            _ => others::incomplete(self, Rule::Duplicate, message),
        }
    }

    pub(super) fn not_signed(self, name: &str) -> Refusal {
        if self.family == Family::S3 {
            s3::headers_not_signed(&[name])
        } else {
            others::not_signed(self, name)
        }
    }

    pub(super) fn unordered(self) -> Refusal {
        let message = "the SignedHeaders must be in lower case, in order, and named once.";
        match self.family {
            Family::S3 => s3::malformed(Rule::UnorderedNames, message),
            _ => others::incomplete(self, Rule::UnorderedNames, message.to_owned()),
        }
    }

    pub(super) fn region_set(self, region: &str, set: &str) -> Refusal {
        match self.family {
            Family::S3 => s3::region_set(region, set),
            _ => others::scope(
                self,
                Rule::RegionSet,
                format!("Credential should be scoped to a valid region, not '{set}'."),
            ),
        }
    }

    pub(super) fn access_key(self, id: &str) -> Refusal {
        if self.family == Family::S3 { s3::access_key(id) } else { others::access_key(self) }
    }

    pub(super) fn token(self, token: &str) -> Refusal {
        if self.family == Family::S3 { s3::token(token) } else { others::token(self) }
    }

    pub(super) fn token_expired(self, token: &str) -> Refusal {
        if self.family == Family::S3 { s3::token_expired(token) } else { others::token_expired(self) }
    }

    pub(super) fn unavailable(self) -> Refusal {
        let code = "ServiceUnavailable";
        Refusal::new(
            Rule::KeysUnavailable,
            503,
            code,
            "Credentials cannot be looked up now. Please try again.",
        )
    }

    pub(super) fn mismatch(self, found: Mismatch<'_>) -> Refusal {
        if self.family == Family::S3 { s3::mismatch(found) } else { others::mismatch(self, &found) }
    }

    pub(super) fn replay(self) -> Refusal {
        let message = "This signature was used before. Sign the request again.";
        match self.family {
            Family::S3 => Refusal::new(Rule::Replay, 403, "AccessDenied", message),
            _ => others::scope(self, Rule::Replay, message.to_owned()),
        }
    }

    pub(super) fn replay_cache_full(self) -> Refusal {
        let message = "Too many requests are remembered. Please try again.";
        let code = if self.family == Family::S3 { "SlowDown" } else { "ServiceUnavailable" };
        Refusal::new(Rule::ReplayCacheFull, 503, code, message)
    }

    pub(super) fn payload(self, sent: &str, computed: &str) -> Refusal {
        if self.family == Family::S3 { s3::payload(sent, computed) } else { others::payload(self) }
    }
}
