//! Who is at the other end of a connection, for the record of its calls.
//!
//! Rule: found out beside the calls, once for a connection, and only where there is time for it: no call waits for it, and none is decided
//! by it.

use std::sync::{Arc, OnceLock};

use net::{Caller, Link};

use crate::record::Recorder;

/// Filled once it is known.
pub(crate) type Program = Arc<OnceLock<Arc<Caller>>>;

/// A connection's memory.
#[derive(Debug, Default)]
pub struct Acquaintance(OnceLock<Program>);

impl Acquaintance {
    /// Who calls, or who it will turn out to be; `None` where `recorder` does not care, or there is no time to look. Must be called within
    /// a tokio runtime.
    pub(crate) fn of(link: &Link<Self>, recorder: &dyn Recorder) -> Option<Program> {
        let identifier = recorder.identifier()?;
        if let Some(known) = link.memory().0.get() {
            return Some(Arc::clone(known));
        }
        if !identifier.affords() {
            return None;
        }
        let program = Arc::clone(link.memory().0.get_or_init(Program::default));
        let (identifier, peer, found) = (identifier.clone(), link.peer(), Arc::clone(&program));
        tokio::spawn(async move {
            let _ = found.set(identifier.identify(peer, None).await);
        });
        Some(program)
    }
}
