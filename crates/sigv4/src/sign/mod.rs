//! Signing by header.

use types::{Secret, Timestamp};

use crate::canonical::{CanonicalError, CanonicalRequest, SignedNames};
use crate::payload::write_hex;
use crate::{
    ALGORITHM, AmzDate, ContentSha256, Payload, Request, Scope, ServiceRules, Signature, SigningKey,
    TokenRule,
};

/// Who signs, when and for what.
#[derive(Clone, Copy, Debug)]
pub struct SigningParams<'a> {
    pub access_key_id: &'a str,
    pub session_token: Option<&'a Secret<String>>,
    /// The key of exactly this scope: [`SigningKey::derive`].
    pub key: &'a SigningKey,
    pub scope: Scope<'a>,
    pub time: Timestamp,
    pub rules: &'a ServiceRules,
}

/// What a signature adds to a request.
#[derive(Clone, Debug)]
pub struct Signed {
    pub date: AmzDate,
    /// Where the service wants it.
    pub content_sha256: Option<String>,
    pub session_token: Option<(&'static str, Secret<String>)>,
    pub authorization: Secret<String>,
    pub signature: Signature,
}

/// The four steps of a signature, in words (IAM User Guide, "Elements of an AWS API request signature").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps {
    pub canonical_request: Secret<String>,
    pub string_to_sign: String,
    pub signature: Signature,
}

/// The request cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    #[error("there is no host header to sign; add one, or `:authority` as host")]
    NoHost,
    #[error("the request bears {0} already; signing adds it: remove it")]
    AlreadyPresent(&'static str),
}

/// Signs by header. The request must bear `host`; what [`Signed::headers`] names is to be added to it.
pub fn sign(
    request: &Request<'_>,
    payload: Payload<'_>,
    params: &SigningParams<'_>,
) -> Result<Signed, SignError> {
    Ok(sign_in_steps(request, payload, params)?.0)
}

/// As [`sign`], with the texts on the way.
pub fn sign_in_steps(
    request: &Request<'_>,
    payload: Payload<'_>,
    params: &SigningParams<'_>,
) -> Result<(Signed, Steps), SignError> {
    refuse_present(request)?;
    let date = AmzDate::from(params.time);
    let mut hash = Vec::with_capacity(64);
    payload.write(&mut hash);
    let mut added: Vec<(&str, &[u8])> = vec![("x-amz-date", date.as_str().as_bytes())];
    if params.rules.content_sha256 == ContentSha256::Required {
        added.push(("x-amz-content-sha256", &hash));
    }
    let token = params.session_token;
    if let (Some(token), TokenRule::Signed) = (token, params.rules.token) {
        added.push((params.rules.token_name, token.expose().as_bytes()));
    }

    let mut canonical = Vec::with_capacity(1024);
    let layout = CanonicalRequest {
        request: *request,
        added_headers: &added,
        added_query: b"",
        signed: SignedNames::All,
        payload,
        rules: params.rules,
    }
    .write(&mut canonical)?;
    let string_to_sign = string_to_sign(&date, &params.scope, &canonical[layout.whole]);
    let signature = params.key.sign(&string_to_sign);
    let names = &canonical[layout.signed_headers];
    let signed = Signed {
        date,
        content_sha256: (params.rules.content_sha256 == ContentSha256::Required).then(|| text(&hash)),
        session_token: token.map(|token| (params.rules.token_name, token.clone())),
        authorization: Secret::new(authorization(params, names, &signature)),
        signature,
    };
    let steps = Steps {
        canonical_request: Secret::new(text(&canonical)),
        string_to_sign: text(&string_to_sign),
        signature,
    };
    Ok((signed, steps))
}

impl Signed {
    /// Names and values to add, in the order in which SDKs send them.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let token = self.session_token.iter().map(|(name, token)| (*name, token.expose().as_str()));
        let hash = self.content_sha256.iter().map(|hash| ("x-amz-content-sha256", hash.as_str()));
        [("x-amz-date", self.date.as_str())]
            .into_iter()
            .chain(hash)
            .chain(token)
            .chain([("authorization", self.authorization.expose().as_str())])
    }
}

fn refuse_present(request: &Request<'_>) -> Result<(), SignError> {
    if request.header("host").is_none() {
        return Err(SignError::NoHost);
    }
    let ours =
        ["x-amz-date", "authorization", "x-amz-content-sha256", "x-amz-security-token", "x-amz-region-set"];
    match ours.into_iter().find(|name| request.header(name).is_some()) {
        Some(name) => Err(SignError::AlreadyPresent(name)),
        None => Ok(()),
    }
}

fn string_to_sign(date: &AmzDate, scope: &Scope<'_>, canonical: &[u8]) -> Vec<u8> {
    use sha2::Digest as _;
    let mut out = Vec::with_capacity(160);
    out.extend_from_slice(ALGORITHM.as_bytes());
    out.push(b'\n');
    out.extend_from_slice(date.as_str().as_bytes());
    out.push(b'\n');
    scope.write(&mut out);
    out.push(b'\n');
    write_hex(&sha2::Sha256::digest(canonical), &mut out);
    out
}

fn authorization(params: &SigningParams<'_>, names: &[u8], signature: &Signature) -> String {
    let mut out = Vec::with_capacity(256);
    out.extend_from_slice(ALGORITHM.as_bytes());
    out.extend_from_slice(b" Credential=");
    out.extend_from_slice(params.access_key_id.as_bytes());
    out.push(b'/');
    params.scope.write(&mut out);
    out.extend_from_slice(b", SignedHeaders=");
    out.extend_from_slice(names);
    out.extend_from_slice(b", Signature=");
    write_hex(signature.as_bytes(), &mut out);
    text(&out)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
