//! Verifying: header and query, with the refusals of each family of services in their order.
//!
//! Rule: a request is what an endpoint says it must be, or refused with the answer AWS gives: the first fault in AWS's order
//! decides, and nothing of the request is believed before its signature is (facts/sigv4.md sections 2.1, 2.2 and 8).

mod authorization;
mod body;
mod claim;
mod credential;
mod endpoint;
mod fields;
mod java;
mod keys;
mod names;
mod order;
mod parameters;
mod paths;
mod proof;
mod refusal;
mod replay;
mod scratch;
mod verified;

pub use body::{Body, BodyRule};
pub use endpoint::{Disclosure, Endpoint, Strictness};
pub use keys::{KeyRefusal, KeyRing, Keys, RingEntry, Wanted};
pub use paths::PathDoubt;
pub use refusal::{AnonymousCall, Answer, Correspondence, Refusal, Rule};
pub use replay::ReplayCache;
pub use scratch::Scratch;
pub use verified::{Algorithm, Mechanism, Seed, SeedKey, Verified};

use crate::{Family, Request};
use fields::Fields;
use order::Examination;

/// Who sent a request.
#[derive(Debug)]
#[must_use]
#[expect(
    clippy::large_enum_variant,
    reason = "verifying allocates nothing, and the large variant is the usual one"
)]
pub enum Caller<'r> {
    /// Nobody says who. S3 alone lets such callers try: what they may do is its policies' matter.
    Anonymous,
    /// Somebody who knows the secret of this access key id.
    Signed(Verified<'r>),
}

/// Verifies a request against what the endpoint expects. Costs one hash of the canonical request and one signature more than
/// reading it, and allocates nothing where `scratch` was used before, but for a refusal.
///
/// The body is looked at where its hash is signed. Where [`Verified::body`] says that it is still to be checked, nothing of it is
/// to be believed before [`Verified::check_body`], or the verifier of chunks or events, has seen it.
pub fn verify<'r>(
    request: &Request<'r>,
    body: Body<'_>,
    endpoint: &Endpoint<'_>,
    keys: &impl Keys,
    scratch: &'r mut Scratch,
) -> Result<Caller<'r>, Refusal> {
    let teller = endpoint.teller();
    let mut fields = Fields::default();
    fields.scan(request, endpoint.rules).map_err(|fault| teller.unreadable(&fault))?;
    if let Some(doubt) = paths::doubt(request.path(), endpoint.paths) {
        return Err(teller.path(doubt));
    }
    let (text, canonical) = scratch.parts();
    let examination = Examination { request, body, endpoint, fields: &fields, teller };
    let claim = match endpoint.rules.family {
        Family::S3 => order::s3(&examination, text),
        Family::Query | Family::Ec2 | Family::Json | Family::RestJson => order::others(&examination, text),
    };
    // Neither the claim nor what comes of it is moved about: they are large.
    match claim {
        Ok(Some(ref claim)) => proof::prove(&examination, claim, keys, canonical),
        Err(refusal) => Err(refusal),
        Ok(None) => {
            Fields::check_unsigned(request).map_err(|fault| teller.unreadable(&fault))?;
            Ok(Caller::Anonymous)
        }
    }
}
