//! The answer that AWS would refuse the request with.

use sigv4::verify::{Answer, Correspondence, Refusal};
use sys::Entropy;

use super::Subject;
use crate::failure::Failure;

/// The answer, with ids made up for it as the service would.
pub(super) fn of(subject: &Subject, refusal: &Refusal, entropy: &Entropy) -> Result<Answer, Failure> {
    let mut random = [0; 48];
    entropy.fill(&mut random).map_err(|error| Failure::of(&error))?;
    let message = &subject.message;
    let content_type = message.header("content-type").map(String::from_utf8_lossy);
    let (short, uuid) = (short_id(&random), uuid(&random));
    let is_s3 = subject.rules.family == sigv4::Family::S3;
    Ok(refusal.encode(&Correspondence {
        family: subject.rules.family,
        service: &subject.place.service.value,
        request_id: if is_s3 { &short } else { &uuid },
        host_id: &base64::Engine::encode(&base64::prelude::BASE64_STANDARD, random),
        is_head: message.method == "HEAD",
        content_type: content_type.as_deref(),
    }))
}

/// 16 of the letters and digits that S3 uses.
fn short_id(random: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    random.iter().take(16).map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect()
}

/// Version 4 of RFC 9562.
fn uuid(random: &[u8]) -> String {
    let mut id = String::with_capacity(36);
    for (at, byte) in random.iter().take(16).enumerate() {
        let byte = match at {
            6 => byte & 0x0f | 0x40,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        if matches!(at, 4 | 6 | 8 | 10) {
            id.push('-');
        }
        id.push_str(&format!("{byte:02x}"));
    }
    id
}
