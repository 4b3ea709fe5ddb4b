//! `DescribeVpcAttribute`: what a VPC does about names.

use account::ec2::refusal::invalid_value;
use account::ec2::resource::ResourceKind;
use account::{Check, ServiceError};
use wire::Structure;

use super::filters::instances;
use super::network::network;
use super::resource_check::{on, tagged};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] =
    &[Operation { name: "DescribeVpcAttribute", checks, run: describe }];

/// On the VPC, be it there or not.
fn checks(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let id = asked_id(ask)?;
    let check = on(ask, "ec2:DescribeVpcAttribute", "vpc", id).with("ec2:VpcID", id);
    let check = check.with("ec2:Attribute", ask.input.text("Attribute").unwrap_or_default());
    let network = network(ask, ask.directory)?;
    Ok(vec![match network.vpc(id) {
        Some(vpc) => tagged(check, &vpc.tags).with("ec2:Tenancy", "default"),
        None => check,
    }])
}

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let id = asked_id(ask)?;
    if network(ask, ask.directory)?.vpc(id).is_none() {
        return Err(ResourceKind::Vpc.not_found(id));
    }
    let (member, value) = match ask.input.text("Attribute").unwrap_or_default() {
        "enableDnsSupport" => ("EnableDnsSupport", true),
        "enableDnsHostnames" => ("EnableDnsHostnames", has_host_names(ask, id)?),
        "enableNetworkAddressUsageMetrics" => ("EnableNetworkAddressUsageMetrics", false),
        other => {
            let shown = &other[..other.floor_char_boundary(MAX_SHOWN)];
            return Err(invalid_value(format!("Value ({shown}) for parameter attribute is invalid.")));
        }
    };
    Ok(Structure::new().with("VpcId", id).with(member, Structure::new().with("Value", value)))
}

/// It is said of instances: a VPC hands names out unless one of its instances is declared to get none.
fn has_host_names(ask: &Ask<'_>, id: &str) -> Result<bool, ServiceError> {
    let instances = instances(ask)?;
    let mut standing = instances.iter().filter(|instance| {
        let interfaces = &instance.network_interfaces;
        !instance.life.is_terminated() && interfaces.iter().any(|interface| interface.vpc_id == id)
    });
    Ok(standing.all(|instance| instance.dns.enable_dns_hostnames.0))
}

fn asked_id<'a>(ask: &Ask<'a>) -> Result<&'a str, ServiceError> {
    let id = ask.input.text("VpcId").unwrap_or_default();
    ResourceKind::Vpc.check(id).map(|()| id)
}

/// Bytes of what somebody made up.
const MAX_SHOWN: usize = 100;
