//! A form that is in order, and ways to spoil it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sigv4::post::{FormFile, PostCaller, PostEndpoint, PostError, ReceivedForm, VerifiedForm, verify};
use sigv4::verify::{KeyRing, RingEntry};
use sigv4::{FieldChoice, Scope, ServiceRules, SigningKey, SigningParams};
use types::{Secret, Timestamp};

pub(super) const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
pub(super) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(super) const CREDENTIAL: &str = "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request";
pub(super) const SCOPE: Scope<'_> = Scope { date: *b"20151229", region: "us-east-1", service: "s3" };
pub(super) const BUCKET: &str = "sigv4examplebucket";
/// The instant that the date of the documentation's example names.
pub(super) const NOW: Timestamp = Timestamp::from_secs(1_451_347_200);

#[derive(Clone)]
pub(super) struct Form {
    pub(super) fields: Vec<(&'static str, String)>,
    /// Whether there is a file, and whether it has a name.
    pub(super) file: Option<Option<&'static str>>,
    pub(super) length: Option<u64>,
    pub(super) bucket: &'static str,
    pub(super) now: Timestamp,
}

impl Form {
    /// A form that is in order.
    pub(super) fn good() -> Self {
        let fields = [
            ("key", "user/a.txt"),
            ("acl", "private"),
            ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
            ("x-amz-credential", CREDENTIAL),
            ("x-amz-date", "20151229T000000Z"),
            ("policy", ""),
            ("x-amz-signature", ""),
        ];
        Self::of(&fields).file("a.txt").policy_with("")
    }

    pub(super) fn of(fields: &[(&'static str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { fields, file: None, length: Some(3), bucket: BUCKET, now: NOW }
    }

    pub(super) fn file(self, name: &'static str) -> Self {
        Self { file: Some(Some(name)), ..self }
    }

    /// The conditions of a good form, and one more.
    pub(super) fn policy_with(self, condition: &str) -> Self {
        let bucket = format!("{{\"bucket\":\"{BUCKET}\"}}");
        let mut conditions =
            vec![bucket.as_str(), "[\"starts-with\", \"$key\", \"user/\"]", "[\"eq\",\"$acl\",\"private\"]"];
        conditions.extend((!condition.is_empty()).then_some(condition));
        self.policy_of(&conditions)
    }

    /// These conditions, and those on the fields of the signature.
    pub(super) fn policy_of(self, conditions: &[&str]) -> Self {
        let credential = format!("{{\"x-amz-credential\":\"{CREDENTIAL}\"}}");
        let signature = [
            "{\"x-amz-algorithm\":\"AWS4-HMAC-SHA256\"}",
            "{\"X-Amz-Date\":\"20151229T000000Z\"}",
            &credential,
        ];
        let all = [conditions, &signature[..]].concat().join(",");
        self.policy(&format!("{{\"expiration\":\"2015-12-30T12:00:00.000Z\",\"conditions\":[{all}]}}"))
    }

    /// This policy, signed.
    pub(super) fn policy(self, json: &str) -> Self {
        let policy = STANDARD.encode(json);
        let signature = signing_key().sign(policy.as_bytes()).hex();
        self.set("policy", &policy).set("x-amz-signature", &signature)
    }

    pub(super) fn set(mut self, name: &'static str, value: &str) -> Self {
        match self.fields.iter_mut().find(|(n, _)| *n == name) {
            Some(field) => value.clone_into(&mut field.1),
            None => self.fields.push((name, value.to_owned())),
        }
        self
    }

    pub(super) fn add(mut self, name: &'static str, value: &str) -> Self {
        self.fields.push((name, value.to_owned()));
        self
    }

    pub(super) fn without(self, name: &str) -> Self {
        self.without_all(&[name])
    }

    pub(super) fn without_all(mut self, names: &[&str]) -> Self {
        self.fields.retain(|(n, _)| !names.contains(n));
        self
    }

    pub(super) fn verify(&self) -> Result<PostCaller, PostError> {
        let fields: Vec<_> = self.fields.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let file = self.file.map(|name| FormFile { name, length: self.length });
        verify(&ReceivedForm { fields: &fields, file }, &endpoint(self.bucket, self.now), &ring())
    }
}

pub(super) fn signed(outcome: Result<PostCaller, PostError>) -> VerifiedForm {
    match outcome {
        Ok(PostCaller::Signed(form)) => form,
        other => panic!("it is signed: {other:?}"),
    }
}

pub(super) fn endpoint(bucket: &str, now: Timestamp) -> PostEndpoint<'_> {
    PostEndpoint { bucket, region: Some("us-east-1"), service: "s3", now }
}

pub(super) fn ring() -> KeyRing {
    KeyRing::new([entry(None)])
}

pub(super) fn session_ring() -> KeyRing {
    KeyRing::new([entry(Some(Secret::new("session token".to_owned())))])
}

pub(super) fn entry(session_token: Option<Secret<String>>) -> RingEntry {
    let secret_access_key = Secret::new(SECRET.to_owned());
    RingEntry { access_key_id: KEY_ID.to_owned(), secret_access_key, session_token, expires: None }
}

pub(super) fn signing_key() -> SigningKey {
    SigningKey::derive(&Secret::new(SECRET.to_owned()), &SCOPE)
}

pub(super) fn params(session_token: Option<&Secret<String>>) -> SigningParams<'_> {
    static RULES: std::sync::LazyLock<ServiceRules> = std::sync::LazyLock::new(|| ServiceRules::of("s3"));
    static KEY: std::sync::LazyLock<SigningKey> = std::sync::LazyLock::new(signing_key);
    SigningParams {
        access_key_id: KEY_ID,
        session_token,
        key: &KEY,
        scope: SCOPE,
        time: NOW,
        rules: &RULES,
        fields: FieldChoice::default(),
    }
}
