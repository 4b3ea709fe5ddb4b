//! A second evaluator, written from the rules alone (facts/account.md sections 2.1 to 2.4) over documents as parsed.
//!
//! Rule: plain before fast, and nothing shared with the first: every text is expanded, every list walked, every layer collected.

mod conditions;
mod literals;
mod patterns;

use std::fmt;

use conditions::Truth;
use patterns::{Token, expand, fits};
use policy::document::{
    ActionElement, Document, Effect, PrincipalElement, PrincipalSet, ResourceElement, Statement, Version,
};
use policy::{Attached, Context, Layer, Layers, Principal, Request, ResourcePolicyKind};

/// How many [`Told`]s there are: allowed, and each of eight layers denying and lacking.
pub(super) const OUTCOMES: usize = 17;

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Told {
    Allowed,
    Denied(Layer),
    NotAllowed(Layer),
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// By what a statement reaches the principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// It is of the principal itself, or of all.
    Everyone,
    Account,
    Role,
    Itself,
}

struct Question<'a> {
    request: &'a Request<'a>,
    bounded: bool,
    /// Its policy's.
    resource_layer: Layer,
    ids: Vec<(String, String)>,
}

pub(super) fn decide(request: &Request<'_>, layers: &Layers<'_>) -> Told {
    let signed = *request.principal != Principal::Anonymous;
    if request.action.to_lowercase() == "sts:getcalleridentity" && signed {
        return Told::Allowed;
    }
    let question = Question::new(request, layers);
    // 1. A denial anywhere.
    for (layer, document) in gather(layers, question.resource_layer) {
        let denies = |statement| question.applies(layer, document, statement, Effect::Deny);
        if document.statements.iter().any(denies) {
            return Told::Denied(layer);
        }
    }
    // 2 and 3. What binds everybody.
    for (layer, levels) in
        [(Layer::ResourceControl, &layers.resource_control), (Layer::ServiceControl, &layers.service_control)]
    {
        if !levels.iter().all(|level| question.allows(layer, level)) {
            return Told::NotAllowed(layer);
        }
    }
    if layers.endpoint.is_some_and(|policy| !question.allows(Layer::Endpoint, &[policy])) {
        return Told::NotAllowed(Layer::Endpoint);
    }
    question.settle(layers)
}

fn gather<'a>(layers: &Layers<'a>, resource_layer: Layer) -> Vec<(Layer, &'a Document)> {
    let mut all = Vec::new();
    let mut put = |layer, policies: &[Attached<'a>]| {
        all.extend(policies.iter().map(|attached| (layer, attached.policy.document())));
    };
    layers.resource_control.iter().for_each(|level| put(Layer::ResourceControl, level));
    layers.service_control.iter().for_each(|level| put(Layer::ServiceControl, level));
    layers.endpoint.iter().for_each(|policy| put(Layer::Endpoint, &[*policy]));
    layers.boundary.iter().for_each(|policy| put(Layer::Boundary, &[*policy]));
    layers.session.iter().for_each(|policies| put(Layer::Session, policies));
    layers.resource.iter().for_each(|policy| put(resource_layer, &[policy.attached]));
    put(Layer::Identity, &layers.identity);
    all
}

impl<'a> Question<'a> {
    fn new(request: &'a Request<'a>, layers: &Layers<'_>) -> Self {
        let (resource_layer, ids) = match layers.resource.map(|policy| policy.kind) {
            Some(ResourcePolicyKind::Trust { ids }) => (Layer::Trust, ids),
            _ => (Layer::Resource, None),
        };
        let ids = ids.into_iter().flatten().map(|(arn, id)| (arn.clone(), id.to_string())).collect();
        Self { request, bounded: layers.boundary.is_some(), resource_layer, ids }
    }

    /// Steps 4 to 10, where nothing denies.
    fn settle(&self, layers: &Layers<'_>) -> Told {
        let grants = match layers.resource {
            Some(policy) => self.grants(self.resource_layer, policy.attached.policy.document()),
            None => Vec::new(),
        };
        let resource = (!grants.is_empty(), self.resource_layer);
        let Some(account) = self.request.principal.account() else {
            // Who has no account has no policies: the resource's is all.
            return first_missing(&[resource]);
        };
        let identity = self.allows(Layer::Identity, &layers.identity);
        let boundary = layers.boundary.is_none_or(|policy| self.allows(Layer::Boundary, &[policy]));
        let session = match &layers.session {
            Some(policies) => self.allows(Layer::Session, policies),
            None => !matches!(self.request.principal, Principal::FederatedUser { .. }),
        };
        let (boundary, session) = ((boundary, Layer::Boundary), (session, Layer::Session));
        let root = matches!(self.request.principal, Principal::Root { .. });
        if self.request.resource_account.is_some_and(|owner| owner != account) {
            // 9. Both sides.
            return first_missing(&[boundary, session, resource, (identity || root, Layer::Identity)]);
        }
        // 5. A grant to the very principal is enough.
        if grants.contains(&Reach::Itself) {
            return Told::Allowed;
        }
        // 10. What a key or a role must say itself.
        let free = layers.resource.is_none_or(|policy| matches!(policy.kind, ResourcePolicyKind::Resource));
        let resource = (resource.0 || free, resource.1);
        if root {
            // 4. Root may all else.
            return first_missing(&[resource]);
        }
        // 6, 7 and 8.
        let granted = grants.contains(&Reach::Everyone) || grants.contains(&Reach::Role);
        first_missing(&[boundary, session, resource, (identity || granted, Layer::Identity)])
    }

    fn allows(&self, layer: Layer, policies: &[Attached<'_>]) -> bool {
        policies.iter().any(|attached| !self.grants(layer, attached.policy.document()).is_empty())
    }

    /// By what the allowing statements that apply reach the principal.
    fn grants(&self, layer: Layer, document: &Document) -> Vec<Reach> {
        let allowing = document
            .statements
            .iter()
            .filter(|statement| self.applies(layer, document, statement, Effect::Allow));
        allowing.flat_map(|statement| self.reach(layer, statement)).collect()
    }

    fn applies(&self, layer: Layer, document: &Document, statement: &Statement, effect: Effect) -> bool {
        if statement.effect != effect || self.reach(layer, statement).is_empty() {
            return false;
        }
        if !self.is_action(statement) || !self.is_resource(layer, document.version, statement) {
            return false;
        }
        for condition in &statement.conditions {
            match conditions::truth(condition, document.version, self.request.context) {
                Truth::True => {}
                Truth::False => return false,
                // What cannot be evaluated denies and does not allow.
                Truth::Broken => return effect == Effect::Deny,
            }
        }
        true
    }

    fn is_action(&self, statement: &Statement) -> bool {
        let action = self.request.action.to_lowercase();
        let listed = |texts: &[String]| {
            texts.iter().any(|text| {
                let tokens: Vec<Token> = patterns::wildcards(&text.to_lowercase());
                fits(&tokens, &action)
            })
        };
        match &statement.action {
            ActionElement::Only(texts) => listed(texts),
            ActionElement::Not(texts) => !listed(texts),
        }
    }

    fn is_resource(&self, layer: Layer, version: Version, statement: &Statement) -> bool {
        let listed = |texts: &[String]| {
            texts.iter().any(|text| is_arn_like(text, version, self.request.resource, self.request.context))
        };
        match &statement.resource {
            None => layer == Layer::Trust || statement.effect == Effect::Deny,
            Some(ResourceElement::Only(texts)) => listed(texts),
            Some(ResourceElement::Not(texts)) => !listed(texts),
        }
    }

    /// Everything by which the statement reaches the principal; nothing where it does not.
    fn reach(&self, layer: Layer, statement: &Statement) -> Vec<Reach> {
        let of_principal = matches!(layer, Layer::Identity | Layer::Boundary | Layer::Session);
        let of_all = matches!(layer, Layer::ServiceControl | Layer::ResourceControl | Layer::Endpoint);
        let element = match &statement.principal {
            _ if of_principal => return vec![Reach::Everyone],
            None if of_all => return vec![Reach::Everyone],
            None => return Vec::new(),
            Some(element) => element,
        };
        let ids = if layer == Layer::Trust { &self.ids[..] } else { &[] };
        let bounded = self.bounded && !of_all;
        match (element, statement.effect) {
            (PrincipalElement::Only(set), effect) => self.listed(set, effect, ids),
            (PrincipalElement::Not(set), Effect::Allow) => {
                if self.listed(set, Effect::Deny, ids).is_empty() {
                    vec![Reach::Everyone]
                } else {
                    Vec::new()
                }
            }
            (PrincipalElement::Not(set), Effect::Deny) => {
                let listed = self.listed(set, Effect::Deny, ids);
                let excepted = set.everyone || self.facets().iter().all(|facet| listed.contains(facet));
                if bounded || !excepted { vec![Reach::Everyone] } else { Vec::new() }
            }
        }
    }

    /// What the principal is, all of which must be excepted for it to be.
    fn facets(&self) -> Vec<Reach> {
        match self.request.principal {
            Principal::Root { .. } => vec![Reach::Account],
            Principal::User { .. } | Principal::FederatedUser { .. } => vec![Reach::Account, Reach::Itself],
            Principal::RoleSession { .. } => vec![Reach::Account, Reach::Role, Reach::Itself],
            Principal::Service { .. } | Principal::Federated { .. } | Principal::Anonymous => {
                vec![Reach::Itself]
            }
        }
    }

    fn listed(&self, set: &PrincipalSet, effect: Effect, ids: &[(String, String)]) -> Vec<Reach> {
        let mut reaches = Vec::new();
        let by_token = matches!(self.request.principal, Principal::Federated { .. });
        if set.everyone && !(by_token && effect == Effect::Allow) {
            reaches.push(Reach::Everyone);
        }
        for name in &set.aws {
            let stood_for = ids.iter().find(|(arn, _)| arn == name).map(|(_, id)| id.as_str());
            let is = |arn: &str, id: &str| stood_for.map_or(name == arn || name == id, |held| held == id);
            let account = self.request.principal.account().map(|account| account.to_string());
            let of_account = account
                .is_some_and(|account| *name == account || *name == format!("arn:aws:iam::{account}:root"));
            reaches.extend(of_account.then_some(Reach::Account));
            match self.request.principal {
                Principal::User { arn, unique_id, .. } if is(arn.as_str(), unique_id) => {
                    reaches.push(Reach::Itself)
                }
                Principal::RoleSession { role_arn, role_id, session_arn, .. } => {
                    reaches.extend(is(role_arn.as_str(), role_id).then_some(Reach::Role));
                    reaches.extend((name == session_arn.as_str()).then_some(Reach::Itself));
                }
                Principal::FederatedUser { arn, .. } if name == arn.as_str() => reaches.push(Reach::Itself),
                _ => {}
            }
        }
        let named = match self.request.principal {
            Principal::Service { name } => set.service.contains(name),
            Principal::Federated { provider } => set.federated.contains(provider),
            _ => false,
        };
        reaches.extend(named.then_some(Reach::Itself));
        reaches
    }
}

fn first_missing(needs: &[(bool, Layer)]) -> Told {
    match needs.iter().find(|(there, _)| !there) {
        Some((_, layer)) => Told::NotAllowed(*layer),
        None => Told::Allowed,
    }
}

/// Whether `resource` is what a `Resource` of a policy says.
fn is_arn_like(text: &str, version: Version, resource: &str, context: &Context) -> bool {
    if !text.is_empty() && text.chars().all(|c| c == '*') {
        return true;
    }
    let fields: Vec<&str> = resource.splitn(6, ':').collect();
    if fields.len() != 6 || fields[0] != "arn" {
        return false;
    }
    let patterns = patterns::arn_parts(text, version == Version::V2012);
    patterns.len() == 6
        && patterns.iter().zip(fields).all(|(pattern, field)| {
            expand(pattern, true, version == Version::V2012, context)
                .is_some_and(|tokens| fits(&tokens, field))
        })
}
