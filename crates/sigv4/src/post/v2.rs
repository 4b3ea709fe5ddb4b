//! Forms signed in version 2, which boto3 makes where an endpoint is named: HMAC-SHA1 over the policy.
//!
//! Rule: the same policy, met in the same way; the signature alone is another. Source: S3 User Guide, "Browser-based uploads using
//! POST (signature version 2)".

use types::Secret;

use super::credential::Credential;
use super::document::PolicyDocument;
use super::verify::{PostCaller, PostEndpoint, VerifiedForm};
use super::{POLICY_FIELD, PostError, ReceivedForm, TOKEN_FIELD};
use crate::verify::{Keys, Rule};
use crate::{Scope, v2};

/// Whether a form bears a signature of version 2, or a part of one: a policy that nothing of version 4 goes with wants to be signed, and
/// only forms without any are anybody's.
pub fn is_v2(form: &ReceivedForm<'_>) -> bool {
    let of_v4 = [super::ALGORITHM_FIELD, super::CREDENTIAL_FIELD, super::DATE_FIELD, super::SIGNATURE_FIELD];
    let of_v2 = [ADDED[0], ADDED[1], POLICY_FIELD];
    of_v4.iter().all(|name| form.value(name).is_none()) && of_v2.iter().any(|name| form.value(name).is_some())
}

/// Verifies a form that [`is_v2`]. The key is asked for once, when the form is in order. The form that comes of it has neither date
/// nor region.
///
/// # Errors
/// The first fault, in S3's words.
pub fn verify_v2(
    form: &ReceivedForm<'_>,
    endpoint: &PostEndpoint<'_>,
    keys: &impl Keys,
) -> Result<PostCaller, PostError> {
    form.check_size()?;
    let file = form.file.ok_or(PostError::NoFile)?;
    form.value("key").ok_or(PostError::MissingField("key"))?;
    let need = |name| form.value(name).ok_or(PostError::MissingField(name));
    let (access_key_id, sent) = (need(ADDED[0])?, need(ADDED[1])?);
    let policy = need(POLICY_FIELD)?;
    let token = form.value(TOKEN_FIELD);
    let checked = v2::check(access_key_id, token, sent, policy.as_bytes(), endpoint.now, keys);
    checked.map_err(|refusal| match refusal.rule {
        Rule::AccessKey => PostError::UnknownKey(access_key_id.to_owned()),
        Rule::Token => PostError::InvalidToken(Secret::new(token.unwrap_or_default().to_owned())),
        Rule::TokenExpired => PostError::ExpiredToken(Secret::new(token.unwrap_or_default().to_owned())),
        Rule::KeysUnavailable => PostError::Unavailable,
        _ => PostError::Mismatch {
            access_key_id: access_key_id.to_owned(),
            policy: Secret::new(policy.to_owned()),
            signature: Secret::new(sent.to_owned()),
        },
    })?;
    let mut fields = form.expanded();
    fields.retain(|field| !ADDED.iter().any(|name| name.eq_ignore_ascii_case(&field.name)));
    let key = super::condition::values(&fields, "key").first().map_or("", |key| key).to_owned();
    let document = PolicyDocument::read(policy)?;
    document.check(endpoint.bucket, &fields, endpoint.now)?;
    file.length.map_or(Ok(()), |length| document.check_length(length))?;
    let scope = Scope { date: *b"00000000", region: "", service: endpoint.service };
    Ok(PostCaller::Signed(VerifiedForm::new(&Credential { access_key_id, scope }, key, fields, document)))
}

/// What signing adds to a form beside the policy.
const ADDED: [&str; 2] = ["AWSAccessKeyId", "Signature"];
