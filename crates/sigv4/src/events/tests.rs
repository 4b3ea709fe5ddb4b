//! Frames byte for byte, and their limits.

use super::checksum::Crc32;
use super::*;

/// All ten types, as the table of types in AWS's description numbers them.
#[test]
fn headers_are_written_as_described() {
    let cases: [(HeaderValue, &[u8]); 10] = [
        (HeaderValue::Bool(true), &[0]),
        (HeaderValue::Bool(false), &[1]),
        (HeaderValue::Byte(-1), &[2, 0xff]),
        (HeaderValue::Short(258), &[3, 1, 2]),
        (HeaderValue::Int(-2), &[4, 0xff, 0xff, 0xff, 0xfe]),
        (HeaderValue::Long(1), &[5, 0, 0, 0, 0, 0, 0, 0, 1]),
        (HeaderValue::Bytes(vec![9, 8]), &[6, 0, 2, 9, 8]),
        (HeaderValue::String("é".to_owned()), &[7, 0, 2, 0xc3, 0xa9]),
        (HeaderValue::Timestamp(8), &[8, 0, 0, 0, 0, 0, 0, 0, 8]),
        (HeaderValue::Uuid([4; 16]), &[9, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4]),
    ];
    for (value, bytes) in cases {
        let header = Header::new(":n", value);
        let mut out = Vec::new();
        header.write(&mut out).unwrap();
        assert_eq!(out, [&[2, b':', b'n'][..], bytes].concat());
        let mut rest = &out[..];
        assert_eq!(Header::read(&mut rest), Ok(header));
        assert!(rest.is_empty());
        for cut in 0..out.len() {
            assert_eq!(Header::read(&mut &out[..cut]), Err(MessageError::HeadersEnd), "{out:?} to {cut}");
        }
    }
}

/// The frame without headers and payload: its checksums are those that AWS's description prints for it.
#[test]
fn empty_frame_is_sixteen_bytes() {
    let bytes = Message::default().encode().unwrap();
    assert_eq!(bytes, [0, 0, 0, 16, 0, 0, 0, 0, 0x05, 0xc2, 0x48, 0xeb, 0x7d, 0x98, 0xc8, 0xff]);
    assert_eq!(Message::decode(&bytes), Ok(Message::default()));
}

/// A frame with right checksums around whatever lengths, headers and payload.
fn frame(total: u32, headers: u32, rest: &[u8]) -> Vec<u8> {
    let mut out = [total.to_be_bytes(), headers.to_be_bytes()].concat();
    out.extend(Crc32::of(&out).to_be_bytes());
    out.extend_from_slice(rest);
    out.extend(Crc32::of(&out).to_be_bytes());
    out
}

#[test]
fn preludes_are_checked_before_anything_is_kept() {
    let refused = |total, headers| Message::decode(&frame(total, headers, b""));
    for (total, headers) in [(0, 0), (15, 0), (16, 1), (u32::MAX, u32::MAX - 16)] {
        let error = refused(total, headers).unwrap_err();
        assert!(matches!(error, MessageError::Lengths { .. } | MessageError::Headers(_)), "{error:?}");
    }
    let most = MAX_HEADERS as u32;
    assert_eq!(refused(most + 17, most + 1), Err(MessageError::Headers(MAX_HEADERS + 1)));
    let payload = MAX_PAYLOAD as u32;
    assert_eq!(refused(payload + 17, 0), Err(MessageError::Payload(MAX_PAYLOAD + 1)));
    assert_eq!(refused(payload + 16, 0), Err(MessageError::Truncated), "the most is allowed");
    assert_eq!(Message::decode(b"GET / HTTP/1.1\r\n"), Err(MessageError::PreludeChecksum));
}

#[test]
fn broken_headers_are_refused() {
    let cases: [(&[u8], MessageError); 7] = [
        (&[0, 0], MessageError::Name(0)),
        (&[1, b'n', 10], MessageError::Type(10)),
        (&[1, 0xff, 0], MessageError::Utf8),
        (&[1, b'n', 7, 0, 1, 0xff], MessageError::Utf8),
        (&[1, b'n', 7, 0, 2, b'a'], MessageError::HeadersEnd),
        (&[1, b'n', 6, 0x80, 0], MessageError::Value(0x8000)),
        (&[200, b'n'], MessageError::HeadersEnd),
    ];
    for (headers, error) in cases {
        let frame = frame(16 + headers.len() as u32, headers.len() as u32, headers);
        assert_eq!(Message::decode(&frame), Err(error), "{headers:?}");
    }
}

#[test]
fn what_no_frame_holds_is_not_written() {
    let with = |name: &str, value| Message::default().with_header(name, value).encode();
    assert_eq!(with("", HeaderValue::Bool(true)), Err(MessageError::Name(0)));
    assert_eq!(with(&"n".repeat(256), HeaderValue::Bool(true)), Err(MessageError::Name(256)));
    with(&"n".repeat(255), HeaderValue::Bool(true)).unwrap();
    with("n", HeaderValue::Bytes(vec![0; 32_767])).unwrap();
    let long = with("n", HeaderValue::String("s".repeat(32_768)));
    assert_eq!(long, Err(MessageError::Value(32_768)));
    let many = (0..5).fold(Message::default(), |message, n| {
        message.with_header(n.to_string(), HeaderValue::Bytes(vec![0; 32_767]))
    });
    assert!(matches!(many.encode(), Err(MessageError::Headers(_))));
    Message::new(vec![0; MAX_PAYLOAD]).encode().unwrap();
    let large = Message::new(vec![0; MAX_PAYLOAD + 1]).encode();
    assert_eq!(large, Err(MessageError::Payload(MAX_PAYLOAD + 1)));
}

#[test]
fn failed_readers_stay_failed() {
    let mut reader = MessageReader::new();
    let error = reader.push(&[1; 12], |_| {}).unwrap_err();
    assert_eq!(reader.push(&Message::default().encode().unwrap(), |_| {}), Err(error.clone()));
    assert_eq!(reader.finish(), Err(error));
    let two = [Message::default().encode().unwrap(), Message::default().encode().unwrap()].concat();
    assert_eq!(Message::decode(&two), Err(MessageError::NotOne(2)));
    assert_eq!(Message::decode(b""), Err(MessageError::NotOne(0)));
}
