//! CloudTrail: what was asked of the account, looked up.

use crate::Operation;

/// All operations that are built.
pub(crate) const OPERATIONS: &[&[Operation]] = &[];
