//! A check as data, and what it can find.
//!
//! Rule: a check names where its expectation comes from. What it cannot see is skipped with the reason, never passed.

use super::probe::{Answer, ProbeError};
use super::subject::Subject;

/// One thing that AWS does, and how to see whether an endpoint does it, too.
pub(crate) struct Check<S: 'static = Subject> {
    /// `group.name`; never changes, so that scripts may name it.
    pub(crate) id: &'static str,
    /// What holds where the check passes.
    pub(crate) title: &'static str,
    pub(crate) kind: Kind,
    /// Where the expectation comes from.
    pub(crate) source: &'static str,
    /// What goes wrong, and for whom, where it does not hold.
    pub(crate) matters: &'static str,
    pub(crate) run: fn(&S) -> Result<(), Finding>,
}

/// What is told of a check, whatever it looks at.
#[derive(Clone, Copy)]
pub(crate) struct About {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) kind: Kind,
    pub(crate) source: &'static str,
    pub(crate) matters: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A difference from EC2 that clients can see.
    Wire,
    /// A way to credentials for those who should have none.
    Safety,
    /// A setting that could be safer; found wanting it warns and does not fail.
    Advice,
}

/// Why a check did not pass.
#[derive(Debug)]
pub(crate) enum Finding {
    Differs {
        expected: String,
        got: String,
    },
    /// The endpoint has not what the check looks at.
    DoesNotApply(String),
    NoAnswer(ProbeError),
}

impl<S> Check<S> {
    pub(crate) fn about(&self) -> About {
        let Self { id, title, kind, source, matters, .. } = *self;
        About { id, title, kind, source, matters }
    }
}

impl About {
    /// What stands before the point in the id.
    pub(crate) fn group(&self) -> &'static str {
        self.id.split('.').next().unwrap_or_default()
    }
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Wire => "wire",
            Self::Safety => "safety",
            Self::Advice => "advice",
        }
    }
}

impl Finding {
    pub(crate) fn differs(expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self::Differs { expected: expected.into(), got: got.into() }
    }

    pub(crate) fn does_not_apply(reason: impl Into<String>) -> Self {
        Self::DoesNotApply(reason.into())
    }
}

impl From<ProbeError> for Finding {
    fn from(error: ProbeError) -> Self {
        Self::NoAnswer(error)
    }
}

/// Passes where `holds`.
pub(crate) fn require(
    holds: bool,
    expected: impl Into<String>,
    got: impl Into<String>,
) -> Result<(), Finding> {
    if holds { Ok(()) } else { Err(Finding::differs(expected, got)) }
}

/// What checks ask of answers. None of it shows a body: it could be a token.
impl Answer {
    pub(crate) fn must_be(&self, status: u16) -> Result<(), Finding> {
        require(self.status == status, status.to_string(), self.status_line())
    }

    pub(crate) fn must_say(&self, name: &str, value: &str) -> Result<(), Finding> {
        let got = self.header(name).map_or_else(|| format!("no {name}"), |got| format!("{name}: {got}"));
        require(self.header(name) == Some(value), format!("{name}: {value}"), got)
    }

    /// For checks of how an answer is given, where another check says whether it is.
    pub(crate) fn must_apply(&self, status: u16) -> Result<(), Finding> {
        let reason =
            || Finding::does_not_apply(format!("this service answers {} instead", self.status_line()));
        if self.status == status { Ok(()) } else { Err(reason()) }
    }

    /// Any refusal will do, as long as nothing is handed out.
    pub(crate) fn must_be_refused(&self) -> Result<(), Finding> {
        require(self.status >= 400, "a refusal, such as 403", self.status_line())
    }

    /// The body of a value that is no secret.
    pub(crate) fn must_hold(&self, value: &str) -> Result<(), Finding> {
        self.must_be(200)?;
        require(self.body == value.as_bytes(), shown(value), shown(&self.text()))
    }

    pub(crate) fn status_line(&self) -> String {
        let target = self.header("location").map(|to| format!(" to {to}")).unwrap_or_default();
        format!("{} {}{target}", self.status, self.reason).trim_end().to_owned()
    }
}

/// A text in quotes, with its white space spelled out, of a bearable length.
pub(crate) fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((cut, _)) => format!("{:?}… ({} bytes)", &text[..cut], text.len()),
        None => format!("{text:?}"),
    }
}

const MAX_SHOWN: usize = 72;
