//! Tables of canonical forms, of dates and of services, and the worked examples of AWS's documentation.

use std::fs;

use serde::Deserialize;
use serde_json::Value;
use sigv4::canonical::{CanonicalRequest, SignedNames};
use sigv4::{
    Family, FieldChoice, PathEncoding, Payload, PayloadKeyword, Request, RequestTime, Scope, ServiceRules,
    SigningKey, SigningParams, presign, sign,
};
use types::{Secret, Timestamp};

use crate::suites;

#[test]
fn writes_the_paths_and_queries_of_the_tables() {
    let Some(file) = suites::find("canonical/tables.json") else { return };
    let tables: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let rows = |table: &str| tables[table]["cases"].as_array().unwrap().clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();

    let mut checks = 0;
    for row in rows("curl_canon_path") {
        // curl's switch means encoding, and no path of its table changes by normalising but those that are sent as they are.
        let path = if row[1] == true { PathEncoding::Again } else { PathEncoding::AsSent };
        let rules = ServiceRules { path, normalize_path: false, ..ServiceRules::of("") };
        assert_eq!(canonical(&text(&row[2]), &rules).0, text(&row[3]), "{row}");
        checks += 1;
    }
    for row in rows("curl_canon_query") {
        let target = format!("/?{}", text(&row[1]));
        assert_eq!(canonical(&target, &ServiceRules::of("")).1, text(&row[2]), "{row}");
        checks += 1;
    }
    for row in rows("smithy_uri_path_normalization") {
        // These are paths after encoding: only normalising is asked for. Where signers diverge (`/foo/bar/..`, `/foo/bar/.`)
        // this is the reading of RFC 3986 and of the Rust SDK; as a signer we refuse such paths.
        let rules = ServiceRules { path: PathEncoding::AsSent, ..ServiceRules::of("") };
        assert_eq!(canonical(&text(&row[0]), &rules).0, text(&row[1]), "{row}");
        checks += 1;
    }
    println!("{checks} rows of canonical paths and queries");
    assert_eq!(checks, 11 + 9 + 18);
}

/// Path and query of a canonical request, as a verifier writes them.
fn canonical(target: &str, rules: &ServiceRules) -> (String, String) {
    let mut out = Vec::new();
    CanonicalRequest {
        request: Request { method: "GET", target: target.as_bytes(), headers: &[("host", b"example")] },
        added_headers: &[],
        added_query: b"",
        signed: SignedNames::Text("host"),
        payload: Payload::Body(b""),
        rules,
    }
    .write(&mut out)
    .unwrap();
    let text = String::from_utf8(out).unwrap();
    let mut lines = text.lines().skip(1).map(str::to_owned);
    (lines.next().unwrap(), lines.next().unwrap())
}

#[test]
fn reads_dates_as_the_table_does() {
    let Some(file) = suites::find("errors/s3-input-tables.json") else { return };
    let tables: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let dates = &tables["dates"];
    let forms = |kind: &str| dates[kind].as_array().unwrap().clone();
    let mut checks = 0;
    for form in forms("accepted_forms") {
        let text = form.as_str().unwrap();
        let read = RequestTime::read_any(text.as_bytes()).unwrap();
        assert_eq!((read.time.iso8601().as_str(), read.text), ("2026-09-29T05:51:47Z", text));
        checks += 1;
    }
    for form in forms("refused_forms") {
        let text = form.as_str().unwrap().replace("dates before 1970", "Wed, 31 Dec 1969 23:59:59 GMT");
        assert!(RequestTime::read_any(text.as_bytes()).is_err(), "{text}");
        checks += 1;
    }
    println!("{checks} forms of dates");
    assert_eq!(checks, 10);
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Model {
    signing_name: String,
    protocol: String,
}

#[test]
fn knows_the_family_of_every_service() {
    let Some(file) = suites::find("host-map/services.json") else { return };
    let models: Vec<Model> = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let mut other = Vec::new();
    for model in &models {
        let expected = match model.protocol.as_str() {
            _ if model.signing_name == "s3" => Family::S3,
            "ec2" => Family::Ec2,
            "query" | "rest-xml" => Family::Query,
            "json" | "smithy-rpc-v2-cbor" => Family::Json,
            "rest-json" => Family::RestJson,
            unknown => panic!("{unknown}"),
        };
        let known = Family::of(&model.signing_name).unwrap_or_else(|| panic!("{}", model.signing_name));
        if known != expected {
            other.push(model.signing_name.as_str());
        }
    }
    println!(
        "{} of {} service models in the family of their protocol",
        models.len() - other.len(),
        models.len()
    );
    // Services of one signing name that speak different protocols; CloudWatch, which speaks CBOR and Query; Outposts, whose
    // name its S3 buckets share.
    other.sort_unstable();
    other.dedup();
    let divergent = [
        "aws-marketplace",
        "bedrock",
        "cloudsearch",
        "mediastore",
        "monitoring",
        "payment-cryptography",
        "personalize",
        "s3-outposts",
        "sagemaker",
        "sdb",
        "servicecatalog",
        "ses",
        "sms-voice",
    ];
    assert_eq!(other, divergent);
}

/// IAM User Guide, "Create a signed AWS API request", example of `ListUsers`.
#[test]
fn signs_the_example_of_iam() {
    let signer =
        Signer::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "2015-08-30T12:36:00Z", "iam");
    let headers: [(&str, &[u8]); 2] = [
        ("Content-Type", b"application/x-www-form-urlencoded; charset=utf-8"),
        ("Host", b"iam.amazonaws.com"),
    ];
    let request =
        Request { method: "GET", target: b"/?Action=ListUsers&Version=2010-05-08", headers: &headers };
    let signed = sign(&request, Payload::Body(b""), &signer.params()).unwrap();
    assert_eq!(
        signed.authorization.expose(),
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date, \
         Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    );
}

/// S3 API Reference, "Authenticating Requests: Using the Authorization Header (Transferring Payload in a Single Chunk)".
#[test]
fn signs_the_examples_of_s3() {
    let signer = Signer::of_s3();
    let host: (&str, &[u8]) = ("Host", b"examplebucket.s3.amazonaws.com");
    let put: [(&str, &[u8]); 3] =
        [("Date", b"Fri, 24 May 2013 00:00:00 GMT"), host, ("x-amz-storage-class", b"REDUCED_REDUNDANCY")];
    for (method, target, headers, body, signature) in [
        (
            "GET",
            "/test.txt",
            &[host, ("Range", b"bytes=0-9")][..],
            "",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT",
            "/test%24file.text",
            &put[..],
            "Welcome to Amazon S3.",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET",
            "/?lifecycle",
            &[host][..],
            "",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "GET",
            "/?max-keys=2&prefix=J",
            &[host][..],
            "",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ] {
        let request = Request { method, target: target.as_bytes(), headers };
        let signed = sign(&request, Payload::Body(body.as_bytes()), &signer.params()).unwrap();
        assert_eq!(signed.signature.hex(), signature, "{method} {target}");
    }
}

/// S3 API Reference, "Authenticating Requests: Using Query Parameters".
#[test]
fn presigns_the_example_of_s3() {
    let signer = Signer::of_s3();
    let headers: [(&str, &[u8]); 1] = [("Host", b"examplebucket.s3.amazonaws.com")];
    let request = Request { method: "GET", target: b"/test.txt", headers: &headers };
    let payload = signer.rules.presigned_payload(b"");
    assert_eq!(payload, Payload::Keyword(PayloadKeyword::Unsigned));
    let presigned = presign(&request, payload, &signer.params(), 86_400).unwrap();
    assert_eq!(
        String::from_utf8(presigned.target(&request)).unwrap(),
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
}

struct Signer {
    id: &'static str,
    key: SigningKey,
    scope: Scope<'static>,
    time: Timestamp,
    rules: ServiceRules,
}

impl Signer {
    fn new(id: &'static str, secret: &str, time: &str, service: &'static str) -> Self {
        let time = time.parse().unwrap();
        let scope = Scope::new(time, "us-east-1", service);
        let key = SigningKey::derive(&Secret::new(secret.to_owned()), &scope);
        Self { id, key, scope, time, rules: ServiceRules::of(service) }
    }

    fn of_s3() -> Self {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        Self::new("AKIAIOSFODNN7EXAMPLE", secret, "2013-05-24T00:00:00Z", "s3")
    }

    fn params(&self) -> SigningParams<'_> {
        SigningParams {
            access_key_id: self.id,
            session_token: None,
            key: &self.key,
            scope: self.scope,
            time: self.time,
            rules: &self.rules,
            fields: FieldChoice::default(),
        }
    }
}
