//! Takes the signature off a request, so that it can be signed anew.

use request_source::Message;
use sigv4::{PayloadKeyword, SIGNATURE_HEADERS};

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
    message
        .headers
        .retain(|(name, _)| !SIGNATURE_HEADERS.iter().any(|added| added.eq_ignore_ascii_case(name)));
    Ok(())
}

/// Whether the query bears a signature.
pub(super) fn is_presigned(target: &[u8]) -> bool {
    let query = target.split(|byte| *byte == b'?').skip(1);
    query.flat_map(|rest| rest.split(|byte| *byte == b'&')).any(|part| part.starts_with(b"X-Amz-Signature="))
}
