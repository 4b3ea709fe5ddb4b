//! What a signed form holds, and what is not signed.

use std::time::Duration;

use types::{Secret, Timestamp};

use super::*;
use crate::verify::{Refusal, Rule};
use crate::{FieldChoice, Scope, ServiceRules, SigningKey, SigningParams};

const NOW: Timestamp = Timestamp::from_secs(1_451_347_200);
const SCOPE: Scope<'_> = Scope { date: *b"20151229", region: "us-east-1", service: "s3" };

fn sign_with(policy: PostPolicy, token: Option<&Secret<String>>) -> Result<SignedForm, PostSignError> {
    let key = SigningKey::derive(&Secret::new("secret".to_owned()), &SCOPE);
    policy.sign(&SigningParams {
        access_key_id: "AKIDEXAMPLE",
        session_token: token,
        key: &key,
        scope: SCOPE,
        time: NOW,
        rules: &ServiceRules::of("s3"),
        fields: FieldChoice::default(),
    })
}

fn sign(policy: PostPolicy) -> Result<SignedForm, PostSignError> {
    sign_with(policy, None)
}

fn policy() -> PostPolicy {
    PostPolicy::new("b\"ucket", NOW + Duration::from_secs(3600))
}

#[test]
fn policies_bind_what_signing_adds() {
    let token = Secret::new("token".to_owned());
    let made = policy()
        .key("user/${filename}")
        .field("acl", "private")
        .starts_with("Content-Type", "image/")
        .content_length(1..=10);
    let form = sign_with(made, Some(&token)).unwrap();
    let wanted = concat!(
        "{\"expiration\":\"2015-12-29T01:00:00Z\",\"conditions\":[{\"bucket\":\"b\\\"ucket\"},",
        "[\"starts-with\",\"$key\",\"user/\"],{\"acl\":\"private\"},[\"starts-with\",\"$Content-Type\",\"image/\"],",
        "[\"content-length-range\",1,10],{\"X-Amz-Algorithm\":\"AWS4-HMAC-SHA256\"},",
        "{\"X-Amz-Credential\":\"AKIDEXAMPLE/20151229/us-east-1/s3/aws4_request\"},",
        "{\"X-Amz-Date\":\"20151229T000000Z\"},{\"X-Amz-Security-Token\":\"token\"}]}",
    );
    assert_eq!(form.policy.expose(), wanted);
    let names: Vec<_> = form.fields.iter().map(|(name, _)| name.as_str()).collect();
    let signed = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Security-Token", "Policy"];
    assert_eq!(names, [&["key", "acl"][..], &signed, &["X-Amz-Signature"]].concat());
    assert_eq!(form.open, ["Content-Type"]);
    let shown = format!("{form:?}");
    assert!(!shown.contains("token\"") && !shown.contains(&form.signature.hex()), "{shown}");
}

#[test]
fn unusable_policies_are_not_signed() {
    use PostSignError::{Expired, NoBucket, NoKey, Reserved, TooLong, Twice};
    let good = || policy().key("a");
    let refused = |policy| sign(policy).map(|_| ()).unwrap_err();
    sign(good()).unwrap();
    sign(policy().starts_with("key", "")).unwrap();
    assert_eq!(refused(policy()), NoKey);
    assert_eq!(refused(PostPolicy::new("", NOW + Duration::from_secs(1)).key("a")), NoBucket);
    assert_eq!(refused(PostPolicy::new("b", NOW).key("a")), Expired(NOW));
    assert_eq!(refused(good().field("acl", "a").starts_with("ACL", "b")), Twice("ACL".to_owned()));
    for name in ["Policy", "file", "x-amz-signature", "X-Amz-Date", "bucket", "x-ignore-me"] {
        assert_eq!(refused(good().field(name, "a")), Reserved(name.to_owned()));
    }
    assert!(matches!(refused(good().field("x-amz-meta-a", &"a".repeat(20_000))), TooLong(_)));
}

#[test]
fn refusals_bear_the_whole_answer() {
    let error = PostError::MissingField("key");
    let refusal = Refusal::from(error.clone());
    assert_eq!((refusal.rule, refusal.status, refusal.code), (Rule::Body, 400, "InvalidArgument"));
    assert_eq!(refusal.message, error.message());
    assert_eq!(refusal.fields, error.fields());
    let token = PostError::InvalidToken(Secret::new("token".to_owned()));
    assert!(!format!("{token:?} {token}").contains("\"token\""));
    assert_eq!(Refusal::from(token).fields, [("Token-0", "token".to_owned())]);
}

#[test]
fn forms_of_version_2_are_held_to_the_same_policy() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    let json = concat!(
        "{\"expiration\":\"2015-12-30T00:00:00Z\",\"conditions\":[{\"bucket\":\"b\"},",
        "[\"starts-with\",\"$key\",\"user/\"],[\"content-length-range\",1,4]]}"
    );
    let (secret, policy) = (Secret::new("secret".to_owned()), STANDARD.encode(json));
    let signature = crate::v2::sign(&secret, policy.as_bytes());
    let keys = crate::verify::KeyRing::new([crate::verify::RingEntry {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: secret,
        session_token: None,
        expires: None,
    }]);
    let endpoint = PostEndpoint { bucket: "b", region: None, service: "s3", now: NOW };
    let check = |key: &str, id: &str, signature: &str, length| {
        let fields: [(&str, &[u8]); 4] = [
            ("key", key.as_bytes()),
            ("AWSAccessKeyId", id.as_bytes()),
            ("policy", policy.as_bytes()),
            ("signature", signature.as_bytes()),
        ];
        let file = Some(FormFile { name: Some("f.txt"), length: Some(length) });
        let form = ReceivedForm { fields: &fields, file };
        assert!(is_v2(&form));
        match verify_v2(&form, &endpoint, &keys) {
            Ok(PostCaller::Signed(form)) => Ok((form.access_key_id, form.key, form.fields.len())),
            Ok(PostCaller::Anonymous(_)) => panic!("a signed form is nobody's"),
            Err(error) => Err(error.code()),
        }
    };
    let id = "AKIDEXAMPLE";
    assert_eq!(check("user/${filename}", id, &signature, 4), Ok((id.to_owned(), "user/f.txt".to_owned(), 0)));
    assert_eq!(check("other/f", id, &signature, 4), Err("AccessDenied"));
    assert_eq!(check("user/f", id, &signature, 5), Err("EntityTooLarge"));
    assert_eq!(check("user/f", "AKIDOTHER", &signature, 4), Err("InvalidAccessKeyId"));
    assert_eq!(check("user/f", id, "c2lnbmF0dXJl", 4), Err("SignatureDoesNotMatch"));
    assert_eq!(check("user/f", id, "", 4), Err("InvalidArgument"));
}
