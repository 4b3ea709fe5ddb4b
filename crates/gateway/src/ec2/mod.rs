//! EC2: from decoded input to `account::ec2`, and back.

mod account_attributes;
mod associations;
mod attributes;
mod console;
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
mod regions;
mod resource_check;
mod run;
mod status;
mod tag_specifications;
mod tagged_resources;
mod tags;
#[cfg(test)]
mod tests;

use crate::Operation;

/// All operations that are built.
pub(crate) const OPERATIONS: &[&[Operation]] = &[
    account_attributes::OPERATIONS,
    associations::OPERATIONS,
    attributes::OPERATIONS,
    console::OPERATIONS,
    images::OPERATIONS,
    instance_types::OPERATIONS,
    instances::OPERATIONS,
    key_pairs::OPERATIONS,
    life::OPERATIONS,
    metadata_defaults::OPERATIONS,
    metadata_options::OPERATIONS,
    network::OPERATIONS,
    regions::OPERATIONS,
    run::OPERATIONS,
    status::OPERATIONS,
    tags::OPERATIONS,
];
