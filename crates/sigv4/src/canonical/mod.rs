//! The canonical request: the one text that signer and verifier both hash.
//!
//! `METHOD \n path \n query \n (name:value \n)* \n signed names \n payload`, without a line end at the last
//! (facts/sigv4.md section 1.1; IAM User Guide, "Create a canonical request").

mod alphabet;
mod encode;
mod headers;
mod names;
mod path;
mod query;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use names::{FieldChoice, SignedNames};
pub(crate) use names::{Prefix, left_out_wrongly, must_be_signed};

pub(crate) use alphabet::{has, has_control};
pub(crate) use headers::is_token;

use headers::{Fields, shown};

use crate::{Payload, Request, ServiceRules, TokenRule};

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
    #[error(
        "the value of header {0} holds a tab between words, which services read in two ways; write a space"
    )]
    TabInValue(String),
    #[error("a header name or the method is not made of the characters of a token: {0:?}")]
    NoToken(String),
    #[error("the request target holds a line end, a NUL byte or another control character; encode it")]
    ControlInTarget,
    #[error("the request target does not begin with a slash; sign path and query, not the whole URL")]
    NoOriginForm,
    #[error("the request target holds the percent sign of no escape; write %25 for the sign itself")]
    BrokenEscape,
    #[error(
        "the path ends in a dot segment or climbs above the root, which services read in two ways; write the path that is meant"
    )]
    AmbiguousPath,
    #[error("the {part} is {bytes} bytes long; the limit is {limit}")]
    TooLong { part: &'static str, bytes: usize, limit: usize },
    #[error("there are {0} headers to sign; the limit is 256")]
    TooManySigned(usize),
}

/// The fields that a request signs, chosen before its query is complete: presigning names them there.
pub(crate) struct Chosen<'a>(Fields<'a>);

impl<'a> CanonicalRequest<'a> {
    /// Appends the canonical request to a buffer. On an error the buffer holds a part of it.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<Layout, CanonicalError> {
        let mut fields = Fields::of(self.request.headers, self.added_headers);
        fields.choose(self.signed)?;
        self.write_chosen(&fields, false, out)
    }

    /// The fields that are signed.
    pub(crate) fn choose(&self) -> Result<Chosen<'a>, CanonicalError> {
        let mut fields = Fields::of(self.request.headers, self.added_headers);
        fields.choose(self.signed)?;
        Ok(Chosen(fields))
    }

    /// As [`CanonicalRequest::write`], with the fields that were chosen before.
    pub(crate) fn write_with(
        &self,
        fields: &Chosen<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Layout, CanonicalError> {
        self.write_chosen(&fields.0, false, out)
    }

    /// The same, where what is added to the query is canonical by itself: presigning made it so.
    pub(crate) fn write_presigned(
        &self,
        fields: &Chosen<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Layout, CanonicalError> {
        self.write_chosen(&fields.0, true, out)
    }

    fn write_chosen(
        &self,
        fields: &Fields<'_>,
        canonical_query: bool,
        out: &mut Vec<u8>,
    ) -> Result<Layout, CanonicalError> {
        let start = out.len();
        let strict = self.signed.strict();
        let (path, query) = self.checked_target()?;
        if !is_token(self.request.method) {
            return Err(CanonicalError::no_token(self.request.method));
        }
        out.extend_from_slice(self.request.method.as_bytes());
        out.push(b'\n');
        path::write(path, self.rules, strict, out)?;
        out.push(b'\n');
        let left_out = ["X-Amz-Signature", self.rules.token_parameter];
        // A token that is added to a signed query is no part of what was signed.
        let left_out = match self.rules.token {
            TokenRule::Signed => &left_out[..1],
            TokenRule::AddedAfter => &left_out[..],
        };
        if canonical_query && query.is_empty() {
            out.extend_from_slice(self.added_query);
        } else {
            query::write(query, self.added_query, left_out, strict, out)?;
        }
        out.push(b'\n');
        let signed_headers = fields.write(self.signed, self.rules, out)?;
        out.push(b'\n');
        let payload = out.len();
        self.payload.write(out);
        Ok(Layout { whole: start..out.len(), signed_headers, payload: payload..out.len() })
    }

    /// Path and query, within bounds and without what would begin another line.
    fn checked_target(&self) -> Result<(&'a [u8], &'a [u8]), CanonicalError> {
        let (path, query) = self.request.path_and_query();
        for (part, bytes) in
            [("path", path.len()), ("query", query.len().saturating_add(self.added_query.len()))]
        {
            if bytes > MAX_BYTES {
                return Err(CanonicalError::TooLong { part, bytes, limit: MAX_BYTES });
            }
        }
        if has_control(self.request.target) {
            return Err(CanonicalError::ControlInTarget);
        }
        Ok((path, query))
    }
}

impl Chosen<'_> {
    /// Appends their names: lower case, sorted, `;` between them.
    pub(crate) fn write_names(&self, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
        self.0.write_names(out)
    }
}

impl CanonicalError {
    fn no_token(text: &str) -> Self {
        Self::NoToken(shown(text))
    }
}

/// What the headers of a request, its path, or its query may take.
const MAX_BYTES: usize = 64 * 1024;

/// How many names may be signed.
const MAX_SIGNED: usize = 256;
