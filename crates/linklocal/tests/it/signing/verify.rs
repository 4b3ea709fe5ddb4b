//! `linklocal verify`: what is good, what is not, and why.

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sigv4::{AmzDate, Scope, SigningKey};
use types::Secret;

use super::{DAY, ID, SECRET, Signer, TOKEN, signature};

#[test]
fn a_good_signature_says_what_it_covers() {
    let signer = Signer::new();
    let url = "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15";
    let raw = signer.done(&["sign", "--date", DAY, "-o", "raw", url], "");
    let text = signer.done(&["verify", "--date", "2013-05-24T00:14:59Z"], &raw);
    for line in [
        "valid\n",
        "  signed by   AKIAIOSFODNN7EXAMPLE\n",
        "  for         sts in us-east-1\n",
        "  good until  2013-05-24T00:15:00Z\n",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let object = signer.json(&["verify", "--at-request-time"], &raw);
    assert_eq!((&object["Valid"], &object["Mechanism"]), (&Value::Bool(true), &Value::from("header")));
    assert_eq!(object["SignedHeaders"], serde_json::json!(["host", "x-amz-date"]));
    assert_eq!(object["Endpoint"]["TimeFrom"], "the request itself");
    assert_eq!(object["Body"], serde_json::json!({"Kind": "hashed", "Bytes": 0}));
    signer.world.write("request.http", &raw);
    assert!(signer.done(&["verify", "--at-request-time", "request.http"], "").starts_with("valid\n"));
}

#[test]
fn what_is_not_good_begins_with_the_code_of_aws() {
    let signer = Signer::new();
    let s3 = signer.done(
        &["sign", "--date", DAY, "-o", "raw", "PUT", "https://bucket.s3.amazonaws.com/key", "-d", "hello"],
        "",
    );
    let sts = signer.done(&["sign", "--date", DAY, "-o", "raw", "https://sts.amazonaws.com/?Action=A"], "");
    let dynamodb = signer.done(
        &[
            "sign",
            "--date",
            DAY,
            "-o",
            "raw",
            "POST",
            "https://dynamodb.us-east-1.amazonaws.com/",
            "-d",
            "{}",
        ],
        "",
    );
    let lambda =
        signer.done(&["sign", "--date", DAY, "-o", "raw", "https://lambda.us-east-1.amazonaws.com/f"], "");
    let ec2 = signer
        .done(&["sign", "--date", DAY, "-o", "raw", "https://ec2.us-east-1.amazonaws.com/?Action=A"], "");
    let other = |text: &str| text.replacen("/20130524/", "X/20130524/", 1);
    let cases = [
        (s3.replace("/key", "/other"), "SignatureDoesNotMatch"),
        (s3.replace("hello", "hallo"), "XAmzContentSHA256Mismatch"),
        (other(&s3), "InvalidAccessKeyId"),
        (s3.replace("/us-east-1/", "/eu-west-9/"), "SignatureDoesNotMatch"),
        (s3.replace("/s3/", "/sqs/"), "AuthorizationHeaderMalformed"),
        (s3.replace("aws4_request", "aws5_request"), "AuthorizationHeaderMalformed"),
        (s3.replace("Host:", "x-amz-acl: public\r\nHost:"), "AccessDenied"),
        (s3.replace("AWS4-HMAC-SHA256", "Bearer"), "InvalidArgument"),
        (s3.replace("Signature=", "Signature=zz"), "SignatureDoesNotMatch"),
        (s3.replace("PUT /key", "PUT /key?X-Amz-Algorithm=AWS4-HMAC-SHA256"), "InvalidArgument"),
        (sts.replace("Action=A", "Action=B"), "SignatureDoesNotMatch"),
        (other(&sts), "InvalidClientTokenId"),
        (sts.replace("Credential=", "Credential"), "IncompleteSignature"),
        ("GET / HTTP/1.1\r\nHost: sts.amazonaws.com\r\n\r\n".to_owned(), "MissingAuthenticationToken"),
        (dynamodb.replace("{}", "[]"), "InvalidSignatureException"),
        (other(&dynamodb), "UnrecognizedClientException"),
        (lambda.replace("/f", "/g"), "InvalidSignatureException"),
        (ec2.replace("Action=A", "Action=B"), "AuthFailure"),
    ];
    for (request, code) in cases {
        let said = signer.fed(&["verify", "--at-request-time"], &request);
        assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{code}: {request}");
        assert!(said.stderr.starts_with(&format!("{code}: ")), "{code}: {}", said.stderr);
        let said = signer.fed(&["verify", "--at-request-time", "--json", "--explain"], &request);
        let object: Value = serde_json::from_str(&said.stdout).unwrap();
        assert_eq!(
            (said.code, &object["Valid"], &object["Code"]),
            (1, &Value::Bool(false), &Value::from(code))
        );
        assert!(object["Explanation"]["Summary"].as_str().is_some_and(|text| !text.is_empty()), "{object}");
    }
}

#[test]
fn time_is_judged_as_aws_does_unless_told_otherwise() {
    let signer = Signer::new();
    let s3 = signer.done(&["sign", "--date", DAY, "-o", "raw", "https://bucket.s3.amazonaws.com/key"], "");
    let url = signer
        .done(&["presign", "--date", DAY, "--expires-in", "60", "https://bucket.s3.amazonaws.com/key"], "");
    let url = super::opening("GET", &url);
    let judged = |request: &str, time: &str| {
        let said = signer.fed(&["verify", "--date", time], request);
        said.stderr.split(':').next().unwrap().to_owned()
    };
    assert_eq!(judged(&s3, "20130524T001459Z"), "");
    assert_eq!(judged(&s3, "20130524T001501Z"), "RequestTimeTooSkewed");
    assert_eq!(judged(&url, "20130524T000059Z"), "");
    assert_eq!(judged(&url, "20130524T000101Z"), "AccessDenied");
    assert_eq!(signer.refused(&["verify"], &s3).1.split(':').next(), Some("RequestTimeTooSkewed"));
    assert!(signer.done(&["verify", "--at-request-time"], &url).starts_with("valid\n"));
}

#[test]
fn temporary_keys_need_their_token_and_it_is_not_shown() {
    let signer = Signer::temporary();
    let judge = ["verify", "--at-request-time", "--explain"];
    for url in ["https://bucket.s3.amazonaws.com/key", "https://sts.amazonaws.com/?Action=A"] {
        let raw = signer.done(&["sign", "--date", DAY, "-o", "raw", url], "");
        let valid = signer.done(&judge, &raw);
        assert!(valid.starts_with("valid\n") && !valid.contains(TOKEN), "{valid}");
        for broken in [
            raw.replace("GET", "PUT"),
            raw.replace("EXAMPLETOKEN", "EXAMPLETAKEN"),
            raw.lines()
                .filter(|line| !line.starts_with("X-Amz-Security-Token"))
                .map(|line| format!("{line}\r\n"))
                .collect(),
        ] {
            for flags in [&[][..], &["--json"]] {
                let said = signer.fed(&[&judge[..], flags].concat(), &broken);
                assert_eq!(said.code, 1);
                let text = format!("{}{}", said.stdout, said.stderr);
                let hex: String = TOKEN.bytes().map(|byte| format!("{byte:02x} ")).collect();
                assert!(!text.contains(hex.trim_end()), "{text}");
                assert!(!text.contains("EXAMPLETOKEN") && !text.contains(signature(&raw)), "{text}");
            }
        }
    }
}

#[test]
fn the_cause_of_a_mismatch_is_proven() {
    let signer = Signer::new();
    let url = "https://abc.execute-api.eu-west-1.amazonaws.com/a%20b/items?b=1&a=2";
    let raw = signer
        .done(&["sign", "--date", DAY, "-o", "raw", "POST", url, "-d", "{\"a\":1}", "-H", "X-Id: 7"], "");
    let pushed = raw.replace("{\"a\":1}", "{\"a\":1}\n").replace("Content-Length: 7", "Content-Length: 8");
    for (request, cause) in [(pushed, "payload-newline"), (raw.replace("POST", "GET"), "method")] {
        let said = signer.fed(&["verify", "--at-request-time", "--explain"], &request);
        assert_eq!(said.code, 1);
        assert!(
            said.stdout.starts_with("proven: ") && said.stdout.contains(&format!("[{cause}]")),
            "{cause}: {}",
            said.stdout
        );
        assert!(said.stderr.starts_with("InvalidSignatureException: "), "{}", said.stderr);
    }
}

#[test]
fn the_answer_is_the_one_of_the_service() {
    let signer = Signer::new();
    let signed = |url: &str| {
        signer
            .done(&["sign", "--date", DAY, "-o", "raw", url], "")
            .replace("Host:", "X-Amz-Meta-B: c\r\nHost:")
    };
    let said = signer.fed(
        &["verify", "--at-request-time", "--answer-body"],
        signed("https://bucket.s3.amazonaws.com/key"),
    );
    assert!(
        said.stdout
            .starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code>"),
        "{}",
        said.stdout
    );
    assert!(
        said.stdout.contains("<HeadersNotSigned>x-amz-meta-b</HeadersNotSigned><RequestId>"),
        "{}",
        said.stdout
    );
    let request = signer.done(
        &[
            "sign",
            "--date",
            DAY,
            "-o",
            "raw",
            "POST",
            "https://dynamodb.us-east-1.amazonaws.com/",
            "-d",
            "{}",
        ],
        "",
    );
    let said = signer.fed(&["verify", "--date", "20130525T000000Z", "--answer-body", "--json"], &request);
    let object: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(object["Answer"]["Status"], 400);
    assert!(
        object["Answer"]["Body"]
            .as_str()
            .unwrap()
            .starts_with("{\"__type\":\"com.amazon.coral.service#InvalidSignatureException\"")
    );
    let head =
        signer.done(&["sign", "--date", DAY, "-o", "raw", "HEAD", "https://bucket.s3.amazonaws.com/key"], "");
    let said = signer.fed(&["verify", "--date", "20130525T000000Z", "--answer-body"], &head);
    assert_eq!(said.stdout, "", "the answer to HEAD has no body");
    assert!(said.stderr.starts_with("RequestTimeTooSkewed: "));
}

#[test]
fn the_endpoint_is_what_flags_and_host_say() {
    let signer = Signer::new();
    let raw = signer.done(
        &["sign", "--service", "s3", "--region", "eu-west-1", "-o", "raw", "http://127.0.0.1:9000/b/k"],
        "",
    );
    let said = signer.fed(&["verify"], &raw);
    assert_eq!(said.code, 0);
    assert!(said.stderr.contains("note: the region eu-west-1 is the request's own word"), "{}", said.stderr);
    assert_eq!(signer.fed(&["verify", "--region", "eu-west-1", "--service", "s3"], &raw).stderr, "");
    let (_, first) = signer.refused(&["verify", "--region", "us-east-1"], &raw);
    assert_eq!(
        first,
        "AuthorizationHeaderMalformed: The authorization header is malformed; the region 'eu-west-1' is wrong; expecting 'us-east-1'"
    );
}

#[test]
fn strict_endpoints_refuse_what_aws_may_take() {
    let signer = Signer::new();
    let raw = signer.done(&["sign", "-o", "raw", "https://bucket.s3.amazonaws.com/key"], "");
    let twice = raw.replace("Signature=", "Signature=00, Signature=");
    assert!(signer.done(&["verify"], &twice).starts_with("valid\n"));
    assert_eq!(
        signer.refused(&["verify", "--strict"], &twice).1.split(':').next(),
        Some("AuthorizationHeaderMalformed")
    );
    assert!(signer.done(&["verify", "--strict"], &raw).starts_with("valid\n"));
    // SDKs publish to the topic a/b so.
    let topic = "https://abc123-ats.iot.eu-central-1.amazonaws.com/topics/a%2Fb";
    let raw = signer.done(&["sign", "-o", "raw", "POST", topic], "");
    assert!(signer.done(&["verify"], &raw).starts_with("valid\n"));
    assert_eq!(signer.refused(&["verify", "--strict"], &raw).1.split(':').next(), Some("InvalidURIPath"));
}

#[test]
fn sessions_of_s3_express_are_asked_for_with_the_tokens_of_all() {
    let signer = Signer::temporary();
    let bucket = "https://bucket--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com";
    for (target, header) in [("/?session", "X-Amz-Security-Token"), ("/key", "X-Amz-S3session-Token")] {
        let raw = signer.done(&["sign", "-o", "raw", &format!("{bucket}{target}")], "");
        assert!(raw.contains(&format!("\r\n{header}: {TOKEN}\r\n")), "{raw}");
        assert!(signer.done(&["verify"], &raw).starts_with("valid\n"), "{raw}");
    }
    let url = signer.done(&["presign", &format!("{bucket}/?session")], "");
    assert!(url.contains("X-Amz-Security-Token=") && !url.contains("X-Amz-S3session-Token="), "{url}");
}

/// A request whose body comes in chunks, each signed by hand (S3 API Reference, "Signature calculations: transferring payload
/// in multiple chunks").
pub(super) fn chunked(signer: &Signer, chunks: &[&[u8]]) -> Vec<u8> {
    let decoded: usize = chunks.iter().map(|chunk| chunk.len()).sum();
    let length = format!("x-amz-decoded-content-length: {decoded}");
    let head = signer.done(
        &[
            "sign",
            "--date",
            DAY,
            "-o",
            "raw",
            "PUT",
            "https://bucket.s3.amazonaws.com/key",
            "-H",
            "Content-Encoding: aws-chunked",
            "-H",
            &length,
            "--payload-hash",
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        ],
        "",
    );
    let secret = Secret::new(SECRET.to_owned());
    let time = AmzDate::read(DAY.as_bytes()).unwrap().time();
    let key = SigningKey::derive(&secret, &Scope::new(time, "us-east-1", "s3"));
    let hex =
        |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut previous = signature(&head).to_owned();
    let mut body = Vec::new();
    for chunk in chunks.iter().copied().chain([&b""[..]]) {
        let text = format!(
            "AWS4-HMAC-SHA256-PAYLOAD\n{DAY}\n20130524/us-east-1/s3/aws4_request\n{previous}\n{}\n{}",
            hex(b""),
            hex(chunk)
        );
        previous = key.sign(text.as_bytes()).hex();
        body.extend_from_slice(format!("{:x};chunk-signature={previous}\r\n", chunk.len()).as_bytes());
        body.extend_from_slice(chunk);
        body.extend_from_slice(b"\r\n");
    }
    let end = format!("\r\nContent-Length: {}\r\n\r\n", body.len());
    let mut request = head.replacen("\r\n\r\n", &end, 1).into_bytes();
    request.extend_from_slice(&body);
    request
}

#[test]
fn bodies_in_chunks_are_checked_chunk_by_chunk() {
    let signer = Signer::new();
    let first = vec![b'a'; 8192];
    let good = chunked(&signer, &[&first, b"the rest"]);
    let text = signer.done(&["verify", "--at-request-time"], &good);
    assert!(text.contains("  body        8200 bytes in chunks, each with its signature\n"), "{text}");
    let changed: Vec<u8> = {
        let at = good.windows(8).position(|bytes| bytes == b"the rest").unwrap();
        let mut bad = good.clone();
        bad[at] = b'T';
        bad
    };
    let (code, line) = signer.refused(&["verify", "--at-request-time"], &changed);
    assert!(code == 1 && line.starts_with("SignatureDoesNotMatch: "), "{line}");
    let said = signer.fed(&["verify", "--at-request-time", "--explain"], &changed);
    assert!(said.stderr.contains("hint: the signature of chunk 2 does not hold; "), "{}", said.stderr);
    let small = chunked(&signer, &[b"small", b"the rest"]);
    let (_, line) = signer.refused(&["verify", "--at-request-time"], &small);
    assert!(line.starts_with("InvalidChunkSizeError: "), "{line}");
}

#[test]
fn a_key_that_is_not_the_requests_own_is_named() {
    let signer = Signer::new();
    let raw = signer.done(&["sign", "-o", "raw", "https://iam.amazonaws.com/"], "");
    let other =
        Signer::with(&[("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", SECRET)]);
    let said = other.fed(&["verify"], &raw);
    assert!(said.stderr.starts_with("InvalidClientTokenId: "), "{}", said.stderr);
    assert!(
        said.stderr.contains("hint: it is checked against AKIAI44QH8DHBEXAMPLE, from the environment"),
        "{}",
        said.stderr
    );
    assert!(
        signer
            .done(&["verify", "--access-key-id", ID, "--secret-access-key", SECRET], &raw)
            .starts_with("valid\n")
    );
}
