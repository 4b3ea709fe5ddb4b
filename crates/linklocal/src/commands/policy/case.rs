//! A case: one principal, some actions on some resources, the policies that apply, and what is to come of it.

use policy::document::{Effect, Position};
use policy::{
    Attached, Context, ContextValue, Decision, DocumentKind, Layer, Layers, Principal, Request,
    ResourcePolicy, ResourcePolicyKind, Trace, trace,
};
use types::{AccountId, Timestamp};

use super::library::Library;
use super::principal;
use super::suite::{ContextTexts, Expectation, LayerName, PlacedCase, RawCase, Texts};
use crate::failure::Failure;

#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: String,
    place: String,
    principal: Principal,
    actions: Vec<String>,
    resources: Vec<String>,
    resource_account: Option<AccountId>,
    context: Context,
    expect: Expectation,
    raw: RawCase,
}

/// One action on one resource, and whether it came as expected.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) case: String,
    pub(super) place: String,
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) expect: Expectation,
    pub(super) trace: Trace,
    /// What is not as expected.
    pub(super) miss: Option<String>,
}

impl Case {
    pub(super) fn read(
        placed: &PlacedCase<'_>,
        library: &mut Library<'_>,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let raw = placed.raw.clone();
        let principal = required(placed, "principal", raw.principal.as_deref())?;
        let principal = principal::read(principal, raw.principal_id.as_deref())
            .map_err(|what| placed.wrong("principal", what))?;
        let actions = actions(placed)?;
        check_resource_policy(placed)?;
        let account = raw.resource_account.as_deref().map(str::parse).transpose();
        let resource_account =
            account.map_err(|error: types::AccountIdError| placed.wrong("resource-account", error))?;
        let expect = *required(placed, "expect", raw.expect.as_ref())?;
        for (name, kind) in named(&raw) {
            library.load(name, kind).map_err(|failure| failure.named(&placed.place()))?;
        }
        Ok(Self {
            name: placed.name(),
            place: placed.place(),
            context: context(&principal, &raw, now),
            principal,
            actions,
            resources: raw.resource.clone().map_or_else(|| vec!["*".to_owned()], |resources| resources.0),
            resource_account,
            expect,
            raw,
        })
    }

    /// Every action on every resource.
    pub(super) fn run(&self, library: &Library<'_>) -> Vec<Check> {
        let layers = self.layers(library);
        let pairs = self
            .actions
            .iter()
            .flat_map(|action| self.resources.iter().map(move |resource| (action, resource)));
        pairs.map(|(action, resource)| self.check(action, resource, &layers)).collect()
    }

    fn check(&self, action: &str, resource: &str, layers: &Layers<'_>) -> Check {
        let mut context = self.context.clone();
        let owner = self.resource_account.or_else(|| owner(resource));
        if let Some(owner) = owner.filter(|_| context.value("aws:resourceaccount").is_none()) {
            context.set("aws:ResourceAccount", owner.to_string());
        }
        let request = Request {
            principal: &self.principal,
            action,
            resource,
            resource_account: owner,
            context: &context,
        };
        let trace = trace(&request, layers);
        Check {
            case: self.name.clone(),
            place: self.place.clone(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            expect: self.expect,
            miss: self.miss(&trace),
            trace,
        }
    }

    fn layers<'l>(&self, library: &'l Library<'_>) -> Layers<'l> {
        let raw = &self.raw;
        let one = |name: &Option<String>, kind| name.as_ref().map(|name| library.attached(name, kind));
        let many = |texts: &Texts, kind| -> Vec<Attached<'l>> {
            texts.0.iter().map(|name| library.attached(name, kind)).collect()
        };
        let levels = |levels: &Option<Vec<Texts>>| {
            levels.iter().flatten().map(|level| many(level, DocumentKind::Identity)).collect()
        };
        let resource = |name: &Option<String>, kind, layer| {
            one(name, kind).map(|attached| ResourcePolicy { attached, kind: layer })
        };
        Layers {
            identity: raw
                .identity
                .as_ref()
                .map(|names| many(names, DocumentKind::Identity))
                .unwrap_or_default(),
            boundary: one(&raw.boundary, DocumentKind::Identity),
            session: raw.session.as_ref().map(|names| many(names, DocumentKind::Session)),
            resource: resource(&raw.resource_policy, DocumentKind::Resource, ResourcePolicyKind::Resource)
                .or_else(|| resource(&raw.key_policy, DocumentKind::Resource, ResourcePolicyKind::Key))
                .or_else(|| {
                    resource(&raw.trust, DocumentKind::Trust, ResourcePolicyKind::Trust { ids: None })
                }),
            service_control: levels(&raw.service_control),
            resource_control: levels(&raw.resource_control),
            endpoint: one(&raw.endpoint, DocumentKind::Resource),
            access_control_list: false,
        }
    }

    fn miss(&self, trace: &Trace) -> Option<String> {
        let is_met = match (&trace.decision, self.expect) {
            (Decision::Allowed, expect) => expect == Expectation::Allow,
            (Decision::Denied(_), Expectation::Deny) => true,
            (Decision::Denied(denial), Expectation::ExplicitDeny) => denial.explicit,
            (Decision::Denied(denial), Expectation::ImplicitDeny) => !denial.explicit,
            (Decision::Denied(_), Expectation::Allow) => false,
        };
        if !is_met {
            return Some(format!("expected {}", self.expect.as_str()));
        }
        self.missed_layer(trace).or_else(|| self.missed_statement(trace))
    }

    fn missed_layer(&self, trace: &Trace) -> Option<String> {
        let wanted = self.raw.layer?;
        let is_met = match &trace.decision {
            Decision::Denied(denial) => denial.layer == wanted.layer(),
            Decision::Allowed => {
                let mut applying = trace.applying().filter(|statement| statement.effect == Effect::Allow);
                applying.any(|statement| statement.layer == wanted.layer())
            }
        };
        (!is_met).then(|| format!("expected it of the {}", wanted.layer().as_str()))
    }

    fn missed_statement(&self, trace: &Trace) -> Option<String> {
        let wanted = self.raw.statement.as_ref()?;
        let effect = if trace.decision.is_allowed() { Effect::Allow } else { Effect::Deny };
        let mut deciding = trace.applying().filter(|statement| statement.effect == effect);
        let is_met = deciding.any(|statement| statement.statement.sid.as_ref() == Some(wanted));
        (!is_met).then(|| format!("expected statement {wanted:?} to decide"))
    }
}

impl Check {
    /// Where the statement stands that decided: the denial's, or the first that allows.
    pub(super) fn deciding(&self) -> Option<(&str, Position, Option<&str>)> {
        let found = match &self.trace.decision {
            Decision::Denied(denial) => denial.statement.as_ref(),
            Decision::Allowed => {
                let mut applying = self.trace.applying();
                applying
                    .find(|statement| statement.effect == Effect::Allow)
                    .map(|statement| &statement.statement)
            }
        };
        found.map(|statement| (statement.policy.as_str(), statement.span.start, statement.sid.as_deref()))
    }
}

impl Expectation {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::ExplicitDeny => "explicit-deny",
            Self::ImplicitDeny => "implicit-deny",
        }
    }
}

impl LayerName {
    fn layer(self) -> Layer {
        match self {
            Self::Identity => Layer::Identity,
            Self::Boundary => Layer::Boundary,
            Self::Session => Layer::Session,
            Self::ResourcePolicy => Layer::Resource,
            Self::Trust => Layer::Trust,
            Self::Endpoint => Layer::Endpoint,
            Self::ServiceControl => Layer::ServiceControl,
            Self::ResourceControl => Layer::ResourceControl,
        }
    }
}

fn required<T>(placed: &PlacedCase<'_>, key: &str, value: Option<T>) -> Result<T, Failure> {
    value.ok_or_else(|| placed.wrong(key, "neither the case nor [defaults] says it"))
}

fn actions(placed: &PlacedCase<'_>) -> Result<Vec<String>, Failure> {
    let Texts(actions) = required(placed, "action", placed.raw.action.as_ref())?;
    match actions.iter().find(|action| !is_action(action)) {
        Some(action) => {
            let what = format!("{action:?} is not the name of one action, such as s3:GetObject");
            Err(placed.wrong("action", what))
        }
        None if actions.is_empty() => Err(placed.wrong("action", "there is none")),
        None => Ok(actions.clone()),
    }
}

fn check_resource_policy(placed: &PlacedCase<'_>) -> Result<(), Failure> {
    let RawCase { resource_policy, key_policy, trust, .. } = &placed.raw;
    let count = [resource_policy, key_policy, trust].iter().filter(|policy| policy.is_some()).count();
    let what = "a resource has one policy: resource-policy, key-policy or trust";
    if count > 1 { Err(placed.wrong("resource-policy", what)) } else { Ok(()) }
}

/// Requests name actions whole.
fn is_action(action: &str) -> bool {
    let parts: Vec<&str> = action.split(':').collect();
    let is_plain = |part: &&str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    };
    parts.len() == 2 && parts.iter().all(is_plain)
}

/// All policies of a case, each with the kind of document that its layer takes.
fn named(raw: &RawCase) -> Vec<(&str, DocumentKind)> {
    let single = [
        (&raw.boundary, DocumentKind::Identity),
        (&raw.resource_policy, DocumentKind::Resource),
        (&raw.key_policy, DocumentKind::Resource),
        (&raw.trust, DocumentKind::Trust),
        (&raw.endpoint, DocumentKind::Resource),
    ];
    let controls = raw.service_control.iter().chain(&raw.resource_control).flatten();
    let identity = raw.identity.iter().chain(controls).flat_map(|texts| &texts.0);
    let session = raw.session.iter().flat_map(|texts| &texts.0);
    let single = single.into_iter().filter_map(|(name, kind)| Some((name.as_deref()?, kind)));
    let identity = identity.map(|name| (name.as_str(), DocumentKind::Identity));
    single.chain(identity).chain(session.map(|name| (name.as_str(), DocumentKind::Session))).collect()
}

/// What every request has, what follows from the principal, and above both what the case says.
fn context(principal: &Principal, raw: &RawCase, now: Timestamp) -> Context {
    let mut context = Context::new();
    context.set("aws:CurrentTime", now.iso8601());
    context.set("aws:EpochTime", now.secs().to_string());
    context.set("aws:SecureTransport", "true");
    principal::describe(principal, &mut context);
    for (key, value) in &raw.context {
        let value = match value {
            ContextTexts::One(text) => ContextValue::One(text.clone()),
            ContextTexts::Many(texts) => ContextValue::Many(texts.clone()),
        };
        context.put(key, value);
    }
    context
}

/// The account in the ARN of a resource.
fn owner(resource: &str) -> Option<AccountId> {
    resource.split(':').nth(4)?.parse().ok()
}
