//! What is signed for the body.

use request_source::Message;
use sigv4::{Payload, PayloadKeyword};

use crate::arguments::SignArguments;
use crate::failure::Failure;

/// The body that is here, or what stands in for one that is not.
#[derive(Clone, Copy, Debug)]
pub(super) enum ChosenPayload {
    Body,
    Sha256([u8; 32]),
    Keyword(PayloadKeyword),
}

impl ChosenPayload {
    pub(super) fn of(arguments: &SignArguments) -> Result<Self, Failure> {
        match &arguments.payload_hash {
            None if arguments.unsigned_payload => Ok(Self::Keyword(PayloadKeyword::Unsigned)),
            None => Ok(Self::Body),
            Some(text) => Self::read(text),
        }
    }

    fn read(text: &str) -> Result<Self, Failure> {
        if let Some(keyword) = PayloadKeyword::read(text.as_bytes()) {
            return Ok(Self::Keyword(keyword));
        }
        sha256(text).map(Self::Sha256).ok_or_else(|| {
            let keywords: Vec<&str> = PayloadKeyword::ALL.iter().map(|keyword| keyword.as_str()).collect();
            Failure::usage("--payload-hash is neither 64 hexadecimal digits nor a keyword")
                .hint(format!("keywords: {}", keywords.join(", ")))
        })
    }

    pub(super) fn payload<'a>(&self, message: &'a Message) -> Payload<'a> {
        match self {
            Self::Body => Payload::Body(&message.body),
            Self::Sha256(hash) => Payload::Sha256(*hash),
            Self::Keyword(keyword) => Payload::Keyword(*keyword),
        }
    }
}

fn sha256(text: &str) -> Option<[u8; 32]> {
    // A signature and a hash have the same form.
    sigv4::Signature::read(text.as_bytes()).ok().map(|digits| *digits.as_bytes())
}
