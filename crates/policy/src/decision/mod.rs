//! From policies and a request to allowed or denied, and why.
//!
//! Rule: the order of questions is AWS's (facts/account.md section 2.1; IAM User Guide, "Policy evaluation logic"): a denial
//! anywhere, then each layer that must allow. The first that does not is the one that the denial names.

mod denial;
mod layer;

pub use denial::{Denial, StatementRef};
pub use layer::{Attached, Layer, Layers, ResourcePolicy, ResourcePolicyKind};

use types::AccountId;

use crate::statement::action::Action;
use crate::statement::principal::Named;
use crate::statement::resource::Resource;
use crate::statement::{Facts, Verdict};
use crate::{Context, Principal};
use layer::Placed;

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

/// Where AWS's evaluator and its simulator differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// A text that is no number meets no condition, `NumericNotEquals` included.
    pub numbers_must_be_numbers: bool,
}

impl Rules {
    /// Of SimulateCustomPolicy and SimulatePrincipalPolicy (facts/account.md sections 2.4 and 2.8).
    pub const SIMULATOR: Self = Self { numbers_must_be_numbers: true };
}

#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    Allowed,
    Denied(Denial),
}

impl Decision {
    pub fn is_allowed(&self) -> bool {
        *self == Self::Allowed
    }
}

/// Decides as AWS does.
pub fn decide(request: &Request<'_>, layers: &Layers<'_>) -> Decision {
    decide_by(request, layers, Rules::default())
}

/// Decides by other rules than those of AWS's evaluator.
pub fn decide_by(request: &Request<'_>, layers: &Layers<'_>, rules: Rules) -> Decision {
    if is_open_to_all(request) {
        return Decision::Allowed;
    }
    with_facts(request, rules, |facts| match survey(layers, facts) {
        Err(denial) => Decision::Denied(denial),
        Ok(survey) => match lacking(request, layers, survey) {
            None => Decision::Allowed,
            Some(layer) => Decision::Denied(Denial { explicit: false, layer, statement: None }),
        },
    })
}

/// Whoever has credentials may ask whose they are, even where a policy denies it.
fn is_open_to_all(request: &Request<'_>) -> bool {
    request.action.eq_ignore_ascii_case("sts:GetCallerIdentity") && *request.principal != Principal::Anonymous
}

/// Actions longer than any of AWS's are put in lower case on the heap.
const LONGEST_ACTION: usize = 128;

pub(crate) fn with_facts<T>(request: &Request<'_>, rules: Rules, found: impl FnOnce(&Facts<'_>) -> T) -> T {
    let facts = |whole| {
        found(&Facts {
            action: Action::of(whole),
            resource: Resource::of(request.resource),
            principal: request.principal,
            context: request.context,
            rules,
        })
    };
    let mut lowered = [0; LONGEST_ACTION];
    let Some(lowered) = lowered.get_mut(..request.action.len()) else {
        return facts(&request.action.to_ascii_lowercase());
    };
    lowered.copy_from_slice(request.action.as_bytes());
    lowered.make_ascii_lowercase();
    facts(std::str::from_utf8(lowered).expect("ASCII in lower case leaves UTF-8 as it is"))
}

/// What each layer allows, once none has denied.
struct Survey {
    /// The first layer that binds everybody and does not allow.
    closed: Option<Layer>,
    boundary: bool,
    session: bool,
    identity: bool,
    /// By what the policy of the resource names the principal.
    resource: Named,
}

/// All layers in the order in which a denial is named.
fn survey(layers: &Layers<'_>, facts: &Facts<'_>) -> Result<Survey, Denial> {
    let closed = [
        every_level(&layers.resource_control, Layer::ResourceControl, layers, facts)?,
        every_level(&layers.service_control, Layer::ServiceControl, layers, facts)?,
        every_level(layers.endpoint.as_slice(), Layer::Endpoint, layers, facts)?,
    ];
    let boundary = any(layers.boundary.as_slice(), Layer::Boundary, layers, facts)?;
    let session = any(layers.session.as_deref().unwrap_or_default(), Layer::Session, layers, facts)?;
    let listed = if layers.access_control_list { Named::AsAnybody } else { Named::Not };
    let resource = match &layers.resource {
        None => listed,
        Some(policy) => {
            let named = named(&policy.attached, policy.layer(), layers, facts)?;
            if policy.grants() { named.max(listed) } else { listed }
        }
    };
    let identity = any(&layers.identity, Layer::Identity, layers, facts)?;
    Ok(Survey {
        closed: closed.into_iter().flatten().next(),
        boundary: boundary || layers.boundary.is_none(),
        session: session || (layers.session.is_none() && !needs_session_policy(facts.principal)),
        identity,
        resource,
    })
}

/// A federated user may do what both his user and his session's policy allow; without the latter, nothing.
fn needs_session_policy(principal: &Principal) -> bool {
    matches!(principal, Principal::FederatedUser { .. })
}

/// `layer` where one of its levels does not allow.
fn every_level<'a, L: AsRef<[Attached<'a>]>>(
    levels: &[L],
    layer: Layer,
    layers: &Layers<'_>,
    facts: &Facts<'_>,
) -> Result<Option<Layer>, Denial> {
    let mut closed = None;
    for level in levels {
        if !any(level.as_ref(), layer, layers, facts)? {
            closed = Some(layer);
        }
    }
    Ok(closed)
}

/// Whether a policy allows, where none denies.
fn any(
    policies: &[Attached<'_>],
    layer: Layer,
    layers: &Layers<'_>,
    facts: &Facts<'_>,
) -> Result<bool, Denial> {
    let mut allowed = false;
    for attached in policies {
        allowed |= named(attached, layer, layers, facts)? != Named::Not;
    }
    Ok(allowed)
}

fn named(
    attached: &Attached<'_>,
    layer: Layer,
    layers: &Layers<'_>,
    facts: &Facts<'_>,
) -> Result<Named, Denial> {
    match attached.policy.compiled().verdict(facts, layers.scope(layer)) {
        Verdict::Allowed(named) => Ok(named),
        Verdict::Denied(place) => {
            Err(Denial { explicit: true, layer, statement: Some(attached.statement(place)) })
        }
    }
}

/// The first layer that had to allow and does not.
fn lacking(request: &Request<'_>, layers: &Layers<'_>, survey: Survey) -> Option<Layer> {
    if survey.closed.is_some() {
        return survey.closed;
    }
    let resource = layers.resource.as_ref().map_or(Layer::Resource, ResourcePolicy::layer);
    let granted = survey.resource != Named::Not;
    let required = layers.resource.as_ref().is_some_and(ResourcePolicy::is_required);
    match placed(request) {
        // Nothing but the resource's own policy speaks of those who have no account.
        Placed::Nowhere => (!granted).then_some(resource),
        Placed::Elsewhere => missing(&[
            (survey.boundary, Layer::Boundary),
            (survey.session, Layer::Session),
            (granted, resource),
            (survey.identity || is_root(request), Layer::Identity),
        ]),
        Placed::AtHome if survey.resource == Named::Itself => None,
        Placed::AtHome if is_root(request) => (required && !granted).then_some(resource),
        Placed::AtHome => missing(&[
            (survey.boundary, Layer::Boundary),
            (survey.session, Layer::Session),
            (granted || !required, resource),
            // Its account leaves it to the policies of the principal; all other names grant.
            (survey.identity || survey.resource > Named::ByAccount, Layer::Identity),
        ]),
    }
}

fn missing(needs: &[(bool, Layer)]) -> Option<Layer> {
    needs.iter().find(|(allowed, _)| !allowed).map(|(_, layer)| *layer)
}

fn is_root(request: &Request<'_>) -> bool {
    matches!(request.principal, Principal::Root { .. })
}

/// Where the principal is, seen from the resource.
fn placed(request: &Request<'_>) -> Placed {
    match (request.principal.account(), request.resource_account) {
        (None, _) => Placed::Nowhere,
        (Some(own), Some(owner)) if own != owner => Placed::Elsewhere,
        _ => Placed::AtHome,
    }
}
