//! Canonical requests as a whole.

use super::*;
use crate::{EMPTY_SHA256, PayloadKeyword};

/// What a canonical request says between its query and its payload, or why there is none.
fn fields(
    service: &str,
    headers: &[(&str, &[u8])],
    added: &[(&str, &[u8])],
    signed: SignedNames<'_>,
) -> Result<String, CanonicalError> {
    let mut out = b"kept".to_vec();
    let layout = CanonicalRequest {
        request: Request { method: "GET", target: b"/", headers },
        added_headers: added,
        added_query: b"",
        signed,
        payload: Payload::Body(b""),
        rules: &ServiceRules::of(service),
    }
    .write(&mut out)?;
    assert_eq!(&out[..layout.whole.start], b"kept");
    assert_eq!(&out[layout.payload.clone()], EMPTY_SHA256.as_bytes());
    let text = str::from_utf8(&out[layout.whole.start..layout.payload.start]).unwrap();
    let names = str::from_utf8(&out[layout.signed_headers.clone()]).unwrap();
    assert!(text.ends_with(&format!("\n\n{names}\n")), "{text}");
    Ok(text.strip_prefix("GET\n/\n\n").unwrap().to_owned())
}

#[test]
fn sorts_joins_and_trims_fields() {
    let headers: [(&str, &[u8]); 8] = [
        ("X-Amz-Meta-B", b"  b   c  "),
        ("Host", b"example.com"),
        ("My-Header", b"two"),
        ("my-header", b" one "),
        ("X-Amz-Meta-A", b""),
        ("MY-HEADER", b"\"a   b\""),
        ("User-Agent", b"curl"),
        ("Content-Length", b"0"),
    ];
    let added: [(&str, &[u8]); 1] = [("x-amz-date", b"20260929T055147Z")];
    let expected = "host:example.com\nmy-header:two,one,\"a b\"\nx-amz-date:20260929T055147Z\nx-amz-meta-a:\n\
                    x-amz-meta-b:b c\n\nhost;my-header;x-amz-date;x-amz-meta-a;x-amz-meta-b\n";
    assert_eq!(fields("sts", &headers, &added, SignedNames::All).as_deref(), Ok(expected));
    let default = SignedNames::Chosen(FieldChoice::default());
    assert_eq!(fields("sts", &headers, &added, default).as_deref(), Ok(expected));
    let listed = ["host", "my-header", "x-amz-date", "x-amz-meta-a", "x-amz-meta-b"];
    assert_eq!(fields("sts", &headers, &added, SignedNames::Listed(&listed)).as_deref(), Ok(expected));
    let text = listed.join(";");
    assert_eq!(fields("sts", &headers, &added, SignedNames::Text(&text)).as_deref(), Ok(expected));
}

#[test]
fn reads_a_list_as_it_stands() {
    let headers: [(&str, &[u8]); 3] = [("Host", b"a"), ("User-Agent", b"curl"), ("Accept", b"*/*")];
    let written = fields("sts", &headers, &[], SignedNames::Text("user-agent;host"));
    assert_eq!(written.as_deref(), Ok("user-agent:curl\nhost:a\n\nuser-agent;host\n"));
    assert_eq!(fields("sts", &headers, &[], SignedNames::Listed(&[])).as_deref(), Ok("\n\n"));
    for (list, missing) in [
        ("host;x-amz-date", "x-amz-date"),
        ("Host", "Host"),
        ("User-agent", "User-agent"),
        ("hos", "hos"),
        ("hosts", "hosts"),
        ("user-agen", "user-agen"),
        ("", ""),
        ("host;", ""),
    ] {
        let expected = CanonicalError::MissingHeader(missing.to_owned());
        assert_eq!(fields("sts", &headers, &[], SignedNames::Text(list)), Err(expected), "{list}");
    }
    let many = vec!["host"; 257];
    assert_eq!(
        fields("sts", &headers, &[], SignedNames::Listed(&many)),
        Err(CanonicalError::TooManySigned(257))
    );
}

#[test]
fn white_space_is_what_the_service_takes_for_it() {
    for (value, s3, others) in [
        (b"a  b".as_slice(), "a b", "a b"),
        (b"\ta b\t", "a b", "a b"),
        (b"a\tb", "a\tb", "a b"),
        (b"a \t b", "a \t b", "a b"),
        (b"a\x0bb", "a\x0bb", "a\x0bb"),
        (b" \t ", "", ""),
        (b"", "", ""),
    ] {
        for (service, expected) in [("s3", s3), ("sts", others)] {
            let written = fields(service, &[("a", value)], &[], SignedNames::Text("a"));
            assert_eq!(written, Ok(format!("a:{expected}\n\na\n")), "{value:?} {service}");
        }
    }
}

#[test]
fn many_fields_are_sorted_as_few_are() {
    let names: Vec<String> = (0..200).map(|number| format!("X-Name-{:03}", (number * 77) % 200)).collect();
    let headers: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"v".as_slice())).collect();
    let mut sorted: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    sorted.sort_unstable();
    let lines: String = sorted.iter().map(|name| format!("{name}:v\n")).collect();
    let list = sorted.join(";");
    let expected = format!("{lines}\n{list}\n");
    assert_eq!(fields("sts", &headers, &[], SignedNames::All).as_ref(), Ok(&expected));
    assert_eq!(fields("sts", &headers, &[], SignedNames::Text(&list)).as_ref(), Ok(&expected));
}

#[test]
fn a_verifier_is_held_to_the_same_bounds() {
    let value = vec![b'a'; 65_536];
    let long = fields("sts", &[("a", &value)], &[], SignedNames::Text("a"));
    assert_eq!(long, Err(CanonicalError::TooLong { part: "headers", bytes: 65_541, limit: 65_536 }));
    let control = fields("sts", &[("a", b"b\nc:d")], &[], SignedNames::Text("a"));
    assert_eq!(control, Err(CanonicalError::ControlInValue("a".to_owned())));
    let long = "a".repeat(100);
    let missing = fields("sts", &[], &[], SignedNames::Text(&long));
    assert_eq!(missing, Err(CanonicalError::MissingHeader("a".repeat(64))));
}

#[test]
fn a_payload_is_signed_as_it_is_told() {
    let last = |payload: Payload<'_>| {
        let mut out = Vec::new();
        payload.write(&mut out);
        String::from_utf8(out).unwrap()
    };
    assert_eq!(last(Payload::Body(b"")), EMPTY_SHA256);
    let body = "9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e";
    assert_eq!(last(Payload::Body(b"Param1=value1")), body);
    assert_eq!(last(Payload::Text("ABC")), "ABC");
    for keyword in PayloadKeyword::ALL {
        assert_eq!(last(Payload::Keyword(keyword)), keyword.as_str());
        assert_eq!(PayloadKeyword::read(keyword.as_str().as_bytes()), Some(keyword));
        assert_eq!(PayloadKeyword::read(keyword.as_str().to_lowercase().as_bytes()), None);
        assert_eq!(Payload::Text(keyword.as_str()).text(), Payload::Keyword(keyword).text());
    }
    assert_eq!(Payload::Text("ABC").text(), None);
    assert_eq!(Payload::Text(&"g".repeat(64)).text(), None);
    assert_eq!(
        Payload::Text(&"A".repeat(64)).text().map(|text| text.as_str().to_owned()),
        Some("A".repeat(64))
    );
}
