//! What came back, and what it means.
//!
//! Rule: a body is the result and goes to stdout or its file; what is said about it is talk. An error of AWS is said with its code,
//! what it means and what to do.

mod advice;
mod object;
mod sink;

use client::Streaming;
use client::retry::History;
use credentials::advice::Circumstances;
use wire::AwsError;

use self::advice::{advice, is_about_signature};
pub(super) use self::object::AnswerObject;
use self::sink::Sink;
use super::live::Live;
use super::sent::titled;
use crate::arguments::AnswerArguments;
use crate::failure::Failure;
use crate::output::Output;

/// An answer that is read, and how it is to be taken.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) head: Head,
    pub(super) content: Content,
}

/// Status and headers.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) version: &'static str,
    pub(super) headers: http::HeaderMap,
}

#[derive(Debug)]
pub(super) enum Content {
    /// It went where it was to go.
    Delivered(Sink),
    /// The service refused.
    Refused { body: Vec<u8>, error: Option<AwsError> },
}

impl Answer {
    /// Reads an answer to its end; what is good is delivered on the way.
    pub(super) async fn receive(
        mut streaming: Streaming,
        error: Option<AwsError>,
        output: Output,
        arguments: &AnswerArguments,
        live: &Live,
    ) -> Result<Self, Failure> {
        let head = Head::of(&streaming);
        if head.status >= 300 || error.is_some() {
            let answer = streaming.collect(MAX_ERROR).await.map_err(|error| broken(&error))?;
            let body = answer.body().to_vec();
            return Ok(Self { content: Content::Refused { body, error }, head });
        }
        let sink = Sink::open(output, arguments.output.as_deref())?;
        if arguments.include && !output.json {
            Output::text(&head.text())?;
        }
        let sink = live.during(sink.take(&mut streaming, live)).await?;
        Ok(Self { head, content: Content::Delivered(sink) })
    }

    /// Whether looking into the signature pays.
    pub(super) fn is_mismatch(&self) -> bool {
        matches!(&self.content, Content::Refused { error: Some(error), .. } if is_about_signature(&error.code))
    }

    /// Prints what is not printed yet.
    pub(super) fn print(&self, arguments: &AnswerArguments) -> Result<(), Failure> {
        let Content::Refused { body, .. } = &self.content else { return Ok(()) };
        if arguments.include {
            Output::text(&self.head.text())?;
        }
        match arguments.fail {
            true => Ok(()),
            // What an error says goes to whoever watches; a terminal gets no orders of it.
            false => Output::text(&String::from_utf8_lossy(body)),
        }
    }

    /// What is wrong, and what to do; nothing where the answer is good.
    pub(super) fn failure(&self, about: &Circumstances<'_>) -> Option<Failure> {
        let Content::Refused { error, .. } = &self.content else { return None };
        let status = self.head.status;
        let Some(error) = error else {
            let failure = Failure::new(format!("the answer is {}", status_text(status)));
            return Some(match self.head.header("location") {
                Some(_) if status < 400 => failure
                    .hint("a redirect is followed with --unsigned -L alone: a signature is for one host"),
                _ => failure,
            });
        };
        let failure = Failure::new(error.to_string()).verbatim();
        Some(match advice(error, status, about) {
            Some(advice) => failure.hint(advice),
            None => failure,
        })
    }
}

impl Head {
    fn of(streaming: &Streaming) -> Self {
        let version = match streaming.version() {
            http::Version::HTTP_2 => "HTTP/2",
            http::Version::HTTP_10 => "HTTP/1.0",
            _ => "HTTP/1.1",
        };
        Self { status: streaming.status(), version, headers: streaming.headers().clone() }
    }

    /// The first field of this name, if it is visible ASCII.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Status line and fields, and the empty line behind them.
    fn text(&self) -> String {
        let mut text = format!("{} {}\n", self.version, status_text(self.status));
        for (name, value) in &self.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            text.push_str(&format!("{}: {value}\n", titled(name.as_str())));
        }
        text.push('\n');
        text
    }
}

/// What became of a call, in a word: of summaries and objects.
pub(super) fn outcome(history: &History) -> String {
    history.attempts.last().map(|attempt| attempt.outcome.to_string()).unwrap_or_default()
}

/// `404 Not Found`.
fn status_text(status: u16) -> String {
    let reason = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    reason.map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}

fn broken(error: &client::ClientError) -> Failure {
    Failure::new(error.chain()).hint(error.hint())
}

/// No error of AWS is as long.
const MAX_ERROR: usize = 4 << 20;
