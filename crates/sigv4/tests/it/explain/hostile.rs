//! Answers and requests made to harm: bounded, without a panic.

use proptest::prelude::*;
use sigv4::explain::{self, Side, Theirs, Work, answer};

use super::model::{Wire, most};
use super::{asked, message, s3_answer};

fn looked_into(wire: &Wire, answer: &[u8]) {
    let theirs = answer::read(answer);
    for side in [Side::Signer, Side::Verifier] {
        let said = asked(wire, "execute-api", side, &theirs);
        assert!(said.work.tried <= Work::MAX_SIGNATURES + 2);
        assert!(said.difference.len() <= 64 && said.likely.len() <= 12);
        let _ = said.to_string();
    }
}

#[test]
fn broken_and_huge_answers_are_read_as_far_as_they_go() {
    let (mut wire, right) = most();
    wire.authorize(&right.scope.join("/"), &right.list, &"0".repeat(64));
    let whole = s3_answer(&right, &"0".repeat(64));
    let deep = "<a>".repeat(200_000);
    let json = "[".repeat(200_000);
    let many: String = (0..5000).map(|n| format!("<F{n}>v</F{n}>")).collect();
    let lines = format!("GET\n/\n\n{}\nhost\nx", "a:b\n".repeat(200_000));
    for answer in [
        "",
        "<",
        "{",
        "\0\0\0",
        "<Error><Code>\0</Code><CanonicalRequest>GET\n\0\n</CanonicalRequest>",
        "<Error><Code>a&b;&#xFFFFFFFF;&#0;</Code>",
        "<Error><CanonicalRequestBytes>zz 41 4</CanonicalRequestBytes><StringToSignBytes>ff fe</StringToSignBytes></Error>",
        "The Canonical String for this request should have been",
        "The Canonical String for this request should have been\n'",
        "The String-to-Sign should have been 'x",
        "HTTP/1.1 403",
        "HTTP/1.1 403\r\n",
        "{\"message\":\"The Canonical String for this request should have been",
        &whole[..whole.len() / 2],
        &deep,
        &json,
        &many,
        &lines,
    ] {
        let theirs = answer::read(answer.as_bytes());
        assert!(theirs.fields.len() <= 32);
        let _ = format!("{theirs:?}");
    }
    looked_into(&wire, &whole.as_bytes()[..whole.len() / 2]);
    looked_into(&wire, &vec![0xff; 3 << 20]);
}

#[test]
fn huge_requests_stay_within_the_bound() {
    let (mut wire, right) = most();
    let parameters: String = (0..4000).map(|n| format!("&p{n}=%{:02x}", n % 256)).collect();
    wire.target = format!("/{}?{parameters}", "a%20/".repeat(4000));
    for n in 0..300 {
        wire.header(&format!("x-amz-meta-{n}"), &"v  v ".repeat(20));
    }
    wire.body = b"{\"a\": [1, 2]}\r\n".repeat(50_000);
    let list: Vec<String> = (0..300).map(|n| format!("x-amz-meta-{n}")).collect();
    wire.authorize(&right.scope.join("/"), &list.join(";"), &"0".repeat(64));
    let said = asked(&wire, "execute-api", Side::Verifier, &Theirs::default());
    assert!(said.work.bytes <= Work::MAX_BYTES + (64 << 20), "{:?}", said.work);
    assert!(said.work.cut_short && said.proven.is_none());
}

#[test]
fn requests_without_sense_are_explained_all_the_same() {
    let (wire, right) = most();
    for (name, value) in [
        ("Authorization", ""),
        ("Authorization", "AWS4-HMAC-SHA256"),
        ("Authorization", "AWS4-HMAC-SHA256 Credential=, SignedHeaders=, Signature="),
        ("Authorization", "AWS4-HMAC-SHA256 Credential=////////, SignedHeaders=;;;, Signature=zz"),
        ("Authorization", "Basic dXNlcjpwYXNz"),
        ("X-Amz-Date", "yesterday"),
        ("X-Amz-Date", "99991231T235959Z"),
        ("X-Amz-Date", "19700101T000000Z"),
        ("Host", ""),
        ("Host", "::::"),
    ] {
        let mut wire = wire.clone();
        wire.authorize(&right.scope.join("/"), &right.list, &"0".repeat(64));
        wire.header(name, value);
        for target in ["", "?", "*", "//", "/%", "/%zz?%", "/?=&&==", "/../..", "http://h/p?q"] {
            wire.target = target.to_owned();
            let rules = sigv4::ServiceRules::of("");
            let request = sigv4::Request { method: "", target: target.as_bytes(), headers: &[] };
            let keyless = explain::Ours::received(request, sigv4::Payload::Body(b""), &[], &rules);
            let _ = explain::mismatch(&keyless, &answer::read(message(&right).as_bytes()));
        }
        looked_into(&wire, b"");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_bytes_are_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..600), head in 0..6_usize) {
        let heads: [&[u8]; 6] = [b"", b"<Error><Code>", b"{\"message\":\"", b"HTTP/1.1 403 x\r\n", b"GET\n/\n\n", b"\n'"];
        let answer = [heads[head], &bytes].concat();
        let _ = format!("{:?}", answer::read(&answer));
        let _ = explain::compare(&answer, &bytes).to_string();
    }
}
