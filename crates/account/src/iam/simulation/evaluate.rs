//! One action on one resource, by the simulator's rules.

use std::collections::{BTreeMap, HashSet};

use policy::document::{Effect, Span};
use policy::{
    Attached, Context, ContextValue, Layer, Layers, Principal, Request, ResourcePolicy, Rules, trace_by,
};

use super::arn::{self, EntityKind, SimulatedCaller};
use super::source::{Source, SourceKind};

/// What simulations of one request have in common.
#[derive(Debug)]
pub(super) struct Evaluation {
    pub(super) context: Context,
    pub(super) identity: Vec<Source>,
    pub(super) boundary: Option<Source>,
    pub(super) resource: Option<Source>,
    pub(super) organization: Vec<Vec<Source>>,
    pub(super) caller: Option<SimulatedCaller>,
    /// Both sides must allow.
    pub(super) is_cross_account: bool,
    /// In lower case.
    pub(super) given_keys: HashSet<String>,
}

/// `EvalDecision`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Allowed,
    ImplicitDeny,
    ExplicitDeny,
}

/// A statement that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchedStatement {
    pub source_id: String,
    /// Such as `IAM Policy`.
    pub source_type: &'static str,
    pub place: Span,
}

/// What an action came to on all resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluationResult {
    pub action: String,
    /// The resource, or what several are called together.
    pub resource: String,
    pub verdict: Verdict,
    pub matched: Vec<MatchedStatement>,
    pub missing_keys: Vec<String>,
    /// `None` where there is no organisation.
    pub allowed_by_organization: Option<bool>,
    /// `None` where there is no boundary.
    pub allowed_by_boundary: Option<bool>,
    /// By kind of policy; filled for resources of another account alone.
    pub details: BTreeMap<&'static str, Verdict>,
    /// Empty where the request named no resource.
    pub resources: Vec<ResourceResult>,
}

/// What an action came to on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceResult {
    pub resource: String,
    pub verdict: Verdict,
    pub matched: Vec<MatchedStatement>,
    pub missing_keys: Vec<String>,
    pub allowed_by_organization: Option<bool>,
    pub allowed_by_boundary: Option<bool>,
    pub details: BTreeMap<&'static str, Verdict>,
}

impl Verdict {
    /// As in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ImplicitDeny => "implicitDeny",
            Self::ExplicitDeny => "explicitDeny",
        }
    }

    fn of(allows: bool, denies: bool) -> Self {
        match (allows, denies) {
            (_, true) => Self::ExplicitDeny,
            (true, false) => Self::Allowed,
            (false, false) => Self::ImplicitDeny,
        }
    }
}

/// The statements that apply: places by policy.
#[derive(Debug, Default)]
struct Applying<'a> {
    allows: Vec<(&'a Source, usize)>,
    denies: Vec<(&'a Source, usize)>,
    /// Of the organisation: whether every level allows, and whether none denies.
    organization: Option<Verdict>,
}

impl Evaluation {
    /// How much one evaluation looks at: statements and keys, and patterns that may cost the length of the longest text that they are
    /// held against.
    pub(super) fn work(&self, resources: &[&str]) -> usize {
        let named = resources.iter().map(|resource| resource.len()).max().unwrap_or(0);
        let longest = self.context.iter().map(|(_, value)| longest(value)).max().unwrap_or(0).max(named);
        let (mut places, mut patterns) = (0, 0);
        for source in self.sources() {
            let held = source.places.len() + source.keys.len();
            places += held.max(source.policy.text().len() / BYTES_PER_PLACE);
            patterns += source.patterns;
        }
        places.saturating_add(patterns.saturating_mul(PATTERN_PLACES * (1 + longest / TEXT_STEP)))
    }

    fn sources(&self) -> impl Iterator<Item = &Source> {
        let sources = self.identity.iter().chain(&self.boundary).chain(&self.resource);
        sources.chain(self.organization.iter().flatten())
    }

    pub(super) fn action(&self, action: &str, resources: &[&str]) -> EvaluationResult {
        let vendor = action.split(':').next().unwrap_or_default().to_ascii_lowercase();
        let whole = |resource: String, of: ResourceResult| EvaluationResult {
            action: action.to_owned(),
            resource,
            verdict: of.verdict,
            matched: of.matched,
            missing_keys: of.missing_keys,
            allowed_by_organization: of.allowed_by_organization,
            allowed_by_boundary: of.allowed_by_boundary,
            details: of.details,
            resources: Vec::new(),
        };
        let results: Vec<ResourceResult> =
            resources.iter().map(|resource| self.resource(action, &vendor, resource)).collect();
        let name = match resources {
            [] => return whole("*".to_owned(), self.resource(action, &vendor, "*")),
            [only] => (*only).to_owned(),
            _ => arn::template(&vendor).to_owned(),
        };
        let all = together(&results);
        EvaluationResult { resources: results, ..whole(name, all) }
    }

    fn resource(&self, action: &str, vendor: &str, resource: &str) -> ResourceResult {
        let applying = if arn::may_be_about(vendor, resource) {
            self.applying(action, resource)
        } else {
            Applying { organization: self.no_organization(), ..Applying::default() }
        };
        let verdict = self.verdict(&applying);
        let of_kind =
            |statements: &[(&Source, usize)], kind| statements.iter().any(|(source, _)| source.kind == kind);
        let by_kind = |kind| Verdict::of(of_kind(&applying.allows, kind), of_kind(&applying.denies, kind));
        let mut details = BTreeMap::new();
        if self.is_cross_account {
            let kinds = [
                (SourceKind::Identity, true),
                (SourceKind::Resource, true),
                (SourceKind::Boundary, self.boundary.is_some()),
            ];
            let kinds = kinds.into_iter().filter(|(_, there)| *there);
            details.extend(kinds.map(|(kind, _)| (kind.name(), by_kind(kind))));
        }
        let deciding = match verdict {
            Verdict::Allowed => &applying.allows[..],
            Verdict::ImplicitDeny => &[],
            Verdict::ExplicitDeny => &applying.denies,
        };
        let deciding = deciding
            .iter()
            .filter(|(source, _)| verdict != Verdict::Allowed || source.kind != SourceKind::Boundary);
        ResourceResult {
            resource: resource.to_owned(),
            verdict,
            matched: deciding.map(|(source, place)| matched(source, *place)).collect(),
            missing_keys: if verdict == Verdict::ImplicitDeny { self.missing_keys() } else { Vec::new() },
            allowed_by_organization: applying
                .organization
                .map(|organization| organization == Verdict::Allowed),
            allowed_by_boundary: self
                .boundary
                .as_ref()
                .map(|_| by_kind(SourceKind::Boundary) == Verdict::Allowed),
            details,
        }
    }

    /// In the caller's own account a policy of the resource is enough, whatever the boundary allows.
    fn verdict(&self, applying: &Applying<'_>) -> Verdict {
        let organization = applying.organization.unwrap_or(Verdict::Allowed);
        if !applying.denies.is_empty() || organization == Verdict::ExplicitDeny {
            return Verdict::ExplicitDeny;
        }
        let allows = |kind| applying.allows.iter().any(|(source, _)| source.kind == kind);
        let own = allows(SourceKind::Identity) && (self.boundary.is_none() || allows(SourceKind::Boundary));
        let resource = allows(SourceKind::Resource);
        let allowed = if self.is_cross_account { own && resource } else { own || resource };
        if allowed && organization == Verdict::Allowed { Verdict::Allowed } else { Verdict::ImplicitDeny }
    }

    /// In the order in which results name them: boundary, policies from the last to the first, the policy of the resource.
    fn applying(&self, action: &str, resource: &str) -> Applying<'_> {
        let identity = self.identity.iter().rev();
        let sources: Vec<&Source> = self.boundary.iter().chain(identity).chain(&self.resource).collect();
        let names: Vec<String> = (0..sources.len()).map(|place| place.to_string()).collect();
        let attached: Vec<Attached<'_>> = sources
            .iter()
            .zip(&names)
            .map(|(source, name)| Attached { name, policy: &source.policy })
            .collect();
        let mut layers = Layers::default();
        for (source, attached) in sources.iter().zip(&attached) {
            match source.kind {
                SourceKind::Boundary => layers.boundary = Some(*attached),
                SourceKind::Resource => layers.resource = Some(ResourcePolicy::new(*attached)),
                SourceKind::Identity | SourceKind::Organization => layers.identity.push(*attached),
            }
        }
        let principal = self.principal();
        let request = Request {
            principal: &principal,
            action,
            resource,
            resource_account: None,
            context: &self.context,
        };
        let mut found = self.found(&request, &layers, sources.len());
        let mut applying =
            Applying { organization: self.organization_verdict(&request), ..Applying::default() };
        for (source, found) in sources.iter().zip(&mut found) {
            applying.allows.extend(found.allows.drain(..).map(|place| (*source, place)));
            applying.denies.extend(found.denies.drain(..).map(|place| (*source, place)));
        }
        applying
    }

    /// By the number that is each policy's name in `layers`.
    fn found(&self, request: &Request<'_>, layers: &Layers<'_>, count: usize) -> Vec<Found> {
        let mut found: Vec<Found> = std::iter::repeat_with(Found::default).take(count).collect();
        for statement in trace_by(request, layers, Rules::SIMULATOR).statements {
            let number = statement.statement.policy.parse::<usize>().ok();
            let Some(found) = number.and_then(|number| found.get_mut(number)) else { continue };
            let place = found.looked_at;
            found.looked_at += 1;
            match statement.effect {
                _ if !statement.applies => {}
                Effect::Allow => found.allows.push(place),
                Effect::Deny => found.denies.push(place),
            }
        }
        found
    }

    /// Every level must allow, none may deny.
    fn organization_verdict(&self, request: &Request<'_>) -> Option<Verdict> {
        let levels = self.organization.iter().map(|level| {
            let attached = level.iter().map(|source| Attached { name: "0", policy: &source.policy });
            let layers = Layers { service_control: vec![attached.collect()], ..Layers::default() };
            let found = trace_by(request, &layers, Rules::SIMULATOR);
            let has = |effect| {
                found
                    .applying()
                    .any(|statement| statement.effect == effect && statement.layer == Layer::ServiceControl)
            };
            Verdict::of(has(Effect::Allow), has(Effect::Deny))
        });
        levels.max()
    }

    fn no_organization(&self) -> Option<Verdict> {
        if self.organization.is_empty() { None } else { Some(Verdict::ImplicitDeny) }
    }

    /// All keys that any policy asks for and that were not given, whether they mattered or not (captured).
    fn missing_keys(&self) -> Vec<String> {
        let sources = self.identity.iter().chain(&self.boundary).chain(&self.resource);
        let mut seen = HashSet::new();
        let keys = sources.flat_map(|source| &source.keys);
        let missing = keys.filter(|key| {
            !self.given_keys.contains(&key.to_ascii_lowercase())
                && !matches!(key.as_str(), "*" | "?" | "$")
                && seen.insert(key.as_str())
        });
        let mut missing: Vec<String> = missing.cloned().collect();
        missing.reverse();
        missing
    }

    /// As policies of resources may name it.
    fn principal(&self) -> Principal {
        let Some(caller) = &self.caller else { return Principal::Anonymous };
        let arn = caller.arn.clone();
        match caller.kind {
            EntityKind::User | EntityKind::Group => {
                Principal::User { account: caller.account, arn, unique_id: STUB.to_owned() }
            }
            EntityKind::Role => {
                let partition = arn.as_str().split(':').nth(1).unwrap_or("aws");
                let session =
                    format!("arn:{partition}:sts::{}:assumed-role/{}/{STUB}", caller.account, caller.name);
                Principal::RoleSession {
                    account: caller.account,
                    session_arn: session.parse().expect("made of parts of an ARN"),
                    role_arn: arn,
                    role_id: STUB.to_owned(),
                }
            }
        }
    }
}

#[derive(Debug, Default)]
struct Found {
    looked_at: usize,
    allows: Vec<usize>,
    denies: Vec<usize>,
}

/// The strictest of all; of statements, the last that was found comes first (captured).
fn together(results: &[ResourceResult]) -> ResourceResult {
    let (mut matched, mut missing, mut details) = (Vec::new(), Vec::new(), BTreeMap::new());
    let (mut seen, mut seen_keys) = (HashSet::new(), HashSet::new());
    for result in results {
        let place = |of: &&MatchedStatement| (of.place.start.line, of.place.start.column);
        let new = result.matched.iter().filter(|of| seen.insert((of.source_id.as_str(), place(of))));
        matched.extend(new.cloned());
        missing.extend(result.missing_keys.iter().filter(|key| seen_keys.insert(key.as_str())).cloned());
        for (kind, verdict) in &result.details {
            let held = details.entry(*kind).or_insert(*verdict);
            *held = (*held).max(*verdict);
        }
    }
    matched.reverse();
    let all = |allowed: fn(&ResourceResult) -> Option<bool>| results.iter().filter_map(allowed).min();
    ResourceResult {
        resource: String::new(),
        verdict: results.iter().map(|result| result.verdict).max().unwrap_or(Verdict::ImplicitDeny),
        matched,
        missing_keys: missing,
        allowed_by_organization: all(|result| result.allowed_by_organization),
        allowed_by_boundary: all(|result| result.allowed_by_boundary),
        details,
    }
}

fn matched(source: &Source, place: usize) -> MatchedStatement {
    MatchedStatement {
        source_id: source.id.clone(),
        source_type: source.kind.name(),
        place: source.places.get(place).copied().unwrap_or_default(),
    }
}

/// Of the values of a key.
fn longest(value: &ContextValue) -> usize {
    match value {
        ContextValue::One(text) => text.len(),
        ContextValue::Many(texts) => texts.iter().map(String::len).sum(),
    }
}

/// Looking at a statement takes as long as looking through so many bytes of policies.
const BYTES_PER_PLACE: usize = 320;

/// A byte of a pattern takes as long as so many statements, for each [`TEXT_STEP`] of a text.
const PATTERN_PLACES: usize = 2;

const TEXT_STEP: usize = 64;

const STUB: &str = "STUB_PRINCIPAL_FOR_POLICY_SIMULATOR";
