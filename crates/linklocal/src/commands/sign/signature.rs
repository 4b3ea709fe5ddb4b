//! Makes the signature: by HMAC, or by ECDSA for several regions.

use request_source::Message;
use sigv4::{FieldChoice, Payload, SignError, SigningKey, SigningParams, sign_in_steps};
use types::Secret;

use crate::commands::signing::{Plan, Wire};
use crate::failure::Failure;

/// What a signature adds, and how it came about.
#[derive(Debug)]
pub(super) struct Signature {
    /// In the order in which they are sent.
    pub(super) headers: Vec<(String, Secret<String>)>,
    pub(super) algorithm: &'static str,
    /// Without the access key id.
    pub(super) scope: String,
    pub(super) signed_headers: String,
    pub(super) hex: String,
    pub(super) canonical_request: Secret<String>,
    pub(super) string_to_sign: String,
}

impl Signature {
    pub(super) fn symmetric(
        message: &Message,
        payload: Payload<'_>,
        plan: &Plan,
        fields: FieldChoice<'_>,
    ) -> Result<Self, Failure> {
        let scope = plan.scope();
        let key = SigningKey::try_derive(&plan.keys.secret_access_key, &scope)
            .map_err(|error| Failure::of(&error))?;
        let params = SigningParams {
            access_key_id: &plan.keys.access_key_id,
            session_token: plan.keys.session_token.as_ref(),
            key: &key,
            scope,
            time: plan.moment.time,
            rules: &plan.rules,
            fields,
        };
        let wire = Wire::of(message);
        let (signed, steps) =
            sign_in_steps(&wire.request(), payload, &params).map_err(|error| refused(&error))?;
        Ok(Self {
            headers: signed
                .headers()
                .map(|(name, value)| (name.to_owned(), Secret::new(value.to_owned())))
                .collect(),
            algorithm: sigv4::ALGORITHM,
            scope: scope_of(&steps.string_to_sign),
            signed_headers: signed_headers(steps.canonical_request.expose()),
            hex: steps.signature.hex(),
            canonical_request: steps.canonical_request,
            string_to_sign: steps.string_to_sign,
        })
    }
}

/// The last line but one of a canonical request.
fn signed_headers(canonical: &str) -> String {
    canonical.rsplit('\n').nth(1).unwrap_or_default().to_owned()
}

/// The third line of a string to sign.
fn scope_of(string_to_sign: &str) -> String {
    string_to_sign.split('\n').nth(2).unwrap_or_default().to_owned()
}

fn refused(error: &SignError) -> Failure {
    let failure = Failure::of(error);
    match error {
        SignError::AlreadyPresent(_) => failure.hint("--sign-again takes the old signature off first"),
        _ => failure,
    }
}
