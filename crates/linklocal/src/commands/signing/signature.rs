//! Makes signatures as a plan says: by HMAC for one region, by ECDSA for several.

use request_source::Message;
use sigv4::v4a::{self, EcdsaKey, EcdsaParams, EcdsaSignError, EcdsaSteps, RegionSet};
use sigv4::{
    FieldChoice, Payload, PresignError, ScopeError, SignError, SigningKey, SigningParams, presign_in_steps,
    sign_in_steps,
};
use types::Secret;

use super::{Plan, Wire};
use crate::failure::Failure;

/// The texts that a signature comes from.
#[derive(Debug)]
pub(in crate::commands) struct Texts {
    pub(in crate::commands) algorithm: &'static str,
    pub(in crate::commands) canonical_request: Secret<String>,
    pub(in crate::commands) string_to_sign: String,
    /// Lower-case hexadecimal.
    pub(in crate::commands) signature: String,
}

/// Names and values to add, in the order in which they are sent.
pub(in crate::commands) type Added = Vec<(&'static str, Secret<String>)>;

/// Signs by header.
pub(in crate::commands) fn sign_header(
    message: &Message,
    payload: Payload<'_>,
    plan: &Plan,
    fields: FieldChoice<'_>,
) -> Result<(Added, Texts), Failure> {
    let wire = Wire::of(message);
    let owned = |(name, value): (&'static str, &str)| (name, Secret::new(value.to_owned()));
    if let Some(set) = &plan.region_set {
        let key = ecdsa_key(plan);
        let signed = v4a::sign(&wire.request(), payload, &plan.ecdsa(set, &key, fields));
        let signed = signed.map_err(|error| refused_ecdsa(&error))?;
        return Ok((signed.headers().map(owned).collect(), signed.steps.into()));
    }
    let key = signing_key(plan)?;
    let signed = sign_in_steps(&wire.request(), payload, &plan.hmac(&key, fields));
    let (signed, steps) = signed.map_err(|error| refused(&error))?;
    Ok((signed.headers().map(owned).collect(), steps.into()))
}

/// Signs by query: the parameters to add, and the whole target.
pub(in crate::commands) fn sign_query(
    message: &Message,
    payload: Payload<'_>,
    plan: &Plan,
    expires: u32,
) -> Result<(String, Vec<u8>, Texts), Failure> {
    let wire = Wire::of(message);
    let (request, fields) = (wire.request(), FieldChoice::default());
    if let Some(set) = &plan.region_set {
        let key = ecdsa_key(plan);
        let presigned = v4a::presign(&request, payload, &plan.ecdsa(set, &key, fields), expires);
        let presigned = presigned.map_err(|error| refused_ecdsa(&error))?;
        return Ok((presigned.query().to_owned(), presigned.target(&request), presigned.steps.into()));
    }
    let key = signing_key(plan)?;
    let presigned = presign_in_steps(&request, payload, &plan.hmac(&key, fields), expires);
    let (presigned, steps) = presigned.map_err(|error| match error {
        PresignError::Sign(error) => refused(&error),
        other => Failure::of(&other),
    })?;
    Ok((presigned.query().to_owned(), presigned.target(&request), steps.into()))
}

impl Plan {
    fn hmac<'a>(&'a self, key: &'a SigningKey, fields: FieldChoice<'a>) -> SigningParams<'a> {
        SigningParams {
            access_key_id: &self.keys.access_key_id,
            session_token: self.keys.session_token.as_ref(),
            key,
            scope: self.scope(),
            time: self.moment.time,
            rules: &self.rules,
            fields,
        }
    }

    fn ecdsa<'a>(&'a self, set: &'a str, key: &'a EcdsaKey, fields: FieldChoice<'a>) -> EcdsaParams<'a> {
        EcdsaParams {
            access_key_id: &self.keys.access_key_id,
            session_token: self.keys.session_token.as_ref(),
            key,
            region_set: RegionSet::new(set),
            service: &self.place.service.value,
            time: self.moment.time,
            rules: &self.rules,
            fields,
            // RFC 6979: the same request has the same signature, so that it can be compared.
            random: None,
        }
    }
}

impl Texts {
    /// The last line but one of the canonical request.
    pub(in crate::commands) fn signed_headers(&self) -> &str {
        self.canonical_request.expose().rsplit('\n').nth(1).unwrap_or_default()
    }

    /// The last line of the canonical request: a hash, or what stands for one.
    pub(in crate::commands) fn payload(&self) -> &str {
        self.canonical_request.expose().rsplit('\n').next().unwrap_or_default()
    }

    /// The third line of the string to sign.
    pub(in crate::commands) fn scope(&self) -> &str {
        self.string_to_sign.split('\n').nth(2).unwrap_or_default()
    }
}

impl From<sigv4::Steps> for Texts {
    fn from(steps: sigv4::Steps) -> Self {
        Self {
            algorithm: sigv4::ALGORITHM,
            canonical_request: steps.canonical_request,
            string_to_sign: steps.string_to_sign,
            signature: steps.signature.hex(),
        }
    }
}

impl From<EcdsaSteps> for Texts {
    fn from(steps: EcdsaSteps) -> Self {
        Self {
            algorithm: v4a::ALGORITHM,
            canonical_request: steps.canonical_request,
            string_to_sign: steps.string_to_sign,
            signature: steps.signature.hex(),
        }
    }
}

fn signing_key(plan: &Plan) -> Result<SigningKey, Failure> {
    let wrong = |error: ScopeError| {
        Failure::usage(error.to_string()).hint("--region and --service name what the signature is for")
    };
    plan.scope().check().map_err(wrong)?;
    SigningKey::try_derive(&plan.keys.secret_access_key, &plan.scope()).map_err(|error| Failure::of(&error))
}

fn ecdsa_key(plan: &Plan) -> EcdsaKey {
    EcdsaKey::derive(&plan.keys.access_key_id, &plan.keys.secret_access_key)
}

fn refused_ecdsa(error: &EcdsaSignError) -> Failure {
    match error {
        EcdsaSignError::Sign(error) => refused(error),
        EcdsaSignError::RegionSet => Failure::usage(error.to_string())
            .named("--region-set")
            .hint("such as --region-set us-east-1,eu-west-* or --region-set '*'"),
        other => Failure::of(other),
    }
}

/// What flags brought in is wrong usage.
fn refused(error: &SignError) -> Failure {
    match error {
        SignError::AlreadyPresent(name) if name.starts_with("X-Amz-") => {
            Failure::of(error).hint("the URL bears a signature already: leave out what begins with X-Amz-")
        }
        SignError::AlreadyPresent(_) => {
            Failure::of(error).hint("`linklocal sign --sign-again` takes an old signature off first")
        }
        SignError::Scope(_) | SignError::MustBeSigned(_) => {
            Failure::usage(error.to_string()).hint("`linklocal sign --help` shows what may be left out")
        }
        _ => Failure::of(error),
    }
}
