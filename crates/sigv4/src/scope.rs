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

/// A scope that no service has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    #[error("the {0} of the scope is empty; name it")]
    Empty(&'static str),
    #[error("the {0} of the scope holds {1:?}; it is made of letters, digits and hyphens")]
    Character(&'static str, char),
}

impl<'a> Scope<'a> {
    pub fn new(time: Timestamp, region: &'a str, service: &'a str) -> Self {
        Self { date: AmzDate::from(time).day(), region, service }
    }

    /// Refuses a region or a service that is empty, or that holds what would end it in a header: white space, a control
    /// character, `/`, `,` or anything beyond ASCII.
    pub fn check(&self) -> Result<(), ScopeError> {
        for (name, text) in [("region", self.region), ("service", self.service)] {
            if !is_element(text) {
                let character = text.chars().find(|c| !is_element(c.encode_utf8(&mut [0; 4])));
                return Err(character.map_or(ScopeError::Empty(name), |c| ScopeError::Character(name, c)));
            }
        }
        Ok(())
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.date);
        for part in [self.region, self.service, TERMINATOR] {
            out.push(b'/');
            out.extend_from_slice(part.as_bytes());
        }
    }
}

/// Whether a text may stand between the slashes of a credential.
pub(crate) fn is_element(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| ELEMENTS[usize::from(byte)])
}

static ELEMENTS: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0x21;
    while byte < 0x7f {
        table[byte] = !matches!(byte as u8, b'/' | b',');
        byte += 1;
    }
    table
};
