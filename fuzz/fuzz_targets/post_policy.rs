//! Policies of browser forms: whatever the text, a form that is verified or an answer of S3.
//!
//! An input is a policy. It is signed and sent with a form that meets the policy of the first seed.

#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use sigv4::post::{
    Condition, FormFile, PolicyDocument, PostCaller, PostEndpoint, PostError, ReceivedForm, verify,
};
use sigv4::verify::{KeyRing, Refusal, RingEntry};
use sigv4::{Scope, SigningKey};
use types::{Secret, Timestamp};

fuzz_target!(|text: &str| {
    let _ = post(text, BUCKET);
    let policy = STANDARD.encode(text);
    match post(&policy, BUCKET) {
        Ok(PostCaller::Signed(form)) => {
            assert_eq!(form.key, "user/a.txt");
            post(&policy, "another").expect_err("a policy is for one bucket");
            form.policy().conditions.iter().for_each(check_text);
        }
        Ok(PostCaller::Anonymous(_)) => panic!("the form bears a signature"),
        Err(error) => {
            let refusal = Refusal::from(error);
            assert!([400, 403].contains(&refusal.status) && !refusal.message.is_empty());
        }
    }
});

/// A condition is printed as one that means the same.
fn check_text(condition: &Condition) {
    let text = condition.text();
    let json = format!("{{\"expiration\":\"2027-01-01T00:00:00Z\",\"conditions\":[{text}]}}");
    let read = PolicyDocument::read(&STANDARD.encode(json)).expect("a printed condition is a list");
    assert_eq!(read.conditions, [condition.clone()]);
}

fn post(policy: &str, bucket: &str) -> Result<PostCaller, PostError> {
    let signature = KEY.sign(policy.as_bytes()).hex();
    let fields: [(&str, &[u8]); 7] = [
        ("key", b"user/${filename}"),
        ("acl", b"private"),
        ("x-amz-algorithm", b"AWS4-HMAC-SHA256"),
        ("x-amz-credential", b"AKIDEXAMPLE/20261121/us-east-1/s3/aws4_request"),
        ("x-amz-date", b"20261121T082200Z"),
        ("policy", policy.as_bytes()),
        ("x-amz-signature", signature.as_bytes()),
    ];
    let file = Some(FormFile { name: Some("a.txt"), length: Some(5) });
    let endpoint = PostEndpoint { bucket, region: Some("us-east-1"), service: "s3", now: NOW };
    verify(&ReceivedForm { fields: &fields, file }, &endpoint, &*KEYS)
}

const BUCKET: &str = "bucket";
const NOW: Timestamp = Timestamp::from_secs(1_795_249_320);
const SCOPE: Scope<'_> = Scope { date: *b"20261121", region: "us-east-1", service: "s3" };
static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::derive(&Secret::new("secret".to_owned()), &SCOPE));
static KEYS: LazyLock<KeyRing> = LazyLock::new(|| {
    KeyRing::new([RingEntry {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: Secret::new("secret".to_owned()),
        session_token: None,
        expires: None,
    }])
});
