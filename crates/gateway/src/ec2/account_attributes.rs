//! What is so of the whole account.

use account::ServiceError;
use account::directory::Directory;
use account::ec2::catalogue::Network;
use wire::{Structure, Value};

use super::filters::{describing, place};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "DescribeAccountAttributes",
    checks: |ask| describing(ask, "ec2:DescribeAccountAttributes"),
    run: describe,
}];

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let named: Vec<&str> = ask.input.texts("AttributeNames").collect();
    let default_vpc = default_vpc(ask, ask.directory);
    let attributes = ATTRIBUTES.iter().map(|(name, value)| (*name, (*value).to_owned()));
    let shown: Vec<Value> = attributes
        .chain([("default-vpc", default_vpc)])
        .filter(|(name, _)| named.is_empty() || named.contains(name))
        .map(|(name, value)| attribute(name, value))
        .collect();
    Ok(Structure::new().with("AccountAttributes", shown))
}

fn default_vpc(ask: &Ask<'_>, directory: &Directory) -> String {
    let network = Network::new(&place(ask), directory, []);
    network.default_vpc().map_or_else(|| "none".to_owned(), |vpc| vpc.vpc_id.clone())
}

fn attribute(name: &str, value: String) -> Value {
    let values = vec![Structure::new().with("AttributeValue", value)];
    Structure::new().with("AttributeName", name).with("AttributeValues", values).into()
}

/// Those of an account that was opened after 2013 and asked for no more. Running instances are counted by vCPUs, whatever
/// `max-instances` says.
const ATTRIBUTES: [(&str, &str); 5] = [
    ("supported-platforms", "VPC"),
    ("vpc-max-security-groups-per-interface", "5"),
    ("max-elastic-ips", "5"),
    ("max-instances", "20"),
    ("vpc-max-elastic-ips", "5"),
];
