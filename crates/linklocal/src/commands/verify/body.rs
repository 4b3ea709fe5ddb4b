//! The body of a request whose signature is good: against its hash, chunk by chunk, or event by event.

use serde::Serialize;
use sigv4::chunks::{ChunkError, ChunkReader};
use sigv4::events::{EventSignatureError, EventVerifier, MessageError, MessageReader, SignedEvent};
use sigv4::verify::{BodyRule, Refusal, Rule, Verified};
use sigv4::{PayloadKeyword, Request, Scope, SigningKey};

use super::Subject;
use super::verdict::Refused;

/// How the body was found good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "Kind", rename_all = "lowercase", rename_all_fields = "PascalCase")]
pub(super) enum CheckedBody {
    /// Its hash is signed, and is its hash.
    Hashed {
        bytes: usize,
    },
    /// No signature covers it.
    Unsigned {
        bytes: usize,
    },
    /// All chunks hold; `signed` where each bears a signature.
    Chunked {
        bytes: u64,
        signed: bool,
        trailers: Vec<String>,
    },
    Events {
        events: usize,
    },
    /// Of a form.
    File {
        bytes: usize,
    },
}

impl CheckedBody {
    pub(super) fn check(
        subject: &Subject,
        request: &Request<'_>,
        verified: &Verified<'_>,
    ) -> Result<Self, Refused> {
        let body = &subject.message.body;
        let bytes = body.len();
        match verified.body {
            BodyRule::Checked => Ok(Self::Hashed { bytes }),
            BodyRule::Unsigned => Ok(Self::Unsigned { bytes }),
            BodyRule::Sha256 { .. } => Ok(verified.check_body(body).map(|()| Self::Hashed { bytes })?),
            BodyRule::Chunked(keyword) => {
                let signed = keyword != PayloadKeyword::StreamingUnsignedTrailer;
                Ok(Self::chunks(body, signed, request, verified)?)
            }
            BodyRule::Events => Self::events(subject, verified),
        }
    }

    fn chunks(
        body: &[u8],
        signed: bool,
        request: &Request<'_>,
        verified: &Verified<'_>,
    ) -> Result<Self, ChunkError> {
        let Some(reader) = ChunkReader::of(verified, request)? else {
            return Ok(Self::Unsigned { bytes: body.len() });
        };
        // All of it is in memory already.
        let mut reader = reader.with_max_chunk(body.len());
        let mut bytes = 0;
        reader.push(body, |data| bytes += data.len() as u64)?;
        let trailer = reader.finish()?;
        Ok(Self::Chunked {
            bytes,
            signed,
            trailers: trailer.iter().map(|(name, _)| name.to_owned()).collect(),
        })
    }

    fn events(subject: &Subject, verified: &Verified<'_>) -> Result<Self, Refused> {
        let Some(mut verifier) = EventVerifier::of(verified, subject.event_skew()) else {
            return Err(event_refusal("event streams are signed with AWS4-HMAC-SHA256 alone"));
        };
        let mut frames = Vec::new();
        let mut reader = MessageReader::new();
        let broken = |error: MessageError| event_refusal(&error.to_string());
        reader.push(&subject.message.body, |frame| frames.push(frame)).map_err(broken)?;
        reader.finish().map_err(broken)?;
        let refused = |error: EventSignatureError| event_refusal(&error.to_string());
        let mut events = 0;
        for frame in frames {
            // A stream may outlast the day on which it began.
            let key = |scope: &Scope<'_>| Some(SigningKey::derive(&subject.keys.secret_access_key, scope));
            let checked = verifier.verify(frame, subject.now.time, key).map_err(refused)?;
            events += usize::from(matches!(checked, SignedEvent::Event(_)));
        }
        verifier.finish().map_err(refused)?;
        Ok(Self::Events { events })
    }

    /// In a few words.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Hashed { bytes } => format!("{bytes} bytes, which have the hash that is signed"),
            Self::Unsigned { bytes } => format!("{bytes} bytes, which no signature covers"),
            Self::Chunked { bytes, signed: true, .. } => {
                format!("{bytes} bytes in chunks, each with its signature")
            }
            Self::Chunked { bytes, .. } => format!("{bytes} bytes in chunks, which no signature covers"),
            Self::Events { events } => format!("{events} events, each with its signature"),
            Self::File { bytes } => format!("a file of {bytes} bytes, within what the policy allows"),
        }
    }
}

impl From<ChunkError> for Refused {
    fn from(error: ChunkError) -> Self {
        Self { body: Some(error.to_string()), refusal: error.into() }
    }
}

/// Services with event streams answer in the stream, each in its way: the words are ours.
fn event_refusal(what: &str) -> Refused {
    let refusal = Refusal::new(Rule::Body, 403, "InvalidSignatureException", what.to_owned());
    Refused { refusal, body: Some("the signature of the request itself is good".to_owned()) }
}
