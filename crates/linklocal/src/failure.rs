//! How a command that failed tells it: what, where, and what to do.

use std::error::Error;
use std::fmt::Write as _;

/// The end of a command that did not do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    /// What the command leaves with: 1, or 2 where the command line was at fault. `run` has those of a shell besides.
    code: u8,
    /// Whether the same command may succeed in a moment.
    pub(crate) passing: bool,
    /// What stands before the message on stderr.
    pub(crate) label: &'static str,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code: 1, passing: false, label: "error: " }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: 2, ..Self::new(message) }
    }

    /// An error and its causes on one line, each said once: a cause that the message already holds is left out.
    pub(crate) fn of(error: &dyn Error) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let text = inner.to_string();
            if !message.contains(&text) {
                let _ = write!(message, ": {text}");
            }
            cause = inner.source();
        }
        Self::new(message)
    }

    /// Puts before the message what it is about: a flag, a variable, a file.
    pub(crate) fn named(mut self, what: &str) -> Self {
        self.message.insert_str(0, &format!("{what}: "));
        self
    }

    /// Said as it stands, where the message begins with the other side's own code.
    pub(crate) fn verbatim(self) -> Self {
        Self { label: "", ..self }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Leaves with this code in place of 1.
    pub(crate) fn exit(self, code: u8) -> Self {
        Self { code, ..self }
    }

    pub(crate) fn exit_code(&self) -> u8 {
        self.code
    }

    pub(crate) fn passing(self) -> Self {
        Self { passing: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn names_each_cause_once() {
        let error = Outer(std::io::Error::other("inner"));
        assert_eq!(Failure::of(&error).message, "outer: inner");
        let nested = std::io::Error::other(std::io::Error::other("same"));
        assert_eq!(Failure::of(&nested).message, "same");
    }
}
