//! Policy documents as written: elements, their order and where they stand.

use std::fmt;

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
    pub values: Vec<String>,
    /// Of the key and its values.
    pub span: Span,
}

/// A part of the text, both ends inclusive, as the simulator counts them: lines and columns from 1.
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
    /// Reads `text` as a policy of `kind`.
    pub fn parse(text: &str, kind: DocumentKind) -> Result<Self, PolicyError> {
        let _ = (text, kind);
        Err(PolicyError { message: "Syntax errors in policy.".to_owned(), position: None })
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
