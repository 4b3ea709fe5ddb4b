//! Requests of HTTP/1.1 as captured bytes, and back.
//!
//! Rule: one reading or an error with its place; whatever two servers would take for different requests is refused.
//! Sources: RFC 9112 sections 2 to 7, RFC 9113 section 8.3.1 for the pseudo fields in traces.

mod body;
mod framing;
mod head;
mod trace;
mod write;

use std::fmt;

use crate::{Message, Place};
use head::{Head, Line};
pub(crate) use head::{normal_authority, trimmed};

pub use write::{RawWriteError, write};

/// What is read beyond plain requests, and how much.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The longest body in bytes, before and after chunks are put together.
    pub most_body: usize,
    /// Reads traces as well: the lines with `>` of `curl -v`, and the pseudo fields (`:method`, `:authority`) that tools
    /// print for HTTP/2. Neither can be mistaken for a plain request.
    pub traces: bool,
}

/// A request that was read, and what else there is to say of the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    pub message: Message,
    /// Fields after the last chunk; no signature covers them.
    pub trailers: Vec<(String, Vec<u8>)>,
    /// What a person should know before believing a result.
    pub notes: Vec<Note>,
}

/// Something in a capture that may not be what was on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// No field says where the body ends; all that follows the head was taken, a last newline with it.
    BodyToEnd,
    /// A newline behind the body was left out, as editors add one.
    NewlineAfterBody,
    /// The input ends within the head, without its empty line.
    HeadWithoutEnd,
    /// `Host` was taken from an absolute target or from `:authority`.
    HostFromTarget,
    /// A trace shows the head alone, though its fields speak of a body.
    BodyNotShown,
}

/// Why bytes are no request that can be read in one way only.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct RawRequestError {
    /// In the input as it was given.
    pub place: Place,
    /// What is wrong there and what would do. Holds names of fields, never their values.
    pub problem: String,
}

/// Reads one request. Lines end in CRLF or LF; empty lines in front are skipped; the head has at most 64 KiB.
pub fn read(input: &[u8], options: &Options) -> Result<Capture, RawRequestError> {
    let source = Source { input };
    let shown = trace::Shown::of(input).filter(|_| options.traces);
    let lines = match shown {
        Some(trace::Shown::Verbose) => trace::verbose(&source)?,
        _ => head::lines(&source)?,
    };
    let head = match shown {
        Some(trace::Shown::PseudoFields) => trace::pseudo_fields(&source, &lines)?,
        _ => Head::read(&source, &lines.lines, options.traces)?,
    };
    let mut notes = Vec::new();
    notes.extend((!lines.is_ended).then_some(Note::HeadWithoutEnd));
    notes.extend(head.host_is_new.then_some(Note::HostFromTarget));
    let framing = framing::of(&source, &head)?;
    let (body, trailers) = if shown == Some(trace::Shown::Verbose) {
        notes.extend(framing.expects_body().then_some(Note::BodyNotShown));
        (Vec::new(), Vec::new())
    } else {
        body::read(&source, lines.end, framing, options.most_body, &mut notes)?
    };
    Ok(Capture { message: head.into_message(body), trailers, notes })
}

impl Options {
    /// Plain requests and traces.
    pub fn new(most_body: usize) -> Self {
        Self { most_body, traces: true }
    }
}

/// The input, and where in it something is wrong.
struct Source<'a> {
    input: &'a [u8],
}

impl<'a> Source<'a> {
    fn error(&self, offset: usize, problem: impl Into<String>) -> RawRequestError {
        RawRequestError { place: Place::of(self.input, offset), problem: problem.into() }
    }

    /// The line that begins at `start`, and where the next one does; no line at the end of the input.
    fn line(&self, start: usize) -> Option<(Line<'a>, usize)> {
        let rest = self.input.get(start..).filter(|rest| !rest.is_empty())?;
        let (text, next) = match rest.iter().position(|byte| *byte == b'\n') {
            Some(at) => (&rest[..at], start + at + 1),
            None => (rest, self.input.len()),
        };
        Some((Line { at: start, text: text.strip_suffix(b"\r").unwrap_or(text) }, next))
    }
}

/// One sentence for people.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BodyToEnd => {
                "the request names neither Content-Length nor chunks: everything after the head was taken for its body"
            }
            Self::NewlineAfterBody => "a newline after the body was left out",
            Self::HeadWithoutEnd => "the input ends without the empty line that ends a head",
            Self::HostFromTarget => "Host was taken from the request's target",
            Self::BodyNotShown => "the trace does not show the body that its fields announce",
        })
    }
}

#[cfg(test)]
mod tests;
