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
