//! Who sends a request: the signature checked, the session opened, the caller found in the newest directory.
//!
//! Rule: nobody is let through unsigned but to the operations that AWS lets through, and nothing of a request is believed before its
//! signature is. Every refusal is worded as the family of the service words it (facts/account.md sections 1.3 and 2.6,
//! facts/sigv4.md section 2).

mod keys;
mod limits;
mod opened;
mod s3;

#[cfg(test)]
mod tests;

use account::directory::Directory;
use account::{Caller, KeyUses, SessionIssuer};
use sigv4::verify::{self, Body, Endpoint, Refusal, ReplayCache, Rule, Scratch, Verified};
use sigv4::{Family, KeyCache, Request, ServiceRules};
use types::{Region, Timestamp};

use keys::DirectoryKeys;
use opened::OpenedSessions;
pub(crate) use s3::{BodyPlan, Poster, Visitor};

/// Checks signatures. What it keeps from one request to the next saves time and decides nothing.
#[derive(Debug)]
pub(crate) struct Authenticator {
    /// Signing keys derived before.
    keys: KeyCache,
    /// Session tokens opened before.
    opened: OpenedSessions,
    /// Signatures used before, where each may be used once.
    replays: Option<ReplayCache>,
}

/// What is known on the account's side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Register<'a> {
    /// The newest.
    pub(crate) directory: &'a Directory,
    pub(crate) sessions: &'a SessionIssuer,
    pub(crate) uses: &'a KeyUses,
}

/// Where the request goes, as it was routed: never as its signature says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Destination<'a> {
    /// The signing name, such as `iam`.
    pub(crate) service: &'a str,
    /// As in AWS's model; empty where it is not known yet.
    pub(crate) operation: &'a str,
}

/// Who it is.
#[derive(Clone, Debug)]
pub(crate) struct Authenticated {
    pub(crate) caller: Caller,
    /// Of the signature's scope; `None` where nobody signed.
    pub(crate) region: Option<Region>,
}

/// A request that goes no further.
#[derive(Clone, Debug)]
pub(crate) struct Unauthenticated {
    /// The answer, in AWS's words.
    pub(crate) refusal: Refusal,
    /// What AWS does not say, for the record of calls.
    pub(crate) hint: Option<&'static str>,
}

impl Authenticator {
    /// With `replays`, a signature is good for one request alone.
    pub(crate) fn new(replays: Option<ReplayCache>) -> Self {
        Self { keys: KeyCache::new(KEYS), opened: OpenedSessions::default(), replays }
    }

    /// Checks `request`, whose whole `body` was read.
    pub(crate) fn authenticate(
        &self,
        request: &Request<'_>,
        body: &[u8],
        to: Destination<'_>,
        register: Register<'_>,
        now: Timestamp,
        scratch: &mut Scratch,
    ) -> Result<Authenticated, Unauthenticated> {
        let rules = ServiceRules::of(to.service);
        let endpoint = Endpoint {
            tokens: verify::Disclosure::Redacted,
            replays: self.replays.as_ref(),
            ..Endpoint::new(to.service, None, &rules, now)
        };
        let keys = DirectoryKeys::new(register, &self.keys, &self.opened);
        match verify::verify(request, Body::Read(body), &endpoint, &keys, scratch) {
            Ok(verify::Caller::Signed(verified)) => {
                let caller = keys.found().expect("the key that proved the signature was this caller's");
                signed(&verified, caller, body, to, rules.family, register.uses, now)
            }
            Ok(verify::Caller::Anonymous) => Ok(Authenticated::anonymous()),
            Err(refusal) if refusal.rule == Rule::NoAuthentication && limits::takes_unsigned(to) => {
                Ok(Authenticated::anonymous())
            }
            Err(refusal) => Err(Unauthenticated { hint: keys.hint(), refusal }),
        }
    }
}

fn signed(
    verified: &Verified<'_>,
    caller: Caller,
    body: &[u8],
    to: Destination<'_>,
    family: Family,
    uses: &KeyUses,
    now: Timestamp,
) -> Result<Authenticated, Unauthenticated> {
    verified.check_body(body)?;
    let sent = verified.region.unwrap_or_default();
    let region: Region = sent.parse().map_err(|_| wrong_region(family, sent))?;
    limits::check(&caller, to)?;
    note_use(&caller, to.service, &region, uses, now);
    Ok(Authenticated { caller, region: Some(region) })
}

/// GetAccessKeyLastUsed knows long-term keys, GetRole knows roles.
fn note_use(caller: &Caller, service: &str, region: &Region, uses: &KeyUses, now: Timestamp) {
    match caller {
        Caller::Role { role, .. } => uses.note(role.role_id.as_str(), service, region.as_str(), now),
        Caller::Root { access_key_id, session: None, .. }
        | Caller::User { access_key_id, session: None, .. } => {
            uses.note(access_key_id, service, region.as_str(), now);
        }
        _ => {}
    }
}

/// Any region will do, but it must be the name of one.
fn wrong_region(family: Family, sent: &str) -> Refusal {
    let message = format!("Credential should be scoped to a valid region, not '{sent}'.");
    let (status, code) = match family {
        Family::Query | Family::S3 => (403, "SignatureDoesNotMatch"),
        Family::Json => (400, "InvalidSignatureException"),
        Family::RestJson => (403, "InvalidSignatureException"),
        Family::Ec2 => {
            let message = "AWS was not able to validate the provided access credentials";
            return Refusal::new(Rule::Region, 401, "AuthFailure", message);
        }
    };
    Refusal::new(Rule::Region, status, code, message)
}

impl Authenticated {
    fn anonymous() -> Self {
        Self { caller: Caller::Anonymous, region: None }
    }
}

impl From<Refusal> for Unauthenticated {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, hint: None }
    }
}

/// Signing keys that are kept: some hundred kilobytes.
const KEYS: usize = 1024;
