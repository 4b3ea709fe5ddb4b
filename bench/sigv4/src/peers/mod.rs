//! Others who sign and verify.

pub(crate) mod aws_sigv4;
pub(crate) mod reqsign;
pub(crate) mod s3s;
pub(crate) mod scratchstack;

use std::time::{Duration, SystemTime};

use crate::case::{HOST, TIME};

/// The GET as programs hold it before it is signed.
pub(crate) fn http_get() -> http::Request<()> {
    let request = http::Request::get("https://example.amazonaws.com/").header("host", HOST);
    request.body(()).expect("it is a request")
}

fn time() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(TIME.secs() as u64)
}
