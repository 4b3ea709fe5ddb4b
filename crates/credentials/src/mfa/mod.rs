//! Sessions with MFA: STS `GetSessionToken` with a user's long-term keys and the code of a device.

use profile::plan::MfaSession;

use crate::{Context, ResolveError, Resolved};

/// Asks STS for the session.
pub(crate) async fn ask(_context: &Context, session: &MfaSession) -> Result<Resolved, ResolveError> {
    Err(ResolveError::new("mfa", format!("no session with MFA by {}", session.serial), "not yet"))
}
