//! From policies and a request to allowed or denied, and why.

use types::AccountId;

use crate::document::Span;
use crate::{Context, Policy, Principal};

/// One action on one resource.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub principal: &'a Principal,
    /// Such as `iam:CreateUser`.
    pub action: &'a str,
    /// An ARN, or `*` for an action without resources.
    pub resource: &'a str,
    /// Who owns the resource; `None` is the principal's own account.
    pub resource_account: Option<AccountId>,
    pub context: &'a Context,
}

/// All policies that apply, by layer.
#[derive(Clone, Debug, Default)]
pub struct Layers<'a> {
    pub identity: Vec<Attached<'a>>,
    pub boundary: Option<Attached<'a>>,
    /// `None` where the session has no policies; an empty list allows nothing.
    pub session: Option<Vec<Attached<'a>>>,
    pub resource: Option<ResourcePolicy<'a>>,
    /// Each level of the organisation from its root on; none where there is no organisation.
    pub service_control: Vec<Vec<Attached<'a>>>,
    pub resource_control: Vec<Vec<Attached<'a>>>,
}

/// The policy of the resource itself.
#[derive(Clone, Copy, Debug)]
pub struct ResourcePolicy<'a> {
    pub attached: Attached<'a>,
    /// Trust policies and key policies: identity policies alone never suffice.
    pub required: bool,
}

/// A policy and what it is called: an ARN, or the name of an inline one.
#[derive(Clone, Copy, Debug)]
pub struct Attached<'a> {
    pub name: &'a str,
    pub policy: &'a Policy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    ResourceControl,
    ServiceControl,
    Boundary,
    Session,
    Resource,
    Trust,
    Identity,
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    Allowed,
    Denied(Denial),
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denial {
    /// A statement denies; otherwise `layer` is the first that lacks an allow.
    pub explicit: bool,
    pub layer: Layer,
    /// The statement that denies.
    pub statement: Option<StatementRef>,
}

/// A statement and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementRef {
    /// [`Attached::name`]
    pub policy: String,
    pub sid: Option<String>,
    pub span: Span,
}

/// What every statement of every layer came to. Made after a decision, from the same arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    pub decision: Decision,
}

/// Decides as AWS does (facts section 2.1).
pub fn decide(request: &Request<'_>, layers: &Layers<'_>) -> Decision {
    let _ = (request, layers);
    Decision::Denied(Denial { explicit: false, layer: Layer::Identity, statement: None })
}

/// Explains the same decision.
pub fn trace(request: &Request<'_>, layers: &Layers<'_>) -> Trace {
    Trace { decision: decide(request, layers) }
}

impl Denial {
    /// The end of AWS's message, from "because" or "with" on: facts section 2.7.
    pub fn reason(&self, action: &str) -> String {
        format!("because no identity-based policy allows the {action} action")
    }
}
