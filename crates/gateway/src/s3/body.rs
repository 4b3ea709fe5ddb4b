//! Documents in bodies: what must come with them.

use account::ServiceError;
use account::s3::refusal;

use crate::Ask;

/// Such documents come with a digest; that it is theirs is found out where the body is read.
pub(super) fn require_checksum(ask: &Ask<'_>) -> Result<(), ServiceError> {
    let is_digest = |name: &str| {
        let algorithm = name.strip_prefix("x-amz-checksum-");
        name == "content-md5" || algorithm.is_some_and(|name| !matches!(name, "algorithm" | "mode" | "type"))
    };
    let in_trailer = || {
        let trailers = ask.headers.get_all("x-amz-trailer").iter();
        trailers.filter_map(|value| value.to_str().ok()).any(|value| is_digest(value.trim()))
    };
    if ask.headers.keys().any(|name| is_digest(name.as_str())) || in_trailer() {
        return Ok(());
    }
    let message = "Missing required header for this request: Content-MD5 OR x-amz-checksum-*";
    Err(refusal::invalid_request(message))
}
