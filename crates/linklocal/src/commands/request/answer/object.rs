//! An answer as one object of JSON.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use client::retry::{Attempt, History, Outcome};
use serde::Serialize;

use super::{Answer, Content, Sink};
use crate::commands::signing::ExplanationObject;

/// The object of `--json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::commands::request) struct AnswerObject<'a> {
    /// Null where no answer came.
    status: Option<u16>,
    version: Option<&'static str>,
    headers: Vec<FieldObject<'a>>,
    /// The body, where it is text.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
    /// The file that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorObject<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplanationObject>,
    /// What it was signed for in the end; null where it was not signed.
    service: Option<&'a str>,
    region: Option<&'a str>,
    attempts: Vec<AttemptObject<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct FieldObject<'a> {
    name: &'a str,
    value: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorObject<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

/// One attempt; seconds count from the beginning of the first.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AttemptObject<'a> {
    number: u32,
    at_seconds: f64,
    took_seconds: f64,
    outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    /// Why another attempt might do better.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correction: Option<String>,
}

impl<'a> AnswerObject<'a> {
    pub(in crate::commands::request) fn of(answer: &'a Answer) -> Self {
        let mut object = Self::unanswered();
        object.status = Some(answer.head.status);
        object.version = Some(answer.head.version);
        object.headers = answer.head.headers.iter().map(FieldObject::of).collect();
        match &answer.content {
            Content::Refused { body, error } => {
                object.set_body(body);
                object.error = error.as_ref().map(|error| ErrorObject {
                    code: &error.code,
                    message: &error.message,
                    request_id: error.request_id.as_deref(),
                });
            }
            Content::Delivered(Sink::Memory(body)) => object.set_body(body),
            Content::Delivered(Sink::Written(path)) => object.output = Some(path),
            Content::Delivered(_) => {}
        }
        object
    }

    /// Where no answer came.
    pub(in crate::commands::request) fn of_failure(code: &'a str, message: &'a str) -> Self {
        let error = Some(ErrorObject { code, message, request_id: None });
        Self { error, ..Self::unanswered() }
    }

    pub(in crate::commands::request) fn explained(self, explanation: Option<ExplanationObject>) -> Self {
        Self { explanation, ..self }
    }

    pub(in crate::commands::request) fn signed_for(self, place: Option<(&'a str, &'a str)>) -> Self {
        let (service, region) = place.unzip();
        Self { service, region, ..self }
    }

    pub(in crate::commands::request) fn after(self, history: &'a History) -> Self {
        Self { attempts: history.attempts.iter().map(AttemptObject::of).collect(), ..self }
    }

    fn unanswered() -> Self {
        Self {
            status: None,
            version: None,
            headers: Vec::new(),
            body: None,
            body_base64: None,
            output: None,
            error: None,
            explanation: None,
            service: None,
            region: None,
            attempts: Vec::new(),
        }
    }

    fn set_body(&mut self, bytes: &'a [u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.body = Some(text),
            Err(_) => self.body_base64 = Some(BASE64_STANDARD.encode(bytes)),
        }
    }
}

impl<'a> FieldObject<'a> {
    fn of((name, value): (&'a http::HeaderName, &http::HeaderValue)) -> Self {
        Self { name: name.as_str(), value: String::from_utf8_lossy(value.as_bytes()).into_owned() }
    }
}

impl<'a> AttemptObject<'a> {
    fn of(attempt: &'a Attempt) -> Self {
        let (status, code) = match &attempt.outcome {
            Outcome::Answer { status, code, .. } => (Some(*status), code.as_deref()),
            Outcome::Failure { code, .. } => (None, Some(*code)),
        };
        Self {
            number: attempt.number,
            at_seconds: attempt.at.as_secs_f64(),
            took_seconds: attempt.took.as_secs_f64(),
            outcome: attempt.outcome.to_string(),
            status,
            code,
            cause: attempt.cause.map(client::retry::Cause::name),
            wait_seconds: attempt.wait.map(|wait| wait.as_secs_f64()),
            correction: attempt.correction.as_ref().map(ToString::to_string),
        }
    }
}
