//! An error of STS or IAM, and what it means for whoever asked.

use std::fmt;

use wire::AwsError;

use crate::advice::{Advice, Circumstances, translate};
use crate::questions;

/// `<Error>` of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) advice: Advice,
    transient: bool,
    /// As sentences call it: `STS`.
    service: String,
}

impl Refusal {
    /// `None`: the answer is none of AWS's.
    pub(super) fn read(status: u16, error: Option<&AwsError>, about: &Circumstances<'_>) -> Self {
        let error = match error {
            Some(error) => {
                AwsError { code: shown(&error.code), message: shown(&error.message), ..error.clone() }
            }
            None => AwsError { code: format!("HTTP {status}"), ..AwsError::default() },
        };
        let advice = translate(&error, about);
        let transient = questions::is_passing(about.service, status, Some(&error));
        let service = about.service.to_ascii_uppercase();
        Self { status, code: error.code, message: error.message, advice, transient, service }
    }

    /// Asked again in a moment, STS may say something else.
    pub(super) const fn is_transient(&self) -> bool {
        self.transient
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
