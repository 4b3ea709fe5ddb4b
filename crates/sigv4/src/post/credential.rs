//! The credential of a form: who signed, when, for which region and service.

use super::error::PostError;
use super::verify::PostEndpoint;
use crate::{Scope, TERMINATOR};

/// Access key id and scope, checked against the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Credential<'a> {
    pub(super) access_key_id: &'a str,
    pub(super) scope: Scope<'a>,
}

impl<'a> Credential<'a> {
    /// Reads `AKID/20151229/us-east-1/s3/aws4_request`, in the order of faults that S3 has for its other mechanisms.
    pub(super) fn read(text: &'a str, day: [u8; 8], endpoint: &PostEndpoint<'_>) -> Result<Self, PostError> {
        let credential = || text.to_owned();
        let parts: Vec<&str> = text.splitn(6, '/').collect();
        let [access_key_id, date, region, service, terminator] = parts[..] else {
            return Err(PostError::CredentialShape(credential()));
        };
        if access_key_id.is_empty() {
            return Err(PostError::EmptyAccessKeyId(credential()));
        }
        let Some(scope_day) = eight_digits(date) else {
            return Err(PostError::ScopeDateFormat { credential: credential(), date: date.to_owned() });
        };
        if region.is_empty() {
            return Err(PostError::EmptyRegion(credential()));
        }
        if let Some(expected) = endpoint.region.filter(|expected| *expected != region) {
            let (sent, expected) = (region.to_owned(), expected.to_owned());
            return Err(PostError::Region { credential: credential(), sent, expected });
        }
        if service != endpoint.service {
            let (sent, expected) = (service.to_owned(), endpoint.service.to_owned());
            return Err(PostError::Service { credential: credential(), sent, expected });
        }
        if terminator != TERMINATOR {
            return Err(PostError::Terminator { credential: credential(), sent: terminator.to_owned() });
        }
        if scope_day != day {
            return Err(PostError::ScopeDate(credential()));
        }
        Ok(Self { access_key_id, scope: Scope { date: scope_day, region, service } })
    }
}

fn eight_digits(text: &str) -> Option<[u8; 8]> {
    let digits: [u8; 8] = text.as_bytes().try_into().ok()?;
    digits.iter().all(u8::is_ascii_digit).then_some(digits)
}
