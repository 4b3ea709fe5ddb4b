//! One policy of a simulation, and what it is called in results.

use policy::document::{Document, Span};
use policy::{DocumentKind, Policy};

use super::super::refusal;
use super::{keys, place};
use crate::ServiceError;

/// A policy with its name and kind.
#[derive(Debug)]
pub(super) struct Source {
    /// `PolicyInputList.1`, or the name of a policy.
    pub(super) id: String,
    pub(super) kind: SourceKind,
    pub(super) policy: Policy,
    pub(super) places: Vec<Span>,
    /// As written, each once.
    pub(super) keys: Vec<String>,
    /// Bytes of patterns that are looked for all over a text.
    pub(super) patterns: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SourceKind {
    Identity,
    Boundary,
    Resource,
    Organization,
}

impl SourceKind {
    /// `SourcePolicyType`, and a key of `EvalDecisionDetails`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Identity => "IAM Policy",
            Self::Boundary => "Permissions Boundary Policy",
            Self::Resource => "Resource Policy",
            Self::Organization => "Organizations Policy",
        }
    }
}

impl Source {
    /// A policy that the account keeps.
    pub(super) fn kept(id: String, kind: SourceKind, policy: &Policy) -> Self {
        let places = place::places(policy.text(), policy.document());
        let keys = keys::of_document(policy.text()).unwrap_or_default();
        let patterns = patterns(policy.document());
        Self { id, kind, policy: policy.clone(), places, keys, patterns }
    }

    /// The policies of a list of the request.
    pub(super) fn list(texts: &[&str], list: ListName, kind: SourceKind) -> Result<Vec<Self>, ServiceError> {
        let sources = texts.iter().zip(1..).map(|(text, number)| {
            let id = format!("{}.{number}", list.member);
            let invalid = || format!("{} list item {number} has invalid content", list.words);
            Self::given(text, id, kind).ok_or_else(|| refusal::invalid_input(invalid()))
        });
        sources.collect()
    }

    /// `ResourcePolicy` of the request.
    pub(super) fn resource(text: &str) -> Result<Self, ServiceError> {
        Self::given(text, "ResourcePolicy".to_owned(), SourceKind::Resource)
            .ok_or_else(|| refusal::invalid_input("Resource policy has invalid content"))
    }

    fn given(text: &str, id: String, kind: SourceKind) -> Option<Self> {
        let document = match kind {
            SourceKind::Resource => DocumentKind::Resource,
            _ => DocumentKind::Session,
        };
        let policy = Policy::parse(text, document).ok()?;
        let keys = keys::of_document(text)?;
        let (places, patterns) = (place::places(text, policy.document()), patterns(policy.document()));
        Some(Self { id, kind, places, policy, keys, patterns })
    }
}

/// Bytes of what is more than a literal or the beginning of one; of ARNs, where they may be long.
fn patterns(document: &Document) -> usize {
    let is_sought = |text: &str| text.trim_end_matches('*').contains(['*', '$']);
    let statements = || document.statements.iter();
    let values = statements().flat_map(|statement| &statement.conditions).flat_map(|held| &held.values);
    let resources = statements().filter_map(|held| held.resource.as_ref()).flat_map(|held| held.values());
    let ends = resources.filter_map(|arn| arn.splitn(6, ':').nth(5));
    values.map(String::as_str).chain(ends).filter(|text| is_sought(text)).map(str::len).sum()
}

/// A list of policies in the request.
#[derive(Clone, Copy, Debug)]
pub(super) struct ListName {
    /// In ids.
    member: &'static str,
    /// In refusals.
    words: &'static str,
}

impl ListName {
    pub(super) const POLICIES: Self = Self { member: "PolicyInputList", words: "Policy input" };
    pub(super) const BOUNDARY: Self =
        Self { member: "PermissionsBoundaryPolicyInputList", words: "Permissions boundary policy input" };
    pub(super) const ORGANIZATION: Self =
        Self { member: "ServiceControlPolicyInputList", words: "Service control policy input" };
}
