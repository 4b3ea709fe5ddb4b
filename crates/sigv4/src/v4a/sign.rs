//! Signing for a set of regions, by header and by query.
//!
//! Rule: the same request is refused here that is refused for one region; what differs is the scope, which bears no region, and the
//! set of regions, which is signed with the rest.

use std::fmt;

use types::{Secret, Timestamp};

use super::{
    ALGORITHM, EcdsaKey, EcdsaScope, EcdsaSignature, REGION_SET_HEADER, REGION_SET_PARAMETER, RegionSet,
    string_to_sign,
};
use crate::canonical::{CanonicalRequest, Layout, SignedNames, write_encoded};
use crate::sign::{QUERY_SIGNATURE_HEADERS, SIGNATURE_HEADERS, check_request, check_signer};
use crate::{
    AmzDate, ContentSha256, FieldChoice, MAX_EXPIRES_SECS, Payload, PayloadText, Request, Scope,
    ServiceRules, SignError, TokenRule,
};

/// Who signs, when and for which regions.
#[derive(Clone, Copy, Debug)]
pub struct EcdsaParams<'a> {
    pub access_key_id: &'a str,
    pub session_token: Option<&'a Secret<String>>,
    /// The pair of exactly this access key id and its secret: [`EcdsaKey::derive`].
    pub key: &'a EcdsaKey,
    /// Where the signature shall hold, such as `*` or `us-east-1,us-west-2`.
    pub region_set: RegionSet<'a>,
    /// The signing name.
    pub service: &'a str,
    pub time: Timestamp,
    pub rules: &'a ServiceRules,
    /// Which fields are signed; the default is all that may be.
    pub fields: FieldChoice<'a>,
    /// Fresh random bytes for the nonce ([`EcdsaKey::sign_hedged`]); without, the same request gives the same signature.
    pub random: Option<&'a [u8; 32]>,
}

/// What a signature adds to a request.
#[derive(Clone, Debug)]
pub struct EcdsaSigned<'a> {
    pub date: AmzDate,
    pub region_set: String,
    /// Where the service wants it.
    pub content_sha256: Option<PayloadText>,
    /// The name of its header, and the token itself.
    pub session_token: Option<(&'static str, &'a Secret<String>)>,
    pub authorization: Secret<String>,
    pub steps: EcdsaSteps,
}

/// What presigning adds to a request target.
#[derive(Clone)]
pub struct EcdsaPresigned {
    pub date: AmzDate,
    pub steps: EcdsaSteps,
    query: String,
}

/// The steps of a signature, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EcdsaSteps {
    pub canonical_request: Secret<String>,
    pub string_to_sign: String,
    pub signature: EcdsaSignature,
}

/// The request cannot be signed for a set of regions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EcdsaSignError {
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error(
        "the set of regions names none, or holds what no region's name does; write regions with commas and no spaces between, or *"
    )]
    RegionSet,
    #[error("a presigned URL lives for 1 to 604800 seconds, not {0}")]
    Expires(u32),
    #[error("the request sends another x-amz-content-sha256 than is signed; S3 signs the one it is sent")]
    ContentSha256,
}

/// Signs by header. The request must bear `host`; what [`EcdsaSigned::headers`] names is to be added to it.
pub fn sign<'a>(
    request: &Request<'_>,
    payload: Payload<'_>,
    params: &EcdsaParams<'a>,
) -> Result<EcdsaSigned<'a>, EcdsaSignError> {
    let (date, region_set) = check(request, params, &SIGNATURE_HEADERS)?;
    let rules = params.rules;
    let hash = payload.text().ok_or(SignError::PayloadText)?;
    let content_sha256 = (rules.content_sha256 == ContentSha256::Required).then_some(hash);
    let mut added: Vec<(&str, &[u8])> =
        vec![("x-amz-date", date.as_str().as_bytes()), (REGION_SET_HEADER, region_set.as_bytes())];
    if content_sha256.is_some() {
        added.push(("x-amz-content-sha256", hash.as_str().as_bytes()));
    }
    if let (Some(token), TokenRule::Signed) = (params.session_token, rules.token) {
        added.push((rules.token_name, token.expose().as_bytes()));
    }
    let canonical_request = CanonicalRequest {
        request: *request,
        added_headers: &added,
        added_query: b"",
        signed: SignedNames::Chosen(params.fields),
        payload: Payload::Text(hash.as_str()),
        rules,
    };
    let mut canonical = Vec::with_capacity(1024);
    let layout = canonical_request.write(&mut canonical).map_err(SignError::from)?;
    let names = text(&canonical[layout.signed_headers.clone()]);
    let steps = steps(canonical, &layout, &date, params);
    Ok(EcdsaSigned {
        date,
        region_set: region_set.to_owned(),
        content_sha256,
        session_token: params.session_token.map(|token| (rules.token_name, token)),
        authorization: Secret::new(authorization(params, &date, &names, &steps.signature)),
        steps,
    })
}

/// Signs by query, for 1 to 604,800 seconds from the time of `params`. The request is sent as it is given, with
/// [`EcdsaPresigned::query`] added.
pub fn presign(
    request: &Request<'_>,
    payload: Payload<'_>,
    params: &EcdsaParams<'_>,
    expires_secs: u32,
) -> Result<EcdsaPresigned, EcdsaSignError> {
    if !(1..=MAX_EXPIRES_SECS).contains(&expires_secs) {
        return Err(EcdsaSignError::Expires(expires_secs));
    }
    let (date, region_set) = check(request, params, &QUERY_SIGNATURE_HEADERS)?;
    let hash = payload.text().ok_or(SignError::PayloadText)?;
    if request.header("x-amz-content-sha256").is_some_and(|sent| sent != hash.as_str().as_bytes()) {
        return Err(EcdsaSignError::ContentSha256);
    }
    let mut canonical_request = CanonicalRequest {
        request: *request,
        added_headers: &[],
        added_query: b"",
        signed: SignedNames::Chosen(params.fields),
        payload: Payload::Text(hash.as_str()),
        rules: params.rules,
    };
    let chosen = canonical_request.choose().map_err(SignError::from)?;
    let mut names = Vec::new();
    chosen.write_names(&mut names).map_err(SignError::from)?;
    let mut query = parameters(params, &date, expires_secs, region_set, &names);
    canonical_request.added_query = query.as_bytes();
    let mut canonical = Vec::with_capacity(1024);
    let layout = canonical_request.write_with(&chosen, &mut canonical).map_err(SignError::from)?;
    let steps = steps(canonical, &layout, &date, params);
    query.push_str("&X-Amz-Signature=");
    query.push_str(&steps.signature.hex());
    if params.rules.token == TokenRule::AddedAfter {
        push_token(params, &mut query);
    }
    Ok(EcdsaPresigned { date, steps, query })
}

impl EcdsaSigned<'_> {
    /// Names and values to add.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let hash = self.content_sha256.iter().map(|hash| ("x-amz-content-sha256", hash.as_str()));
        let token = self.session_token.iter().map(|(name, token)| (*name, token.expose().as_str()));
        [("x-amz-date", self.date.as_str()), (REGION_SET_HEADER, self.region_set.as_str())]
            .into_iter()
            .chain(hash)
            .chain(token)
            .chain([("authorization", self.authorization.expose().as_str())])
    }
}

impl EcdsaPresigned {
    /// The parameters to append: `X-Amz-Algorithm=…&…&X-Amz-Signature=…`. Whoever has them may use the URL.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The whole request target: that of the request that was signed, with the parameters appended.
    pub fn target(&self, request: &Request<'_>) -> Vec<u8> {
        let target = request.target;
        let mut out = Vec::with_capacity(target.len() + self.query.len() + 2);
        if !target.starts_with(b"/") {
            out.push(b'/');
        }
        out.extend_from_slice(target);
        if !target.contains(&b'?') {
            out.push(b'?');
        } else if !request.query().is_empty() && !target.ends_with(b"&") {
            out.push(b'&');
        }
        out.extend_from_slice(self.query.as_bytes());
        out
    }
}

impl fmt::Debug for EcdsaPresigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EcdsaPresigned").field("date", &self.date).finish_non_exhaustive()
    }
}

/// Refuses what no header could bear or a verifier would read differently; returns the date and the set of regions.
fn check<'a>(
    request: &Request<'_>,
    params: &EcdsaParams<'a>,
    ours: &[&'static str],
) -> Result<(AmzDate, &'a str), EcdsaSignError> {
    check_signer(params.access_key_id, params.session_token, &params.fields)?;
    // The scope has no region to check: that of any does.
    Scope::new(params.time, "us-east-1", params.service).check().map_err(SignError::from)?;
    let region_set = params.region_set.sendable().ok_or(EcdsaSignError::RegionSet)?;
    check_request(request, ours)?;
    Ok((AmzDate::from(params.time), region_set))
}

fn steps(canonical: Vec<u8>, layout: &Layout, date: &AmzDate, params: &EcdsaParams<'_>) -> EcdsaSteps {
    let scope = EcdsaScope { date: date.day(), service: params.service };
    let to_sign = string_to_sign(date.as_str().as_bytes(), &scope, &canonical[layout.whole.clone()]);
    let signature = match params.random {
        Some(random) => params.key.sign_hedged(&to_sign, random),
        None => params.key.sign(&to_sign),
    };
    let canonical = Secret::new(canonical);
    EcdsaSteps {
        canonical_request: Secret::new(text(canonical.expose())),
        string_to_sign: text(&to_sign),
        signature,
    }
}

fn authorization(
    params: &EcdsaParams<'_>,
    date: &AmzDate,
    names: &str,
    signature: &EcdsaSignature,
) -> String {
    let credential = credential(params, date);
    format!("{ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={}", signature.hex())
}

/// The parameters that are signed, in the order in which they are.
fn parameters(
    params: &EcdsaParams<'_>,
    date: &AmzDate,
    expires_secs: u32,
    region_set: &str,
    names: &[u8],
) -> String {
    let credential = encoded(credential(params, date).as_bytes());
    let region_set = encoded(region_set.as_bytes());
    let mut query = format!(
        "X-Amz-Algorithm={ALGORITHM}&X-Amz-Credential={credential}&X-Amz-Date={date}\
         &X-Amz-Expires={expires_secs}&{REGION_SET_PARAMETER}={region_set}"
    );
    if params.rules.token == TokenRule::Signed {
        push_token(params, &mut query);
    }
    query.push_str("&X-Amz-SignedHeaders=");
    query.push_str(&encoded(names));
    query
}

fn push_token(params: &EcdsaParams<'_>, query: &mut String) {
    if let Some(token) = params.session_token {
        query.extend(["&", params.rules.token_parameter, "=", &encoded(token.expose().as_bytes())]);
    }
}

fn credential(params: &EcdsaParams<'_>, date: &AmzDate) -> String {
    let mut out = Vec::with_capacity(80);
    out.extend_from_slice(params.access_key_id.as_bytes());
    out.push(b'/');
    EcdsaScope { date: date.day(), service: params.service }.write(&mut out);
    text(&out)
}

fn encoded(bytes: &[u8]) -> String {
    let mut out = Vec::with_capacity(bytes.len() * 2);
    write_encoded(bytes, false, &mut out);
    text(&out)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
