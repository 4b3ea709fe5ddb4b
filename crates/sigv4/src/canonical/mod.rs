//! The canonical request: the one text that signer and verifier both hash.
//!
//! `METHOD \n path \n query \n (name:value \n)* \n signed names \n payload`, without a line end at the last
//! (facts/sigv4.md section 1.1; IAM User Guide, "Create a canonical request").

mod encode;
mod headers;
mod path;
mod query;

use std::ops::Range;

pub use headers::{FieldChoice, SignedNames};

use crate::{Payload, Request, ServiceRules};

pub(crate) use encode::write_encoded;

/// What becomes a canonical request.
#[derive(Clone, Copy, Debug)]
pub struct CanonicalRequest<'a> {
    pub request: Request<'a>,
    /// Fields that signing adds, names in lower case.
    pub added_headers: &'a [(&'a str, &'a [u8])],
    /// Parameters that signing adds, as they will stand in the target: `X-Amz-Algorithm=…&…`.
    pub added_query: &'a [u8],
    pub signed: SignedNames<'a>,
    pub payload: Payload<'a>,
    pub rules: &'a ServiceRules,
}

/// Appends the names that are signed: lower case, sorted, `;` between them.
pub(crate) fn write_names(
    request: &Request<'_>,
    signed: SignedNames<'_>,
    out: &mut Vec<u8>,
) -> Result<(), CanonicalError> {
    headers::write_names(request, signed, out)
}

/// Where parts of a written canonical request stand in the buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The whole.
    pub whole: Range<usize>,
    /// The list of signed names.
    pub signed_headers: Range<usize>,
    /// The last line.
    pub payload: Range<usize>,
}

/// The request has no canonical form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    #[error("the header {0} is signed but not in the request")]
    MissingHeader(String),
    #[error("the value of header {0} holds a line end or a NUL byte; remove it")]
    ControlInValue(String),
    #[error("the value of header {0} holds a tab between words, which services read in two ways; write a space")]
    TabInValue(String),
    #[error("a header name or the method is not made of the characters of a token: {0:?}")]
    NoToken(String),
    #[error("the request target holds a line end, a NUL byte or another control character; encode it")]
    ControlInTarget,
    #[error("the request target holds the percent sign of no escape; write %25 for the sign itself")]
    BrokenEscape,
    #[error("the path ends in a dot segment or climbs above the root, which services read in two ways; write the path that is meant")]
    AmbiguousPath,
    #[error("the {part} is {bytes} bytes long; the limit is {limit}")]
    TooLong { part: &'static str, bytes: usize, limit: usize },
    #[error("there are {0} headers to sign; the limit is 256")]
    TooManySigned(usize),
}

impl CanonicalRequest<'_> {
    /// Appends the canonical request to a buffer.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<Layout, CanonicalError> {
        let start = out.len();
        out.extend_from_slice(self.request.method.as_bytes());
        out.push(b'\n');
        path::write(self.request.path(), self.rules, out);
        out.push(b'\n');
        query::write(self.request.query(), self.added_query, out);
        out.push(b'\n');
        let signed_headers = headers::write(self, out)?;
        out.push(b'\n');
        let payload = out.len();
        self.payload.write(out);
        Ok(Layout { whole: start..out.len(), signed_headers, payload: payload..out.len() })
    }
}
