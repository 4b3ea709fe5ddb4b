//! What every statement of every layer came to.

use crate::{Decision, Layers, Request, decide};

/// Made after a decision, from the same arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    pub decision: Decision,
}

/// Explains the same decision.
pub fn trace(request: &Request<'_>, layers: &Layers<'_>) -> Trace {
    Trace { decision: decide(request, layers) }
}
