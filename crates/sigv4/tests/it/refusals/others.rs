//! The faults of all services but S3, in the codes of each family, and their two orders.

use serde_json::Value;
use sigv4::Family;
use sigv4::verify::{Mechanism, Refusal, Rule};

use super::{Fault, check_pairs, endpoint, published, refusal_at, rules, spoilt};
use crate::draft::Draft;

/// Faults of both mechanisms from the list of signed headers on, in order.
const SIGNED: [Fault; 11] = [
    Fault {
        id: "host not signed",
        make: |d| {
            let host = d.headers.remove(0);
            d.unsigned_headers.push(host);
        },
    },
    Fault { id: "bad date", make: |d| d.dated("2026-09-29T05:51:47Z") },
    Fault { id: "too old", make: |d| d.dated("20260929T053646Z") },
    Fault { id: "too new", make: |d| d.dated("20260929T060648Z") },
    Fault { id: "credential shape", make: |d| d.credential.truncate(4) },
    Fault {
        id: "scope wrong (each sentence only when wrong)",
        make: |d| {
            for (at, text) in [(1, "20260928"), (2, "eu-north-1"), (3, "sts2"), (4, "aws5_request")] {
                text.clone_into(&mut d.credential[at]);
            }
        },
    },
    Fault {
        id: "bad session token",
        make: |d| {
            d.credential[0] = "ASIASESSION".to_owned();
            set_token(d, "guessed");
        },
    },
    Fault {
        id: "expired session token",
        make: |d| {
            d.credential[0] = "ASIAEXPIRED".to_owned();
            set_token(d, "the+token/of=the session");
        },
    },
    Fault {
        id: "unknown key",
        make: |d| {
            d.credential[0] = "AKIDUNKNOWN".to_owned();
            d.remove_header("x-amz-security-token");
        },
    },
    Fault { id: "mismatch", make: |d| d.secret = "another".to_owned() },
    Fault { id: "changed body", make: |d| d.body = b"other".to_vec() },
];

const HEADER: [Fault; 6] = [
    Fault { id: "malformed query", make: |d| d.unsigned_query.push_str("&c=%zz") },
    Fault {
        id: "no auth",
        make: |d| {
            d.edits.push(|_| String::new());
            d.query.retain(|(name, _)| name != "X-Amz-Algorithm");
        },
    },
    Fault {
        id: "both header and query",
        make: |d| {
            d.edits.push(|_| "AWS4-HMAC-SHA256".to_owned());
            d.query.push(("X-Amz-Algorithm".to_owned(), "AWS4-HMAC-SHA256".to_owned()));
        },
    },
    Fault { id: "unsupported algorithm in header", make: |d| d.edits.push(|h| h.replace("SHA256", "SHA1")) },
    Fault { id: "part without equals", make: |d| d.edits.push(|header| header + ", garbage") },
    Fault {
        id: "missing header parts (each sentence only when missing)",
        make: |d| {
            d.edits.push(|_| "AWS4-HMAC-SHA256 a=b".to_owned());
            d.remove_header("x-amz-date");
        },
    },
];

const QUERY: [Fault; 4] = [
    Fault { id: "malformed query", make: |d| d.unsigned_query.push_str("&c=%2") },
    Fault {
        id: "both header and query",
        make: |d| d.unsigned_headers.push(("authorization".to_owned(), "AWS4-HMAC-SHA256".to_owned())),
    },
    Fault { id: "unsupported algorithm in query", make: |d| d.scheme = "AWS4-HMAC-SHA1".to_owned() },
    Fault {
        id: "missing query parts",
        make: |d| {
            let left_out = ["X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Date"];
            d.left_out.extend(left_out);
        },
    },
];

const FAMILIES: [(Family, &str); 4] =
    [(Family::Query, "iam"), (Family::Ec2, "ec2"), (Family::Json, "dynamodb"), (Family::RestJson, "lambda")];

fn set_token(draft: &mut Draft, token: &str) {
    draft.remove_header("x-amz-security-token");
    draft.headers.push(("x-amz-security-token".to_owned(), token.to_owned()));
}

fn told(family: Family, service: &str, mechanism: Mechanism, faults: &[&Fault]) -> Option<Refusal> {
    let rules = rules(service, family);
    let wire = spoilt(&Draft::new(service, mechanism), faults);
    refusal_at(&wire, &endpoint(service, &rules))
}

#[test]
fn good_requests_pass() {
    for (family, service) in FAMILIES {
        for mechanism in [Mechanism::Header, Mechanism::Query] {
            assert_eq!(told(family, service, mechanism, &[]), None, "{service}");
        }
    }
}

#[test]
fn of_two_faults_the_first_in_order_is_told() {
    let mut pairs = 0;
    for (family, service) in FAMILIES {
        let rules = rules(service, family);
        for (mechanism, own) in [(Mechanism::Header, &HEADER[..]), (Mechanism::Query, &QUERY[..])] {
            // A body that was changed shows as a signature that does not match: those two are one.
            let faults: Vec<&Fault> = own.iter().chain(&SIGNED[..SIGNED.len() - 1]).collect();
            let base = Draft::new(service, mechanism);
            pairs += check_pairs(&base, &endpoint(service, &rules), &faults, |told| {
                format!("{:?} {}", told.rule, told.code)
            });
        }
    }
    println!("{pairs} pairs of faults of other services");
    assert_eq!(pairs, 4 * (120 + 91));
}

#[test]
fn each_fault_is_told_as_published() {
    let Some(table) = published("query-json-auth-errors.json") else { return };
    let suffix = table["mismatch_suffix"].as_str().unwrap();
    let mut count = 0;
    for row in table["errors"].as_array().unwrap() {
        let id = row["when"].as_str().unwrap();
        let all = HEADER.iter().map(|f| (Mechanism::Header, f));
        let all = all.chain(SIGNED.iter().map(|f| (Mechanism::Header, f)));
        let all = all.chain(QUERY.iter().chain(&SIGNED).map(|f| (Mechanism::Query, f)));
        let mut made = 0;
        for (mechanism, fault) in all.filter(|(_, fault)| fault.id == id) {
            for (family, service) in FAMILIES {
                let told = told(family, service, mechanism, &[fault]);
                let told = told.unwrap_or_else(|| panic!("{id} passed"));
                compare(row, suffix, family, &told);
                made += 1;
            }
        }
        assert!(made > 0, "no request has the fault {id}");
        count += made;
    }
    println!("{count} refusals of other services as published");
    assert!(count >= 4 * 25);
}

fn compare(row: &Value, suffix: &str, family: Family, told: &Refusal) {
    let id = row["when"].as_str().unwrap();
    let published = |name: &str| row[name].as_str().unwrap_or_default();
    let of_signature = published("query_code").starts_with("SignatureDoesNotMatch");
    let of_key = matches!(published("query_code"), "InvalidClientTokenId" | "ExpiredToken");
    let (status, code) = match family {
        Family::Query | Family::S3 => {
            let code = published("query_code").split(' ').next().unwrap_or_default();
            (row["http_status"].as_u64().unwrap(), code)
        }
        Family::Ec2 if id.starts_with("too ") => (400, "RequestExpired"),
        Family::Ec2 if of_signature || of_key => (401, "AuthFailure"),
        Family::Ec2 => (row["http_status"].as_u64().unwrap(), published("query_code")),
        Family::Json | Family::RestJson => {
            let code = row["json_code"].as_str().unwrap_or("MalformedQueryString");
            (if family == Family::Json { 400 } else { 403 }, code)
        }
    };
    assert_eq!((u64::from(told.status), told.code), (status, code), "{id} {family:?}");
    assert!(told.fields.is_empty(), "{id}");
    match family {
        Family::Ec2 if code == "AuthFailure" => {
            assert_eq!(told.message, "AWS was not able to validate the provided access credentials");
        }
        Family::Ec2 if code == "RequestExpired" => assert_eq!(told.message, "Request has expired."),
        _ => compare_message(row, suffix, family, told),
    }
}

fn compare_message(row: &Value, suffix: &str, family: Family, told: &Refusal) {
    let id = row["when"].as_str().unwrap();
    let published = row["message"].as_str().unwrap();
    let in_json = matches!(family, Family::Json | Family::RestJson);
    let expected = match id {
        "malformed query" => {
            let known =
                ["Incomplete trailing escape % sequence", "Illegal hex character in escape % pattern: %zz"];
            return assert!(known.contains(&told.message.as_ref()), "{}", told.message);
        }
        "both header and query" if !in_json => String::new(),
        "both header and query" => published.split_once("JSON: ").unwrap().1.trim_end_matches(')').to_owned(),
        "mismatch" if in_json => {
            // The suffix with its gaps: text before, between and after them.
            let parts = suffix.split(['<', '>']).step_by(2);
            assert!(told.message.starts_with(published), "{}", told.message);
            for part in parts {
                assert!(told.message.contains(part), "{part:?} in {}", told.message);
            }
            return assert!(told.message.ends_with("'\n"));
        }
        "missing query parts" => {
            published.replace("AWS query-string parameters must include 'X-Amz-Signature'. ", "")
        }
        _ => filled(published, id, told),
    };
    assert_eq!(told.message, expected, "{id} {family:?}");
}

/// The message with what these requests hold in its gaps.
fn filled(message: &str, id: &str, told: &Refusal) -> String {
    let service = told.message.split("service: '").nth(1).and_then(|rest| rest.split('\'').next());
    let credential = told.message.split("got '").nth(1).map(|rest| rest.trim_end_matches('\''));
    let header = match id {
        "part without equals" => {
            told.message.split("header: '").nth(1).and_then(|rest| rest.strip_suffix("'."))
        }
        _ => Some("AWS4-HMAC-SHA256 a=b"),
    };
    let (request, limit) = match id {
        "too old" => ("20260929T053646Z", "20260929T053647Z"),
        _ => ("20260929T060648Z", "20260929T060647Z"),
    };
    message
        .replace("<request time>", request)
        .replace("<limit>", limit)
        .replace("<server time>", "20260929T055147Z")
        .replace("<alg>", "AWS4-HMAC-SHA1")
        .replace("<part>", "garbage")
        .replace("<header>", header.unwrap_or_default())
        .replace("<credential>", credential.unwrap_or_default())
        .replace("<region>", "eu-north-1")
        .replace("<service>", service.unwrap_or_default())
        .replace("<term>", "aws5_request")
        .replace("<scope date>", "20260928")
        .replace("<timestamp>", "20260929T055147Z")
        .replace("'<date>'", if id == "bad date" { "'2026-09-29T05:51:47Z'" } else { "'20260929'" })
}

#[test]
fn windows_are_those_of_the_service() {
    let mut draft = Draft::new("execute-api", Mechanism::Header);
    draft.dated("20260929T054646Z");
    let rules = rules("execute-api", Family::RestJson);
    let told = refusal_at(&draft.build(), &endpoint("execute-api", &rules)).unwrap();
    assert_eq!((told.rule, told.code), (Rule::Expired, "InvalidSignatureException"));
    assert_eq!(
        told.message,
        "Signature expired: 20260929T054646Z is now earlier than 20260929T054647Z (20260929T055147Z - 5 min.)"
    );
    draft.dated("20260929T054647Z");
    assert_eq!(refusal_at(&draft.build(), &endpoint("execute-api", &rules)), None);
}

#[test]
fn version_2_is_recognised_and_refused() {
    let mut draft = Draft::new("iam", Mechanism::Header);
    draft.edits.push(|_| "AWS AKIDEXAMPLE:c2lnbmF0dXJl".to_owned());
    let rules = rules("iam", Family::Query);
    let told = refusal_at(&draft.build(), &endpoint("iam", &rules)).unwrap();
    assert_eq!((told.rule, told.message.as_ref()), (Rule::SigV2, "Unsupported AWS 'algorithm': 'AWS'."));
    draft.edits.push(|_| String::new());
    for (name, value) in [("AWSAccessKeyId", "AKIDEXAMPLE"), ("SignatureVersion", "2"), ("Signature", "a")] {
        draft.query.push((name.to_owned(), value.to_owned()));
    }
    let told = refusal_at(&draft.build(), &endpoint("iam", &rules)).unwrap();
    assert_eq!((told.rule, told.code), (Rule::SigV2, "MissingAuthenticationToken"));
}
