//! Denials: what the caller is told, what is sealed for those who may know more, and what is kept for explaining.
//!
//! Rule: the message says what AWS's says. All else, which statement of which policy, which key had which value, goes into the
//! encoded message, which `sts:DecodeAuthorizationMessage` alone opens (facts/account.md section 2.7).

mod decoded;
mod encoded;
mod record;
mod wording;

#[cfg(test)]
mod tests;

use policy::{Denial, Layers, Request};
use types::Timestamp;

use crate::{Caller, Check, ServiceError, SessionIssuer};

pub use encoded::{decode, encode};
pub use record::{DecidingStatement, DenialRecord, MatchedStatement};

/// A check that was not passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// Without request id and service, which the answer adds.
    record: DenialRecord,
}

/// Where encoded messages are appended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EncodedMessages {
    /// To the denials of every service.
    #[default]
    Everywhere,
    /// Where AWS does: EC2.
    AsAws,
}

/// What an answer to a denied request takes from its request.
#[derive(Clone, Copy, Debug)]
pub struct DeniedAnswer<'a> {
    /// Of the operation that was routed, such as `ec2`, whatever the action that was denied is of.
    pub service: &'a str,
    pub request_id: &'a str,
    pub messages: EncodedMessages,
    /// Seals the message.
    pub sessions: &'a SessionIssuer,
}

impl Denied {
    pub(crate) fn new(
        caller: &Caller,
        check: &Check,
        now: Timestamp,
        denial: Denial,
        request: &Request<'_>,
        layers: &Layers<'_>,
    ) -> Box<Self> {
        Box::new(Self { record: record::of(caller, check, now, &denial, request, layers) })
    }

    /// What happened, under the id of the request.
    pub fn record(&self, service: &str, request_id: &str) -> DenialRecord {
        DenialRecord { service: service.to_owned(), request_id: request_id.to_owned(), ..self.record.clone() }
    }

    /// AWS's answer.
    pub fn answer(&self, to: &DeniedAnswer<'_>) -> ServiceError {
        let record = self.record(to.service, to.request_id);
        let mut error = wording::error(&record);
        let wanted = to.messages == EncodedMessages::Everywhere || wording::always_encodes(to.service);
        if wanted && !wording::is_for_stranger(&record) {
            wording::append(&mut error.message, &encode(to.sessions, &record));
        }
        error
    }
}
