//! An error of STS or IAM, and what it means for whoever asked.

use std::fmt;

use wire::AwsError;

use super::xml::Leaves;
use crate::advice::{Advice, Circumstances, translate};

/// `<Error>` of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) advice: Advice,
    /// As sentences call it: `STS`.
    service: String,
}

impl Refusal {
    pub(super) fn read(status: u16, leaves: &Leaves, about: &Circumstances<'_>) -> Self {
        match leaves.get("Code") {
            Some(code) => Self::new(status, code, leaves.get("Message").unwrap_or_default(), about),
            None => Self::without_words(status, about),
        }
    }

    /// The answer is none of AWS's.
    pub(super) fn without_words(status: u16, about: &Circumstances<'_>) -> Self {
        Self::new(status, &format!("HTTP {status}"), "", about)
    }

    fn new(status: u16, code: &str, message: &str, about: &Circumstances<'_>) -> Self {
        let error = AwsError { code: shown(code), message: shown(message), ..AwsError::default() };
        let advice = translate(&error, about);
        let service = about.service.to_ascii_uppercase();
        Self { status, code: error.code, message: error.message, advice, service }
    }

    /// Asked again in a moment, STS may say something else.
    pub(super) fn is_transient(&self) -> bool {
        let codes = ["Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException"];
        let codes = codes.into_iter().chain(["RequestThrottled", "SlowDown", "IDPCommunicationError"]);
        self.status >= 500 || self.status == 429 || codes.into_iter().any(|code| self.code == code)
    }

    /// The signature was refused for its time, or may have been.
    pub(super) fn is_about_time(&self) -> bool {
        let codes =
            ["SignatureDoesNotMatch", "RequestExpired", "RequestTimeTooSkewed", "InvalidSignatureException"];
        codes.contains(&self.code.as_str())
    }

    /// The code that was typed is wrong, or was used before.
    pub(crate) fn is_wrong_mfa_code(&self) -> bool {
        self.advice.code == "wrong-mfa-code"
    }

    pub(super) fn remedy(&self) -> String {
        self.advice.text()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message.is_empty() {
            true => write!(f, "the endpoint answers {}", self.code),
            false => write!(f, "{} answers {}: {}", self.service, self.code, self.message),
        }
    }
}

impl std::error::Error for Refusal {}

/// Messages are for one line of a terminal, and written by whoever the endpoint is.
fn shown(text: &str) -> String {
    let mut line: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_SHOWN).collect();
    line.truncate(line.trim_end().len());
    line
}

const MAX_SHOWN: usize = 600;
