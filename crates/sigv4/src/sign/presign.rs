//! Signing by query: URLs that anybody may use for a while (facts/sigv4.md section 1.5).

use std::fmt;
use std::ops::Range;

use super::checks::{check_params, check_request};
use super::scratch::Scratch;
use super::{QUERY_SIGNATURE_HEADERS, SignError, SigningParams, Steps};
use crate::canonical::{CanonicalRequest, SignedNames, write_encoded};
use crate::payload::hex;
use crate::{ALGORITHM, AmzDate, Payload, Request, Signature, TERMINATOR, TokenRule};

/// A week.
pub const MAX_EXPIRES_SECS: u32 = 604_800;

/// What presigning adds to a request target.
#[derive(Clone)]
pub struct Presigned {
    pub date: AmzDate,
    pub signature: Signature,
    query: String,
}

/// The request cannot be presigned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PresignError {
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error("a presigned URL lives for 1 to 604800 seconds, not {0}")]
    Expires(u32),
    #[error("the request sends another x-amz-content-sha256 than is signed; S3 signs the one it is sent")]
    ContentSha256,
}

/// Signs by query, for `expires_secs` from the time of `params`: 1 to 604,800. The request is sent as it is given, its
/// headers included, with [`Presigned::query`] added; a URL that a browser shall open has no header but `host`.
///
/// [`crate::ServiceRules::presigned_payload`] tells what services take for the body.
pub fn presign(
    request: &Request<'_>,
    payload: Payload<'_>,
    params: &SigningParams<'_>,
    expires_secs: u32,
) -> Result<Presigned, PresignError> {
    presign_with(&mut Scratch::new(), request, payload, params, expires_secs)
}

/// As [`presign`], in a buffer that is kept from one signature to the next.
pub fn presign_with(
    scratch: &mut Scratch,
    request: &Request<'_>,
    payload: Payload<'_>,
    params: &SigningParams<'_>,
    expires_secs: u32,
) -> Result<Presigned, PresignError> {
    if !(1..=MAX_EXPIRES_SECS).contains(&expires_secs) {
        return Err(PresignError::Expires(expires_secs));
    }
    let date = check_params(params)?;
    check_request(request, &QUERY_SIGNATURE_HEADERS)?;
    let hash = payload.text().ok_or(SignError::PayloadText)?;
    if request.header("x-amz-content-sha256").is_some_and(|sent| sent != hash.as_str().as_bytes()) {
        return Err(PresignError::ContentSha256);
    }

    scratch.begin(request, params.session_token);
    let Scratch { text, query, .. } = scratch;
    let mut canonical = CanonicalRequest {
        request: *request,
        added_headers: &[],
        added_query: b"",
        signed: SignedNames::Chosen(params.fields),
        payload: Payload::Text(hash.as_str()),
        rules: params.rules,
    };
    let chosen = canonical.choose().map_err(SignError::from)?;
    chosen.write_names(text).map_err(SignError::from)?;
    let token = write_parameters(params, &date, expires_secs, text, query);
    text.clear();
    canonical.added_query = query;
    canonical.write_presigned(&chosen, text).map_err(SignError::from)?;
    let signature = scratch.seal(&date, &params.scope, params.key);
    let query = assemble(&scratch.query, token, params, &signature);
    Ok(Presigned { date, signature, query })
}

/// As [`presign`], with the texts on the way.
pub fn presign_in_steps(
    request: &Request<'_>,
    payload: Payload<'_>,
    params: &SigningParams<'_>,
    expires_secs: u32,
) -> Result<(Presigned, Steps), PresignError> {
    let mut scratch = Scratch::new();
    let presigned = presign_with(&mut scratch, request, payload, params, expires_secs)?;
    let steps = scratch.steps(presigned.signature);
    Ok((presigned, steps))
}

impl Presigned {
    /// The parameters to append, in AWS's order: `X-Amz-Algorithm=…&…&X-Amz-Signature=…`. Whoever has them may use the URL.
    pub fn query(&self) -> &str {
        &self.query
    }

    /// The whole request target: that of the request that was signed, with the parameters appended.
    pub fn target(&self, request: &Request<'_>) -> Vec<u8> {
        let mut out = Vec::with_capacity(request.target.len() + self.query.len() + 2);
        self.write_target(request, &mut out);
        out
    }

    /// Appends [`Presigned::target`] to a buffer, which may hold `https://` and the host already.
    pub fn write_target(&self, request: &Request<'_>, out: &mut Vec<u8>) {
        let target = request.target;
        if request.path().is_empty() {
            out.push(b'/');
        }
        out.extend_from_slice(target);
        if !target.contains(&b'?') {
            out.push(b'?');
        } else if !request.query().is_empty() && !target.ends_with(b"&") {
            out.push(b'&');
        }
        out.extend_from_slice(self.query.as_bytes());
    }
}

impl fmt::Debug for Presigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presigned").field("date", &self.date).finish_non_exhaustive()
    }
}

/// Appends the parameters that are signed, sorted as they are signed; returns where the token stands, its `&` included.
fn write_parameters(
    params: &SigningParams<'_>,
    date: &AmzDate,
    expires_secs: u32,
    names: &[u8],
    out: &mut Vec<u8>,
) -> Range<usize> {
    out.extend_from_slice(b"X-Amz-Algorithm=");
    out.extend_from_slice(ALGORITHM.as_bytes());
    out.extend_from_slice(b"&X-Amz-Credential=");
    write_encoded(params.access_key_id.as_bytes(), false, out);
    out.extend_from_slice(b"%2F");
    out.extend_from_slice(&params.scope.date);
    for part in [params.scope.region, params.scope.service, TERMINATOR] {
        out.extend_from_slice(b"%2F");
        write_encoded(part.as_bytes(), false, out);
    }
    out.extend_from_slice(b"&X-Amz-Date=");
    out.extend_from_slice(date.as_bytes());
    out.extend_from_slice(b"&X-Amz-Expires=");
    write_number(expires_secs, out);
    let start = out.len();
    if params.rules.token == TokenRule::Signed {
        write_token(params, out);
    }
    let token = start..out.len();
    out.extend_from_slice(b"&X-Amz-SignedHeaders=");
    write_encoded(names, false, out);
    token
}

fn write_token(params: &SigningParams<'_>, out: &mut Vec<u8>) {
    if let Some(token) = params.session_token {
        out.push(b'&');
        out.extend_from_slice(params.rules.token_parameter.as_bytes());
        out.push(b'=');
        write_encoded(token.expose().as_bytes(), false, out);
    }
}

/// The parameters as they are sent: the token after the signed names, or, if it is not signed, last.
fn assemble(query: &[u8], token: Range<usize>, params: &SigningParams<'_>, signature: &Signature) -> String {
    let mut out = Vec::with_capacity(query.len() + 81);
    out.extend_from_slice(&query[..token.start]);
    out.extend_from_slice(&query[token.end..]);
    out.extend_from_slice(&query[token]);
    out.extend_from_slice(b"&X-Amz-Signature=");
    out.extend_from_slice(&hex(signature.as_bytes()));
    if params.rules.token == TokenRule::AddedAfter {
        write_token(params, &mut out);
    }
    String::from_utf8(out).expect("it was percent-encoded")
}

fn write_number(number: u32, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 10];
    let mut rest = number;
    let mut start = digits.len();
    while start == digits.len() || rest > 0 {
        start -= 1;
        digits[start] += (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits[start..]);
}
