//! Where programs cannot be served.
//!
//! Rule: says so, and does nothing.

use std::sync::Arc;

use crate::{Ended, Isolation, Program, RunError, Switchboard, Unsupported};

pub(crate) fn probe(_isolation: Isolation) -> Result<(), Unsupported> {
    Err(Unsupported::Platform)
}

pub(crate) fn run(_program: &Program, _switchboard: Arc<dyn Switchboard>) -> Result<Ended, RunError> {
    Err(Unsupported::Platform.into())
}

pub(crate) fn leave(ended: Ended) -> ! {
    std::process::exit(ended.code())
}
