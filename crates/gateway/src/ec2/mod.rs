//! EC2: from decoded input to `account::ec2`, and back.

use crate::Operation;

/// All operations that are built.
pub(crate) const OPERATIONS: &[&[Operation]] = &[];
