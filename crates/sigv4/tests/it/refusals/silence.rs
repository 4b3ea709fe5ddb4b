//! Callers who say nothing or nonsense, URLs that are over, and what no answer gives away (facts/sigv4.md sections 1.11 and 8).

use sigv4::verify::{Body, Caller, Disclosure, Endpoint, Mechanism, Rule, Scratch, verify};
use sigv4::{Family, ServiceRules};

use super::{endpoint, refusal_at, ring, rules};
use crate::draft::{Draft, Wire};

#[test]
fn who_says_nothing_is_anonymous_to_s3_and_nobody_to_others() {
    let (s3, iam) = (ServiceRules::of("s3"), ServiceRules::of("iam"));
    let anonymous = |headers: &[(&str, &[u8])], target: &[u8]| {
        let request = sigv4::Request { method: "GET", target, headers };
        let mut scratch = Scratch::default();
        let ring = ring();
        let caller = verify(&request, Body::Unread, &endpoint("s3", &s3), &ring, &mut scratch);
        matches!(caller, Ok(Caller::Anonymous))
    };
    assert!(anonymous(&[("host", b"b.s3.amazonaws.com")], b"/key"));
    assert!(anonymous(&[("host", b"b.s3.amazonaws.com"), ("authorization", b" ")], b"/key?Expires=1"));
    for target in [
        "/k?X-Amz-Signature=a",
        "/k?X-Amz-Credential=a",
        "/k?Signature=a",
        "/k?AWSAccessKeyId=a",
        "/k?X-Amz-Algorithm",
    ] {
        assert!(!anonymous(&[("host", b"h")], target.as_bytes()), "{target}");
        assert!(!anonymous(&[("host", b"h"), ("authorization", b"")], target.as_bytes()), "{target}");
    }
    let wire =
        Wire { method: "GET".to_owned(), target: b"/".to_vec(), headers: Vec::new(), body: Vec::new() };
    let told = refusal_at(&wire, &endpoint("iam", &iam)).unwrap();
    assert_eq!((told.rule, told.status), (Rule::NoAuthentication, 403));
}

#[test]
fn urls_of_other_services_end_when_they_say_so_where_wanted() {
    let rules = ServiceRules::of("sts");
    let mut draft = Draft::new("sts", Mechanism::Query);
    draft.date = "20260929T054647Z".to_owned();
    draft.expires = "60".to_owned();
    assert_eq!(refusal_at(&draft.build(), &endpoint("sts", &rules)), None);
    let told = refusal_at(&draft.build(), &endpoint("sts", &rules).strict()).unwrap();
    assert_eq!(told.rule, Rule::Expired);
    draft.expires = "301".to_owned();
    assert_eq!(refusal_at(&draft.build(), &endpoint("sts", &rules).strict()), None);
}

#[test]
fn tokens_are_hidden_where_wanted_and_never_in_debug() {
    let token = "the+token/of=the session";
    let wrong_token = |service| {
        let mut draft = Draft::new(service, Mechanism::Header);
        draft.credential[0] = "ASIASESSION".to_owned();
        draft.secret = "another".to_owned();
        draft.headers.push(("x-amz-security-token".to_owned(), token.to_owned()));
        draft
    };
    for (service, family) in [("s3", Family::S3), ("dynamodb", Family::Json)] {
        let rules = rules(service, family);
        for mechanism in [Mechanism::Header, Mechanism::Query] {
            let mut draft = wrong_token(service);
            if mechanism == Mechanism::Query {
                draft = Draft { secret: "another".to_owned(), ..Draft::new(service, mechanism) };
                draft.credential[0] = "ASIASESSION".to_owned();
                draft.query.push(("X-Amz-Security-Token".to_owned(), token.to_owned()));
            }
            let wire = draft.build();
            let shown = |disclosure| {
                let endpoint = Endpoint { tokens: disclosure, ..endpoint(service, &rules) };
                let told = refusal_at(&wire, &endpoint).unwrap();
                assert!(!format!("{told:?}").contains("token/of"), "{told:?}");
                let fields: Vec<String> = told.fields.iter().map(|(_, value)| value.clone()).collect();
                format!("{} {}", told.message, fields.join(" "))
            };
            let bytes = "74 68 65 2b 74 6f 6b 65 6e";
            let forms = ["the+token", "the%2Btoken", bytes];
            let holds = |text: &str| forms.iter().any(|form| text.contains(form));
            assert!(holds(&shown(Disclosure::AsAws)), "{service}");
            assert!(!holds(&shown(Disclosure::Redacted)), "{service}");
        }
    }
    let mut draft = Draft::new("s3", Mechanism::Header);
    draft.credential[0] = "ASIASESSION".to_owned();
    draft.headers.push(("x-amz-security-token".to_owned(), "guessed".to_owned()));
    let rules = ServiceRules::of("s3");
    let told = refusal_at(&draft.build(), &endpoint("s3", &rules).strict()).unwrap();
    assert_eq!(told.fields, [("Token-0", "***".to_owned())]);
}

#[test]
fn hostile_bytes_are_refused_and_nothing_worse() {
    for bytes in [&b"\xff\xfe"[..], b"%", b"%zz%", b"=,=,=", b";;;;", b"////", b"%00", b"&&&&==", b"\t"] {
        for (service, family) in [("s3", Family::S3), ("iam", Family::Query)] {
            let rules = rules(service, family);
            let mut authorization = b"AWS4-HMAC-SHA256 Credential=".to_vec();
            authorization.extend_from_slice(bytes);
            let parameters =
                ["X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=", "X-Amz-Signature=", "Signature="];
            for parameter in parameters {
                let target = [b"/?", parameter.as_bytes(), bytes].concat();
                for headers in [vec![], vec![("authorization".to_owned(), authorization.clone())]] {
                    let wire =
                        Wire { method: "GET".to_owned(), target: target.clone(), headers, body: Vec::new() };
                    assert!(refusal_at(&wire, &endpoint(service, &rules)).is_some());
                }
            }
        }
    }
}
