//! EC2: from decoded input to `account::ec2`, and back.

mod associations;
mod attributes;
pub(crate) mod filters;
mod instance_check;
mod metadata_defaults;
mod metadata_options;
#[cfg(test)]
mod tests;

use crate::Operation;

/// All operations that are built.
pub(crate) const OPERATIONS: &[&[Operation]] = &[
    associations::OPERATIONS,
    attributes::OPERATIONS,
    metadata_defaults::OPERATIONS,
    metadata_options::OPERATIONS,
];
