//! Errors as services word them; the published cases of the protocols run beside these (`tests/it/protocols.rs`).

use proptest::prelude::*;

use super::*;

fn none(_: &str) -> Option<&'static str> {
    None
}

/// Code, message and region of a body that came with this status and no header.
fn read(status: u16, body: &str) -> Option<(String, String, Option<String>)> {
    AwsError::read(status, &none, body.as_bytes()).map(|error| (error.code, error.message, error.region))
}

#[test]
fn every_form_of_a_body_is_read() {
    for (body, code, message) in [
        (
            "<ErrorResponse><Error><Type>Sender</Type><Code>A</Code><Message>m</Message></Error></ErrorResponse>",
            "A",
            "m",
        ),
        ("<Response><Errors><Error><Code>A</Code><Message>m</Message></Error></Errors></Response>", "A", "m"),
        ("\n<?xml version=\"1.0\"?><Error><Code>A</Code><Message>m &lt;</Message></Error>", "A", "m <"),
        (
            "<InvalidChangeBatch xmlns='x'><Messages><Message>m</Message></Messages><RequestId>1</RequestId></InvalidChangeBatch>",
            "InvalidChangeBatch",
            "m",
        ),
        ("{\"__type\":\"x.y#A\",\"message\":\"m\"}", "A", "m"),
        ("{\"code\":\"A:http://x#y\",\"Message\":\"m\"}", "A", "m"),
        ("{\"__type\":\"A\",\"Message\":null,\"n\":{\"code\":\"B\"}}", "A", ""),
    ] {
        assert_eq!(read(400, body), Some((code.to_owned(), message.to_owned(), None)), "{body}");
    }
}

#[test]
fn what_is_no_error_of_aws_is_none() {
    for body in [
        "",
        "Bad Gateway",
        "<html><body>no</body></html>",
        "<!DOCTYPE html><html><body><Error><Code>A</Code></Error></body></html>",
        "<Error><Code></Code></Error>",
        "<Error><Code>A</Code>",
        "{\"message\":\"m\"}",
        "{\"__type\":\"#\"}",
        "{\"__type\":4}",
        "[{\"__type\":\"A\"}]",
    ] {
        assert_eq!(read(502, body), None, "{body}");
    }
    assert_eq!(read(200, "{\"__type\":\"A\"}"), None);
}

#[test]
fn s3_says_the_region_and_where_it_would_send_to() {
    let body = b"<Error><Code>PermanentRedirect</Code><Message>m</Message><Endpoint>b.s3.eu-west-1.amazonaws.com</Endpoint>\
        <Bucket>b</Bucket><RequestId>R</RequestId><HostId>H</HostId></Error>";
    let header = |name: &str| (name == "x-amz-bucket-region").then_some("eu-west-1");
    let error = AwsError::read(301, &header, body).unwrap();
    assert_eq!(error.region.as_deref(), Some("eu-west-1"));
    assert_eq!(error.endpoint.as_deref(), Some("b.s3.eu-west-1.amazonaws.com"));
    assert_eq!((error.request_id.as_deref(), error.host_id.as_deref()), (Some("R"), Some("H")));
    let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>eu-west-1</Region></Error>";
    assert_eq!(read(400, body).unwrap().2.as_deref(), Some("eu-west-1"));
}

#[test]
fn header_is_enough_and_comes_first() {
    let header = |name: &str| match name {
        "x-amzn-errortype" => Some("a.b#Header:http://x/"),
        "x-amzn-requestid" => Some("R"),
        _ => None,
    };
    let error = AwsError::read(403, &header, b"{\"message\":\"m\",\"code\":\"Body\"}").unwrap();
    assert_eq!((error.code.as_str(), error.to_string().as_str()), ("Header", "Header: m (request R)"));
    assert_eq!(AwsError::read(403, &header, b"").unwrap().code, "Header");
}

#[test]
fn old_code_of_a_service_that_changed_its_protocol_wins() {
    let header = |name: &str| {
        (name == "x-amzn-query-error").then_some("AWS.SimpleQueueService.NonExistentQueue;Sender")
    };
    let error =
        AwsError::read(400, &header, b"{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\"}").unwrap();
    assert_eq!(
        (error.code.as_str(), error.is_senders),
        ("AWS.SimpleQueueService.NonExistentQueue", Some(true))
    );
}

#[test]
fn success_that_turns_out_to_be_an_error_is_read_where_asked_for() {
    let body = b"<?xml version=\"1.0\"?>\n   \n<Error><Code>InternalError</Code><Message>m</Message></Error>";
    assert_eq!(AwsError::read(200, &none, body), None);
    assert_eq!(AwsError::read_in_success(&none, body).unwrap().code, "InternalError");
    let result = b"<CopyObjectResult><ETag>x</ETag></CopyObjectResult>";
    assert_eq!(AwsError::read_in_success(&none, result), None);
}

#[test]
fn texts_are_shown_on_one_line() {
    let error = AwsError { code: "A\n".into(), message: "m\u{1b}[31m\n\n".into(), ..AwsError::default() };
    assert_eq!(error.to_string(), "A: m [31m");
}

#[test]
fn a_code_is_a_name_whatever_is_said() {
    let code =
        |code: &str| read(400, &serde_json::json!({ "__type": code }).to_string()).map(|(code, ..)| code);
    assert_eq!(code("A\nerror: all is lost\u{1b}[2J").as_deref(), Some("A error"));
    assert_eq!(code(&"x".repeat(200_000)).unwrap().len(), 128);
    assert_eq!(code("\n\u{7}"), None);
    let xml = "<Error><Code>A&#10;B</Code></Error>";
    assert_eq!(read(400, xml).unwrap().0, "A B");
}

#[test]
fn hostile_numbers_cost_nothing() {
    let cbor = |name: &str| (name == "content-type").then_some("application/cbor");
    // A map of 2^64-1 pairs, a text of 2^63 bytes, arrays in arrays.
    let nested = [&[0xa1, 0x61, b'x'][..], &[0x9f; 10_000]].concat();
    for body in [
        &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x61, b'x', 0x00][..],
        &[0xa1, 0x7b, 0x80, 0, 0, 0, 0, 0, 0, 0, b'x'],
        &[0xa1, 0x61, b'x', 0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        &nested,
    ] {
        assert_eq!(AwsError::read(400, &cbor, body), None);
    }
    let deep = "{\"a\":".repeat(100_000);
    assert_eq!(read(400, &deep), None);
    let declared = "<!DOCTYPE E [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><Error><Code>&b;</Code></Error>";
    assert_eq!(read(400, declared), None);
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..300), status in 100_u16..600) {
        let cbor = |name: &str| (name == "content-type").then_some("application/cbor");
        for header in [&cbor as &dyn Fn(&str) -> Option<&'static str>, &none] {
            if let Some(error) = AwsError::read(status, header, &bytes) {
                prop_assert!(!error.code.is_empty() && status >= 300);
            }
        }
    }

    #[test]
    fn json_comes_back(code in "[A-Za-z.]{1,40}", message in ".*", space in "[a-z.]{0,10}") {
        let body = serde_json::json!({"__type": format!("{space}#{code}"), "message": message}).to_string();
        prop_assert_eq!(read(400, &body), Some((code, message, None)));
    }
}
