//! Where the body ends, by the fields of the head.

use super::head::Head;
use super::{RawRequestError, Source};

/// How a body is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// `Content-Length`.
    Length(u64),
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// Neither: on a connection there would be no body; in a capture it goes to the end.
    ToEnd,
}

impl Framing {
    pub(super) fn expects_body(self) -> bool {
        !matches!(self, Self::Length(0) | Self::ToEnd)
    }
}

/// Refuses what makes two readers see two bodies.
pub(super) fn of(source: &Source<'_>, head: &Head) -> Result<Framing, RawRequestError> {
    let length = head.only(source, "content-length")?;
    let encoding = head.only(source, "transfer-encoding")?;
    match (length, encoding) {
        (Some(_), Some(encoding)) => {
            let problem =
                "Transfer-Encoding and Content-Length cannot both say where the body ends; keep one";
            Err(source.error(encoding.at, problem))
        }
        (Some(length), None) => {
            let text = std::str::from_utf8(&length.value).unwrap_or_default();
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = digits.then(|| text.parse().ok()).flatten();
            let number =
                number.ok_or_else(|| source.error(length.at, "Content-Length must be a number of bytes"))?;
            Ok(Framing::Length(number))
        }
        (None, Some(encoding)) if encoding.value.eq_ignore_ascii_case(b"chunked") => Ok(Framing::Chunked),
        (None, Some(encoding)) => {
            Err(source.error(encoding.at, "the only Transfer-Encoding that can be undone is chunked"))
        }
        (None, None) => Ok(Framing::ToEnd),
    }
}
