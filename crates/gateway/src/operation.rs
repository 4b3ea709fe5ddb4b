//! What an operation is: what must be allowed, and what is done then.

use account::{Account, Caller, Check, ServiceError, SessionIssuer};
use types::{Region, Timestamp};
use wire::Structure;

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
#[derive(Debug)]
pub struct Ask<'a> {
    pub account: &'a Account,
    pub sessions: &'a SessionIssuer,
    pub caller: &'a Caller,
    /// Validated against the model: required members are there, ranges and patterns hold.
    pub input: &'a Structure,
    pub region: &'a Region,
    pub now: Timestamp,
    /// Fresh for this request, for ids and secrets.
    pub random: &'a [u8; 64],
    /// Of this request, as in `x-amzn-RequestId`.
    pub request_id: &'a str,
}
