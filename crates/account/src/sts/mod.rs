//! STS's operations: sessions asked for, and what is refused in AWS's words.
//!
//! Rule: an operation makes the claims of a session out of a directory, who asks, what he asks for and `now`. Whether he may is
//! decided elsewhere ([`authorise`](crate::authorise)); credentials are made by the [`SessionIssuer`](crate::SessionIssuer).
//! Sources: facts/account.md sections 2.6 and 4.3, in which captures of AWS count before its documentation.

pub mod access_key;
pub mod assume_role;
pub mod federation_token;
pub mod refusal;
pub mod session_policy;
pub mod session_tag;
pub mod session_token;
pub mod web_identity;

use std::time::Duration;

use types::Timestamp;

use crate::directory::Directory;
use crate::iam::mfa::{self, MfaOwner};
use crate::{Caller, ServiceError};

/// Checks the code that a caller shows of his own device, and takes it. It counts, right or wrong: who calls this writes the
/// directory down in either case.
pub fn verify_mfa(
    directory: &mut Directory,
    caller: &Caller,
    serial_number: &str,
    code: &str,
    now: Timestamp,
) -> Result<(), ServiceError> {
    match caller {
        Caller::Root { .. } => mfa::verify(directory, MfaOwner::Root, serial_number, code, now),
        Caller::User { user, .. } => {
            mfa::verify(directory, MfaOwner::User(&user.user_name), serial_number, code, now)
        }
        _ => Err(mfa::unable_to_validate()),
    }
}

/// The device and the code of a request that has both; `None` where it has neither.
pub fn mfa_pair<'a>(
    serial_number: Option<&'a str>,
    token_code: Option<&'a str>,
) -> Result<Option<(&'a str, &'a str)>, ServiceError> {
    match (serial_number, token_code) {
        (Some(serial_number), Some(code)) => Ok(Some((serial_number, code))),
        (None, None) => Ok(None),
        _ => Err(refusal::access_denied(
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code. ",
        )),
    }
}

/// What sessions of users last that ask for no other time.
const USERS_DEFAULT: u32 = 43_200;

/// The root user's sessions last no longer, whatever is asked for.
const ROOTS_MOST: u32 = 3_600;

/// When a session of GetSessionToken or GetFederationToken ends.
fn users_expiry(caller: &Caller, seconds: Option<u32>, now: Timestamp) -> Timestamp {
    let seconds = seconds.unwrap_or(USERS_DEFAULT);
    let seconds = if caller.is_root() { seconds.min(ROOTS_MOST) } else { seconds };
    after(now, seconds)
}

/// Whole seconds, as the answer tells them.
fn after(now: Timestamp, seconds: u32) -> Timestamp {
    now.trunc_secs() + Duration::from_secs(u64::from(seconds))
}
