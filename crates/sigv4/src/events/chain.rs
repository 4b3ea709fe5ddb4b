//! The chain of signatures over events.
//!
//! Rule: an event's scope bears the day of the event, so a stream that lives through midnight goes on with another key.

use std::fmt;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use types::{Secret, Timestamp};

use super::{DATE, EventSignatureError, Header, HeaderValue, Message, MessageError, SIGNATURE};
use crate::chunks::ChainText;
use crate::payload::write_hex;
use crate::verify::{BodyRule, SeedKey, Verified};
use crate::{ALGORITHM, AmzDate, Scope, Signature, Signed, SigningKey, SigningParams};

/// Signs the events of one stream. `STREAMING-AWS4-HMAC-SHA256-EVENTS` is the payload that its request signs.
pub struct EventSigner {
    secret: Secret<String>,
    region: String,
    service: String,
    previous: Signature,
    /// The key of the day last signed on.
    key: Option<([u8; 8], SigningKey)>,
}

/// Checks the events of one stream.
pub struct EventVerifier {
    region: String,
    service: String,
    max_skew: Duration,
    previous: Signature,
    state: State,
}

/// What a verified frame bears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedEvent {
    /// The payload: an event, encoded as a frame of its own.
    Event(Vec<u8>),
    /// The stream is whole.
    End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Closed,
    Failed,
}

impl EventSigner {
    /// A signer of the stream whose request has the signature `seed`.
    pub fn new(
        secret: Secret<String>,
        region: impl Into<String>,
        service: impl Into<String>,
        seed: Signature,
    ) -> Self {
        Self { secret, region: region.into(), service: service.into(), previous: seed, key: None }
    }

    /// A signer of the stream that a signed request announces. It wants the secret itself, as the stream may outlive the key of
    /// the day.
    pub fn of(secret: Secret<String>, params: &SigningParams<'_>, signed: &Signed<'_>) -> Self {
        Self::new(secret, params.scope.region, params.scope.service, signed.signature)
    }

    /// Wraps an event in a signed frame.
    ///
    /// # Errors
    /// The event is too large for a frame within a frame.
    pub fn sign(&mut self, event: &Message, now: Timestamp) -> Result<Message, MessageError> {
        let payload = event.encode()?;
        if payload.len() > super::MAX_PAYLOAD {
            return Err(MessageError::Payload(payload.len()));
        }
        Ok(self.sign_payload(payload, now))
    }

    /// Wraps bytes in a signed frame. Without any, that is the frame which closes the stream.
    pub fn sign_payload(&mut self, payload: Vec<u8>, now: Timestamp) -> Message {
        let now = now.trunc_secs();
        let date = Header::new(DATE, HeaderValue::Timestamp(now.millis()));
        let text = string_to_sign(&self.previous, now, (&self.region, &self.service), &payload);
        self.previous = self.key(now).sign(&text);
        let signature = Header::new(SIGNATURE, HeaderValue::Bytes(self.previous.as_bytes().to_vec()));
        Message { headers: vec![date, signature], payload }
    }

    /// The frame that closes the stream; without it the other side takes the stream for cut off.
    pub fn finish(mut self, now: Timestamp) -> Message {
        self.sign_payload(Vec::new(), now)
    }

    fn key(&mut self, now: Timestamp) -> &SigningKey {
        let scope = Scope::new(now, &self.region, &self.service);
        let kept = self.key.take().filter(|(day, _)| *day == scope.date);
        let (_, key) =
            self.key.insert(kept.unwrap_or_else(|| (scope.date, SigningKey::derive(&self.secret, &scope))));
        key
    }
}

impl EventVerifier {
    /// A verifier of the stream whose request was verified and has the signature `seed`. Events may be `max_skew` off.
    pub fn new(
        region: impl Into<String>,
        service: impl Into<String>,
        seed: Signature,
        max_skew: Duration,
    ) -> Self {
        Self { region: region.into(), service: service.into(), max_skew, previous: seed, state: State::Open }
    }

    /// A verifier of the stream that a verified request announces; none where it announces none, or is signed with SigV4a.
    pub fn of(verified: &Verified<'_>, max_skew: Duration) -> Option<Self> {
        match (verified.body, verified.seed().key) {
            (BodyRule::Events, SeedKey::Hmac { scope, signature, .. }) => {
                Some(Self::new(scope.region, scope.service, signature, max_skew))
            }
            _ => None,
        }
    }

    /// Checks the next frame. `keys` gives the caller's key for a scope: that of the request's day, as a rule.
    ///
    /// # Errors
    /// The first fault; every later frame fails, as the chain is broken.
    pub fn verify(
        &mut self,
        message: Message,
        now: Timestamp,
        keys: impl FnOnce(&Scope<'_>) -> Option<SigningKey>,
    ) -> Result<SignedEvent, EventSignatureError> {
        match self.state {
            State::Open => {}
            State::Closed => return Err(EventSignatureError::Closed),
            State::Failed => return Err(EventSignatureError::Failed),
        }
        let outcome = self.checked(message, now, keys);
        self.state = match &outcome {
            Ok(SignedEvent::Event(_)) => State::Open,
            Ok(SignedEvent::End) => State::Closed,
            Err(_) => State::Failed,
        };
        outcome
    }

    /// The connection has ended.
    ///
    /// # Errors
    /// A frame was refused, or none closed the stream.
    pub fn finish(self) -> Result<(), EventSignatureError> {
        match self.state {
            State::Open => Err(EventSignatureError::NotClosed),
            State::Closed => Ok(()),
            State::Failed => Err(EventSignatureError::Failed),
        }
    }

    fn checked(
        &mut self,
        message: Message,
        now: Timestamp,
        keys: impl FnOnce(&Scope<'_>) -> Option<SigningKey>,
    ) -> Result<SignedEvent, EventSignatureError> {
        let (time, provided) = signed_headers(&message)?;
        if now.since(time).max(time.since(now)) > self.max_skew {
            return Err(EventSignatureError::Skew { signed: time, most: self.max_skew });
        }
        let key = keys(&Scope::new(time, &self.region, &self.service)).ok_or(EventSignatureError::NoKey)?;
        let text = string_to_sign(&self.previous, time, (&self.region, &self.service), &message.payload);
        let wanted = key.sign(&text);
        if wanted != provided {
            return Err(EventSignatureError::Mismatch);
        }
        self.previous = wanted;
        let end = message.payload.is_empty();
        Ok(if end { SignedEvent::End } else { SignedEvent::Event(message.payload) })
    }
}

/// Keys and signatures are not shown.
impl fmt::Debug for EventSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSigner")
            .field("region", &self.region)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for EventVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventVerifier")
            .field("region", &self.region)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

/// The time and the signature of a frame that bears exactly these.
fn signed_headers(message: &Message) -> Result<(Timestamp, Signature), EventSignatureError> {
    let missing = EventSignatureError::Missing;
    let time = message.header(DATE).and_then(HeaderValue::time).ok_or_else(|| missing(DATE))?;
    let signature = match message.header(SIGNATURE) {
        Some(HeaderValue::Bytes(bytes)) => bytes.as_slice().try_into().ok().map(Signature::from_bytes),
        _ => None,
    };
    let signature = signature.ok_or_else(|| missing(SIGNATURE))?;
    let more = message.headers.iter().find(|header| ![DATE, SIGNATURE].contains(&header.name.as_str()));
    match (more, message.headers.as_slice()) {
        (Some(header), _) => Err(EventSignatureError::Unsigned(header.name.clone())),
        (None, [_, _]) => Ok((time, signature)),
        // One of the two stands twice.
        (None, _) => Err(EventSignatureError::Unsigned(DATE.to_owned())),
    }
}

/// `:date`, encoded, is hashed where chunks have the hash of nothing.
fn string_to_sign(
    previous: &Signature,
    time: Timestamp,
    (region, service): (&str, &str),
    payload: &[u8],
) -> Vec<u8> {
    let mut date = Vec::with_capacity(15);
    Header::new(DATE, HeaderValue::Timestamp(time.millis()))
        .write(&mut date)
        .expect("five bytes of name are not too many");
    let mut scope = Vec::with_capacity(48);
    Scope::new(time, region, service).write(&mut scope);
    let (second, previous) = (AmzDate::from(time), previous.hex());
    let text = ChainText {
        algorithm: ALGORITHM,
        kind: "PAYLOAD",
        date: second.as_str().as_bytes(),
        scope: &scope,
        previous: previous.as_bytes(),
    };
    let hash = |bytes: &[u8]| {
        let mut out = Vec::with_capacity(64);
        write_hex(&Sha256::digest(bytes), &mut out);
        out
    };
    text.string_to_sign(&[&hash(&date), &hash(payload)])
}
