//! STS: from decoded input to `account::sts`, and back.

use crate::Operation;

/// All operations that are built.
pub(crate) const OPERATIONS: &[&[Operation]] = &[];
