//! What EC2 offers to every account: instance types, images, regions and their zones; and the network of this account.
//!
//! Rule: nothing of it is stored. Types and regions are tables; images, VPCs, subnets and security groups follow from the seed, and
//! whatever an instance names is there.

mod image;
mod instance_type;
mod instance_type_filters;
mod network;
mod network_filters;
mod region;
mod routing;
#[cfg(test)]
mod tests;

pub use image::{BlockDevice, Image, ImageOwner};
pub use instance_type::{Device, InstanceType, QuotaClass, Range, instance_type, instance_types};
pub use network::{CidrBlock, Network, SecurityGroup, Subnet, Vpc, default_subnet_block};
pub use region::{RegionEntry, Zone, ZoneKind, regions, zones};
pub use routing::{DhcpOptions, InternetGateway, NetworkAcl, RouteTable, Routing};

use types::{AccountId, Region};

use crate::identifier::Seed;

/// Whose catalogue it is, and where.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub seed: &'a Seed,
    pub account_id: AccountId,
    pub region: &'a Region,
}
