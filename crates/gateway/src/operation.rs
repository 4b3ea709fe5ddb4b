//! What an operation is: what must be allowed, and what is done then.

use account::denial::{DeniedAnswer, EncodedMessages};
use account::directory::Directory;
use account::ec2::InstanceHost;
use account::{Account, Arrival, Caller, Check, DenialRecord, ServiceError, SessionIssuer};
use http::HeaderMap;
use net::Security;
use objects::Objects;
use types::{Region, Timestamp};
use wire::Structure;

use crate::{Denials, History, Signing};

/// A row in a service's table of operations.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// As in AWS's model, such as `CreateUser`.
    pub name: &'static str,
    /// What the caller must be allowed to do. Nothing is found out here that the caller may not know: what is not there is named
    /// by the ARN it would have. An empty list is an operation that needs no permission.
    pub checks: fn(&Ask<'_>) -> Result<Vec<Check>, ServiceError>,
    /// Blocks on the store where it changes something.
    pub run: fn(&Ask<'_>) -> Result<Structure, ServiceError>,
}

/// One authenticated and decoded request.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub account: &'a Account,
    /// As it was when the caller was authenticated: the request is authorised on this one.
    pub directory: &'a Directory,
    pub sessions: &'a SessionIssuer,
    pub host: &'a dyn InstanceHost,
    pub objects: &'a Objects,
    pub history: &'a dyn History,
    pub caller: &'a Caller,
    /// How the request came in.
    pub arrival: &'a Arrival,
    /// How TLS protects the connection; `None` where it does not.
    pub security: Option<&'a Security>,
    /// The signature that proves who the caller is; `None` where nobody signed.
    pub signing: Option<&'a Signing>,
    /// As they came, for what no model names.
    pub headers: &'a HeaderMap,
    /// The service that was routed, such as `iam`.
    pub service: &'a str,
    /// Validated against the model: required members are there, ranges and patterns hold.
    pub input: &'a Structure,
    pub region: &'a Region,
    pub now: Timestamp,
    /// Fresh for this request, for ids and secrets.
    pub random: &'a [u8; 64],
    /// Of this request, as in `x-amzn-RequestId`.
    pub request_id: &'a str,
    /// Where denials are kept.
    pub denials: &'a Denials<DenialRecord>,
    pub encoded_messages: EncodedMessages,
}

impl Ask<'_> {
    /// Whether the caller may something that is not asked for, so that nobody is told that he may not.
    pub fn may(&self, check: &Check) -> bool {
        account::authorise(self.directory, self.caller, self.arrival, check, self.now).is_ok()
    }

    /// Whether the caller may; in the words of the service otherwise, and kept for whoever asks why.
    ///
    /// # Errors
    /// `AccessDenied`, or what the service calls it.
    pub fn authorise(&self, check: &Check) -> Result<(), ServiceError> {
        account::authorise(self.directory, self.caller, self.arrival, check, self.now).map_err(|denied| {
            let record = denied.record(self.service, self.request_id);
            let bytes = record.bytes();
            self.denials.keep(self.request_id, record, bytes);
            denied.answer(&DeniedAnswer {
                service: self.service,
                request_id: self.request_id,
                messages: self.encoded_messages,
                sessions: self.sessions,
            })
        })
    }
}
