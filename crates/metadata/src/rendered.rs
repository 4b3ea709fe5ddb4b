//! What is kept of one instance for answering its requests.
//!
//! An `Instance` is a few kilobytes of strings; of ten thousand instances only this is held in memory on the request's
//! way. What a fleet has in common is kept once, in [`Shapes`].

use std::net::Ipv4Addr;
use std::sync::Arc;

use types::instance::{InstanceProfile, MetadataOptions, NetworkInterface};
use types::{AccountId, Arn, Instance, InstanceId, Region, Timestamp, UniqueId};

use crate::{Shapes, Tree};

/// An instance, rendered for requests.
#[derive(Clone, Debug)]
pub struct Rendered {
    instance_id: InstanceId,
    options: MetadataOptions,
    tree: Tree,
    surroundings: Arc<Surroundings>,
    private_ipv4: Option<Ipv4Addr>,
    launched: Timestamp,
    associated: Option<Timestamp>,
}

/// Where an instance stands and which profile it has: the claims that go into its credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    pub instance_id: &'a InstanceId,
    pub account_id: AccountId,
    pub region: &'a Region,
    /// `arn:aws:ec2:us-east-1:111122223333:instance/i-…`
    pub instance_arn: Arn,
    pub launch_time: Timestamp,
    pub profile: Option<&'a Profile>,
    /// When the profile was associated.
    pub profile_since: Option<Timestamp>,
    /// Of the primary interface; empty on an instance without interfaces.
    pub vpc_id: &'a str,
    /// The first address of the primary interface.
    pub private_ipv4: Option<Ipv4Addr>,
}

/// The instance profile, as far as documents show it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Profile {
    pub arn: Arn,
    pub id: UniqueId,
    /// `false` once deleted while attached.
    pub exists: bool,
    pub role: Option<Role>,
}

/// The role in an instance profile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Role {
    pub name: String,
    pub arn: Arn,
    /// A role made anew under the same name has another.
    pub id: UniqueId,
    /// Whether EC2 may assume it; if not, its credentials are an error document.
    pub trusts_ec2: bool,
}

/// What the instances of a fleet tend to share.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Surroundings {
    account_id: AccountId,
    region: Region,
    vpc_id: String,
    profile: Option<Profile>,
}

impl Rendered {
    /// Renders `instance`. `shapes` is the process's one, so that equal parts are shared.
    pub fn new(instance: &Instance, shapes: &mut Shapes) -> Self {
        let primary = instance.primary_interface();
        let profile = instance.iam_instance_profile.as_ref();
        let surroundings = Surroundings {
            account_id: instance.account_id,
            region: instance.placement.region.clone(),
            vpc_id: primary.map_or_else(String::new, |interface| interface.vpc_id.clone()),
            profile: profile.map(Profile::from),
        };
        Self {
            instance_id: instance.instance_id.clone(),
            options: instance.metadata_options,
            tree: Tree::render(instance, shapes),
            surroundings: shapes.surroundings(surroundings),
            private_ipv4: primary.and_then(NetworkInterface::primary_ipv4),
            launched: instance.launch_time,
            associated: profile.map(|profile| profile.associated_at),
        }
    }

    pub fn instance_id(&self) -> &InstanceId {
        &self.instance_id
    }

    pub fn options(&self) -> &MetadataOptions {
        &self.options
    }

    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    pub fn profile(&self) -> Option<&Profile> {
        self.surroundings.profile.as_ref()
    }

    /// What credentials say about where they come from. Made on demand: it allocates.
    pub fn origin(&self) -> Origin<'_> {
        let Surroundings { account_id, region, vpc_id, profile } = &*self.surroundings;
        let partition = region.partition().as_str();
        let arn = format!("arn:{partition}:ec2:{region}:{account_id}:instance/{}", self.instance_id);
        Origin {
            instance_id: &self.instance_id,
            account_id: *account_id,
            region,
            instance_arn: arn.parse().expect("six parts, none empty, no space"),
            launch_time: self.launched,
            profile: profile.as_ref(),
            profile_since: self.associated,
            vpc_id,
            private_ipv4: self.private_ipv4,
        }
    }

    /// Bytes on the heap that belong to this instance alone.
    pub fn heap_size(&self) -> usize {
        self.instance_id.as_str().len() + self.tree.heap_size()
    }
}

impl From<&InstanceProfile> for Profile {
    fn from(profile: &InstanceProfile) -> Self {
        let role = profile.role.as_ref().map(|role| Role {
            name: role.role_name.clone(),
            arn: role.arn.clone(),
            id: role.role_id.clone(),
            trusts_ec2: role.trusts_ec2,
        });
        Self { arn: profile.arn.clone(), id: profile.id.clone(), exists: profile.exists, role }
    }
}
