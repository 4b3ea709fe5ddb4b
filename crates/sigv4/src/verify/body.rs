//! What is known of the body when a request is verified, and what remains to be done with it.

use super::claim::Claim;
use super::order::Examination;
use crate::key::sha256;
use crate::{EMPTY_SHA256, Family, Payload, PayloadKeyword};

/// The body, as far as it was read. Services other than S3 sign its hash, whether or not they send it: give them the body.
#[derive(Clone, Copy)]
pub enum Body<'a> {
    /// All of it.
    Read(&'a [u8]),
    /// The SHA-256 of all of it.
    Sha256([u8; 32]),
    /// Nothing yet: what the request says of it is taken for the signature, and remains to be checked.
    Unread,
}

/// What a verified request says of its body, and who checks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyRule<'r> {
    /// It was signed as it is.
    Checked,
    /// [`Verified::check_body`](super::Verified::check_body) checks it, before anything of it is used. `sent` is the hash as the
    /// request bears it.
    Sha256 { expected: [u8; 32], sent: &'r str },
    /// It is not signed.
    Unsigned,
    /// It comes in chunks, signed or not; [`Verified::seed`](super::Verified::seed) is where their chain begins.
    Chunked(PayloadKeyword),
    /// It is an event stream, signed event by event.
    Events,
}

/// Bodies are long, and nobody's business.
impl std::fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Read(_) => "Read(…)",
            Self::Sha256(_) => "Sha256(…)",
            Self::Unread => "Unread",
        })
    }
}

/// The last line of the canonical request, and what remains to be checked.
pub(super) fn signed<'p, 'r: 'p>(
    examination: &Examination<'p, 'r>,
    claim: &Claim<'r>,
) -> (Payload<'p>, BodyRule<'r>) {
    match examination.endpoint.rules.family {
        Family::S3 => s3(claim),
        _ => others(examination, claim),
    }
}

/// S3 signs what the header says; in a URL, whatever that is.
fn s3<'r>(claim: &Claim<'r>) -> (Payload<'r>, BodyRule<'r>) {
    let Some(sent) = claim.content_sha256 else {
        return (Payload::Keyword(PayloadKeyword::Unsigned), BodyRule::Unsigned);
    };
    let rule = match claim.told {
        Some(Told::Sha256(expected)) => BodyRule::Sha256 { expected, sent },
        Some(Told::Keyword(PayloadKeyword::Unsigned | PayloadKeyword::StreamingHmacEvents)) | None => {
            BodyRule::Unsigned
        }
        Some(Told::Keyword(keyword)) => BodyRule::Chunked(keyword),
    };
    (Payload::Text(sent), rule)
}

/// Others sign the hash of what was sent, but for keywords that the service takes.
fn others<'p, 'r: 'p>(examination: &Examination<'p, 'r>, claim: &Claim<'r>) -> (Payload<'p>, BodyRule<'r>) {
    let told = claim.told;
    match told {
        Some(Told::Keyword(PayloadKeyword::Unsigned)) if examination.endpoint.rules.unsigned_payload => {
            return (Payload::Keyword(PayloadKeyword::Unsigned), BodyRule::Unsigned);
        }
        Some(Told::Keyword(events @ PayloadKeyword::StreamingHmacEvents))
            if examination.endpoint.rules.event_streams =>
        {
            return (Payload::Keyword(events), BodyRule::Events);
        }
        _ => {}
    }
    match examination.body {
        Body::Read(body) => (Payload::Body(body), BodyRule::Checked),
        Body::Sha256(hash) => (Payload::Sha256(hash), BodyRule::Checked),
        Body::Unread => {
            let (sent, expected) = match (claim.content_sha256, told) {
                (Some(sent), Some(Told::Sha256(expected))) => (sent, expected),
                _ => (EMPTY_SHA256, sha256(b"")),
            };
            (Payload::Sha256(expected), BodyRule::Sha256 { expected, sent })
        }
    }
}

/// What `x-amz-content-sha256` says.
#[derive(Clone, Copy)]
pub(super) enum Told {
    Sha256([u8; 32]),
    Keyword(PayloadKeyword),
}

/// Reads 64 hexadecimal digits of either case, or a keyword.
pub(super) fn read(text: &str) -> Option<Told> {
    match crate::Signature::read(text.as_bytes()) {
        Ok(hash) => Some(Told::Sha256(*hash.as_bytes())),
        Err(_) => PayloadKeyword::read(text.as_bytes()).map(Told::Keyword),
    }
}
