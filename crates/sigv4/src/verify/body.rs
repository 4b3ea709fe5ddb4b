//! What is known of the body when a request is verified, and what remains to be done with it.

use super::claim::Claim;
use super::order::Examination;
use super::verified::Mechanism;
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
    let rule = match (PayloadKeyword::read(sent.as_bytes()), hash(sent)) {
        (Some(PayloadKeyword::Unsigned | PayloadKeyword::StreamingHmacEvents), _) => BodyRule::Unsigned,
        (Some(keyword), _) => BodyRule::Chunked(keyword),
        (None, Some(expected)) => BodyRule::Sha256 { expected, sent },
        (None, None) => {
            debug_assert!(claim.mechanism == Mechanism::Query, "a header's value was checked");
            BodyRule::Unsigned
        }
    };
    (Payload::Text(sent), rule)
}

/// Others sign the hash of what was sent, but for keywords that the service takes.
fn others<'p, 'r: 'p>(examination: &Examination<'p, 'r>, claim: &Claim<'r>) -> (Payload<'p>, BodyRule<'r>) {
    let keyword = claim.content_sha256.and_then(|sent| PayloadKeyword::read(sent.as_bytes()));
    match keyword {
        Some(PayloadKeyword::Unsigned) if examination.endpoint.rules.unsigned_payload => {
            return (Payload::Keyword(PayloadKeyword::Unsigned), BodyRule::Unsigned);
        }
        Some(events @ PayloadKeyword::StreamingHmacEvents) => {
            return (Payload::Keyword(events), BodyRule::Events);
        }
        _ => {}
    }
    match examination.body {
        Body::Read(body) => (Payload::Body(body), BodyRule::Checked),
        Body::Sha256(hash) => (Payload::Sha256(hash), BodyRule::Checked),
        Body::Unread => {
            let told = claim.content_sha256.and_then(|sent| hash(sent).map(|expected| (sent, expected)));
            let empty = || (EMPTY_SHA256, hash(EMPTY_SHA256).expect("it is 64 digits"));
            let (sent, expected) = told.unwrap_or_else(empty);
            (Payload::Sha256(expected), BodyRule::Sha256 { expected, sent })
        }
    }
}

/// 64 hexadecimal digits of either case.
pub(super) fn hash(text: &str) -> Option<[u8; 32]> {
    crate::Signature::read(text.as_bytes()).ok().map(|hash| *hash.as_bytes())
}
