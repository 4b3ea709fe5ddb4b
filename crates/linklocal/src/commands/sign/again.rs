//! Takes the signature off a request, so that it can be signed anew.

use request_source::Message;
use sigv4::PayloadKeyword;

use super::payload::ChosenPayload;
use crate::failure::Failure;

/// Removes all headers that a signature adds. What the old one said of a body that is not hashed holds for the new one.
pub(super) fn unsigned(message: &mut Message, payload: &mut ChosenPayload) -> Result<(), Failure> {
    let sent =
        message.header("x-amz-content-sha256").and_then(|sent| PayloadKeyword::read(sent.trim_ascii()));
    match sent {
        Some(keyword @ (PayloadKeyword::Unsigned | PayloadKeyword::StreamingUnsignedTrailer)) => {
            if matches!(payload, ChosenPayload::Body) {
                *payload = ChosenPayload::Keyword(keyword);
            }
        }
        Some(keyword) => {
            return Err(Failure::new(format!(
                "the body is {}: its parts bear signatures of their own",
                keyword.as_str()
            ))
            .hint("sign the request with the body as it was before it was cut in parts"));
        }
        None => {}
    }
    if is_presigned(&message.target) {
        return Err(
            Failure::new("the request is signed in its query").hint("presign its URL anew, without X-Amz-…")
        );
    }
    message.headers.retain(|(name, _)| !ADDED.iter().any(|added| added.eq_ignore_ascii_case(name)));
    Ok(())
}

/// Whether the query bears a signature.
pub(super) fn is_presigned(target: &[u8]) -> bool {
    String::from_utf8_lossy(target).contains("X-Amz-Signature=")
}

const ADDED: [&str; 6] = [
    "authorization",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-region-set",
    "x-amz-s3session-token",
    "x-amz-security-token",
];
