//! Calls of S3 on one bucket, in the ways in which SDKs send bodies: hashed, unsigned, in chunks with a checksum behind them.

use sigv4::chunks::ChunkSigner;
use sigv4::{
    FieldChoice, Payload, PayloadKeyword, Request, Scope, ServiceRules, SigningKey, SigningParams, sign,
};
use types::Timestamp;

use crate::arguments::Arguments;
use crate::signed::Keys;

/// So many different bodies of a MiB are kept; all are made before the clock starts.
pub(crate) const DIFFERENT_BODIES: usize = 32;

struct Kind {
    method: &'static str,
    path: String,
    length: usize,
    /// `None`: the body's hash is signed.
    keyword: Option<PayloadKeyword>,
}

type Fields = Vec<(&'static str, String)>;

/// Whether calls of this action carry a large body.
pub(crate) fn is_large(action: &str) -> bool {
    action.starts_with("put")
}

pub(crate) fn request(
    arguments: &Arguments,
    action: &str,
    keys: &Keys,
    number: usize,
    time: Timestamp,
) -> Option<Vec<u8>> {
    let kind = Kind::of(action, number)?;
    let content: Vec<u8> = (0..kind.length).map(|place| (place * 31 + number) as u8).collect();
    let (body, fields) = kind.encode(&content)?;
    let host = arguments.address.to_string();
    let id = format!("7c2a4f60-5b1d-4e0f-9a33-{number:012x}");
    let mut headers: Vec<(&str, &[u8])> =
        vec![("Host", host.as_bytes()), ("amz-sdk-invocation-id", id.as_bytes())];
    headers.extend(fields.iter().map(|(name, value)| (*name, value.as_bytes())));
    let scope = Scope::new(time, "us-east-1", "s3");
    let params = SigningParams {
        access_key_id: &keys.id,
        session_token: None,
        key: &SigningKey::derive(&keys.secret, &scope),
        scope,
        time,
        rules: &ServiceRules::of("s3"),
        fields: FieldChoice::default(),
    };
    let request = Request { method: kind.method, target: kind.path.as_bytes(), headers: &headers };
    let payload = kind.keyword.map_or(Payload::Body(&body), Payload::Keyword);
    let signed = sign(&request, payload, &params).ok()?;
    let mut text = format!("{} {} HTTP/1.1\r\n", kind.method, kind.path);
    for (name, value) in &headers {
        text.push_str(&format!("{name}: {}\r\n", std::str::from_utf8(value).ok()?));
    }
    for (name, value) in signed.headers() {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(if arguments.close { "Connection: close\r\n" } else { "Connection: keep-alive\r\n" });
    text.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&body);
    Some(bytes)
}

impl Kind {
    fn of(action: &str, number: usize) -> Option<Self> {
        let put = |keyword| Self {
            method: "PUT",
            path: format!("/bench/put-{}", number % 8),
            length: 1 << 20,
            keyword,
        };
        Some(match action {
            "get" => Self { method: "GET", path: OBJECT.to_owned(), length: 0, keyword: None },
            "bucket" => Self { method: "PUT", path: "/bench".to_owned(), length: 0, keyword: None },
            "object" => Self { method: "PUT", path: OBJECT.to_owned(), length: 1024, keyword: None },
            "put-hashed" => put(None),
            "put-unsigned" => put(Some(PayloadKeyword::Unsigned)),
            "put-chunked" => put(Some(PayloadKeyword::StreamingUnsignedTrailer)),
            _ => return None,
        })
    }

    /// The body on the wire, and the header fields that go with it.
    fn encode(&self, content: &[u8]) -> Option<(Vec<u8>, Fields)> {
        if self.keyword != Some(PayloadKeyword::StreamingUnsignedTrailer) {
            return Some((content.to_vec(), Vec::new()));
        }
        let (mut chunks, mut body) = (ChunkSigner::unsigned_with_trailer(), Vec::new());
        for chunk in content.chunks(CHUNK) {
            chunks.chunk(chunk, &mut body).ok()?;
        }
        body.extend(chunks.finish(&[(CHECKSUM, &base64(crc64_nvme(content)))]).ok()?);
        let fields = vec![
            ("content-encoding", "aws-chunked".to_owned()),
            ("x-amz-decoded-content-length", content.len().to_string()),
            ("x-amz-sdk-checksum-algorithm", "CRC64NVME".to_owned()),
            ("x-amz-trailer", CHECKSUM.to_owned()),
        ];
        Some((body, fields))
    }
}

/// NVM Express, NVM Command Set, "64b CRC Polynomials", bit by bit: it is made outside of what is measured.
fn crc64_nvme(bytes: &[u8]) -> u64 {
    !bytes.iter().fold(u64::MAX, |crc, byte| {
        (0..8).fold(crc ^ u64::from(*byte), |crc, _| (crc >> 1) ^ (POLYNOMIAL & (crc & 1).wrapping_neg()))
    })
}

/// Eight bytes are eleven digits and one sign for padding.
fn base64(value: u64) -> String {
    let bits = u128::from(value) << 2;
    let digit = |index: u32| char::from(BASE64[((bits >> (60 - 6 * index)) & 63) as usize]);
    (0..11).map(digit).chain(['=']).collect()
}

const OBJECT: &str = "/bench/object";
const CHUNK: usize = 64 << 10;
const CHECKSUM: &str = "x-amz-checksum-crc64nvme";
const POLYNOMIAL: u64 = 0x9a6c_9329_ac4b_c9b5;
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_the_checksum_that_s3_takes() {
        assert_eq!(crc64_nvme(b"123456789"), 0xae8b_1486_0a79_9888);
        assert_eq!(base64(0xae8b_1486_0a79_9888), "rosUhgp5mIg=");
    }
}
