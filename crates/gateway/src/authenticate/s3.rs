//! S3's callers: the head decides who it is, and the body, which comes later, has yet to be what was signed.
//!
//! Rule: nothing of a body is read before its request's signature holds. Nobody is a caller, too: what he may is for policies to say,
//! but for what S3 never gives him (facts/sigv4.md section 1.11).

use account::Caller;
use sigv4::chunks::ChunkReader;
use sigv4::post::{self, PostCaller, PostEndpoint, ReceivedForm};
use sigv4::verify::{self, Body, BodyRule, Endpoint, Mechanism, Refusal, Rule, Scratch, Verified};
use sigv4::{PayloadKeyword, Request, ServiceRules, v2};
use types::{Region, Timestamp};

use super::keys::DirectoryKeys;
use super::{Authenticator, Register, Unauthenticated, note_use};
use crate::Signing;
use crate::record::{AuthenticationMethod, SignatureForm, SignatureVersion};

/// Who sent a head, and what its body must be.
#[derive(Debug)]
pub(crate) struct Visitor {
    pub(crate) caller: Caller,
    /// Of the signature's scope; `None` where there is none.
    pub(crate) region: Option<Region>,
    pub(crate) signing: Option<Signing>,
    pub(crate) body: BodyPlan,
}

/// What is to be checked of a body as it comes.
#[derive(Debug)]
pub(crate) enum BodyPlan {
    /// It comes as it is.
    Plain {
        /// The hash that was signed, and as the request bears it.
        sha256: Option<([u8; 32], String)>,
    },
    /// It comes in chunks.
    Chunked {
        reader: Box<ChunkReader>,
        /// Bytes of data.
        decoded: u64,
    },
}

/// Who posted a form.
#[derive(Debug)]
pub(crate) struct Poster {
    pub(crate) caller: Caller,
    pub(crate) region: Option<Region>,
    pub(crate) signing: Option<Signing>,
    pub(crate) form: PostCaller,
}

impl Authenticator {
    /// Checks a head. `bucket` is the one that its host names; `region` that of the bucket, where it is known and matters.
    pub(crate) fn visitor(
        &self,
        request: &Request<'_>,
        bucket: Option<&str>,
        region: Option<&Region>,
        register: Register<'_>,
        now: Timestamp,
        scratch: &mut Scratch,
    ) -> Result<Visitor, Unauthenticated> {
        if v2::is_claimed(request) {
            return self.visitor_v2(request, bucket, region, register, now);
        }
        let rules = ServiceRules::of("s3");
        let endpoint = Endpoint {
            tokens: verify::Disclosure::Redacted,
            replays: self.replays.as_ref(),
            ecdsa: false,
            ..Endpoint::new("s3", region.map(Region::as_str), &rules, now)
        };
        let keys = DirectoryKeys::new(register, &self.keys, &self.opened);
        match verify::verify(request, Body::Unread, &endpoint, &keys, scratch) {
            Ok(verify::Caller::Signed(verified)) => {
                let caller = keys.found().expect("the key that proved the signature was this caller's");
                signed(&verified, caller, request, register, now)
            }
            Ok(verify::Caller::Anonymous) => anonymous(request),
            Err(refusal) => Err(Unauthenticated { hint: keys.hint(), refusal }),
        }
    }

    fn visitor_v2(
        &self,
        request: &Request<'_>,
        bucket: Option<&str>,
        region: Option<&Region>,
        register: Register<'_>,
        now: Timestamp,
    ) -> Result<Visitor, Unauthenticated> {
        let keys = DirectoryKeys::new(register, &self.keys, &self.opened);
        let signed = v2::verify(request, bucket, now, &keys);
        let signed = signed.map_err(|refusal| Unauthenticated { hint: keys.hint(), refusal })?;
        let caller = keys.found().expect("the key that proved the signature was this caller's");
        note_use(&caller, "s3", &region.cloned().unwrap_or_else(us_east_1), register.uses, now);
        let form = SignatureForm { version: SignatureVersion::SigV2, method: method(signed.mechanism) };
        let signing = Signing { form, signed_at: signed.time, content_sha256: content_sha256(request) };
        Ok(Visitor { caller, region: None, signing: Some(signing), body: unsigned_body(request)? })
    }

    /// Checks a form.
    pub(crate) fn poster(
        &self,
        form: &ReceivedForm<'_>,
        bucket: &str,
        region: Option<&Region>,
        register: Register<'_>,
        now: Timestamp,
    ) -> Result<Poster, Unauthenticated> {
        let keys = DirectoryKeys::new(register, &self.keys, &self.opened);
        let endpoint = PostEndpoint { bucket, region: region.map(Region::as_str), service: "s3", now };
        let is_v2 = post::is_v2(form);
        let verified = if is_v2 {
            post::verify_v2(form, &endpoint, &keys)
        } else {
            post::verify(form, &endpoint, &keys)
        };
        let verified = verified
            .map_err(|error| Unauthenticated { hint: keys.hint(), refusal: redacted(error.into()) })?;
        let PostCaller::Signed(signed) = &verified else {
            return Ok(Poster { caller: Caller::Anonymous, region: None, signing: None, form: verified });
        };
        let caller = keys.found().expect("the key that proved the signature was this caller's");
        let region = signed.region.parse().ok();
        let version = if is_v2 { SignatureVersion::SigV2 } else { SignatureVersion::SigV4 };
        let form = SignatureForm { version, method: AuthenticationMethod::HtmlForm };
        let signing = Signing { form, signed_at: None, content_sha256: None };
        Ok(Poster { caller, region, signing: Some(signing), form: verified })
    }
}

fn signed(
    verified: &Verified<'_>,
    caller: Caller,
    request: &Request<'_>,
    register: Register<'_>,
    now: Timestamp,
) -> Result<Visitor, Unauthenticated> {
    let sent = verified.region.unwrap_or_default();
    let region: Region = sent.parse().map_err(|_| wrong_region(verified.mechanism, sent))?;
    note_use(&caller, "s3", &region, register.uses, now);
    let body = match verified.body {
        BodyRule::Sha256 { expected, sent } => BodyPlan::Plain { sha256: Some((expected, sent.to_owned())) },
        BodyRule::Chunked(_) => {
            let decoded = ChunkReader::decoded_length(request).map_err(Refusal::from)?;
            let reader = ChunkReader::of(verified, request).map_err(Refusal::from)?;
            BodyPlan::Chunked { reader: Box::new(reader.expect("the body comes in chunks")), decoded }
        }
        BodyRule::Checked | BodyRule::Unsigned | BodyRule::Events => BodyPlan::Plain { sha256: None },
    };
    let form = SignatureForm { version: SignatureVersion::SigV4, method: method(verified.mechanism) };
    let signing = Signing { form, signed_at: Some(verified.time), content_sha256: content_sha256(request) };
    Ok(Visitor { caller, region: Some(region), signing: Some(signing), body })
}

/// Any region will do, but it must be the name of one. Clients sign again with the one that is named: s3cmd starts with "US".
fn wrong_region(mechanism: Mechanism, sent: &str) -> Refusal {
    let (code, place) = match mechanism {
        Mechanism::Header => ("AuthorizationHeaderMalformed", "The authorization header is malformed"),
        Mechanism::Query => {
            ("AuthorizationQueryParametersError", "Error parsing the X-Amz-Credential parameter")
        }
    };
    let expected = us_east_1();
    let message = format!("{place}; the region '{sent}' is wrong; expecting '{expected}'");
    Refusal::new(Rule::Region, 400, code, message).field("Region", expected.as_str())
}

fn anonymous(request: &Request<'_>) -> Result<Visitor, Unauthenticated> {
    Ok(Visitor { caller: Caller::Anonymous, region: None, signing: None, body: unsigned_body(request)? })
}

/// The body of a request whose signature covers none: as it is, or in chunks that nobody signed.
fn unsigned_body(request: &Request<'_>) -> Result<BodyPlan, Unauthenticated> {
    let sent = request.header("x-amz-content-sha256");
    match sent.map(PayloadKeyword::read) {
        None | Some(None | Some(PayloadKeyword::Unsigned)) => Ok(BodyPlan::Plain { sha256: stated(sent) }),
        Some(Some(PayloadKeyword::StreamingUnsignedTrailer)) => {
            let decoded = ChunkReader::decoded_length(request).map_err(Refusal::from)?;
            let reader = ChunkReader::unsigned(request).map_err(Refusal::from)?;
            Ok(BodyPlan::Chunked { reader: Box::new(reader), decoded })
        }
        Some(Some(_)) => {
            let message = "A header you provided implies functionality that is not implemented";
            Err(Refusal::new(Rule::Body, 501, "NotImplemented", message)
                .field("Header", "x-amz-content-sha256")
                .into())
        }
    }
}

/// A hash that nobody signed is held to all the same.
fn stated(sent: Option<&[u8]>) -> Option<([u8; 32], String)> {
    let sent = sent?;
    let hash = sigv4::Signature::read(sent).ok()?;
    Some((*hash.as_bytes(), String::from_utf8_lossy(sent).into_owned()))
}

/// Where those are taken to be who name no region.
fn us_east_1() -> Region {
    "us-east-1".parse().expect("it is the name of a region")
}

fn method(mechanism: Mechanism) -> AuthenticationMethod {
    match mechanism {
        Mechanism::Header => AuthenticationMethod::AuthHeader,
        Mechanism::Query => AuthenticationMethod::QueryString,
    }
}

fn content_sha256(request: &Request<'_>) -> Option<String> {
    request.header("x-amz-content-sha256").map(|sent| String::from_utf8_lossy(sent).into_owned())
}

/// AWS repeats a token that is not good.
fn redacted(mut refusal: Refusal) -> Refusal {
    for (_, value) in refusal.fields.iter_mut().filter(|(name, _)| *name == "Token-0") {
        "***".clone_into(value);
    }
    refusal
}
