//! Requests at random: whatever is signed verifies, with the same body, key and time, and tells who signed it.

use proptest::prelude::*;
use sigv4::verify::{Body, Caller, Endpoint, KeyRing, Mechanism, RingEntry, Scratch, verify};
use sigv4::{
    FieldChoice, Payload, Request, Scope, ServiceRules, SigningKey, SigningParams, presign, sign, v4a,
};
use types::{Secret, Timestamp};

use crate::draft::{ACCESS_KEY_ID, NOW, SECRET};

/// A request that a client may send.
#[derive(Debug, Clone)]
struct Sent {
    service: &'static str,
    region: &'static str,
    method: &'static str,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    token: Option<String>,
}

const SERVICES: [&str; 9] =
    ["s3", "s3express", "iam", "sts", "ec2", "dynamodb", "lambda", "execute-api", "iotdevicegateway"];

fn requests() -> impl Strategy<Value = Sent> {
    let methods = prop::sample::select(vec!["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"]);
    let regions = prop::sample::select(vec!["us-east-1", "eu-north-1", "cn-north-1"]);
    let segment = "([a-zA-Z0-9._~!$&'()*,;=:@-]|%[2-7][0-9A-F]){1,8}x";
    let path = prop::collection::vec(segment, 0..4).prop_map(|parts| format!("/{}", parts.join("/")));
    let pair =
        ("[a-zA-Z0-9._-]{1,6}", prop::option::of("([a-zA-Z0-9/:@!$'()*,;=.~-]|%[2-7][0-9a-fA-F]|%2B){0,8}"));
    let pair =
        pair.prop_map(|(name, value)| value.map_or_else(|| name.clone(), |value| format!("{name}={value}")));
    let query = prop::option::of(prop::collection::vec(pair, 0..5).prop_map(|pairs| pairs.join("&")));
    let name = prop_oneof!["[Xx]-[Aa]mz-[Mm]eta-[a-z]{1,3}", "[A-Za-z]{2,3}-[a-z]{1,5}", "content-type"];
    let value = "[ ]{0,2}[!-~\u{e9}]{0,6}[ ]{0,3}[!-~]{0,6}[ ]{0,2}";
    let headers = prop::collection::vec((name, value), 0..6);
    let body = prop::collection::vec(any::<u8>(), 0..64);
    let token = prop::option::of("[a-zA-Z0-9+/=]{16,40}");
    let head = (prop::sample::select(SERVICES.to_vec()), regions, methods, path, query);
    (head, headers, body, token).prop_map(|((service, region, method, path, query), headers, body, token)| {
        Sent {
            service,
            region,
            method,
            target: query.map_or_else(|| path.clone(), |query| format!("{path}?{query}")),
            headers,
            body,
            token,
        }
    })
}

impl Sent {
    fn host(&self) -> String {
        format!("{}.{}.amazonaws.com", self.service, self.region)
    }

    /// Signs, hands on the request as it goes out, and has it verified.
    fn round_trip(&self, mechanism: Mechanism, strict: bool) -> Result<(), TestCaseError> {
        let rules = ServiceRules::of(self.service);
        let token = self.token.clone().map(Secret::new);
        let scope = Scope::new(NOW, self.region, self.service);
        let key = SigningKey::derive(&Secret::new(SECRET.to_owned()), &scope);
        let params = SigningParams {
            access_key_id: ACCESS_KEY_ID,
            session_token: token.as_ref(),
            key: &key,
            scope,
            time: NOW,
            rules: &rules,
            fields: FieldChoice::default(),
        };
        let host = self.host();
        let mut headers: Vec<(&str, &[u8])> = vec![("Host", host.as_bytes())];
        headers.extend(self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())));
        let request = Request { method: self.method, target: self.target.as_bytes(), headers: &headers };
        match mechanism {
            Mechanism::Header => {
                let Ok(signed) = sign(&request, Payload::Body(&self.body), &params) else {
                    return Err(TestCaseError::reject("not to be signed"));
                };
                let added: Vec<(&str, &str)> = signed.headers().collect();
                let mut headers = headers.clone();
                headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
                self.check(&Request { headers: &headers, ..request }, &rules, mechanism, strict)
            }
            Mechanism::Query => {
                let payload = rules.presigned_payload(&self.body);
                let Ok(presigned) = presign(&request, payload, &params, 300) else {
                    return Err(TestCaseError::reject("not to be signed"));
                };
                let target = presigned.target(&request);
                self.check(&Request { target: &target, ..request }, &rules, mechanism, strict)
            }
        }
    }

    fn check(
        &self,
        request: &Request<'_>,
        rules: &ServiceRules,
        mechanism: Mechanism,
        strict: bool,
    ) -> Result<(), TestCaseError> {
        let ring = KeyRing::new([RingEntry {
            access_key_id: ACCESS_KEY_ID.to_owned(),
            secret_access_key: Secret::new(SECRET.to_owned()),
            session_token: self.token.clone().map(Secret::new),
            expires: None,
        }]);
        let endpoint = Endpoint { paths: &[], ..Endpoint::new(self.service, Some(self.region), rules, NOW) };
        let endpoint = if strict { endpoint.strict() } else { endpoint };
        let mut scratch = Scratch::default();
        match verify(request, Body::Read(&self.body), &endpoint, &ring, &mut scratch) {
            Ok(Caller::Signed(verified)) => {
                prop_assert_eq!(verified.mechanism, mechanism);
                prop_assert_eq!(verified.access_key_id, ACCESS_KEY_ID);
                prop_assert_eq!(verified.session_token(), self.token.as_deref());
                prop_assert_eq!((verified.region, verified.service), (Some(self.region), self.service));
                prop_assert!(verified.signed_headers().any(|name| name == "host"));
                prop_assert!(verified.check_body(&self.body).is_ok());
                prop_assert!(verified.expires > NOW);
                Ok(())
            }
            Ok(Caller::Anonymous) => Err(TestCaseError::fail("anonymous")),
            Err(refusal) => Err(TestCaseError::fail(format!("{refusal}"))),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_signed_verifies(sent in requests(), strict in any::<bool>()) {
        sent.round_trip(Mechanism::Header, strict)?;
    }

    #[test]
    fn whatever_is_presigned_verifies(sent in requests(), strict in any::<bool>()) {
        sent.round_trip(Mechanism::Query, strict)?;
    }

    /// No input at all makes it panic, and none without a signature is somebody's.
    #[test]
    fn nothing_but_a_signature_makes_somebody(
        method in ".{0,8}",
        target in prop::collection::vec(any::<u8>(), 0..200),
        authorization in prop::collection::vec(any::<u8>(), 0..200),
        service in prop::sample::select(SERVICES.to_vec()),
    ) {
        let rules = ServiceRules::of(service);
        let endpoint = Endpoint::new(service, Some("us-east-1"), &rules, NOW);
        let mut scratch = Scratch::default();
        let sent = [b"AWS4-HMAC-SHA256 ", &authorization[..]].concat();
        for headers in [vec![], vec![("authorization", &authorization[..])], vec![("authorization", &sent[..])]] {
            let request = Request { method: &method, target: &target, headers: &headers };
            let caller = verify(&request, Body::Unread, &endpoint, &KeyRing::default(), &mut scratch);
            prop_assert!(!matches!(caller, Ok(Caller::Signed(_))));
        }
    }
}

/// Times of every part of a day: the scope's day is the request's, and the window is kept on both sides.
#[test]
fn a_signature_is_good_within_its_window_and_on_its_day() {
    for (signed, now, good) in [
        ("2026-09-29T23:59:59Z", "2026-09-30T00:14:59Z", true),
        ("2026-09-29T23:59:59Z", "2026-09-30T00:15:00Z", false),
        ("2026-09-30T00:00:00Z", "2026-09-29T23:45:00Z", true),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z", true),
    ] {
        let (signed, now): (Timestamp, Timestamp) = (signed.parse().unwrap(), now.parse().unwrap());
        let rules = ServiceRules::of("iam");
        let scope = Scope::new(signed, "us-east-1", "iam");
        let key = SigningKey::derive(&Secret::new(SECRET.to_owned()), &scope);
        let params = SigningParams {
            access_key_id: ACCESS_KEY_ID,
            session_token: None,
            key: &key,
            scope,
            time: signed,
            rules: &rules,
            fields: FieldChoice::default(),
        };
        let host: [(&str, &[u8]); 1] = [("host", b"iam.amazonaws.com")];
        let request = Request { method: "GET", target: b"/", headers: &host };
        let signature = sign(&request, Payload::Body(b""), &params).unwrap();
        let added: Vec<(&str, &str)> = signature.headers().collect();
        let mut headers = host.to_vec();
        headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
        let request = Request { headers: &headers, ..request };
        let endpoint = Endpoint::new("iam", Some("us-east-1"), &rules, now);
        let mut scratch = Scratch::default();
        let ring = crate::refusals::ring();
        let caller = verify(&request, Body::Read(b""), &endpoint, &ring, &mut scratch);
        assert_eq!(caller.is_ok(), good, "{signed} {now}");
    }
}

#[test]
fn what_is_signed_for_sets_of_regions_verifies_in_them() {
    let rules = ServiceRules::of("s3");
    let key = v4a::EcdsaKey::derive(ACCESS_KEY_ID, &Secret::new(SECRET.to_owned()));
    let params = v4a::EcdsaParams {
        access_key_id: ACCESS_KEY_ID,
        session_token: None,
        key: &key,
        region_set: v4a::RegionSet::new("us-*"),
        service: "s3",
        time: NOW,
        rules: &rules,
        fields: FieldChoice::default(),
        random: None,
    };
    let host: [(&str, &[u8]); 1] = [("host", b"mrap.accesspoint.s3-global.amazonaws.com")];
    let request = Request { method: "GET", target: b"/key?list-type=2", headers: &host };
    let signed = v4a::sign(&request, Payload::Body(b""), &params).unwrap();
    let added: Vec<(&str, &str)> = signed.headers().collect();
    let mut headers = host.to_vec();
    headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
    let presigned = v4a::presign(&request, rules.presigned_payload(b""), &params, 300).unwrap();
    let target = presigned.target(&request);
    let ring = crate::refusals::ring();
    for (region, good) in [("us-east-1", true), ("eu-north-1", false)] {
        let endpoint = Endpoint::new("s3", Some(region), &rules, NOW);
        for request in [Request { headers: &headers, ..request }, Request { target: &target, ..request }] {
            let mut scratch = Scratch::default();
            let caller = verify(&request, Body::Unread, &endpoint, &ring, &mut scratch);
            assert_eq!(caller.is_ok(), good, "{region}");
        }
    }
}
