//! The order in which faults are looked for: one for S3, one for all others. The first fault found is the one that is told.

mod others;
mod s3;

use super::body::Body;
use super::endpoint::Endpoint;
use super::fields::{Fields, Unreadable};
use super::names::SignedList;
use super::refusal::{Refusal, Teller};
use crate::Request;

pub(super) use others::others;
pub(super) use s3::s3;

/// What is looked at.
pub(super) struct Examination<'p, 'r> {
    pub(super) request: &'p Request<'r>,
    pub(super) body: Body<'p>,
    pub(super) endpoint: &'p Endpoint<'p>,
    pub(super) fields: &'p Fields<'r>,
    pub(super) teller: Teller<'p>,
}

impl<'r> Examination<'_, 'r> {
    /// Reads the list of signed names, and compares it with the fields.
    fn names(&self, list: &'r str, exempt: &str) -> Result<SignedList<'r>, Refusal> {
        let too_many =
            |_| self.teller.unreadable(&Unreadable::TooLarge { what: "list of signed headers", limit: 256 });
        let names = SignedList::read(list, self.request, exempt).map_err(too_many)?;
        if names.tokens { Ok(names) } else { Err(self.teller.unreadable(&Unreadable::Form)) }
    }

    /// What strict endpoints refuse of a signature that is complete.
    fn check_strictness(&self, twice: Option<&str>, names: &SignedList<'r>) -> Result<(), Refusal> {
        let strictness = self.endpoint.strictness;
        if let (true, Some(name)) = (strictness.refuse_duplicates, twice.or(self.fields.twice)) {
            return Err(self.teller.duplicate(name));
        }
        if let (true, Some(name)) = (strictness.refuse_duplicates, names.look_alike) {
            return Err(self.teller.not_signed(name));
        }
        if strictness.refuse_unordered_names && !names.is_in_order() {
            return Err(self.teller.unordered());
        }
        Ok(())
    }
}
