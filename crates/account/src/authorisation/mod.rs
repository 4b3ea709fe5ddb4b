//! Whether a caller may do what he asks: the one place where policies are gathered and decided on.
//!
//! Rule: what is not found denies. A boundary or a session policy that is gone, or cannot be read, allows nothing; a role without a
//! trust policy that names the caller is nobody's (facts/account.md sections 2.1 and 2.6).

mod arrival;

use policy::{Denial, Layer};
use types::Timestamp;

use crate::directory::Directory;
use crate::{Caller, Check};

pub use arrival::Arrival;

/// A check that was not passed.
#[derive(Clone, Debug)]
pub struct Denied {
    pub denial: Denial,
}

/// Decides one check.
///
/// # Errors
/// The caller may not.
pub fn authorise(
    directory: &Directory,
    caller: &Caller,
    arrival: &Arrival,
    check: &Check,
    now: Timestamp,
) -> Result<(), Box<Denied>> {
    let _ = (directory, caller, arrival, check, now);
    let denial = Denial { explicit: false, layer: Layer::Identity, statement: None };
    Err(Box::new(Denied { denial }))
}
