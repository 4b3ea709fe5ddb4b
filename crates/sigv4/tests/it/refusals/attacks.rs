//! Requests that are signed in part, or once: what was not signed must not be believed, whoever reads it next.

use sigv4::verify::{
    Algorithm, Body, BodyRule, Caller, Disclosure, Endpoint, Mechanism, Refusal, ReplayCache, Rule, Scratch,
    Verified, verify,
};
use sigv4::{Family, KeyCache, PayloadKeyword, Scope, ServiceRules};
use types::{Secret, Timestamp};

use super::{endpoint, refusal_at, ring, rules};
use crate::draft::{Draft, NOW, Wire};

const SERVICES: [(&str, Family); 2] = [("s3", Family::S3), ("iam", Family::Query)];
const MECHANISMS: [Mechanism; 2] = [Mechanism::Header, Mechanism::Query];

/// The rules that a request of each service breaks, by header and by query.
fn broken(strict: bool, make: &dyn Fn(&mut Draft)) -> Vec<Option<Rule>> {
    let cases = SERVICES.iter().flat_map(|case| MECHANISMS.map(|mechanism| (*case, mechanism)));
    cases
        .map(|((service, family), mechanism)| {
            let mut draft = Draft::new(service, mechanism);
            make(&mut draft);
            let rules = rules(service, family);
            let endpoint = endpoint(service, &rules);
            let endpoint = if strict { endpoint.strict() } else { endpoint };
            refusal_at(&draft.build(), &endpoint).map(|told| told.rule)
        })
        .collect()
}

fn all(rule: Rule) -> Vec<Option<Rule>> {
    vec![Some(rule); 4]
}

fn none() -> Vec<Option<Rule>> {
    vec![None; 4]
}

/// What is verified, looked at.
fn look<T>(wire: &Wire, endpoint: &Endpoint<'_>, at: impl FnOnce(&Verified<'_>) -> T) -> Result<T, Refusal> {
    let (ring, mut scratch) = (ring(), Scratch::default());
    wire.with(|request| match verify(request, Body::Unread, endpoint, &ring, &mut scratch)? {
        Caller::Signed(verified) => Ok(at(&verified)),
        Caller::Anonymous => panic!("taken for anonymous"),
    })
}

#[test]
fn a_request_without_a_host_names_nobody_it_is_for() {
    assert_eq!(broken(false, &|d| d.remove_header("host")), all(Rule::HeadersNotSigned));
    let listed = |d: &mut Draft| {
        d.remove_header("host");
        d.absent_headers.push("host".to_owned());
    };
    assert_eq!(broken(false, &listed), all(Rule::SignedHeaderMissing));
}

#[test]
fn two_hosts_are_none() {
    for second in ["Host", "host", "HOST"] {
        let signed = |d: &mut Draft| d.headers.push((second.to_owned(), "other".to_owned()));
        assert_eq!(broken(false, &signed), all(Rule::Unreadable), "{second}");
        let unsigned = |d: &mut Draft| d.unsigned_headers.push((second.to_owned(), "other".to_owned()));
        assert_eq!(broken(false, &unsigned), all(Rule::Unreadable), "{second}");
    }
}

#[test]
fn names_that_only_some_readers_take_for_others_are_no_names() {
    for name in
        ["x amz-acl", " x-amz-acl", "x-amz-acl ", "x-amz-acl:", "host ", " authorization", "", "ünsigned"]
    {
        let odd = |d: &mut Draft| d.unsigned_headers.push((name.to_owned(), "public-read".to_owned()));
        let told = broken(false, &odd);
        let refused = |rule: &Option<Rule>| matches!(rule, Some(Rule::Unreadable | Rule::HeadersNotSigned));
        assert!(told.iter().all(refused), "{name:?}: {told:?}");
    }
}

#[test]
fn underscores_pass_for_hyphens_nowhere_that_is_strict() {
    for name in ["x_amz_acl", "X_Amz-Acl", "x-amz_acl", "content_md5"] {
        let alike = |d: &mut Draft| d.unsigned_headers.push((name.to_owned(), "public-read".to_owned()));
        assert_eq!(broken(true, &alike), all(Rule::HeadersNotSigned), "{name}");
        let signed = |d: &mut Draft| d.headers.push((name.to_owned(), "public-read".to_owned()));
        assert_eq!(broken(true, &signed), none(), "{name}");
    }
    let own = |d: &mut Draft| d.unsigned_headers.push(("my_header".to_owned(), "a".to_owned()));
    assert_eq!(broken(true, &own), none());
}

#[test]
fn a_field_that_is_signed_once_is_not_sent_twice() {
    for name in ["x-amz-meta-a", "X-AMZ-META-A", "Content-Type"] {
        let twice = |d: &mut Draft| {
            d.headers.push((name.to_ascii_lowercase(), "one".to_owned()));
            d.unsigned_headers.push((name.to_owned(), "two".to_owned()));
        };
        assert_eq!(broken(false, &twice), all(Rule::Signature), "{name}");
    }
}

#[test]
fn no_parameter_slips_under_a_signature() {
    for added in [
        "&b=c",
        "&a=b",
        "&a",
        "&=",
        "&=b",
        ";a=b",
        "&;",
        "&+",
        "&%26",
        "&x-amz-signature=0",
        "&X-Amz-Signature%20=0",
        "&X-Amz-Signature+=0",
        "&X-Amz-Security-Token=",
        "&X-Amz-Expires=604800",
    ] {
        let told = broken(false, &|d| d.unsigned_query = added.to_owned());
        assert!(told.iter().all(Option::is_some), "{added}: {told:?}");
    }
    // What names nothing changes nothing.
    for added in ["&", "&&", "&&&"] {
        assert_eq!(broken(true, &|d| d.unsigned_query = added.to_owned()), none(), "{added}");
    }
    // The one parameter that no signature covers.
    for added in ["&X-Amz-Signature=0", "&X%2DAmz-Signature=0", "&X-Amz-Signature"] {
        assert_eq!(broken(true, &|d| d.unsigned_query = added.to_owned()), all(Rule::Duplicate), "{added}");
    }
}

#[test]
fn lists_of_names_that_name_nothing_sign_nothing() {
    let lists = [
        "",
        ";",
        ";;",
        "host;;",
        ";host",
        "HOST",
        "Host",
        "host;HOST",
        "host ",
        "h\u{f6}st",
        "host%0a",
        "host,x-amz-date",
        "host\u{0}",
        "*",
    ];
    for list in lists {
        for (service, family) in SERVICES {
            let rules = rules(service, family);
            for mechanism in MECHANISMS {
                let mut wire = Draft::new(service, mechanism).build();
                // Nothing was signed with this list: whatever the fault, it is one.
                for (name, value) in &mut wire.headers {
                    if name == "Authorization" {
                        let text = String::from_utf8(value.clone()).unwrap();
                        let (before, rest) = text.split_once("SignedHeaders=").unwrap();
                        let (_, after) = rest.split_once(',').unwrap();
                        *value = format!("{before}SignedHeaders={list},{after}").into_bytes();
                    }
                }
                let target = String::from_utf8(wire.target.clone()).unwrap();
                if let Some((before, rest)) = target.split_once("X-Amz-SignedHeaders=") {
                    let (_, after) = rest.split_once('&').unwrap();
                    wire.target = format!("{before}X-Amz-SignedHeaders={list}&{after}").into_bytes();
                }
                let told = refusal_at(&wire, &endpoint(service, &rules));
                assert!(told.is_some(), "{service} {mechanism:?} {list:?}");
            }
        }
    }
}

#[test]
fn what_changes_something_by_a_get_is_good_once_too() {
    for (service, family, good_once) in [
        ("iam", Family::Query, true),
        ("ec2", Family::Ec2, true),
        ("lambda", Family::RestJson, false),
        ("s3", Family::S3, false),
    ] {
        let cache = ReplayCache::new(4);
        let rules = rules(service, family);
        let endpoint = Endpoint { replays: Some(&cache), ..endpoint(service, &rules) };
        let mut draft = Draft::new(service, Mechanism::Query);
        draft.query.push(("Action".to_owned(), "CreateUser".to_owned()));
        assert_eq!(refusal_at(&draft.build(), &endpoint), None, "{service}");
        let again = refusal_at(&draft.build(), &endpoint).map(|told| told.rule);
        assert_eq!(again, good_once.then_some(Rule::Replay), "{service}");
    }
}

#[test]
fn another_spelling_of_a_request_is_the_same_request() {
    let cache = ReplayCache::new(64);
    let rules = ServiceRules::of("s3");
    let endpoint = Endpoint { replays: Some(&cache), ..endpoint("s3", &rules) };
    let mut draft = Draft::new("s3", Mechanism::Header);
    draft.method = "PUT";
    draft.query.push(("b".to_owned(), "c d".to_owned()));
    let wire = draft.build();
    assert_eq!(refusal_at(&wire, &endpoint), None);
    let edited = |from: &str, to: &str| {
        let mut other = wire.clone();
        other.target = String::from_utf8(other.target).unwrap().replace(from, to).into_bytes();
        for (_, value) in &mut other.headers {
            *value = String::from_utf8(value.clone()).unwrap().replace(from, to).into_bytes();
        }
        other
    };
    let mut upper = wire.clone();
    upper.headers.iter_mut().for_each(|(name, _)| *name = name.to_ascii_uppercase());
    upper.headers.reverse();
    for other in [
        edited("c%20d", "c+d"),
        edited("a=b&b=", "&&b="),
        edited("a=b", "%61=%62"),
        edited("SignedHeaders=host;", "SignedHeaders=host;host;"),
        edited(", ", ","),
        upper,
    ] {
        let told = refusal_at(&other, &endpoint).map(|told| told.rule);
        assert!(matches!(told, Some(Rule::Replay | Rule::Signature)), "{told:?}");
    }
    assert_eq!(cache.len(), 1);
}

#[test]
fn a_body_in_chunks_or_events_is_not_checked_as_a_whole() {
    for keyword in PayloadKeyword::ALL {
        let service = if keyword == PayloadKeyword::StreamingHmacEvents { "transcribe" } else { "s3" };
        let mut draft = Draft::new(service, Mechanism::Header);
        draft.remove_header("x-amz-content-sha256");
        draft.headers.push(("x-amz-content-sha256".to_owned(), keyword.as_str().to_owned()));
        if keyword.as_str().contains("ECDSA") {
            draft = draft.asymmetric();
        }
        let rules = ServiceRules::of(service);
        let checked = look(&draft.build(), &endpoint(service, &rules), |verified| {
            let wanted = if keyword.as_str().contains("ECDSA") { Algorithm::Ecdsa } else { Algorithm::Hmac };
            assert_eq!(verified.algorithm, wanted);
            let unsigned = verified.body == BodyRule::Unsigned;
            assert_eq!(unsigned, keyword == PayloadKeyword::Unsigned);
            assert_eq!(verified.check_body(b"any").is_ok(), unsigned, "{keyword:?}");
            assert_eq!(verified.check_body_sha256(&[0; 32]).is_ok(), unsigned, "{keyword:?}");
        });
        assert!(checked.is_ok(), "{keyword:?} {checked:?}");
    }
}

#[test]
fn streams_of_events_are_for_services_that_take_them() {
    let events = |service: &str| {
        let mut draft = Draft::new(service, Mechanism::Header);
        draft
            .headers
            .push(("x-amz-content-sha256".to_owned(), "STREAMING-AWS4-HMAC-SHA256-EVENTS".to_owned()));
        let rules = ServiceRules::of(service);
        look(&draft.build(), &endpoint(service, &rules), |_| ()).map_err(|told| told.rule)
    };
    for service in ["transcribe", "lex", "bedrock", "polly"] {
        assert_eq!(events(service), Ok(()), "{service}");
    }
    for service in ["iam", "sts", "dynamodb", "lambda", "ec2"] {
        assert!(events(service).is_err(), "{service}");
    }
}

#[test]
fn who_wants_bodies_signed_gets_no_unsigned_one_by_any_way() {
    let rules = ServiceRules { unsigned_payload: false, ..ServiceRules::of("s3") };
    let told = |draft: &Draft| refusal_at(&draft.build(), &endpoint("s3", &rules)).map(|told| told.rule);
    for keyword in ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"] {
        let mut header = Draft::new("s3", Mechanism::Header);
        header.set_header("x-amz-content-sha256", keyword);
        let mut query = Draft::new("s3", Mechanism::Query);
        query.headers.push(("x-amz-content-sha256".to_owned(), keyword.to_owned()));
        assert_eq!([told(&header), told(&query)], [Some(Rule::ContentSha256); 2], "{keyword}");
    }
    assert_eq!(told(&Draft::new("s3", Mechanism::Query)), Some(Rule::ContentSha256));
    let mut query = Draft::new("s3", Mechanism::Query);
    query.headers.push(("x-amz-content-sha256".to_owned(), "anything".to_owned()));
    assert_eq!(told(&query), Some(Rule::ContentSha256));
}

#[test]
fn every_token_of_a_request_is_hidden() {
    let places: [fn(&mut Draft); 4] = [
        |d| d.headers.push(("x-amz-security-token".to_owned(), "FIRST0123456789".to_owned())),
        |d| d.headers.push(("X-Amz-Security-Token".to_owned(), "SECOND/123456789".to_owned())),
        |d| d.query.push(("X-Amz-Security-Token".to_owned(), "THIRD/0123456789".to_owned())),
        |d| d.headers.push(("x-amz-s3session-token".to_owned(), "FOURTH0123456789".to_owned())),
    ];
    for (service, family) in [("s3", Family::S3), ("dynamodb", Family::Json)] {
        let rules = rules(service, family);
        let endpoint = Endpoint { tokens: Disclosure::Redacted, ..endpoint(service, &rules) };
        for mechanism in MECHANISMS {
            let mut draft = Draft::new(service, mechanism);
            draft.secret = "another".to_owned();
            places.iter().for_each(|place| place(&mut draft));
            draft.remove_header("x-amz-security-token");
            let told = refusal_at(&draft.build(), &endpoint).unwrap();
            let fields: Vec<String> = told.fields.iter().map(|(_, value)| value.clone()).collect();
            let text = format!("{} {}", told.message, fields.join(" "));
            for token in ["THIRD", "FOURTH", "54 48 49 52 44", "46 4f 55 52 54 48"] {
                assert!(!text.contains(token), "{service} {mechanism:?} shows {token}");
            }
        }
    }
}

#[test]
fn no_time_is_too_far() {
    for now in [Timestamp::EPOCH, NOW, Timestamp::MAX] {
        for date in ["19700101T000000Z", "99991231T235959Z", "99991231T235960Z", "00000000T000000Z"] {
            for expires in ["604800", "0", "-0", "-1", "18446744073709551616", "9223372036854775807"] {
                for (service, family) in SERVICES {
                    let rules = rules(service, family);
                    for mechanism in MECHANISMS {
                        let mut draft = Draft::new(service, mechanism);
                        draft.dated(date);
                        date[..8].clone_into(&mut draft.credential[1]);
                        expires.clone_into(&mut draft.expires);
                        for endpoint in [endpoint(service, &rules), endpoint(service, &rules).strict()] {
                            let told = refusal_at(&draft.build(), &Endpoint { now, ..endpoint });
                            assert!(told.is_none() || !told.unwrap().to_string().is_empty());
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn keys_of_scopes_that_nobody_has_are_not_kept() {
    let cache = KeyCache::new(4);
    let secret = Secret::new("secret".to_owned());
    let long = "r".repeat(60_000);
    let scope = Scope { date: *b"20260929", region: &long, service: "s3" };
    let signature = cache.key(&secret, &scope).sign(b"text");
    assert_eq!(cache.len(), 0);
    assert_eq!(cache.key(&secret, &scope).sign(b"text"), signature);
    cache.key(&secret, &Scope { region: "us-gov-west-1", ..scope });
    assert_eq!(cache.len(), 1);
}
