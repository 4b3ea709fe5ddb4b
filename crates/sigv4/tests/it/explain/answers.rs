//! Answers as services, clients, terminals and tickets show them.

use sigv4::explain::{Cause, Side, Theirs, Verdict, answer, compare};

use super::model::{Model, Wire, most, s3};
use super::{asked, message, s3_answer};

/// A request that was signed with the path encoded once, and what the other side should have seen.
fn encoded_once() -> (Wire, Model) {
    let (mut wire, right) = most();
    let mut wrong = right.clone();
    wrong.path = wrong.path.replace("%25", "%");
    wire.authorize(&right.scope.join("/"), &right.list, &wrong.signature());
    (wire, right)
}

/// Each shape of the same answer.
fn shapes(right: &Model) -> Vec<(&'static str, String)> {
    let text = message(right);
    let xml = text.replace('&', "&amp;").replace('\'', "&apos;");
    let json = serde_json::to_string(&text).unwrap();
    vec![
        (
            "query",
            format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  <Error>\n    <Type>Sender</Type>\n    \
                 <Code>SignatureDoesNotMatch</Code>\n    <Message>{xml}</Message>\n  </Error>\n  \
                 <RequestId>x</RequestId>\n</ErrorResponse>"
            ),
        ),
        (
            "ec2",
            format!(
                "<?xml version=\"1.0\"?><Response><Errors><Error><Code>SignatureDoesNotMatch</Code><Message>{xml}</Message>\
                 </Error></Errors><RequestID>x</RequestID></Response>"
            ),
        ),
        (
            "cdata",
            format!("<Error><Code>SignatureDoesNotMatch</Code><Message><![CDATA[{text}]]></Message></Error>"),
        ),
        (
            "json",
            format!(
                "{{\"__type\":\"com.amazon.coral.service#InvalidSignatureException\",\"message\":{json}}}"
            ),
        ),
        ("rest-json", format!("{{\"message\":{json}}}")),
        ("nested json", format!("{{\"Error\":{{\"Code\":\"SignatureDoesNotMatch\",\"Message\":{json}}}}}")),
        ("json twice escaped", format!("{{\"message\":{}}}", serde_json::to_string(&json).unwrap())),
        (
            "http",
            format!(
                "HTTP/1.1 403 Forbidden\r\nx-amzn-ErrorType: InvalidSignatureException:http://x/\r\nDate: Sat, 21 Nov 2026 \
                 08:22:01 GMT\r\n\r\n{{\"message\":{json}}}"
            ),
        ),
        (
            "command line",
            format!(
                "aws: error: An error occurred (InvalidSignatureException) when calling the Invoke operation: {text}"
            ),
        ),
        ("log line", format!("ERROR {}", text.replace('\n', "\\n"))),
        (
            "line ends",
            format!("{{\"message\":{}}}", serde_json::to_string(&text.replace('\n', "\r\n")).unwrap()),
        ),
        ("indented", text.replace('\n', "\n    ")),
    ]
}

#[test]
fn each_shape_of_an_answer_proves_the_same() {
    let (wire, right) = encoded_once();
    let shapes = shapes(&right);
    for (name, answer) in &shapes {
        let theirs = answer::read(answer.as_bytes());
        let text =
            theirs.canonical_request.as_ref().map(|text| String::from_utf8_lossy(text.expose()).into_owned());
        assert_eq!(text, Some(right.canonical()), "{name}");
        assert_eq!(theirs.string_to_sign, Some(right.string_to_sign()), "{name}");
        let said = asked(&wire, "execute-api", Side::Signer, &theirs);
        assert_eq!(
            said.proven.as_ref().map(|finding| finding.cause),
            Some(Cause::PathEncoding),
            "{name}: {said}"
        );
        assert!(said.theirs.is_some_and(|text| text.exact), "{name}");
    }
    println!("{} shapes of answers", shapes.len());
}

#[test]
fn codes_lose_what_surrounds_them() {
    for (answer, code) in [
        ("{\"__type\":\"com.amazon.coral.service#InvalidSignatureException\"}", "InvalidSignatureException"),
        ("{\"__type\":\"InvalidSignatureException\",\"message\":\"x\"}", "InvalidSignatureException"),
        ("HTTP/1.1 403 x\r\nx-amzn-errortype: A:http://b\r\n\r\n{}", "A"),
        ("<Error><Code>SlowDown</Code></Error>", "SlowDown"),
        ("An error occurred (ExpiredToken) when calling the X operation: y", "ExpiredToken"),
    ] {
        assert_eq!(answer::read(answer.as_bytes()).code.as_deref(), Some(code), "{answer}");
    }
}

#[test]
fn texts_that_were_wrapped_or_lost_blank_lines_are_mended_by_their_hash() {
    let (wire, right) = encoded_once();
    let wrapped =
        right.canonical().replace("api.example.com", "api.exam\nple.com").replace("IQoJb3Jp", "IQoJb3Jp\n");
    let (_, mut plain) = most();
    plain.query = String::new();
    let blankless = plain.canonical().replace("\n\n", "\n");
    for (text, model) in [(wrapped, &right), (blankless, &plain)] {
        let answer = message(model).replace(&model.canonical(), &text);
        let theirs = answer::read(answer.as_bytes());
        let mended =
            String::from_utf8_lossy(theirs.canonical_request.as_ref().unwrap().expose()).into_owned();
        assert_eq!(mended, model.canonical());
    }
    let theirs = answer::read(message(&right).as_bytes());
    assert!(asked(&wire, "execute-api", Side::Signer, &theirs).proven.is_some());
}

#[test]
fn a_text_that_was_cut_is_compared_and_its_hash_still_proves() {
    let (wire, right) = encoded_once();
    let whole = right.canonical();
    let cut = &whole[..whole.len() / 2];
    let answer = message(&right).replace(&whole, cut);
    let theirs = answer::read(answer.as_bytes());
    let said = asked(&wire, "execute-api", Side::Signer, &theirs);
    assert_eq!(said.verdict, Verdict::Proven, "{said}");
    assert_eq!(said.proven.map(|finding| finding.cause), Some(Cause::PathEncoding));
    assert!(said.theirs.is_some_and(|text| !text.exact));
}

#[test]
fn a_string_to_sign_alone_is_enough() {
    let (wire, right) = encoded_once();
    let answer = format!(
        "<Error><Code>SignatureDoesNotMatch</Code><StringToSign>{}</StringToSign></Error>",
        right.string_to_sign()
    );
    let said = asked(&wire, "execute-api", Side::Signer, &answer::read(answer.as_bytes()));
    assert_eq!(said.proven.map(|finding| finding.cause), Some(Cause::PathEncoding));
}

#[test]
fn a_field_that_a_proxy_changed_is_named_with_both_values() {
    let (mut wire, right) = s3();
    wire.authorize(&right.scope.join("/"), &right.list, &right.signature());
    let mut seen = right.clone();
    seen.header("content-type", "text/x-of-the-proxy");
    let theirs = answer::read(s3_answer(&seen, &right.signature()).as_bytes());
    let said = asked(&wire, "s3", Side::Signer, &theirs);
    let proven = said.proven.clone().unwrap();
    assert_eq!(proven.cause, Cause::HeaderChanged);
    assert!(
        proven.what.contains("text/x-of-the-proxy") && proven.what.contains("application/json"),
        "{proven}"
    );
    assert_eq!(said.difference.len(), 1);
    // Two at once are told as two.
    seen.path.push_str("/more");
    let theirs = answer::read(s3_answer(&seen, &right.signature()).as_bytes());
    let proven = asked(&wire, "s3", Side::Signer, &theirs).proven.unwrap();
    assert_eq!((proven.cause, proven.and), (Cause::PathPrefix, Some(Cause::HeaderChanged)), "{proven}");
    // And many as a changed request.
    seen.method = "PROPFIND".to_owned();
    seen.query = "a=b".to_owned();
    let theirs = answer::read(s3_answer(&seen, &right.signature()).as_bytes());
    let proven = asked(&wire, "s3", Side::Signer, &theirs).proven.unwrap();
    assert_eq!(proven.cause, Cause::RequestChanged);
}

#[test]
fn an_unsigned_request_is_compared_with_what_the_other_side_shows() {
    let (wire, right) = most();
    let mut seen = right.clone();
    seen.header("host", "api.example.com:443");
    let said = asked(&wire, "execute-api", Side::Signer, &answer::read(message(&seen).as_bytes()));
    let proven = said.proven.unwrap();
    assert_eq!(proven.cause, Cause::HostPort);
    assert!(proven.what.starts_with("the other side took the host with the port :443"), "{proven}");
}

#[test]
fn an_answer_without_texts_leaves_likely_causes() {
    let (mut wire, right) = most();
    wire.authorize(&right.scope.join("/"), &right.list, &right.signature());
    let answer = "<Error><Code>SignatureDoesNotMatch</Code><Message>x</Message></Error>";
    let said = asked(&wire, "execute-api", Side::Signer, &answer::read(answer.as_bytes()));
    assert_eq!((said.verdict, said.proven.clone()), (Verdict::Unexplained, None), "{said}");
    assert_eq!(said.likely.first().map(|finding| finding.cause), Some(Cause::WrongSecret), "{said}");
    // A signature that the rules do not give is the signer's own fault.
    let (wire, _) = encoded_once();
    let said = asked(&wire, "execute-api", Side::Signer, &answer::read(answer.as_bytes()));
    assert_eq!(said.proven.map(|finding| finding.cause), Some(Cause::PathEncoding));
}

#[test]
fn a_presigned_url_with_a_parameter_too_many_is_recognised() {
    let (_, mut model) = s3();
    let scope = model.scope.join("/");
    for name in [
        "accept-encoding",
        "content-type",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-meta-words",
        "x-amz-security-token",
    ] {
        model.without(name);
    }
    (model.method, model.payload) = ("GET".to_owned(), "UNSIGNED-PAYLOAD".to_owned());
    let credential = format!("{}%2F{}", super::KEY, scope.replace('/', "%2F"));
    model.query = format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={credential}&X-Amz-Date={}&X-Amz-Expires=300&X-Amz-SignedHeaders=host",
        model.date
    );
    let wire = |more: &str, signature: &str| Wire {
        method: "GET".to_owned(),
        target: format!("{}?{}{more}&X-Amz-Signature={signature}", model.path, model.query),
        headers: vec![("Host".to_owned(), "bucket.s3.eu-west-1.amazonaws.com".to_owned())],
        body: Vec::new(),
    };
    let right = model.signature();
    let none = Theirs::default();
    assert_eq!(asked(&wire("", &right), "s3", Side::Verifier, &none).verdict, Verdict::Agrees);
    for (more, cause) in [
        ("&fbclid=abc", Cause::QueryParameter),
        ("&a=1&b=2&c=3", Cause::QueryParameter),
        ("&X-Amz-Security-Token=IQoJb3JpZ2luX2VjEXAMPLE", Cause::TokenUnsigned),
    ] {
        let said = asked(&wire(more, &right), "s3", Side::Verifier, &none);
        assert_eq!(said.proven.as_ref().map(|finding| finding.cause), Some(cause), "{more}: {said}");
    }
}

#[test]
fn two_canonical_requests_are_compared_line_by_line() {
    let (_, one) = most();
    let mut other = one.clone();
    other.path = other.path.replace("%2520", "%20");
    other.query = other.query.replace("b=1", "b=2");
    other.header("x-amz-meta-words", "two  words\t");
    other.header("host", "API.example.com");
    other.without("content-type");
    other.body("");
    let said = compare(one.canonical().as_bytes(), other.canonical().as_bytes());
    let lines: Vec<String> = said.difference.iter().map(|one| format!("{}: {}", one.line, one.how)).collect();
    assert_eq!(
        lines,
        [
            "path segment 2: ours is percent-encoded once more",
            "parameter b: they differ from byte 1 on (1 and 1 bytes)",
            "header content-type: only in ours",
            "header host: the same but for case",
            "header x-amz-meta-words: the same but for white space",
            "signed headers: they differ from byte 17 on (82 and 69 bytes)",
            "payload: theirs is the hash of an empty body",
        ]
    );
    let spaces = said.difference[4].theirs.as_deref();
    assert_eq!(spaces, Some("two··words→"));
    assert_eq!((said.verdict, said.proven), (Verdict::Likely, None));
    let same = compare(one.canonical().as_bytes(), one.canonical().as_bytes());
    assert_eq!((same.verdict, same.difference.len()), (Verdict::Agrees, 0));
}
