//! What signing refuses, and where it puts what it adds.

mod model;
mod properties;

use types::{Secret, Timestamp};

use super::*;
use crate::{Payload, PayloadKeyword, Request, ServiceRules};
use model::encode;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "IQoJb3JpZ2luX2VjEA4aCXVzLWVhc3QtMSJ/+example==";
const HASH: &str = "x-amz-content-sha256";

/// A key of one service, and what goes with it.
struct Signer {
    key: SigningKey,
    scope: Scope<'static>,
    time: Timestamp,
    token: Secret<String>,
    rules: ServiceRules,
}

impl Signer {
    fn of(service: &'static str) -> Self {
        let time = "2026-11-21T08:22:00Z".parse().unwrap();
        let scope = Scope::new(time, "eu-central-1", service);
        let key = SigningKey::derive(&Secret::new(SECRET.to_owned()), &scope);
        let token = Secret::new(TOKEN.to_owned());
        Self { key, scope, time, token, rules: ServiceRules::of(service) }
    }

    fn params(&self, token: bool) -> SigningParams<'_> {
        SigningParams {
            access_key_id: "ASIAEXAMPLE",
            session_token: token.then_some(&self.token),
            key: &self.key,
            scope: self.scope,
            time: self.time,
            rules: &self.rules,
            fields: FieldChoice::default(),
        }
    }

    fn scope(&self) -> String {
        format!("20261121/eu-central-1/{}/aws4_request", self.scope.service)
    }
}

type Borrowed<'a> = Vec<(&'a str, &'a [u8])>;

fn refusal(target: &str, headers: &[(&str, &[u8])], change: impl Fn(&mut SigningParams<'_>)) -> SignError {
    let signer = Signer::of("sts");
    let mut params = signer.params(false);
    change(&mut params);
    let mut all = vec![("host", b"example.com".as_slice())];
    all.extend(headers);
    let request = Request { method: "GET", target: target.as_bytes(), headers: &all };
    let refused = sign(&request, Payload::Body(b""), &params).unwrap_err();
    assert_eq!(refused.to_string().to_lowercase().matches("secret value").count(), 0);
    refused
}

#[test]
fn refuses_values_that_end_lines_or_are_read_in_two_ways() {
    let value = |value: &[u8]| refusal("/", &[("my-header", value)], |_| {});
    let control = SignError::Canonical(CanonicalError::ControlInValue("my-header".to_owned()));
    let tab = SignError::Canonical(CanonicalError::TabInValue("my-header".to_owned()));
    for bytes in [b"a\rb".as_slice(), b"a\nx-amz-date:b", b"a\0b", b"\n", b"a\r\n"] {
        assert_eq!(value(bytes), control, "{bytes:?}");
    }
    for bytes in [b"a\tb".as_slice(), b"a \t b", b"a\x0bb", b"a\x0cb"] {
        assert_eq!(value(bytes), tab, "{bytes:?}");
    }
}

#[test]
fn refuses_names_methods_and_targets_that_would_write_other_lines() {
    for name in ["a:b", "a b", "", "a\nb", "é", "a;b"] {
        let refused = refusal("/", &[(name, b"x")], |_| {});
        assert_eq!(refused, SignError::Canonical(CanonicalError::NoToken(name.to_owned())));
    }
    for target in ["/a\nb", "/?a\rb", "/\0", "/\x7f"] {
        assert_eq!(refusal(target, &[], |_| {}), SignError::Canonical(CanonicalError::ControlInTarget));
    }
    let signer = Signer::of("sts");
    for method in ["", "GET /", "G\nT"] {
        let request = Request { method, target: b"/", headers: &[("host", b"example.com")] };
        let refused = sign(&request, Payload::Body(b""), &signer.params(false)).unwrap_err();
        assert_eq!(refused, SignError::Canonical(CanonicalError::NoToken(method.to_owned())));
    }
}

#[test]
fn refuses_signers_that_no_header_could_name() {
    let id = |id: &'static str| refusal("/", &[], |params| params.access_key_id = id);
    assert_eq!(id(""), SignError::EmptyKeyId);
    for spaced in [" AKIA", "AKIA\n", "\tAKIA"] {
        assert_eq!(id(spaced), SignError::SpaceAroundKeyId);
    }
    for (broken, character) in [("A/B", '/'), ("A,B", ','), ("A B", ' '), ("A\nB", '\n'), ("Aé", 'é')] {
        assert_eq!(id(broken), SignError::KeyIdCharacter(character));
    }
    let region = |region: &'static str| refusal("/", &[], |params| params.scope.region = region);
    assert_eq!(region(""), SignError::Scope(ScopeError::Empty("region")));
    assert_eq!(region("us\neast"), SignError::Scope(ScopeError::Character("region", '\n')));
    let service = |service: &'static str| refusal("/", &[], |params| params.scope.service = service);
    assert_eq!(service(""), SignError::Scope(ScopeError::Empty("service")));
    assert_eq!(service("s3/x"), SignError::Scope(ScopeError::Character("service", '/')));
    assert_eq!(refusal("/", &[], |params| params.scope.date = *b"20261120"), SignError::ScopeDay);

    let signer = Signer::of("sts");
    for broken in ["", " secret value", "secret value\n", "secret\0value"] {
        let token = Secret::new(broken.to_owned());
        let params = SigningParams { session_token: Some(&token), ..signer.params(false) };
        let request = Request { method: "GET", target: b"/", headers: &[("host", b"example.com")] };
        assert_eq!(sign(&request, Payload::Body(b""), &params).unwrap_err(), SignError::BrokenToken);
    }
}

#[test]
fn refuses_what_it_would_add_itself_and_a_request_without_a_host() {
    for name in ["X-Amz-Date", "authorization", HASH, "X-Amz-Security-Token", "x-amz-region-set"] {
        let refused = refusal("/", &[(name, b"x")], |_| {});
        assert!(matches!(refused, SignError::AlreadyPresent(n) if n.eq_ignore_ascii_case(name)), "{name}");
    }
    let presigned = refusal("/?a=b&X-Amz-Signature=0", &[], |_| {});
    assert_eq!(presigned, SignError::AlreadyPresent("X-Amz-Signature"));
    let signer = Signer::of("sts");
    let request = Request { method: "GET", target: b"/", headers: &[("accept", b"*/*")] };
    assert_eq!(sign(&request, Payload::Body(b""), &signer.params(false)).unwrap_err(), SignError::NoHost);
    let fields = FieldChoice { never: &["X-AMZ-Target"], ..FieldChoice::default() };
    let refused = refusal("/", &[], |params| params.fields = fields);
    assert_eq!(refused, SignError::MustBeSigned("X-AMZ-Target".to_owned()));
}

#[test]
fn refuses_more_than_its_bounds() {
    let long = |part, bytes| SignError::Canonical(CanonicalError::TooLong { part, bytes, limit: 65_536 });
    assert_eq!(refusal(&format!("/{}", "a".repeat(65_536)), &[], |_| {}), long("path", 65_537));
    assert_eq!(refusal(&format!("/?{}", "a".repeat(65_537)), &[], |_| {}), long("query", 65_537));
    let value = vec![b'a'; 65_536];
    let refused = refusal("/", &[("a", &value)], |_| {});
    assert!(matches!(refused, SignError::Canonical(CanonicalError::TooLong { part: "headers", .. })));

    let names: Vec<String> = (0..300).map(|number| format!("h{number}")).collect();
    let headers: Borrowed<'_> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    // The host and the date are two more.
    assert_eq!(refusal("/", &headers, |_| {}), SignError::Canonical(CanonicalError::TooManySigned(302)));
    let signer = Signer::of("sts");
    let mut fitting = headers[..254].to_vec();
    fitting.push(("host", b"example.com"));
    let request = Request { method: "GET", target: b"/", headers: &fitting };
    let signed = sign(&request, Payload::Body(b""), &signer.params(false)).unwrap();
    assert_eq!(signed.authorization.expose().matches(';').count(), 255);
}

#[test]
fn presigns_within_a_week() {
    let signer = Signer::of("s3");
    let request = Request { method: "GET", target: b"/key?", headers: &[("host", b"example.com")] };
    let payload = Payload::Keyword(PayloadKeyword::Unsigned);
    for secs in [0, 604_801, u32::MAX] {
        let refused = presign(&request, payload, &signer.params(false), secs).unwrap_err();
        assert_eq!(refused, PresignError::Expires(secs));
    }
    for secs in [1, 10, 604_800] {
        let presigned = presign(&request, payload, &signer.params(false), secs).unwrap();
        let target = String::from_utf8(presigned.target(&request)).unwrap();
        assert!(target.starts_with("/key?X-Amz-Algorithm="), "{target}");
        assert!(target.contains(&format!("&X-Amz-Expires={secs}&")), "{target}");
    }
}

#[test]
fn presigns_the_hash_that_is_sent_and_no_other() {
    let signer = Signer::of("s3");
    let unsigned = Payload::Keyword(PayloadKeyword::Unsigned);
    let headers: [(&str, &[u8]); 2] = [("host", b"example.com"), (HASH, b"UNSIGNED-PAYLOAD")];
    let request = Request { method: "PUT", target: b"/key", headers: &headers };
    let presigned = presign(&request, unsigned, &signer.params(false), 60).unwrap();
    assert!(presigned.query().contains("X-Amz-SignedHeaders=host%3Bx-amz-content-sha256"));
    let refused = presign(&request, Payload::Body(b"body"), &signer.params(false), 60).unwrap_err();
    assert_eq!(refused, PresignError::ContentSha256);
    assert_eq!(
        sign(
            &Request { headers: &headers[..1], ..request },
            Payload::Text("unsigned"),
            &signer.params(false)
        )
        .unwrap_err(),
        SignError::PayloadText
    );
}

#[test]
fn a_token_goes_where_its_service_wants_it() {
    let request = Request { method: "GET", target: b"/mqtt", headers: &[("host", b"example.com")] };
    let query = |service: &'static str| {
        let signer = Signer::of(service);
        presign(&request, Payload::Body(b""), &signer.params(true), 60).unwrap().query().to_owned()
    };
    let token = encode(TOKEN.as_bytes());
    assert!(query("iotdevicegateway").ends_with(&format!("&X-Amz-Security-Token={token}")));
    let expected = format!("&X-Amz-SignedHeaders=host&X-Amz-Security-Token={token}&X-Amz-Signature=");
    assert!(query("s3").contains(&expected));
    assert!(query("s3express").contains(&expected.replace("Security-Token", "S3session-Token")));

    let signer = Signer::of("s3express");
    let signed = sign(&request, Payload::Body(b""), &signer.params(true)).unwrap();
    let names: Vec<&str> = signed.headers().map(|(name, _)| name).collect();
    assert_eq!(names, ["x-amz-date", HASH, "x-amz-s3session-token", "authorization"]);
}

#[test]
fn shows_no_secret() {
    let signer = Signer::of("s3");
    let request = Request { method: "GET", target: b"/", headers: &[("host", b"example.com")] };
    let params = signer.params(true);
    let (signed, steps) = sign_in_steps(&request, Payload::Body(b""), &params).unwrap();
    let presigned = presign(&request, Payload::Body(b""), &params, 60).unwrap();
    let shown = format!("{params:?} {signed:?} {steps:?} {presigned:?} {request:?}");
    for secret in [TOKEN, SECRET, &signed.signature.hex(), &presigned.signature.hex()] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn one_buffer_serves_every_signature() {
    let (s3, sts) = (Signer::of("s3"), Signer::of("sts"));
    let request = Request { method: "GET", target: b"/a?b", headers: &[("host", b"example.com")] };
    let mut scratch = Scratch::new();
    for signer in [&s3, &sts, &s3] {
        for token in [true, false] {
            let params = signer.params(token);
            let kept = sign_with(&mut scratch, &request, Payload::Body(b""), &params).unwrap();
            assert_eq!(kept.signature, sign(&request, Payload::Body(b""), &params).unwrap().signature);
            let kept = presign_with(&mut scratch, &request, Payload::Body(b""), &params, 9).unwrap();
            assert_eq!(kept.query(), presign(&request, Payload::Body(b""), &params, 9).unwrap().query());
        }
    }
}
