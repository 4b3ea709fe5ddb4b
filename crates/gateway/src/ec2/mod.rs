//! EC2: from decoded input to `account::ec2`, and back.

mod account_attributes;
mod addresses;
mod associations;
mod attributes;
mod console;
mod credits;
pub(crate) mod filters;
mod images;
mod instance_check;
mod instance_types;
mod instances;
mod key_pairs;
mod life;
mod metadata_defaults;
mod metadata_options;
mod network;
mod network_interfaces;
mod places;
mod regions;
mod resource_check;
mod routing;
mod run;
mod status;
mod tag_specifications;
mod tagged_resources;
mod tags;
#[cfg(test)]
mod tests;
mod type_offerings;
mod volumes;
mod vpc_attributes;

use crate::Operation;

/// All operations that are built.
pub(crate) const OPERATIONS: &[&[Operation]] = &[
    account_attributes::OPERATIONS,
    addresses::OPERATIONS,
    associations::OPERATIONS,
    attributes::OPERATIONS,
    console::OPERATIONS,
    credits::OPERATIONS,
    images::OPERATIONS,
    instance_types::OPERATIONS,
    instances::OPERATIONS,
    key_pairs::OPERATIONS,
    life::OPERATIONS,
    metadata_defaults::OPERATIONS,
    metadata_options::OPERATIONS,
    network::OPERATIONS,
    network_interfaces::OPERATIONS,
    regions::OPERATIONS,
    routing::OPERATIONS,
    run::OPERATIONS,
    status::OPERATIONS,
    tags::OPERATIONS,
    type_offerings::OPERATIONS,
    volumes::OPERATIONS,
    vpc_attributes::OPERATIONS,
];
