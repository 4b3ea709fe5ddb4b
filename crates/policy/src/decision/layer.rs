//! The policies that apply to a request, by where they come from.

use std::collections::BTreeMap;

use types::UniqueId;

use super::StatementRef;
use crate::Policy;
use crate::statement::Scope;

/// All policies that apply, by layer.
#[derive(Clone, Debug, Default)]
pub struct Layers<'a> {
    pub identity: Vec<Attached<'a>>,
    pub boundary: Option<Attached<'a>>,
    /// `None` where the session has no policies; an empty list allows nothing.
    pub session: Option<Vec<Attached<'a>>>,
    pub resource: Option<ResourcePolicy<'a>>,
    /// Each level of the organisation from its root on; none where there is no organisation, for the management account and
    /// for service-linked roles.
    pub service_control: Vec<Vec<Attached<'a>>>,
    /// The same of the resource's organisation.
    pub resource_control: Vec<Vec<Attached<'a>>>,
    /// Of the VPC endpoint through which the request came.
    pub endpoint: Option<Attached<'a>>,
    /// Whether an access control list of the resource lets the principal: a grant like that of a policy which names anybody.
    pub access_control_list: bool,
}

/// The policy of the resource itself.
#[derive(Clone, Copy, Debug)]
pub struct ResourcePolicy<'a> {
    pub attached: Attached<'a>,
    pub kind: ResourcePolicyKind<'a>,
}

#[derive(Clone, Copy, Debug)]
pub enum ResourcePolicyKind<'a> {
    /// Of a bucket, a queue and the like: policies of the principal may suffice.
    Resource,
    /// The same, of a resource that is here: an ARN of the policy that stands in `ids` means the entity with that unique id. Where
    /// it does not `grant`, its denials alone count.
    Own { ids: &'a BTreeMap<String, UniqueId>, grants: bool },
    /// Of a key: policies of the principal never suffice alone.
    Key,
    /// Of a role: neither do they here. An ARN of the policy that stands in `ids` means the entity with that unique id.
    Trust { ids: Option<&'a BTreeMap<String, UniqueId>> },
}

/// A policy and what it is called: an ARN, or the name of an inline one.
#[derive(Clone, Copy, Debug)]
pub struct Attached<'a> {
    pub name: &'a str,
    pub policy: &'a Policy,
}

/// Where a policy comes from, in the order in which denials name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    ResourceControl,
    ServiceControl,
    Endpoint,
    Boundary,
    Session,
    Resource,
    Trust,
    Identity,
}

/// Where a principal is, seen from a resource.
pub(super) enum Placed {
    /// In no account.
    Nowhere,
    AtHome,
    /// In another account.
    Elsewhere,
}

impl<'a> Layers<'a> {
    /// Every policy with its layer, in the order of [`Layer`].
    pub fn policies(&self) -> impl Iterator<Item = (Layer, &Attached<'a>)> {
        let resource = self.resource.iter().map(|policy| (policy.layer(), &policy.attached));
        let of = |layer| move |attached| (layer, attached);
        (self.resource_control.iter().flatten().map(of(Layer::ResourceControl)))
            .chain(self.service_control.iter().flatten().map(of(Layer::ServiceControl)))
            .chain(self.endpoint.iter().map(of(Layer::Endpoint)))
            .chain(self.boundary.iter().map(of(Layer::Boundary)))
            .chain(self.session.iter().flatten().map(of(Layer::Session)))
            .chain(resource)
            .chain(self.identity.iter().map(of(Layer::Identity)))
    }

    pub(crate) fn scope(&self, layer: Layer) -> Scope<'_> {
        let bounded = self.boundary.is_some();
        match (layer, &self.resource) {
            (Layer::Boundary | Layer::Session | Layer::Identity, _) => Scope::Principal,
            (Layer::ResourceControl | Layer::ServiceControl | Layer::Endpoint, _) => Scope::Boundless,
            (_, Some(ResourcePolicy { kind: ResourcePolicyKind::Trust { ids }, .. })) => {
                Scope::Trust { bounded, ids: *ids }
            }
            (_, Some(ResourcePolicy { kind: ResourcePolicyKind::Own { ids, .. }, .. })) => {
                Scope::Resource { bounded, ids: Some(ids) }
            }
            _ => Scope::Resource { bounded, ids: None },
        }
    }
}

impl<'a> ResourcePolicy<'a> {
    /// Of a bucket, a queue and the like.
    pub fn new(attached: Attached<'a>) -> Self {
        Self { attached, kind: ResourcePolicyKind::Resource }
    }

    /// Of a bucket that is here.
    pub fn own(attached: Attached<'a>, ids: &'a BTreeMap<String, UniqueId>, grants: bool) -> Self {
        Self { attached, kind: ResourcePolicyKind::Own { ids, grants } }
    }

    /// Of a role.
    pub fn trust(attached: Attached<'a>, ids: &'a BTreeMap<String, UniqueId>) -> Self {
        Self { attached, kind: ResourcePolicyKind::Trust { ids: Some(ids) } }
    }

    pub fn layer(&self) -> Layer {
        match self.kind {
            ResourcePolicyKind::Trust { .. } => Layer::Trust,
            _ => Layer::Resource,
        }
    }

    /// Whether nothing is allowed without it.
    pub fn is_required(&self) -> bool {
        !matches!(self.kind, ResourcePolicyKind::Resource | ResourcePolicyKind::Own { .. })
    }

    /// Whether its allows count.
    pub(crate) fn grants(&self) -> bool {
        !matches!(self.kind, ResourcePolicyKind::Own { grants: false, .. })
    }
}

impl Attached<'_> {
    pub(crate) fn statement(&self, place: usize) -> StatementRef {
        let statement = &self.policy.document().statements[place];
        StatementRef { policy: self.name.to_owned(), sid: statement.sid.clone(), span: statement.span }
    }
}

impl<'a> AsRef<[Self]> for Attached<'a> {
    fn as_ref(&self) -> &[Self] {
        std::slice::from_ref(self)
    }
}
