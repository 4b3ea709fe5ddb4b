//! The requests that everybody signs and checks.

use types::Timestamp;

pub(crate) const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(crate) const REGION: &str = "us-east-1";
/// A service like most: the path encoded again, no header for the hash of the body.
pub(crate) const SERVICE: &str = "service";
pub(crate) const HOST: &str = "example.amazonaws.com";
pub(crate) const S3_HOST: &str = "examplebucket.s3.us-east-1.amazonaws.com";
pub(crate) const S3_PATH: &str = "/photos/2026/07/beach.jpg";
pub(crate) const EXPIRES_SECS: u32 = 3600;

/// 2026-09-29T05:51:47Z.
pub(crate) const TIME: Timestamp = Timestamp::from_secs(1_790_661_107);

/// A call to a JSON service.
pub(crate) const POST_HEADERS: [(&str, &str); 3] = [
    ("host", HOST),
    ("content-type", "application/x-amz-json-1.0"),
    ("x-amz-target", "DynamoDB_20120810.PutItem"),
];

/// The GET as programs hold it before it is signed.
pub(crate) fn http_get() -> http::Request<()> {
    let request = http::Request::get("https://example.amazonaws.com/").header("host", HOST);
    request.body(()).expect("it is a request")
}

/// 1 KiB.
pub(crate) fn body() -> Vec<u8> {
    let mut body = br#"{"TableName":"things","Item":{"id":{"S":""#.to_vec();
    body.resize(1024 - 4, b'x');
    body.extend_from_slice(b"\"}}}");
    body
}
