//! Policy documents as written: elements, their order and where they stand.
//!
//! Rule: a [`Document`] is one that AWS would take for its kind; any other text is refused in AWS's words. Reading goes by three
//! steps, a file each: JSON (`json`), elements of the right types (`outline`), and what AWS demands of each kind of policy
//! (`identity`, `trust`, `resource`). Sources: facts/account.md section 2.2, IAM User Guide "Grammar of the IAM JSON policy
//! language", texts as AWS gives them.

mod action;
mod arn;
mod fault;
mod identity;
mod json;
mod keys;
mod literal;
mod operator;
mod outline;
mod principal;
mod print;
mod resource;
mod trust;

#[cfg(test)]
mod tests;

use std::fmt;

use fault::{Fault, What};
use outline::Outline;

/// A document that AWS would accept as a policy of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub version: Version,
    pub id: Option<String>,
    pub statements: Vec<Statement>,
}

/// What a document is to be used as: each kind has elements that it must and must not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// Of a user, group or role, inline or managed; also permissions boundaries, SCPs and RCPs.
    Identity,
    /// `AssumeRolePolicyDocument`
    Trust,
    /// Of a bucket, a queue and the like.
    Resource,
    /// Handed to STS, which takes documents that IAM refuses (facts section 2.2).
    Session,
    /// Of any kind, taken once already: grammar alone, so that a stricter rule never loses what is stored.
    Stored,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, also where none is named: variables are plain text.
    V2008,
    /// `2012-10-17`
    V2012,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub sid: Option<String>,
    pub effect: Effect,
    pub principal: Option<PrincipalElement>,
    pub action: ActionElement,
    pub resource: Option<ResourceElement>,
    /// In the order of the text.
    pub conditions: Vec<Condition>,
    /// From the statement's `{` to its `}`.
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Allow,
    Deny,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrincipalElement {
    Only(PrincipalSet),
    Not(PrincipalSet),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrincipalSet {
    /// `"*"`, or `{"AWS": "*"}`.
    pub everyone: bool,
    /// ARNs and unique ids. The number of an account stands here as the ARN of its root user, as AWS stores it.
    pub aws: Vec<String>,
    pub service: Vec<String>,
    pub federated: Vec<String>,
    pub canonical_user: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionElement {
    Only(Vec<String>),
    Not(Vec<String>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceElement {
    Only(Vec<String>),
    Not(Vec<String>),
}

/// One key under one operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// As written, such as `ForAnyValue:StringLikeIfExists`.
    pub operator: String,
    /// As written; keys compare ignoring case.
    pub key: String,
    /// Numbers and booleans as their text.
    pub values: Vec<String>,
    /// Of the key and its values.
    pub span: Span,
}

/// A part of the text as AWS's simulator names it: from its first character to the place behind its last, lines and columns
/// from 1, columns in UTF-16 units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub start: Position,
    pub end: Position,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// AWS refuses the document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PolicyError {
    /// AWS's own words, for `MalformedPolicyDocument`.
    pub message: String,
    /// Where; AWS does not say.
    pub position: Option<Position>,
}

impl Document {
    /// Reads `text` as a policy of `kind`. Time and space are linear in its length, which is bounded.
    pub fn parse(text: &str, kind: DocumentKind) -> Result<Self, PolicyError> {
        Self::read(text, kind).map_err(|fault| fault.tell(kind))
    }

    /// The characters that count against AWS's quotas: all but white space between tokens.
    pub fn size(text: &str) -> usize {
        json::size(text)
    }

    fn read(text: &str, kind: DocumentKind) -> Result<Self, Fault> {
        if kind == DocumentKind::Resource && !text.starts_with('{') {
            return Err(What::NotAnObject.at(Position { line: 1, column: 1 }));
        }
        let outline = Outline::read(text)?;
        match kind {
            DocumentKind::Identity => identity::check(outline),
            DocumentKind::Session => identity::check_session(outline),
            DocumentKind::Trust => trust::check(outline),
            DocumentKind::Resource => resource::check(outline),
            DocumentKind::Stored => identity::finish(outline),
        }
    }
}

impl ActionElement {
    pub fn values(&self) -> &[String] {
        let (Self::Only(values) | Self::Not(values)) = self;
        values
    }
}

impl ResourceElement {
    pub fn values(&self) -> &[String] {
        let (Self::Only(values) | Self::Not(values)) = self;
        values
    }
}

impl PrincipalElement {
    pub fn set(&self) -> &PrincipalSet {
        let (Self::Only(set) | Self::Not(set)) = self;
        set
    }
}

impl Version {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }
}

impl Effect {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
