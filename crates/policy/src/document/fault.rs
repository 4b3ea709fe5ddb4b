//! What is wrong with a document, and how AWS says it.
//!
//! Rule: one table of texts. IAM calls whatever breaks the grammar of an identity policy a syntax error; the validator behind
//! trust policies and S3's policies names the element. AWS never says where: the position is ours.

use super::{DocumentKind, PolicyError, Position};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) what: What,
    pub(super) position: Option<Position>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    NotJson,
    /// The text does not begin with `{`.
    NotAnObject,
    DuplicateName,
    UnknownField(String),
    ProhibitedField(&'static str),
    MissingField(&'static str),
    EmptyField(&'static str),
    /// An element of a type that it cannot have, or two that exclude one another.
    Shape,
    /// Known, but not for this kind.
    Version,
    UnknownVersion,
    NoStatement,
    EmptyStatement,
    InvalidEffect(String),
    UnknownOperator(String),
    PrincipalNotObject,
    /// A key of `Principal` that is none.
    PrincipalType(String),
    /// Such as `AWS` and a value that is no principal.
    InvalidPrincipal(&'static str, String),
    Federated,
    Cognito,
    AllowNotPrincipal,
    NotPrincipal,
    RepeatedSid,
    /// What AWS says in just these words, whatever the kind.
    Said(String),
}

impl What {
    pub(super) fn at(self, position: Position) -> Fault {
        Fault { what: self, position: Some(position) }
    }
}

impl Fault {
    pub(super) fn tell(self, kind: DocumentKind) -> PolicyError {
        let message = match kind {
            DocumentKind::Identity | DocumentKind::Stored => iam(self.what),
            DocumentKind::Session => sts(self.what),
            DocumentKind::Trust => trust(self.what),
            DocumentKind::Resource => s3(self.what),
        };
        PolicyError { message, position: self.position }
    }
}

fn iam(what: What) -> String {
    match what {
        What::Said(text) => text,
        What::Version => "Policy document must be version 2012-10-17 or greater.".to_owned(),
        What::ProhibitedField(_) => "Policy document should not specify a principal.".to_owned(),
        What::MissingField("Action") => "Policy statement must contain actions.".to_owned(),
        What::MissingField(_) => "Policy statement must contain resources.".to_owned(),
        What::RepeatedSid => "Statement IDs (SID) in a single policy must be unique.".to_owned(),
        _ => "Syntax errors in policy.".to_owned(),
    }
}

fn sts(what: What) -> String {
    match what {
        What::NotJson | What::NotAnObject | What::DuplicateName => {
            "The policy is not in the valid JSON format.".to_owned()
        }
        other => iam(other),
    }
}

fn trust(what: What) -> String {
    match what {
        What::NotAnObject => "This policy contains invalid Json".to_owned(),
        What::NoStatement => "Could not parse the policy: Statement is empty!".to_owned(),
        What::ProhibitedField("NotResource") => "AssumeRole policy must not contain resources.".to_owned(),
        What::InvalidPrincipal(kind, value) => {
            format!("Invalid principal in policy: \"{}\":\"{value}\"", kind.to_ascii_uppercase())
        }
        What::PrincipalType(name) => format!("Invalid principal in policy: \"{name}\""),
        What::Shape | What::UnknownOperator(_) => "Syntax error in policy.".to_owned(),
        other => named(other),
    }
}

fn s3(what: What) -> String {
    match what {
        What::NotAnObject => "Policies must be valid JSON and the first byte must be '{'".to_owned(),
        What::InvalidPrincipal(..) | What::PrincipalType(_) | What::PrincipalNotObject | What::Federated => {
            "Invalid principal in policy".to_owned()
        }
        What::Shape => "Invalid policy syntax.".to_owned(),
        What::UnknownOperator(name) => format!("Invalid Condition type : {name}"),
        other => named(other),
    }
}

/// What the two resource policies' validators have in common.
fn named(what: What) -> String {
    match what {
        What::Said(text) => text,
        What::NotJson | What::DuplicateName => "This policy contains invalid Json".to_owned(),
        What::UnknownField(name) => format!("Unknown field {name}"),
        What::ProhibitedField(name) => format!("Has prohibited field {name}"),
        What::MissingField(name) => format!("Missing required field {name}"),
        What::EmptyField(name) => format!("Missing required field {name} cannot be empty!"),
        What::Version | What::UnknownVersion => "The policy must contain a valid version string".to_owned(),
        What::NoStatement => "Missing required field Statement".to_owned(),
        What::EmptyStatement => "Could not parse the policy: Statement is empty!".to_owned(),
        What::InvalidEffect(effect) => format!("Invalid effect: {effect}"),
        What::PrincipalNotObject => "Principal must be a JSON object.".to_owned(),
        What::Federated => "Federated principals must be valid domain names or SAML metadata ARNs".to_owned(),
        What::Cognito => "A condition block must be present for the Cognito provider".to_owned(),
        What::AllowNotPrincipal => "Allow with NotPrincipal is not allowed.".to_owned(),
        What::NotPrincipal => "AssumeRole policy must not contain NotPrincipal field.".to_owned(),
        What::RepeatedSid => "The Statement Ids in the policy are not unique".to_owned(),
        _ => "Syntax error in policy.".to_owned(),
    }
}
