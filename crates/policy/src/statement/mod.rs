//! Statements compiled: everything about them that does not depend on a request is done once.
//!
//! Rule: a statement whose actions cannot match costs a request nothing, so that a user with many policies pays for those that
//! speak of the service he calls.

pub(crate) mod action;
pub(crate) mod condition;
pub(crate) mod operator;
pub(crate) mod principal;
pub(crate) mod resource;

use crate::document::{self, Document, Effect};
use crate::{Context, Principal, Rules};
use action::{Action, Actions};
use condition::{Condition, Outcome};
use principal::{Ids, Named, Principals};
use resource::{Resource, Resources};

/// A request as statements see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) action: Action<'a>,
    pub(crate) resource: Resource<'a>,
    pub(crate) principal: &'a Principal,
    pub(crate) context: &'a Context,
    pub(crate) rules: Rules,
}

/// Where a policy stands: which of its elements count there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    /// Of the principal itself: it names none.
    Principal,
    /// Of an organisation or an endpoint: it may name principals.
    Boundless,
    /// Of a resource: who is not named is not meant. `bounded`: the principal has a permissions boundary.
    Resource { bounded: bool, ids: Ids<'a> },
    /// Of a role: it has no resources.
    Trust { bounded: bool, ids: Ids<'a> },
}

/// What a policy says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The place of the statement that denies.
    Denied(usize),
    /// [`Named::Not`] where no statement allows.
    Allowed(Named),
}

#[derive(Clone, Debug)]
pub(crate) struct Compiled {
    statements: Box<[Statement]>,
    /// Sorted by name.
    vendors: Box<[Vendor]>,
    /// The places of those whose actions are of any vendor.
    any: Box<[usize]>,
}

/// A vendor, and the places of the statements that have actions of it.
#[derive(Clone, Debug)]
struct Vendor {
    name: Box<str>,
    places: Box<[usize]>,
}

#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) effect: Effect,
    principals: Option<Principals>,
    actions: Actions,
    resources: Option<Resources>,
    pub(crate) conditions: Box<[Condition]>,
}

impl Compiled {
    pub(crate) fn new(document: &Document) -> Self {
        let compile = |statement| Statement::new(statement, document.version);
        let statements: Box<[Statement]> = document.statements.iter().map(compile).collect();
        let mut any = Vec::new();
        let mut vendors: std::collections::BTreeMap<&str, Vec<usize>> = std::collections::BTreeMap::new();
        for (place, statement) in statements.iter().enumerate() {
            match statement.actions.vendors() {
                None => any.push(place),
                Some(names) => names.for_each(|name| vendors.entry(name).or_default().push(place)),
            }
        }
        let vendors =
            vendors.into_iter().map(|(name, places)| Vendor { name: name.into(), places: places.into() });
        Self { vendors: vendors.collect(), any: any.into(), statements }
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.statements
    }

    pub(crate) fn verdict(&self, facts: &Facts<'_>, scope: Scope<'_>) -> Verdict {
        let mut allowed = Named::Not;
        for place in self.places(facts.action.vendor) {
            let statement = &self.statements[place];
            let named = statement.named(facts, scope);
            let counts = statement.effect == Effect::Deny || named > allowed;
            if named == Named::Not || !counts || !statement.applies(facts, scope) {
                continue;
            }
            if statement.effect == Effect::Deny {
                return Verdict::Denied(place);
            }
            allowed = named;
        }
        Verdict::Allowed(allowed)
    }

    /// Of the statements that can match an action of `vendor`, in their order.
    fn places(&self, vendor: &str) -> impl Iterator<Item = usize> {
        let found = self.vendors.binary_search_by(|held| (*held.name).cmp(vendor));
        let mut own = found.map_or(&[][..], |at| &self.vendors[at].places).iter().peekable();
        let mut any = self.any.iter().peekable();
        std::iter::from_fn(move || match (own.peek(), any.peek()) {
            (Some(left), Some(right)) if left < right => own.next().copied(),
            (_, Some(_)) => any.next().copied(),
            (_, None) => own.next().copied(),
        })
    }
}

impl Statement {
    fn new(statement: &document::Statement, version: document::Version) -> Self {
        Self {
            effect: statement.effect,
            principals: statement.principal.as_ref().map(Principals::new),
            actions: Actions::new(&statement.action),
            resources: statement.resource.as_ref().map(|element| Resources::new(element, version)),
            conditions: statement
                .conditions
                .iter()
                .map(|condition| Condition::new(condition, version))
                .collect(),
        }
    }

    /// How it names the principal.
    pub(crate) fn named(&self, facts: &Facts<'_>, scope: Scope<'_>) -> Named {
        let (bounded, ids) = match scope {
            Scope::Principal => return Named::Itself,
            Scope::Boundless if self.principals.is_none() => return Named::Itself,
            Scope::Boundless => (false, None),
            Scope::Resource { bounded, ids } | Scope::Trust { bounded, ids } => (bounded, ids),
        };
        let names = |principals: &Principals| principals.names(facts.principal, self.effect, bounded, ids);
        self.principals.as_ref().map_or(Named::Not, names)
    }

    /// Whether action, resource and conditions match.
    fn applies(&self, facts: &Facts<'_>, scope: Scope<'_>) -> bool {
        self.has_action(facts) && self.has_resource(facts, scope) && self.binds(self.outcome(facts))
    }

    pub(crate) fn has_action(&self, facts: &Facts<'_>) -> bool {
        self.actions.matches(&facts.action)
    }

    pub(crate) fn has_resource(&self, facts: &Facts<'_>, scope: Scope<'_>) -> bool {
        match &self.resources {
            Some(resources) => resources.matches(&facts.resource, facts.context),
            // Where it should have one, it grants nothing.
            None => matches!(scope, Scope::Trust { .. }) || self.effect == Effect::Deny,
        }
    }

    /// Whether it applies with conditions that came to `outcome`: what cannot be evaluated denies and does not allow.
    pub(crate) fn binds(&self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Met => true,
            Outcome::Unmet => false,
            Outcome::Failed => self.effect == Effect::Deny,
        }
    }

    /// The first of its conditions that is not met decides.
    pub(crate) fn outcome(&self, facts: &Facts<'_>) -> Outcome {
        let mut outcomes =
            self.conditions.iter().map(|condition| condition.outcome(facts.context, facts.rules));
        outcomes.find(|outcome| *outcome != Outcome::Met).unwrap_or(Outcome::Met)
    }
}
