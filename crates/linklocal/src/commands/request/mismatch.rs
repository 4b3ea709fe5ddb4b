//! Why AWS refused a signature: looked for without being asked.

use request_source::Message;
use sigv4::explain::{Explanation, Key, Ours, answer, mismatch};
use sigv4::{Payload, PayloadKeyword, ServiceRules};
use types::Timestamp;

use super::answer::{Answer, Content};
use crate::commands::signing::Wire;

/// A request that was refused, as it was sent.
#[derive(Debug)]
pub(super) struct Refused<'a> {
    pub(super) message: &'a Message,
    /// The hash of its body; nothing where it was not hashed.
    pub(super) sha256: Option<[u8; 32]>,
    pub(super) service: &'a str,
}

impl Refused<'_> {
    /// What is proven, stated or likely.
    pub(super) fn explain(&self, answer: &Answer, key: Key<'_>, now: Timestamp) -> Explanation {
        let wire = Wire::of(self.message);
        let rules = ServiceRules::of(self.service).for_request(&wire.request());
        let payload = match self.sha256 {
            // Changes of the body are looked for in the body itself, where it is at hand.
            Some(_) if !self.message.body.is_empty() => Payload::Body(&self.message.body),
            Some(hash) => Payload::Sha256(hash),
            None => Payload::Keyword(PayloadKeyword::Unsigned),
        };
        let keys = [key];
        let ours = Ours::sent(wire.request(), payload, &keys, &rules);
        mismatch(&Ours { now: Some(now), ..ours }, &answer::read(&said(answer)))
    }
}

/// The answer as bytes, with the fields that say something.
fn said(answer: &Answer) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {} x\r\n", answer.head.status).into_bytes();
    for name in ["date", "x-amzn-errortype"] {
        if let Some(value) = answer.head.header(name) {
            bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
    }
    bytes.extend_from_slice(b"\r\n");
    if let Content::Refused { body, .. } = &answer.content {
        bytes.extend_from_slice(body);
    }
    bytes
}
