//! Elastic IP addresses: `DescribeAddresses`.
//!
//! Rule: the account has none. The public addresses of instances are the service's own and no Elastic IP addresses, as on AWS.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use account::ServiceError;
use account::ec2::filter::Filtered;
use account::ec2::refusal::invalid_value;
use wire::Structure;

use super::filters::{describing, filters, named};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "DescribeAddresses",
    checks: |ask| describing(ask, "ec2:DescribeAddresses"),
    run: describe,
}];

/// What nobody here has.
enum Address {}

fn describe(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    filters::<Address>(ask)?;
    if let Some(address) = named(ask, "PublicIps").into_iter().flatten().next() {
        return Err(match address.parse::<Ipv4Addr>() {
            Ok(address) => not_found("InvalidAddress.NotFound", format!("Address '{address}' not found.")),
            Err(_) => invalid_value(format!(
                "Value ({}) for parameter publicIp is invalid. Invalid IPv4 address.",
                start(address)
            )),
        });
    }
    if let Some(id) = named(ask, "AllocationIds").into_iter().flatten().next() {
        let text = format!("The allocation ID '{}' does not exist", start(id));
        return Err(not_found("InvalidAllocationID.NotFound", text));
    }
    Ok(Structure::new().with("Addresses", Vec::<Structure>::new()))
}

fn not_found(code: &'static str, message: String) -> ServiceError {
    ServiceError::new(code, 400, message)
}

fn start(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_SHOWN)]
}

impl Filtered for Address {
    const FILTERS: &'static [&'static str] = &[
        "allocation-id",
        "association-id",
        "domain",
        "instance-id",
        "network-border-group",
        "network-interface-id",
        "network-interface-owner-id",
        "private-ip-address",
        "public-ip",
        "tag",
        "tag-key",
    ];

    fn values(&self, _: &str) -> Vec<Cow<'_, str>> {
        match *self {}
    }
}

/// Bytes of what somebody made up.
const MAX_SHOWN: usize = 100;
