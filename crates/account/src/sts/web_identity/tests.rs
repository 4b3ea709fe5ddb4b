//! Tokens as STS answered to them, and as attackers make them. Each case of `cases.json` changes one thing of a good token.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use types::Partition;

use super::*;
use crate::iam::oidc::NewOidcProvider;

const ISSUER: &str = "https://issuer.example.com";

fn now() -> Timestamp {
    Timestamp::from_secs(1_795_000_000)
}

fn directory() -> Directory {
    let mut directory = Directory::new(Partition::Aws, "111122223333".parse().unwrap());
    let rsa = |bytes: usize| URL_SAFE_NO_PAD.encode(vec![0xc1; bytes]);
    let coordinate = URL_SAFE_NO_PAD.encode([7; 32]);
    let keys = json!({ "keys": [
        { "kid": "rsa", "kty": "RSA", "n": rsa(256), "e": "AQAB" },
        { "kid": "ec", "kty": "EC", "crv": "P-256", "x": coordinate, "y": coordinate },
        { "kid": "for-rs512", "kty": "RSA", "alg": "RS512", "n": rsa(256), "e": "AQAB" },
        { "kid": "for-encryption", "kty": "RSA", "use": "enc", "n": rsa(256), "e": "AQAB" },
        { "kid": "short", "kty": "RSA", "n": rsa(128), "e": "AQAB" },
        { "kid": "symmetric", "kty": "oct", "k": "c2VjcmV0" },
        { "kid": "", "kty": "RSA", "n": rsa(256), "e": "AQAB" },
    ] });
    let new = NewOidcProvider {
        url: ISSUER,
        client_ids: ["client-a", "client-b"].map(str::to_owned).into_iter().collect::<BTreeSet<_>>(),
        keys: &keys.to_string(),
    };
    oidc::add(&mut directory, &new, now()).unwrap();
    directory
}

/// Takes a signature of the right algorithm and key that says so.
fn verifier(algorithm: Algorithm, key: &VerificationKey, message: &[u8], signature: &[u8]) -> bool {
    let fits = matches!(key, VerificationKey::Rsa { .. }) == algorithm.curve().is_none();
    fits && !message.is_empty() && signature == b"by the provider"
}

fn encoded(header: &Map<String, Value>, claims: &Map<String, Value>, signature: &str) -> String {
    let part = |value: &Map<String, Value>| URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).unwrap());
    format!("{}.{}.{}", part(header), part(claims), URL_SAFE_NO_PAD.encode(signature))
}

fn good() -> (Map<String, Value>, Map<String, Value>) {
    let header = json!({ "alg": "RS256", "kid": "rsa", "typ": "JWT" });
    let claims = json!({
        "iss": ISSUER, "aud": "client-a", "sub": "subject-probe",
        "iat": now().secs(), "exp": now().secs() + 900,
    });
    let object = |value: Value| value.as_object().unwrap().clone();
    (object(header), object(claims))
}

/// `-` takes a member out.
fn changed(members: &mut Map<String, Value>, changes: Option<&Value>) {
    for (name, value) in changes.into_iter().filter_map(Value::as_object).flatten() {
        match value.as_str() {
            Some("-") => drop(members.remove(name)),
            _ => drop(members.insert(name.clone(), value.clone())),
        }
    }
}

fn of_case(case: &Value) -> String {
    let (mut header, mut claims) = good();
    changed(&mut header, case.get("header"));
    changed(&mut claims, case.get("claims"));
    for (name, seconds) in case.get("times").into_iter().filter_map(Value::as_object).flatten() {
        claims.insert(name.clone(), (now().secs() + seconds.as_i64().unwrap()).into());
    }
    encoded(&header, &claims, case.get("signature").and_then(Value::as_str).unwrap_or("by the provider"))
}

fn shown(token: &IdentityToken) -> Value {
    let mut shown = json!({ "subject": token.subject, "audience": token.audience });
    let mut add = |name: &str, value: Value| {
        if !value.is_null() && value != json!([]) {
            shown[name] = value;
        }
    };
    add("oaud", json!(token.original_audience));
    add("amr", json!(token.methods));
    add("source_identity", json!(token.source_identity));
    add("tags", token.tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect());
    add("transitive", json!(token.transitive_tag_keys));
    shown
}

#[test]
fn tokens_are_answered_as_sts_answers() {
    let directory = directory();
    let cases: Vec<Value> = serde_json::from_str(include_str!("cases.json")).unwrap();
    for case in &cases {
        let answer = verify(&directory, &of_case(case), now(), verifier);
        let expected = match case.get("error").and_then(Value::as_str) {
            None => json!(case["answer"]),
            Some("generic") => json!(not_validated().to_string()),
            Some("no key") => json!(no_key().to_string()),
            Some("not a token") => json!(NOT_A_TOKEN),
            Some(text) => json!(text),
        };
        let answer = answer.map_or_else(|error| json!(error.to_string()), |token| shown(&token));
        assert_eq!(answer, expected, "{}", case["why"]);
    }
    assert!(cases.len() >= 60, "{}", cases.len());
}

const NOT_A_TOKEN: &str = "InvalidIdentityToken: The ID Token provided is not a valid JWT. (You may see this error if you sent an \
                           Access Token)";

#[test]
fn of_a_claim_given_twice_the_last_counts() {
    let (header, claims) = good();
    for (last, taken) in [("other", false), ("client-a", true)] {
        let text = serde_json::to_string(&claims).unwrap();
        let twice = format!("{},\"aud\":\"{last}\"}}", text.strip_suffix('}').unwrap());
        let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).unwrap());
        let signature = URL_SAFE_NO_PAD.encode("by the provider");
        let token = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(twice));
        assert_eq!(verify(&directory(), &token, now(), verifier).is_ok(), taken, "{last}");
    }
}

#[test]
fn what_is_no_token_is_told_so() {
    let directory = directory();
    let (header, claims) = good();
    let token = encoded(&header, &claims, "by the provider");
    let parts: Vec<&str> = token.split('.').collect();
    let padded = format!("{}=.{}.{}", parts[0], parts[1], parts[2]);
    let five = format!("{token}.a.b");
    let two = format!("{}.{}", parts[0], parts[1]);
    let detached = format!("{}..{}", parts[0], parts[2]);
    let long = format!("{}.{}.{}", parts[0], parts[1], "A".repeat(20_000));
    let deep = format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode("[".repeat(10_000)), parts[2]);
    for text in ["", "....", "a.b.c", "ya29.access-token", &padded, &five, &two, &detached, &long, &deep] {
        let said = verify(&directory, text, now(), verifier).unwrap_err().to_string();
        assert_eq!(said, NOT_A_TOKEN, "{text:.40}");
    }
    for n in 0..parts.len() {
        let mut cut = parts.clone();
        cut.remove(n);
        let said = verify(&directory, &cut.join("."), now(), verifier).unwrap_err().to_string();
        assert_eq!(said, NOT_A_TOKEN, "without part {n}");
    }
}

#[test]
fn a_long_issuer_is_not_repeated_whole() {
    let (header, mut claims) = good();
    claims.insert("iss".to_owned(), format!("https://{}", "x".repeat(9_000)).into());
    let token = encoded(&header, &claims, "by the provider");
    let said = verify(&directory(), &token, now(), verifier).unwrap_err().message;
    assert!(said.len() < 400, "{}", said.len());
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "[A-Za-z0-9_.=-]{0,80}", header in "\\PC{0,40}", claims in "\\PC{0,80}") {
        let directory = directory();
        prop_assert!(verify(&directory, &text, now(), verifier).is_err());
        let token = [&header, &claims, "by the provider"].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
        prop_assert!(verify(&directory, &token, now(), verifier).is_err());
    }
}
