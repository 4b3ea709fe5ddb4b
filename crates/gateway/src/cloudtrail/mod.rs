//! CloudTrail: what was asked of the account, looked up.
//!
//! Rule: the account has its event history and no trails. What asks for a trail is answered as in an account that has none; making one
//! is refused with words that say where events are delivered without it.

mod lookup;
mod trails;

use crate::Operation;

/// All operations that are built.
pub(crate) const OPERATIONS: &[&[Operation]] = &[lookup::OPERATIONS, trails::OPERATIONS];
