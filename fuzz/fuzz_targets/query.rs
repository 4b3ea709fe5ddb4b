//! Queries: whatever the target, the one that was signed or a refusal.
//!
//! An input is a request target, in which `{signature}` stands for the right one. It is sent as a presigned URL, and with an
//! authorization header that was made for another target: where the signature is good, path and parameters are those that were
//! signed, as a slow model reads them.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sigv4::verify::{Body, Caller, Endpoint, KeyRing, Mechanism, RingEntry, Scratch, verify};
use sigv4::{
    FieldChoice, Payload, PayloadKeyword, Request, Scope, ServiceRules, SigningKey, SigningParams, presign,
    sign,
};
use types::{Secret, Timestamp};

fuzz_target!(|bytes: &[u8]| {
    for signed in &*SIGNED {
        signed.check(bytes);
    }
});

/// A request whose target is to be guessed.
struct Signed {
    service: &'static str,
    rules: ServiceRules,
    mechanism: Mechanism,
    target: Vec<u8>,
    headers: Vec<(&'static str, Vec<u8>)>,
    signature: String,
}

impl Signed {
    fn new(service: &'static str, mechanism: Mechanism, target: &[u8]) -> Self {
        let rules = ServiceRules::of(service);
        let mut headers: Vec<(&'static str, Vec<u8>)> = vec![("Host", b"example.com".to_vec())];
        let scope = Scope::new(NOW, "us-east-1", service);
        let params = SigningParams {
            access_key_id: "AKIDEXAMPLE",
            session_token: None,
            key: &SigningKey::derive(&Secret::new("secret".to_owned()), &scope),
            scope,
            time: NOW,
            rules: &rules,
            fields: FieldChoice::default(),
        };
        let request = Request { method: "GET", target, headers: &[("Host", b"example.com")] };
        let payload = match service {
            "s3" => Payload::Keyword(PayloadKeyword::Unsigned),
            _ => Payload::Body(b""),
        };
        let (target, signature) = if mechanism == Mechanism::Query {
            let presigned = presign(&request, payload, &params, 300).expect("nothing is wrong with it");
            (presigned.target(&request), presigned.signature)
        } else {
            let signed = sign(&request, payload, &params).expect("nothing is wrong with it");
            headers.extend(signed.headers().map(|(name, value)| (name, value.as_bytes().to_vec())));
            (target.to_vec(), signed.signature)
        };
        Self { service, rules, mechanism, target, headers, signature: signature.hex() }
    }

    fn check(&self, bytes: &[u8]) {
        let target = filled_in(bytes, &self.signature);
        let headers: Vec<(&str, &[u8])> = self.headers.iter().map(|(n, v)| (*n, &v[..])).collect();
        let request = Request { method: "GET", target: &target, headers: &headers };
        let usual = Endpoint::new(self.service, Some("us-east-1"), &self.rules, NOW);
        let [usual, strict] = [usual, usual.strict()].map(|endpoint| {
            let mut scratch = Scratch::default();
            match verify(&request, Body::Read(b""), &endpoint, &*KEYS, &mut scratch) {
                Ok(Caller::Signed(verified)) => {
                    assert_eq!((verified.service, verified.mechanism), (self.service, self.mechanism));
                    assert_eq!(model(&target), model(&self.target), "another target was taken");
                    true
                }
                Ok(Caller::Anonymous) => {
                    assert!(self.service == "s3" && self.mechanism == Mechanism::Query);
                    let (_, parameters) = model(&target);
                    let signs = |(name, _): &(Vec<u8>, Vec<u8>)| name == b"X-Amz-Algorithm";
                    assert!(!parameters.iter().any(signs));
                    true
                }
                Err(refusal) => {
                    assert!((400..=501).contains(&refusal.status));
                    false
                }
            }
        });
        assert!(usual || !strict, "who is strict refuses more");
    }
}

/// Path, and parameters in order, but the one that is not signed.
fn model(target: &[u8]) -> (Vec<u8>, Vec<(Vec<u8>, Vec<u8>)>) {
    let mut halves = target.splitn(2, |byte| *byte == b'?');
    let path = halves.next().unwrap_or_default().to_vec();
    let parts = halves.next().unwrap_or_default().split(|byte| *byte == b'&').filter(|part| !part.is_empty());
    let mut parameters: Vec<(Vec<u8>, Vec<u8>)> = parts
        .map(|part| {
            let mut halves = part.splitn(2, |byte| *byte == b'=').map(decoded);
            (halves.next().unwrap_or_default(), halves.next().unwrap_or_default())
        })
        .filter(|(name, _)| name != b"X-Amz-Signature")
        .collect();
    parameters.sort();
    (path, parameters)
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let digits =
            text.get(at + 1..at + 3).filter(|d| text[at] == b'%' && d.iter().all(u8::is_ascii_hexdigit));
        match digits {
            Some(digits) => {
                let digits = std::str::from_utf8(digits).expect("digits are ASCII");
                out.push(u8::from_str_radix(digits, 16).expect("they are digits"));
                at += 3;
            }
            None => {
                out.push(if text[at] == b'+' { b' ' } else { text[at] });
                at += 1;
            }
        }
    }
    out
}

fn filled_in(bytes: &[u8], signature: &str) -> Vec<u8> {
    let (mark, mut out, mut rest) = (b"{signature}", Vec::new(), bytes);
    while let Some((first, after)) = rest.split_first() {
        match rest.strip_prefix(mark) {
            Some(after) => {
                out.extend_from_slice(signature.as_bytes());
                rest = after;
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

const NOW: Timestamp = Timestamp::from_secs(1_795_249_320);
static SIGNED: LazyLock<[Signed; 4]> = LazyLock::new(|| {
    let (s3, iam): (&[u8], &[u8]) = (
        b"/bucket/a%20key?prefix=a%2Fb+c&uploads&a=%C3%A9",
        b"/?Action=ListUsers&Version=2010-05-08&a-=1&a=",
    );
    [
        Signed::new("s3", Mechanism::Query, s3),
        Signed::new("s3", Mechanism::Header, s3),
        Signed::new("iam", Mechanism::Query, iam),
        Signed::new("iam", Mechanism::Header, iam),
    ]
});
static KEYS: LazyLock<KeyRing> = LazyLock::new(|| {
    KeyRing::new([RingEntry {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: Secret::new("secret".to_owned()),
        session_token: None,
        expires: None,
    }])
});
