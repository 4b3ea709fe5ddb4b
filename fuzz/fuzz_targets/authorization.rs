//! Authorization headers: whatever the bytes, and whatever fields come with them, what was signed or a refusal.
//!
//! An input is the value of an authorization header, in which `{signature}` stands for the right one; fields in further lines
//! come behind those of the request. Two requests bear it, which are signed but for it: a good signature must be theirs.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sigv4::verify::{
    Body, Caller, Correspondence, Endpoint, KeyRing, Mechanism, Refusal, RingEntry, Scratch, Verified, verify,
};
use sigv4::{
    FieldChoice, Payload, PayloadKeyword, Request, Scope, ServiceRules, SigningKey, SigningParams, sign,
};
use types::{Secret, Timestamp};

fuzz_target!(|bytes: &[u8]| {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let authorization = lines.next().unwrap_or_default();
    let more: Vec<(String, &[u8])> = lines.filter_map(field).collect();
    for signed in &*SIGNED {
        signed.check(&String::from_utf8_lossy(authorization), &more);
    }
});

fn field(line: &[u8]) -> Option<(String, &[u8])> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    Some((String::from_utf8_lossy(&line[..colon]).into_owned(), &line[colon + 1..]))
}

/// A request without its authorization.
struct Signed {
    service: &'static str,
    rules: ServiceRules,
    headers: Vec<(&'static str, Vec<u8>)>,
    signature: String,
}

impl Signed {
    fn new(service: &'static str, payload: Payload<'_>) -> Self {
        let rules = ServiceRules::of(service);
        let mut headers: Vec<(&'static str, Vec<u8>)> =
            vec![("Host", b"example.com".to_vec()), ("Content-Type", b"text/plain".to_vec())];
        let (secret, token) = (Secret::new("secret".to_owned()), Secret::new(TOKEN.to_owned()));
        let scope = Scope::new(NOW, "us-east-1", service);
        let params = SigningParams {
            access_key_id: "ASIAEXAMPLE",
            session_token: Some(&token),
            key: &SigningKey::derive(&secret, &scope),
            scope,
            time: NOW,
            rules: &rules,
            fields: FieldChoice::default(),
        };
        let borrowed: Vec<(&str, &[u8])> = headers.iter().map(|(n, v)| (*n, &v[..])).collect();
        let request = Request { method: "PUT", target: TARGET, headers: &borrowed };
        let signed = sign(&request, payload, &params).expect("nothing is wrong with it");
        let added = signed.headers().filter(|(name, _)| *name != "authorization");
        headers.extend(added.map(|(name, value)| (name, value.as_bytes().to_vec())));
        Self { service, rules, headers, signature: signed.signature.hex() }
    }

    fn check(&self, authorization: &str, more: &[(String, &[u8])]) {
        let authorization = authorization.replace("{signature}", &self.signature);
        let mut headers: Vec<(&str, &[u8])> = self.headers.iter().map(|(n, v)| (*n, &v[..])).collect();
        headers.push(("authorization", authorization.as_bytes()));
        headers.extend(more.iter().map(|(name, value)| (name.as_str(), *value)));
        let request = Request { method: "PUT", target: TARGET, headers: &headers };
        let usual = Endpoint::new(self.service, Some("us-east-1"), &self.rules, NOW);
        let [usual, strict] = [usual, usual.strict()].map(|endpoint| {
            let mut scratch = Scratch::default();
            match verify(&request, Body::Read(b"text"), &endpoint, &*KEYS, &mut scratch) {
                Ok(Caller::Signed(verified)) => {
                    self.check_signed(&verified, &authorization, more);
                    Ok(())
                }
                Ok(Caller::Anonymous) => {
                    assert!(self.service == "s3" && authorization.trim_ascii().is_empty());
                    Ok(())
                }
                Err(refusal) => Err(refusal),
            }
        });
        assert!(usual.is_ok() || strict.is_err(), "who is strict refuses more");
        for refusal in [&usual, &strict].into_iter().filter_map(|outcome| outcome.as_ref().err()) {
            self.check_answer(refusal);
        }
        if let Err(refusal) = strict {
            let fields: Vec<&str> = refusal.fields.iter().map(|(_, value)| value.as_str()).collect();
            let shown = format!("{refusal} {}", fields.join(" "));
            let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(TOKEN);
            let said = said(authorization.as_bytes())
                || more.iter().any(|(name, value)| said(name.to_ascii_lowercase().as_bytes()) || said(value));
            assert!(said || !shown.contains(TOKEN), "a token is shown: {shown}");
        }
    }

    /// The lines of the canonical request are those that were signed: the same names, and no field more of any of them.
    fn check_signed(&self, verified: &Verified<'_>, authorization: &str, more: &[(String, &[u8])]) {
        assert_eq!((verified.access_key_id, verified.service), ("ASIAEXAMPLE", self.service));
        assert_eq!((verified.region, verified.mechanism), (Some("us-east-1"), Mechanism::Header));
        assert!(authorization.to_ascii_lowercase().contains(&self.signature));
        let mut signed: Vec<String> =
            self.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        let mut listed: Vec<String> = verified.signed_headers().map(str::to_owned).collect();
        signed.sort();
        listed.sort();
        listed.dedup();
        assert_eq!(listed, signed);
        for (name, value) in more {
            let lower = name.to_ascii_lowercase();
            let free = lower != "content-md5" && !lower.starts_with("x-amz-") && !signed.contains(&lower);
            let token = |byte: u8| byte.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(&byte);
            assert!(free && !name.is_empty() && name.bytes().all(token), "{name:?} came unsigned");
            assert!(!value.iter().any(|byte| matches!(byte, b'\r' | 0)));
        }
    }

    fn check_answer(&self, refusal: &Refusal) {
        let to = Correspondence {
            family: self.rules.family,
            service: self.service,
            request_id: "6V4TMQ3ZX1Y2N0AB",
            host_id: "aG9zdA==",
            is_head: false,
            content_type: None,
        };
        let answer = refusal.encode(&to);
        assert!((400..=501).contains(&answer.status) && !answer.body.is_empty());
        assert!(String::from_utf8(answer.body).is_ok());
    }
}

const TARGET: &[u8] = b"/bucket/a%20key?versionId=1&Action=ListUsers";
const TOKEN: &str = "the+token/of=the+session";
const NOW: Timestamp = Timestamp::from_secs(1_795_249_320);
static SIGNED: LazyLock<[Signed; 2]> = LazyLock::new(|| {
    [
        Signed::new("s3", Payload::Keyword(PayloadKeyword::Unsigned)),
        Signed::new("iam", Payload::Body(b"text")),
    ]
});
static KEYS: LazyLock<KeyRing> = LazyLock::new(|| {
    KeyRing::new([RingEntry {
        access_key_id: "ASIAEXAMPLE".to_owned(),
        secret_access_key: Secret::new("secret".to_owned()),
        session_token: Some(Secret::new(TOKEN.to_owned())),
        expires: None,
    }])
});
