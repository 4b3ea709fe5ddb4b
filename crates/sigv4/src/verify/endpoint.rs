//! What the side that verifies is, and how strict.

use types::Timestamp;

use super::paths::PathDoubt;
use super::refusal::Teller;
use super::replay::ReplayCache;
use crate::{Family, ServiceRules};

/// Where a request came in. Region and service are the endpoint's own, never the client's word.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint<'a> {
    /// The signing name, such as `s3`.
    pub service: &'a str,
    /// The region; with none, every region that is named is as good as another.
    pub region: Option<&'a str>,
    /// The service's; where it is S3 Express, [`ServiceRules::for_request`].
    pub rules: &'a ServiceRules,
    /// One time for the whole request.
    pub now: Timestamp,
    /// Whether SigV4a is taken.
    pub ecdsa: bool,
    pub strictness: Strictness,
    /// Forms of paths that are refused, because who routes the request may read them in another way than who signed it.
    pub paths: &'a [PathDoubt],
    /// What answers repeat of a session token.
    pub tokens: Disclosure,
    /// Signatures seen before; with none, a request may be sent again while its time lasts, as on AWS. GET, HEAD and OPTIONS may
    /// be sent again in any case, but to services that do by a GET what they do by a POST: those of the query protocol and EC2.
    pub replays: Option<&'a ReplayCache>,
}

/// What is refused that AWS lets pass, or may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strictness {
    /// A part of the authorization header, a parameter of the signature, or one of the fields that speak for it, twice; parts of
    /// other names; a parameter that is never signed beside an authorization header; and fields that are not signed and would
    /// have to be with `-` for their `_`. AWS takes the last part of a header and the first of a query.
    pub refuse_duplicates: bool,
    /// Signed names that are not in order, or twice. Otherwise they are brought in order.
    pub refuse_unordered_names: bool,
    /// Whether `X-Amz-Expires` ends a URL beside S3 as well. AWS's other services go by the time of signing alone: a token for
    /// EKS bears 60 seconds and is good for 15 minutes.
    pub expires_everywhere: bool,
}

/// What an answer says of the session token, where AWS's own repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosure {
    /// All of it.
    AsAws,
    /// Three asterisks.
    Redacted,
}

impl Strictness {
    pub const AWS: Self =
        Self { refuse_duplicates: false, refuse_unordered_names: false, expires_everywhere: false };
    pub const STRICT: Self =
        Self { refuse_duplicates: true, refuse_unordered_names: true, expires_everywhere: true };
}

impl<'a> Endpoint<'a> {
    /// An endpoint that refuses what AWS's does, and paths that can be read in two ways unless they are keys of S3.
    pub fn new(service: &'a str, region: Option<&'a str>, rules: &'a ServiceRules, now: Timestamp) -> Self {
        let s3 = rules.family == Family::S3;
        Self {
            service,
            region,
            rules,
            now,
            ecdsa: s3,
            strictness: Strictness::AWS,
            paths: if s3 { &[] } else { &PathDoubt::ALL },
            tokens: Disclosure::AsAws,
            replays: None,
        }
    }

    /// The same, but refusing all that AWS may let pass.
    pub fn strict(self) -> Self {
        Self { strictness: Strictness::STRICT, tokens: Disclosure::Redacted, ..self }
    }

    pub(super) fn teller(&self) -> Teller<'a> {
        Teller { family: self.rules.family, service: self.service }
    }
}
