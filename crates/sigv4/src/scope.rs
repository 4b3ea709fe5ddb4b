//! What a signing key is good for: one day, one region, one service.

use types::Timestamp;

use crate::{AmzDate, TERMINATOR};

/// `20261121/us-east-1/s3/aws4_request`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope<'a> {
    /// `yyyymmdd` in UTC.
    pub date: [u8; 8],
    pub region: &'a str,
    /// The signing name, such as `execute-api`; often not the first label of the host.
    pub service: &'a str,
}

impl<'a> Scope<'a> {
    pub fn new(time: Timestamp, region: &'a str, service: &'a str) -> Self {
        Self { date: AmzDate::from(time).day(), region, service }
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.date);
        for part in [self.region, self.service, TERMINATOR] {
            out.push(b'/');
            out.extend_from_slice(part.as_bytes());
        }
    }
}
