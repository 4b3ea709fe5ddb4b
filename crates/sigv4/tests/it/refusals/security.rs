//! What a verifier must not let pass, point by point (facts/sigv4.md section 8).

use std::sync::atomic::{AtomicUsize, Ordering};

use sigv4::verify::{
    Body, BodyRule, Caller, Endpoint, KeyRefusal, Keys, Mechanism, PathDoubt, Refusal, ReplayCache, Rule,
    Scratch, Wanted, verify,
};
use sigv4::{Family, PayloadKeyword, ServiceRules, SigningKey};
use types::Timestamp;

use super::{endpoint, refusal_at, ring, rules};
use crate::draft::{Draft, NOW, Wire};

/// The rule that a request of S3 breaks, and one of IAM.
fn broken(draft: &dyn Fn(&mut Draft), mechanism: Mechanism) -> [Option<Rule>; 2] {
    [("s3", Family::S3), ("iam", Family::Query)].map(|(service, family)| {
        let mut request = Draft::new(service, mechanism);
        draft(&mut request);
        let rules = rules(service, family);
        refusal_at(&request.build(), &endpoint(service, &rules)).map(|told| told.rule)
    })
}

fn both(rule: Rule) -> [Option<Rule>; 2] {
    [Some(rule), Some(rule)]
}

#[test]
fn a_signature_is_read_strictly_and_in_either_case() {
    for mechanism in [Mechanism::Header, Mechanism::Query] {
        for (edit, passes) in [
            ((|s| s.to_ascii_uppercase()) as fn(String) -> String, true),
            (|s| s[..63].to_owned(), false),
            (|s| s + "0", false),
            (|s| s + " ", mechanism == Mechanism::Header),
            (|s| format!("0x{}", &s[2..]), false),
            (|s| format!("+{}", &s[1..]), false),
            (|s| s.replace(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'], "g"), false),
            (|_| String::new(), false),
            (|_| "0".repeat(64), false),
            (|s| format!("\u{ff11}{}", &s[3..]), false),
        ] {
            let found = broken(&|d| d.signature = edit, mechanism);
            assert_eq!(found, if passes { [None, None] } else { both(Rule::Signature) });
        }
    }
}

/// Keys that count how often they are asked.
struct Counting(AtomicUsize);

impl Keys for Counting {
    fn signing_key(&self, wanted: &Wanted<'_>) -> Result<SigningKey, KeyRefusal> {
        self.0.fetch_add(1, Ordering::Relaxed);
        ring().signing_key(wanted)
    }
}

#[test]
fn keys_are_asked_once_and_only_for_the_endpoint_and_the_day() {
    let rules = ServiceRules::of("s3");
    let keys = Counting(AtomicUsize::new(0));
    let ask = |draft: &Draft| {
        let mut scratch = Scratch::default();
        let wire = draft.build();
        let endpoint = endpoint("s3", &rules);
        wire.with(|r| verify(r, Body::Unread, &endpoint, &keys, &mut scratch).map(|_| ()).is_ok())
    };
    assert!(ask(&Draft::new("s3", Mechanism::Header)));
    assert_eq!(keys.0.load(Ordering::Relaxed), 1);
    for (at, text) in [(1, "20260928"), (2, "eu-north-1"), (3, "sts"), (4, "other")] {
        let mut draft = Draft::new("s3", Mechanism::Header);
        text.clone_into(&mut draft.credential[at]);
        assert!(!ask(&draft));
    }
    assert_eq!(keys.0.load(Ordering::Relaxed), 1);
}

#[test]
fn keys_that_cannot_be_looked_up_are_no_wrong_keys() {
    struct Down;
    impl Keys for Down {
        fn signing_key(&self, _: &Wanted<'_>) -> Result<SigningKey, KeyRefusal> {
            Err(KeyRefusal::Unavailable)
        }
    }
    let rules = ServiceRules::of("s3");
    let wire = Draft::new("s3", Mechanism::Header).build();
    let mut scratch = Scratch::default();
    let told = wire.with(|r| {
        verify(r, Body::Unread, &endpoint("s3", &rules), &Down, &mut scratch).map(|_| ()).unwrap_err()
    });
    assert_eq!((told.rule, told.status, told.code), (Rule::KeysUnavailable, 503, "ServiceUnavailable"));
}

#[test]
fn sessions_need_their_token_and_keys_none() {
    let token = |id: &'static str, token: Option<&'static str>| {
        move |d: &mut Draft| {
            id.clone_into(&mut d.credential[0]);
            if let Some(token) = token {
                match d.mechanism {
                    Mechanism::Header => {
                        d.headers.push(("x-amz-security-token".to_owned(), token.to_owned()));
                    }
                    Mechanism::Query => {
                        d.query.push(("X-Amz-Security-Token".to_owned(), token.to_owned()));
                    }
                }
            }
        }
    };
    for mechanism in [Mechanism::Header, Mechanism::Query] {
        let found = |id, value| broken(&token(id, value), mechanism);
        assert_eq!(found("ASIASESSION", Some("the+token/of=the session")), [None, None]);
        assert_eq!(found("ASIASESSION", Some("the+token/of=the")), both(Rule::Token));
        assert_eq!(found("ASIASESSION", None), both(Rule::AccessKey));
        assert_eq!(found("AKIDEXAMPLE", Some("the+token/of=the session")), both(Rule::Token));
        assert_eq!(found("ASIAEXPIRED", Some("the+token/of=the session")), both(Rule::TokenExpired));
        assert_eq!(found("ASIAEXPIRED", Some("guessed")), both(Rule::Token));
    }
}

#[test]
fn what_must_be_signed_is() {
    for name in ["x-amz-meta-a", "X-AMZ-TARGET", "content-md5", "Content-MD5", "x-amz-"] {
        for mechanism in [Mechanism::Header, Mechanism::Query] {
            let unsigned = |d: &mut Draft| d.unsigned_headers.push((name.to_owned(), "1".to_owned()));
            assert_eq!(broken(&unsigned, mechanism), both(Rule::HeadersNotSigned), "{name}");
        }
    }
    for name in ["user-agent", "content-type", "x-amzn-trace-id", "x-amzon", "date"] {
        let unsigned = |d: &mut Draft| d.unsigned_headers.push((name.to_owned(), "1".to_owned()));
        assert_eq!(broken(&unsigned, Mechanism::Header), [None, None], "{name}");
    }
    let hash = |d: &mut Draft| {
        d.remove_header("x-amz-content-sha256");
        d.unsigned_headers.push(("x-amz-content-sha256".to_owned(), "UNSIGNED-PAYLOAD".to_owned()));
    };
    assert_eq!(broken(&hash, Mechanism::Header), [None, Some(Rule::HeadersNotSigned)]);
}

#[test]
fn a_name_on_the_list_that_was_not_sent_is_refused_whatever_the_signature() {
    for name in ["x-amz-meta-a", "content-type", "a"] {
        for mechanism in [Mechanism::Header, Mechanism::Query] {
            let absent = |d: &mut Draft| d.absent_headers.push(name.to_owned());
            assert_eq!(broken(&absent, mechanism), both(Rule::SignedHeaderMissing), "{name}");
        }
    }
    let capitals = |d: &mut Draft| d.absent_headers.push("Content-Type".to_owned());
    assert_eq!(broken(&capitals, Mechanism::Header), both(Rule::SignedHeaderMissing));
}

#[test]
fn lists_out_of_order_and_repetitions_are_refused_where_wanted() {
    type Edit = fn(String) -> String;
    let cases: [(Edit, Rule); 5] = [
        (|h| h.replace("SignedHeaders=host;", "SignedHeaders=host;host;"), Rule::UnorderedNames),
        (|h| h.replace("SignedHeaders=host;", "SignedHeaders=;host;"), Rule::UnorderedNames),
        (
            |h| h.replace("host;x-amz-content-sha256;x-amz-date", "x-amz-date;host;x-amz-content-sha256"),
            Rule::UnorderedNames,
        ),
        (|h| h.replace("Signature=", "Signature=aa, Signature="), Rule::Duplicate),
        (|h| h + ", Also=this", Rule::Duplicate),
    ];
    let rules = ServiceRules::of("s3");
    for (edit, rule) in cases {
        let mut draft = Draft::new("s3", Mechanism::Header);
        draft.edits.push(edit);
        let wire = draft.build();
        assert_eq!(refusal_at(&wire, &endpoint("s3", &rules)), None);
        let told = refusal_at(&wire, &endpoint("s3", &rules).strict());
        assert_eq!(told.map(|told| told.rule), Some(rule));
    }
    let mut draft = Draft::new("s3", Mechanism::Query);
    draft.unsigned_query = "&X-Amz-Signature=00".to_owned();
    assert_eq!(refusal_at(&draft.build(), &endpoint("s3", &rules)), None);
    let told = refusal_at(&draft.build(), &endpoint("s3", &rules).strict()).unwrap();
    assert_eq!((told.rule, told.code), (Rule::Duplicate, "AuthorizationHeaderMalformed"));
    draft.unsigned_query.clear();
    assert_eq!(refusal_at(&draft.build(), &endpoint("s3", &rules).strict()), None);
}

#[test]
fn line_ends_and_nul_are_nowhere() {
    for control in ["\r", "\n", "\0"] {
        let value = format!("a{control}x-amz-meta-b:c");
        let header = |d: &mut Draft| d.headers.push(("x-amz-meta-a".to_owned(), value.clone()));
        assert_eq!(broken(&header, Mechanism::Header), both(Rule::Unreadable));
        for at in 0..5 {
            let credential = |d: &mut Draft| d.credential[at].push_str(control);
            assert_eq!(broken(&credential, Mechanism::Query), both(Rule::CredentialShape), "{at}");
        }
        let path = |d: &mut Draft| d.path.push_str(control);
        assert_eq!(broken(&path, Mechanism::Header), both(Rule::Unreadable));
    }
    for target in ["", ".", "a", "?a=b", "*", "https://s3.amazonaws.com/", "/a#b"] {
        let wire = |service| {
            let wire = Draft::new(service, Mechanism::Header).build();
            Wire { target: target.as_bytes().to_vec(), ..wire }
        };
        for service in ["s3", "iam"] {
            let rules = ServiceRules::of(service);
            let told = refusal_at(&wire(service), &endpoint(service, &rules));
            assert_eq!(told.map(|told| told.rule), Some(Rule::Unreadable), "{target}");
        }
    }
    let name = |d: &mut Draft| d.headers.push(("x-amz meta".to_owned(), "a".to_owned()));
    assert_eq!(broken(&name, Mechanism::Header), both(Rule::Unreadable));
    for method in ["", "GET ", "G\nET"] {
        let method = |d: &mut Draft| d.method = method;
        assert_eq!(broken(&method, Mechanism::Header), both(Rule::Unreadable));
    }
}

#[test]
fn a_region_is_not_the_clients_word_even_where_any_will_do() {
    let rules = ServiceRules::of("iam");
    let endpoint = Endpoint::new("iam", None, &rules, NOW);
    let mut draft = Draft::new("iam", Mechanism::Header);
    draft.credential[2] = "eu-north-1".to_owned();
    assert_eq!(refusal_at(&draft.build(), &endpoint), None);
    draft.credential[2].clear();
    assert_eq!(refusal_at(&draft.build(), &endpoint).map(|told| told.rule), Some(Rule::Region));
    draft.credential[2] = "us-east-1".to_owned();
    draft.credential[3] = "sts".to_owned();
    assert_eq!(refusal_at(&draft.build(), &endpoint).map(|told| told.rule), Some(Rule::Service));
}

#[test]
fn an_unsigned_body_is_taken_only_where_the_rules_say_so() {
    let unsigned = |d: &mut Draft| {
        d.payload = Some("UNSIGNED-PAYLOAD".to_owned());
        if d.credential[3] != "s3" {
            d.headers.push(("x-amz-content-sha256".to_owned(), "UNSIGNED-PAYLOAD".to_owned()));
        }
    };
    assert_eq!(broken(&unsigned, Mechanism::Header), [None, Some(Rule::Signature)]);
    assert_eq!(broken(&unsigned, Mechanism::Query), [None, Some(Rule::Signature)]);
    let rules = ServiceRules { unsigned_payload: false, ..ServiceRules::of("s3") };
    let told = refusal_at(&Draft::new("s3", Mechanism::Header).build(), &endpoint("s3", &rules));
    assert_eq!(told.map(|told| told.rule), Some(Rule::ContentSha256));
}

#[test]
fn a_body_that_was_not_read_is_checked_later() {
    let mut draft = Draft::new("iam", Mechanism::Header);
    draft.method = "POST";
    draft.body = b"Action=ListUsers".to_vec();
    let rules = ServiceRules::of("iam");
    let (wire, ring) = (draft.build(), ring());
    let check = |wire: &Wire, body: Body<'_>| {
        let mut scratch = Scratch::default();
        let endpoint = endpoint("iam", &rules);
        wire.with(|request| match verify(request, body, &endpoint, &ring, &mut scratch) {
            Ok(Caller::Signed(verified)) => {
                let rule = matches!(verified.body, BodyRule::Checked);
                Ok((rule, verified.check_body(&draft.body).is_ok(), verified.check_body(b"other").is_ok()))
            }
            Ok(Caller::Anonymous) => panic!("anonymous"),
            Err(refusal) => Err(refusal.rule),
        })
    };
    assert_eq!(check(&wire, Body::Read(&draft.body)), Ok((true, true, true)));
    assert_eq!(check(&wire, Body::Unread), Err(Rule::Signature));
    let hash = crate::draft::hex(&<sha2::Sha256 as sha2::Digest>::digest(&draft.body));
    draft.headers.push(("x-amz-content-sha256".to_owned(), hash));
    assert_eq!(check(&draft.build(), Body::Unread), Ok((false, true, false)));
}

/// The refusal of a body in chunks that does not say how long its data is.
pub(super) fn without_decoded_length() -> Refusal {
    let mut draft = Draft::new("s3", Mechanism::Header);
    draft.set_header("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
    let rules = ServiceRules::of("s3");
    let (wire, ring, mut scratch) = (draft.build(), ring(), Scratch::default());
    wire.with(|request| match verify(request, Body::Unread, &endpoint("s3", &rules), &ring, &mut scratch) {
        Ok(Caller::Signed(verified)) => {
            assert_eq!(verified.body, BodyRule::Chunked(PayloadKeyword::StreamingHmac));
            verified.decoded_length().unwrap_err()
        }
        other => panic!("{other:?}"),
    })
}

#[test]
fn paths_that_can_be_read_in_two_ways_are_refused_where_wanted() {
    for path in ["/a/../b", "/a//b", "/a%2Fb", "/%2e%2e/b", "/a\\b"] {
        let rules = ServiceRules::of("lambda");
        let mut draft = Draft::new("lambda", Mechanism::Header);
        path.clone_into(&mut draft.path);
        let told = refusal_at(&draft.build(), &endpoint("lambda", &rules));
        assert_eq!(told.map(|told| told.rule), Some(Rule::AmbiguousPath), "{path}");

        let rules = ServiceRules::of("s3");
        let mut draft = Draft::new("s3", Mechanism::Header);
        path.clone_into(&mut draft.path);
        assert_eq!(refusal_at(&draft.build(), &endpoint("s3", &rules)), None, "{path}");
        let refusing = Endpoint { paths: &PathDoubt::ALL, ..endpoint("s3", &rules) };
        let told = refusal_at(&draft.build(), &refusing).unwrap();
        assert_eq!((told.rule, told.code), (Rule::AmbiguousPath, "InvalidURI"), "{path}");
    }
}

#[test]
fn limits_hold() {
    let long = "a".repeat(64 * 1024);
    let cases: [&dyn Fn(&mut Draft); 4] = [
        &|d| d.headers.push(("a".to_owned(), long.clone())),
        &|d| d.path.push_str(&long),
        &|d| d.unsigned_query.push_str(&long),
        &|d| d.absent_headers.extend((0..300).map(|n| format!("a{n}"))),
    ];
    for case in cases {
        assert_eq!(broken(case, Mechanism::Header), both(Rule::TooLarge));
    }
    let many = |d: &mut Draft| d.headers.extend((0..250).map(|n| (format!("a{n}"), "b".to_owned())));
    assert_eq!(broken(&many, Mechanism::Header), [None, None]);
}

#[test]
fn a_signature_is_good_once_where_replays_are_remembered() {
    let cache = ReplayCache::new(2);
    let rules = ServiceRules::of("s3");
    let at = |now: Timestamp| Endpoint { now, replays: Some(&cache), ..endpoint("s3", &rules) };
    let mut draft = Draft::new("s3", Mechanism::Header);
    draft.method = "PUT";
    let send = |draft: &Draft, now| refusal_at(&draft.build(), &at(now)).map(|told| told.rule);
    assert_eq!(send(&draft, NOW), None);
    assert_eq!(send(&draft, NOW), Some(Rule::Replay));
    let upper = Draft { signature: |s| s.to_ascii_uppercase(), ..draft.clone() };
    assert_eq!(send(&upper, NOW), Some(Rule::Replay));
    let last = NOW + std::time::Duration::from_secs(15 * 60);
    assert_eq!(send(&draft, last), Some(Rule::Replay));
    draft.path.push('2');
    let wrong = Draft { secret: "another".to_owned(), ..draft.clone() };
    assert_eq!(send(&wrong, NOW), Some(Rule::Signature));
    assert_eq!(send(&draft, NOW), None);
    draft.path.push('3');
    assert_eq!(send(&draft, NOW), Some(Rule::ReplayCacheFull));
    let get = Draft::new("s3", Mechanism::Query);
    assert_eq!((send(&get, NOW), send(&get, NOW)), (None, None));
    let asymmetric = Draft { method: "PUT", ..Draft::new("s3", Mechanism::Header).asymmetric() };
    let other = ReplayCache::new(2);
    let fresh = Endpoint { replays: Some(&other), ..at(NOW) };
    assert_eq!(refusal_at(&asymmetric.build(), &fresh), None);
    assert_eq!(refusal_at(&asymmetric.build(), &fresh).map(|told| told.rule), Some(Rule::Replay));
}
