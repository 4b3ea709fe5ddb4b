//! S3's faults against the published table, and its two orders.

use serde_json::Value;
use sigv4::ServiceRules;
use sigv4::verify::{AnonymousCall, Mechanism, Refusal, Rule};

use super::{Fault, check_pairs, endpoint, published, refusal_at, spoilt};
use crate::draft::{Draft, NOW, Wire};

const HEADER: [Fault; 20] = [
    Fault {
        id: "two-mechanisms",
        make: |d| d.query.push(("X-Amz-Algorithm".to_owned(), "AWS4-HMAC-SHA256".to_owned())),
    },
    Fault { id: "no-space", make: |d| d.edits.push(|header| header.replace(' ', "")) },
    Fault { id: "bad-scheme", make: |d| d.scheme = "Bearer".to_owned() },
    Fault { id: "missing-sha256", make: |d| d.remove_header("x-amz-content-sha256") },
    Fault { id: "bad-sha256", make: |d| d.set_header("x-amz-content-sha256", "unsigned-payload") },
    Fault { id: "no-date", make: |d| d.dated("2026-09-29T05:51:47Z") },
    Fault { id: "skew", make: |d| d.dated("20260929T053646Z") },
    Fault { id: "components", make: |d| d.edits.push(|header| header.replace("Signature=", "Sig=")) },
    Fault { id: "credential-shape", make: |d| d.credential.truncate(3) },
    Fault { id: "credential-date-format", make: |d| d.credential[1] = "20261329".to_owned() },
    Fault { id: "empty-region", make: |d| d.credential[2].clear() },
    Fault { id: "wrong-region", make: |d| d.credential[2] = "eu-north-1".to_owned() },
    Fault { id: "wrong-service", make: |d| set_from_end(d, 2, "sts") },
    Fault { id: "wrong-terminal", make: |d| set_from_end(d, 1, "aws5_request") },
    Fault { id: "credential-date-mismatch", make: |d| d.credential[1] = "20260928".to_owned() },
    Fault {
        id: "headers-not-signed",
        make: |d| {
            for name in ["x-amz-decoded-content-length", "X-Amz-Meta-A", "content-md5"] {
                d.unsigned_headers.push((name.to_owned(), "1".to_owned()));
            }
        },
    },
    Fault { id: "v4a-no-region-set", make: |d| d.remove_header("x-amz-region-set") },
    Fault { id: "v4a-region-set-mismatch", make: |d| d.set_header("x-amz-region-set", "eu-*,us-east-?") },
    Fault { id: "unknown-key", make: |d| d.credential[0] = "AKIDUNKNOWN".to_owned() },
    Fault { id: "mismatch", make: |d| d.secret = "another".to_owned() },
];

const PAYLOAD: Fault = Fault {
    id: "payload-mismatch",
    make: |d| {
        d.method = "PUT";
        d.set_header("x-amz-content-sha256", sigv4::EMPTY_SHA256);
        d.body = b"other".to_vec();
    },
};

const QUERY: [Fault; 21] = [
    Fault {
        id: "two-mechanisms",
        make: |d| d.unsigned_headers.push(("Authorization".to_owned(), "AWS4-HMAC-SHA256 a".to_owned())),
    },
    Fault { id: "q-algorithm", make: |d| d.scheme = "aws4-hmac-sha256".to_owned() },
    Fault { id: "q-missing", make: |d| d.left_out.push("X-Amz-SignedHeaders") },
    Fault { id: "q-date", make: |d| d.date = "Tue, 29 Sep 2026 05:51:47 GMT".to_owned() },
    Fault { id: "q-expires-nan", make: |d| d.expires = "3e2".to_owned() },
    Fault { id: "q-expires-negative", make: |d| d.expires = "-1".to_owned() },
    Fault { id: "q-expires-week", make: |d| d.expires = "604801".to_owned() },
    Fault { id: "q-not-yet", make: |d| d.date = "20260929T065147Z".to_owned() },
    Fault { id: "q-expired", make: |d| d.date = "20260929T054647Z".to_owned() },
    Fault { id: "q-credential-shape", make: |d| d.credential.truncate(3) },
    Fault { id: "q-credential-date-format", make: |d| d.credential[1] = "20261329".to_owned() },
    Fault { id: "q-credential-empty-region", make: |d| d.credential[2].clear() },
    Fault { id: "q-credential-region", make: |d| d.credential[2] = "eu-north-1".to_owned() },
    Fault { id: "q-credential-service", make: |d| set_from_end(d, 2, "sts") },
    Fault { id: "q-credential-terminal", make: |d| set_from_end(d, 1, "aws5_request") },
    Fault { id: "q-credential-date-mismatch", make: |d| d.credential[1] = "20260928".to_owned() },
    Fault {
        id: "headers-not-signed",
        make: |d| {
            for name in ["x-amz-decoded-content-length", "X-Amz-Meta-A", "content-md5"] {
                d.unsigned_headers.push((name.to_owned(), "1".to_owned()));
            }
        },
    },
    Fault { id: "q-v4a-region-set", make: |d| d.left_out.push("X-Amz-Region-Set") },
    Fault {
        id: "v4a-region-set-mismatch",
        make: |d| {
            d.query.retain(|(name, _)| name != "X-Amz-Region-Set");
            d.query.push(("X-Amz-Region-Set".to_owned(), "eu-*,us-east-?".to_owned()));
        },
    },
    Fault { id: "unknown-key", make: |d| d.credential[0] = "AKIDUNKNOWN".to_owned() },
    Fault { id: "mismatch", make: |d| d.secret = "another".to_owned() },
];

/// Faults of the table that stand in no order.
const OTHER: [Fault; 7] = [
    Fault { id: "sigv2-refused", make: |d| d.edits.push(|_| "AWS AKIDEXAMPLE:c2lnbmF0dXJl".to_owned()) },
    Fault { id: "empty-akid", make: |d| d.credential[0].clear() },
    Fault {
        id: "credential-shape-v4a",
        make: |d| {
            *d = d.clone().asymmetric();
            d.credential.truncate(3);
        },
    },
    Fault {
        id: "bad-token",
        make: |d| {
            d.credential[0] = "ASIASESSION".to_owned();
            d.headers.push(("x-amz-security-token".to_owned(), "guessed".to_owned()));
        },
    },
    Fault {
        id: "expired-token",
        make: |d| {
            d.credential[0] = "ASIAEXPIRED".to_owned();
            d.headers.push(("x-amz-security-token".to_owned(), "the+token/of=the session".to_owned()));
        },
    },
    Fault { id: "unknown-key", make: |d| d.credential[0] = "ASIASESSION".to_owned() },
    PAYLOAD,
];

fn refusal(wire: &Wire) -> Option<Refusal> {
    let rules = ServiceRules::of("s3");
    refusal_at(wire, &endpoint("s3", &rules))
}

fn set_from_end(draft: &mut Draft, places: usize, text: &str) {
    let at = draft.credential.len() - places;
    text.clone_into(&mut draft.credential[at]);
}

fn of_region(id: &str) -> bool {
    id.contains("region") && !id.contains("v4a")
}

/// The faults that a kind of signature can have.
fn faults(all: &[Fault], asymmetric: bool) -> Vec<&Fault> {
    all.iter().filter(|f| if asymmetric { !of_region(f.id) } else { !f.id.contains("v4a") }).collect()
}

#[test]
fn good_requests_pass() {
    for mechanism in [Mechanism::Header, Mechanism::Query] {
        let draft = Draft::new("s3", mechanism);
        assert_eq!(refusal(&draft.build()), None);
        assert_eq!(refusal(&draft.asymmetric().build()), None);
    }
}

#[test]
fn of_two_faults_the_first_in_order_is_told() {
    let rules = ServiceRules::of("s3");
    let mut pairs = 0;
    for (mechanism, all) in [(Mechanism::Header, &HEADER[..]), (Mechanism::Query, &QUERY[..])] {
        for asymmetric in [false, true] {
            let mut base = Draft::new("s3", mechanism);
            if asymmetric {
                base = base.asymmetric();
            }
            let mut faults = faults(all, asymmetric);
            if mechanism == Mechanism::Header {
                faults.push(&PAYLOAD);
            }
            pairs += check_pairs(&base, &endpoint("s3", &rules), &faults, |told| {
                format!("{:?} {}", told.rule, told.code)
            });
        }
    }
    println!("{pairs} pairs of faults of S3");
    assert_eq!(pairs, 4 * 171);
}

#[test]
fn the_order_is_the_published_one() {
    let Some(table) = published("s3-auth-errors.json") else { return };
    for (name, faults) in [("header", &HEADER[..]), ("query", &QUERY[..])] {
        let published = table["order"][name].as_array().unwrap().iter().map(|id| id.as_str().unwrap());
        let made: Vec<&str> = faults.iter().map(|fault| fault.id).collect();
        let published: Vec<&str> =
            published.filter(|id| *id != "(bucket lookup)" && *id != PAYLOAD.id).collect();
        assert_eq!(made, published, "{name}");
    }
}

#[test]
fn each_fault_is_told_as_published() {
    let Some(table) = published("s3-auth-errors.json") else { return };
    let (mut told, mut elsewhere) = (0, 0);
    for row in table["errors"].as_array().unwrap() {
        let id = row["id"].as_str().unwrap();
        // What bodies in chunks are refused for is told by their readers.
        if matches!(id, "chunk-too-small" | "incomplete-body" | "bad-trailer") {
            elsewhere += 1;
            continue;
        }
        let refusals = refusals_of(id);
        assert!(!refusals.is_empty(), "no request has the fault {id}");
        for refusal in refusals {
            compare(row, &refusal);
            told += 1;
        }
    }
    println!("{told} refusals of S3 as published, {elsewhere} told elsewhere");
    assert!(told >= 50);
}

/// Each way to the refusal: header, query, SigV4a.
fn refusals_of(id: &str) -> Vec<Refusal> {
    let drafts =
        [(Mechanism::Header, &HEADER[..]), (Mechanism::Query, &QUERY[..]), (Mechanism::Header, &OTHER[..])];
    let mut found: Vec<Refusal> = Vec::new();
    for (mechanism, faults) in drafts {
        for fault in faults.iter().filter(|fault| fault.id == id) {
            let mut base = Draft::new("s3", mechanism);
            if id.contains("v4a-") {
                base = base.asymmetric();
            }
            let told = refusal(&spoilt(&base, &[fault]));
            found.push(told.unwrap_or_else(|| panic!("{id} passed")));
        }
    }
    let anonymous = [
        ("anon-write", AnonymousCall::OwnersCall),
        ("anon-mpu", AnonymousCall::CreateMultipartUpload),
        ("anon-copy", AnonymousCall::CopyObject),
        ("anon-response-headers", AnonymousCall::ResponseHeaders),
        ("anon-list-buckets", AnonymousCall::ListBuckets),
    ];
    let anonymous = anonymous.into_iter().filter(|(name, _)| *name == id);
    found.extend(anonymous.map(|(_, call)| Refusal::anonymous(call)));
    match id {
        "trailer-on-non-upload" => found.push(Refusal::trailer_without_upload()),
        "no-decoded-length" => found.push(super::security::without_decoded_length()),
        _ => {}
    }
    found
}

fn compare(row: &Value, told: &Refusal) {
    let id = row["id"].as_str().unwrap();
    assert_eq!(u64::from(told.status), row["http_status"].as_u64().unwrap(), "{id}");
    assert_eq!(told.code, row["code"].as_str().unwrap_or_default(), "{id}");
    let message = filled(row["message"].as_str().unwrap_or_default(), id);
    assert_eq!(told.message, message, "{id}");
    let empty = serde_json::Map::new();
    let fields = row["fields"].as_object().unwrap_or(&empty);
    let mut names: Vec<&str> = told.fields.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    let mut published: Vec<&str> = fields.keys().map(String::as_str).collect();
    published.sort_unstable();
    assert_eq!(names, published, "{id}");
    for (name, value) in &told.fields {
        let published = fields[*name].as_str().unwrap();
        let is_pattern =
            published.contains(['<', '…']) || published.contains("yyyy") || published.contains("57 53");
        match expected_field(id, name) {
            Some(expected) => assert_eq!(value, expected, "{id} {name}"),
            None if is_pattern => assert!(!value.is_empty(), "{id} {name}"),
            None => assert_eq!(value, published, "{id} {name}"),
        }
    }
}

/// The message with what these requests hold in its gaps.
fn filled(message: &str, id: &str) -> String {
    let sent = match id {
        _ if id.ends_with("region") => "eu-north-1",
        _ if id.ends_with("service") => "sts",
        _ => "aws5_request",
    };
    message
        .replace("<sent>", sent)
        .replace("<expected>", "us-east-1")
        .replace("<date>", "20261329")
        .replace("<scope date>", "20260928")
        .replace("<yyyymmdd of X-Amz-Date>", "20260929")
}

/// What a field must hold, where the table says it in words.
fn expected_field(id: &str, name: &str) -> Option<&'static str> {
    let end = match id {
        "q-not-yet" => "2026-09-29T06:56:47Z",
        _ => "2026-09-29T05:51:47Z",
    };
    Some(match (id, name) {
        (_, "Region" | "RequestedRegion") => "us-east-1",
        (_, "RegionSet") => "eu-*,us-east-?",
        ("bad-sha256", "ArgumentValue") => "unsigned-payload",
        ("skew", "RequestTime") => "20260929T053646Z",
        (_, "ServerTime") => "2026-09-29T05:51:47Z",
        (_, "Expires") => end,
        ("q-not-yet", "X-Amz-Date") => "1790664707000",
        ("q-expired", "X-Amz-Expires") => "300",
        (_, "HeadersNotSigned") => "x-amz-meta-a, content-md5, x-amz-decoded-content-length",
        ("bad-token", "Token-0") => "guessed",
        ("expired-token", "Token-0") => "the+token/of=the session",
        ("mismatch", "AWSAccessKeyId") => "AKIDEXAMPLE",
        ("payload-mismatch", "ClientComputedContentSHA256") => sigv4::EMPTY_SHA256,
        ("payload-mismatch", "S3ComputedContentSHA256") => {
            "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"
        }
        _ => return None,
    })
}

#[test]
fn a_mismatch_shows_what_was_to_be_signed() {
    let draft = Draft { secret: "another".to_owned(), ..Draft::new("s3", Mechanism::Header) };
    let told = refusal(&draft.build()).unwrap();
    let names: Vec<&str> = told.fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        [
            "AWSAccessKeyId",
            "StringToSign",
            "SignatureProvided",
            "StringToSignBytes",
            "CanonicalRequest",
            "CanonicalRequestBytes"
        ]
    );
    let canonical = "GET\n/bucket/key\na=b\nhost:s3.us-east-1.amazonaws.com\nx-amz-content-sha256:UNSIGNED-PAYLOAD\n\
                     x-amz-date:20260929T055147Z\n\nhost;x-amz-content-sha256;x-amz-date\nUNSIGNED-PAYLOAD";
    assert_eq!(told.fields[4].1, canonical);
    assert!(told.fields[5].1.starts_with("47 45 54 0a 2f 62"));
    assert!(
        told.fields[1]
            .1
            .starts_with("AWS4-HMAC-SHA256\n20260929T055147Z\n20260929/us-east-1/s3/aws4_request\n")
    );
    assert!(told.fields[3].1.starts_with("41 57 53 34"));
}

#[test]
fn dates_and_expiries_are_read_as_published() {
    let Some(table) = published("s3-input-tables.json") else { return };
    let dates = &table["dates"];
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let rule = |mechanism, change: &dyn Fn(&mut Draft)| {
        let mut draft = Draft::new("s3", mechanism);
        change(&mut draft);
        refusal(&draft.build()).map(|told| told.rule)
    };
    let mut rows = 0;
    let mut check = |expected, found, text: &str| {
        assert_eq!(found, expected, "{text:?}");
        rows += 1;
    };
    for text in texts(&dates["accepted_forms"]) {
        check(None, rule(Mechanism::Header, &|d| d.dated(&text)), &text);
    }
    for text in texts(&dates["refused_forms"]).iter().filter(|text| *text != "dates before 1970") {
        check(Some(Rule::Date), rule(Mechanism::Header, &|d| d.dated(text)), text);
    }
    check(Some(Rule::Date), rule(Mechanism::Header, &|d| d.dated("19691231T235959Z")), "before 1970");
    for text in texts(&dates["credential_date"]["read_as_date_then_compared"]) {
        let found = rule(Mechanism::Header, &|d| d.credential[1].clone_from(&text));
        check(Some(Rule::ScopeDate), found, &text);
    }
    for text in texts(&dates["credential_date"]["refused_format"]) {
        let found = rule(Mechanism::Header, &|d| d.credential[1].clone_from(&text));
        check(Some(Rule::ScopeDateFormat), found, &text);
    }
    for text in texts(&dates["x_amz_expires"]["numbers"]) {
        check(None, rule(Mechanism::Query, &|d| d.expires.clone_from(&text)), &text);
    }
    for text in texts(&dates["x_amz_expires"]["not_numbers"]) {
        let found = rule(Mechanism::Query, &|d| d.expires.clone_from(&text));
        check(Some(Rule::ExpiresNumber), found, &text);
    }
    for (list, expected) in [("accepted", None), ("refused", Some(Rule::RegionSet))] {
        for text in texts(&table["region_set"][list]) {
            let mut draft = Draft::new("s3", Mechanism::Header).asymmetric();
            draft.set_header("x-amz-region-set", &text);
            check(expected, refusal(&draft.build()).map(|told| told.rule), &text);
        }
    }
    println!("{rows} rows of dates, expiries and region sets");
    assert!(rows >= 45);
}

#[test]
fn the_end_of_a_url_and_of_the_window_are_exact() {
    let mut rules = Vec::new();
    for (mechanism, date, expires) in [
        (Mechanism::Header, "20260929T053647Z", ""),
        (Mechanism::Header, "20260929T060647Z", ""),
        (Mechanism::Header, "20260929T060648Z", ""),
        (Mechanism::Query, "20260929T055047Z", "61"),
        (Mechanism::Query, "20260929T055047Z", "60"),
        (Mechanism::Query, "20260929T055147Z", "0"),
        (Mechanism::Query, "20260929T060647Z", "1"),
        (Mechanism::Query, "20260929T060648Z", "1"),
        (Mechanism::Query, "20260922T055148Z", "604800"),
    ] {
        let mut draft = Draft::new("s3", mechanism);
        draft.dated(date);
        draft.credential[1] = date[..8].to_owned();
        expires.clone_into(&mut draft.expires);
        rules.push(refusal(&draft.build()).map(|told| told.rule));
    }
    use Rule::{Expired, NotYetValid, Skew};
    let expected =
        [None, None, Some(Skew), None, Some(Expired), Some(Expired), None, Some(NotYetValid), None];
    assert_eq!(rules, expected);
    assert_eq!(NOW.iso8601(), "2026-09-29T05:51:47Z");
}
