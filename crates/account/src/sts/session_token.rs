//! GetSessionToken: a session of the caller himself, with MFA or without.

use types::{AccountId, Timestamp};

use super::{refusal, users_expiry};
use crate::sessions::{SessionClaims, SessionPrincipal, SessionUser};
use crate::{Caller, ServiceError};

/// The session that a user or the root user asks for himself. `has_mfa`: a code was verified at `now`.
///
/// # Errors
/// The caller has a session already.
pub fn claims(
    account: AccountId,
    caller: &Caller,
    duration_seconds: Option<u32>,
    has_mfa: bool,
    now: Timestamp,
) -> Result<SessionClaims, ServiceError> {
    let principal = own(caller)?;
    let mut claims =
        SessionClaims::new(account, principal, "", now, users_expiry(caller, duration_seconds, now));
    claims.mfa_authenticated_at = has_mfa.then_some(now);
    Ok(claims)
}

/// Whether the caller may ask at all: known before a code is taken.
pub fn check(caller: &Caller) -> Result<(), ServiceError> {
    own(caller).map(|_| ())
}

fn own(caller: &Caller) -> Result<SessionPrincipal, ServiceError> {
    match caller {
        Caller::Root { session: None, .. } => Ok(SessionPrincipal::Root),
        Caller::User { user, session: None, .. } => {
            Ok(SessionPrincipal::User(SessionUser { arn: user.arn.clone(), id: user.user_id.clone() }))
        }
        _ => Err(refusal::session_credentials("GetSessionToken")),
    }
}
