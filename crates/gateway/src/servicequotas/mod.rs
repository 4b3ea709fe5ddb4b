//! Service Quotas: from decoded input to `account::quotas`, and back.

use crate::Operation;

/// All operations that are built.
pub(crate) const OPERATIONS: &[&[Operation]] = &[];
