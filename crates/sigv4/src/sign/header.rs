//! Signing by header.

use std::fmt;

use types::Secret;

use super::checks::{check_params, check_request};
use super::scratch::Scratch;
use super::{SIGNATURE_HEADERS, SignError, SigningParams, Steps};
use crate::canonical::{CanonicalRequest, SignedNames};
use crate::payload::hex;
use crate::{ALGORITHM, AmzDate, ContentSha256, Payload, PayloadText, Request, Signature, TokenRule};

/// What a signature adds to a request.
#[derive(Clone, Debug)]
pub struct Signed<'a> {
    pub date: AmzDate,
    /// Where the service wants it.
    pub content_sha256: Option<PayloadText>,
    /// The name of its header, and the token itself.
    pub session_token: Option<(&'static str, &'a Secret<String>)>,
    pub authorization: Authorization,
    pub signature: Signature,
}

/// The value of `Authorization`. It lets its bearer act for a quarter of an hour and is not shown; as it goes out on the wire
/// at once, it is not wiped.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization(String);

/// Signs by header. The request must bear `host`; what [`Signed::headers`] names is to be added to it.
pub fn sign<'a>(
    request: &Request<'_>,
    payload: Payload<'_>,
    params: &SigningParams<'a>,
) -> Result<Signed<'a>, SignError> {
    sign_with(&mut Scratch::new(), request, payload, params)
}

/// As [`sign`], in a buffer that is kept from one signature to the next.
pub fn sign_with<'a>(
    scratch: &mut Scratch,
    request: &Request<'_>,
    payload: Payload<'_>,
    params: &SigningParams<'a>,
) -> Result<Signed<'a>, SignError> {
    let date = check_params(params)?;
    check_request(request, &SIGNATURE_HEADERS)?;
    let rules = params.rules;
    let hash = payload.text().ok_or(SignError::PayloadText)?;
    let content_sha256 = (rules.content_sha256 == ContentSha256::Required).then_some(hash);

    let mut added: [(&str, &[u8]); 3] = [("x-amz-date", date.as_bytes().as_slice()); 3];
    let mut count = 1;
    if content_sha256.is_some() {
        added[count] = ("x-amz-content-sha256", hash.as_str().as_bytes());
        count += 1;
    }
    if let (Some(token), TokenRule::Signed) = (params.session_token, rules.token) {
        added[count] = (rules.token_name, token.expose().as_bytes());
        count += 1;
    }
    scratch.begin(request, params.session_token);
    let layout = CanonicalRequest {
        request: *request,
        added_headers: &added[..count],
        added_query: b"",
        signed: SignedNames::Chosen(params.fields),
        payload: Payload::Text(hash.as_str()),
        rules,
    }
    .write(&mut scratch.text)?;
    let signature = scratch.seal(&date, &params.scope, params.key);
    Ok(Signed {
        date,
        content_sha256,
        session_token: params.session_token.map(|token| (rules.token_name, token)),
        authorization: authorization(params, &scratch.text[layout.signed_headers], &signature),
        signature,
    })
}

/// As [`sign`], with the texts on the way.
pub fn sign_in_steps<'a>(
    request: &Request<'_>,
    payload: Payload<'_>,
    params: &SigningParams<'a>,
) -> Result<(Signed<'a>, Steps), SignError> {
    let mut scratch = Scratch::new();
    let signed = sign_with(&mut scratch, request, payload, params)?;
    let steps = scratch.steps(signed.signature);
    Ok((signed, steps))
}

impl Signed<'_> {
    /// Names and values to add, in the order in which SDKs send them.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let token = self.session_token.iter().map(|(name, token)| (*name, token.expose().as_str()));
        let hash = self.content_sha256.iter().map(|hash| ("x-amz-content-sha256", hash.as_str()));
        [("x-amz-date", self.date.as_str())]
            .into_iter()
            .chain(hash)
            .chain(token)
            .chain([("authorization", self.authorization.expose())])
    }
}

impl Authorization {
    /// The value itself, for the wire.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorization(***)")
    }
}

fn authorization(params: &SigningParams<'_>, names: &[u8], signature: &Signature) -> Authorization {
    let scope = &params.scope;
    let around = 160 + params.access_key_id.len() + scope.region.len() + scope.service.len();
    let mut out = Vec::with_capacity(around + names.len());
    out.extend_from_slice(ALGORITHM.as_bytes());
    out.extend_from_slice(b" Credential=");
    out.extend_from_slice(params.access_key_id.as_bytes());
    out.push(b'/');
    scope.write(&mut out);
    out.extend_from_slice(b", SignedHeaders=");
    out.extend_from_slice(names);
    out.extend_from_slice(b", Signature=");
    out.extend_from_slice(&hex(signature.as_bytes()));
    Authorization(String::from_utf8(out).expect("names, keys and scopes were checked to be ASCII"))
}
