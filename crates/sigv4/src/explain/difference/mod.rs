//! Two canonical requests, line by line.
//!
//! Rule: queries are compared as sets of pairs, header fields by name, paths by segment; how two values differ is said in
//! words, for the eye does not see a tab or a second encoding.

mod lines;
mod visible;

use std::fmt;

pub(super) use lines::{Compared, compare, compare_heads, without_port};
pub(super) use visible::line;

/// One place where the two sides differ. The texts are redacted, cut around the difference, and show white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDifference {
    pub line: Line,
    /// `None` where only the other side has it.
    pub ours: Option<String>,
    /// `None` where only this side has it.
    pub theirs: Option<String>,
    /// How the two differ, in words.
    pub how: String,
}

/// A part of a canonical request, or of a string to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    Method,
    Path,
    /// Counted from one.
    PathSegment(usize),
    /// The query as a whole: its order.
    Query,
    /// One parameter, by its encoded name.
    Parameter(String),
    /// One field, by its name in lower case.
    Header(String),
    SignedHeaders,
    Payload,
    /// Line ends and blank lines.
    Shape,
    Algorithm,
    Date,
    Scope,
}

impl Line {
    /// A word for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Path => "path",
            Self::PathSegment(_) => "path-segment",
            Self::Query => "query",
            Self::Parameter(_) => "parameter",
            Self::Header(_) => "header",
            Self::SignedHeaders => "signed-headers",
            Self::Payload => "payload",
            Self::Shape => "shape",
            Self::Algorithm => "algorithm",
            Self::Date => "date",
            Self::Scope => "scope",
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PathSegment(index) => write!(f, "path segment {index}"),
            Self::Parameter(name) => write!(f, "parameter {name}"),
            Self::Header(name) => write!(f, "header {name}"),
            Self::SignedHeaders => f.write_str("signed headers"),
            other => f.write_str(other.code()),
        }
    }
}
