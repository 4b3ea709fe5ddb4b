//! IAM: from decoded input to `account::iam`, and back.

use crate::Operation;

/// All operations that are built.
pub(crate) const OPERATIONS: &[&[Operation]] = &[];
