//! What is counted of one program.

use metadata::Access;

/// Counters of one program on one instance.
#[derive(Debug, Default)]
pub struct Tally {}

impl Tally {
    pub(crate) fn count(&self, _access: Access) {}
}
