//! Verifying a form.
//!
//! Rule: the order of faults is that of S3 as far as it was seen: what stands before the file, the file, the key, the fields
//! of the signature, the date, the credential, who signed, the signature over the policy as sent, and only then the policy
//! itself: base64, JSON, members, conditions, expiration; then fields that no condition names, conditions that are not met,
//! the length of the file.

use std::fmt;
use std::sync::LazyLock;

use types::{Secret, Timestamp};

use super::credential::Credential;
use super::document::PolicyDocument;
use super::error::PostError;
use super::form::{PostField, ReceivedForm};
use super::{
    ALGORITHM_FIELD, CREDENTIAL_FIELD, DATE_FIELD, POLICY_FIELD, SIGNATURE_FIELD, TOKEN_FIELD, is_exempt,
};
use crate::verify::{KeyRefusal, Keys, Wanted};
use crate::{ALGORITHM, AmzDate, Scope, Signature, SigningKey};

/// Where the form came in. All of it is the endpoint's own word, never the form's.
#[derive(Clone, Copy, Debug)]
pub struct PostEndpoint<'a> {
    pub bucket: &'a str,
    /// With none, every region that is named is as good as another.
    pub region: Option<&'a str>,
    /// The signing name: `s3`.
    pub service: &'a str,
    pub now: Timestamp,
}

/// Who posted a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostCaller {
    /// Nobody says who: whether the bucket takes the file is its policies' matter. The fields are believed as they are.
    Anonymous(AnonymousForm),
    Signed(VerifiedForm),
}

/// A form without a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnonymousForm {
    /// The key of the object, `${filename}` replaced.
    pub key: String,
    /// All fields, `${filename}` replaced.
    pub fields: Vec<PostField>,
}

/// A form whose signature holds and whose fields meet its policy.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifiedForm {
    pub access_key_id: String,
    /// The day that was signed on, `yyyymmdd` in UTC.
    pub date: [u8; 8],
    pub region: String,
    pub service: String,
    /// The key of the object, `${filename}` replaced.
    pub key: String,
    /// Fields that a condition names and signing did not add, `${filename}` replaced: what the object gets.
    pub fields: Vec<PostField>,
    policy: PolicyDocument,
}

/// Verifies a form. The keys are asked once, when form, date and credential are in order.
///
/// # Errors
/// The first fault, in S3's words.
pub fn verify(
    form: &ReceivedForm<'_>,
    endpoint: &PostEndpoint<'_>,
    keys: &impl Keys,
) -> Result<PostCaller, PostError> {
    form.check_size()?;
    let file = form.file.ok_or(PostError::NoFile)?;
    form.value("key").ok_or(PostError::MissingField("key"))?;
    let fields = form.expanded();
    let key = super::condition::values(&fields, "key").first().map_or("", |key| key).to_owned();
    let Some(parts) = SignatureFields::read(form)? else {
        return Ok(PostCaller::Anonymous(AnonymousForm { key, fields }));
    };
    let credential = parts.check(endpoint)?;
    prove(&parts, &credential, endpoint.now, keys)?;
    let policy = PolicyDocument::read(parts.policy)?;
    policy.check(endpoint.bucket, &fields, endpoint.now)?;
    file.length.map_or(Ok(()), |length| policy.check_length(length))?;
    Ok(PostCaller::Signed(VerifiedForm::new(&credential, key, fields, policy)))
}

impl VerifiedForm {
    /// When the policy expires.
    pub fn expiration(&self) -> Timestamp {
        self.policy.expiration
    }

    /// The policy that was met.
    pub fn policy(&self) -> &PolicyDocument {
        &self.policy
    }

    /// For a file whose length was not known before it was read: fails unless the policy allows so many bytes.
    ///
    /// # Errors
    /// `EntityTooLarge` and `EntityTooSmall`.
    pub fn check_length(&self, bytes: u64) -> Result<(), PostError> {
        self.policy.check_length(bytes)
    }

    /// The first value of a field, its name compared without case.
    pub fn field(&self, name: &str) -> Option<&str> {
        super::condition::values(&self.fields, name).first().copied()
    }

    pub(super) fn new(
        credential: &Credential<'_>,
        key: String,
        mut fields: Vec<PostField>,
        policy: PolicyDocument,
    ) -> Self {
        let added = [ALGORITHM_FIELD, CREDENTIAL_FIELD, DATE_FIELD, TOKEN_FIELD, "key", "bucket"];
        fields.retain(|field| {
            !is_exempt(&field.name.to_ascii_lowercase())
                && !added.iter().any(|name| name.eq_ignore_ascii_case(&field.name))
        });
        let Scope { date, region, service } = credential.scope;
        let (region, service) = (region.to_owned(), service.to_owned());
        let access_key_id = credential.access_key_id.to_owned();
        Self { access_key_id, date, region, service, key, fields, policy }
    }
}

/// The values of fields may be secrets: names only.
impl fmt::Debug for VerifiedForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.fields.iter().map(|field| &field.name).collect();
        f.debug_struct("VerifiedForm")
            .field("access_key_id", &self.access_key_id)
            .field("key", &self.key)
            .field("fields", &names)
            .finish_non_exhaustive()
    }
}

/// What the form says about its signature.
struct SignatureFields<'a> {
    algorithm: &'a str,
    credential: &'a str,
    date: &'a str,
    signature: &'a str,
    policy: &'a str,
    token: Option<&'a str>,
}

impl<'a> SignatureFields<'a> {
    /// All five, or none: a policy wants a signature.
    fn read(form: &ReceivedForm<'a>) -> Result<Option<Self>, PostError> {
        let of_v4 = [ALGORITHM_FIELD, CREDENTIAL_FIELD, DATE_FIELD, SIGNATURE_FIELD];
        if of_v4.iter().all(|name| form.value(name).is_none()) {
            let v2 = form.value("AWSAccessKeyId").or_else(|| form.value("signature"));
            let policy = form.value(POLICY_FIELD).map(|_| PostError::MissingField(ALGORITHM_FIELD));
            return v2.map(|_| PostError::Algorithm).or(policy).map_or(Ok(None), Err);
        }
        let need = |name| form.value(name).ok_or(PostError::MissingField(name));
        Ok(Some(Self {
            algorithm: need(ALGORITHM_FIELD)?,
            credential: need(CREDENTIAL_FIELD)?,
            date: need(DATE_FIELD)?,
            signature: need(SIGNATURE_FIELD)?,
            policy: need(POLICY_FIELD)?,
            token: form.value(TOKEN_FIELD),
        }))
    }

    /// The credential, once algorithm and date are in order. S3 does not ask how old the date is: a form lives as long as
    /// its policy.
    fn check(&self, endpoint: &PostEndpoint<'_>) -> Result<Credential<'a>, PostError> {
        if self.algorithm != ALGORITHM {
            return Err(PostError::Algorithm);
        }
        let date = AmzDate::read(self.date.as_bytes());
        let date = date.map_err(|_| PostError::DateFormat(self.date.to_owned()))?;
        Credential::read(self.credential, date.day(), endpoint)
    }
}

/// Fails unless whoever knows the secret signed the policy, as it was sent. A key that is not known costs the same work.
fn prove(
    parts: &SignatureFields<'_>,
    credential: &Credential<'_>,
    now: Timestamp,
    keys: &impl Keys,
) -> Result<(), PostError> {
    let Credential { access_key_id, scope } = *credential;
    let found = keys.signing_key(&Wanted { access_key_id, session_token: parts.token, scope, now });
    let wanted = found.as_ref().unwrap_or(&DECOY).sign(parts.policy.as_bytes());
    // Digits that cannot be read are compared as well, so that they take the usual time.
    let sent = Signature::read(parts.signature.as_bytes());
    let holds = (wanted == sent.unwrap_or(Signature::from_bytes([0; 32]))) & sent.is_ok();
    let token = || Secret::new(parts.token.unwrap_or_default().to_owned());
    match found {
        Ok(_) if holds => Ok(()),
        Ok(_) => Err(PostError::Mismatch {
            access_key_id: access_key_id.to_owned(),
            policy: Secret::new(parts.policy.to_owned()),
            signature: Secret::new(parts.signature.to_owned()),
        }),
        Err(KeyRefusal::UnknownKey) => Err(PostError::UnknownKey(access_key_id.to_owned())),
        Err(KeyRefusal::InvalidToken) => Err(PostError::InvalidToken(token())),
        Err(KeyRefusal::ExpiredToken) => Err(PostError::ExpiredToken(token())),
        Err(KeyRefusal::Unavailable) => Err(PostError::Unavailable),
    }
}

/// Nobody's key, for forms by unknown ones.
static DECOY: LazyLock<SigningKey> = LazyLock::new(|| {
    let scope = Scope { date: *b"19700101", region: "nowhere", service: "nothing" };
    SigningKey::derive(&Secret::new("nobody's".to_owned()), &scope)
});
