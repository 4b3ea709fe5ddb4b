//! GetSessionToken. AWS asks no policy for it: who has long-term keys may have a session of his own.

use account::ServiceError;
use account::sts::session_token;
use wire::Structure;

use super::{credentials, duration_seconds, verified_mfa};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] =
    &[Operation { name: "GetSessionToken", checks: |_| Ok(Vec::new()), run }];

fn run(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    session_token::check(ask.caller)?;
    let has_mfa = verified_mfa(ask)?;
    let account = ask.account.account_id();
    let claims = session_token::claims(account, ask.caller, duration_seconds(ask), has_mfa, ask.now)?;
    let issued = credentials::issue(ask, &claims)?;
    Ok(credentials::sized(Structure::new().with("Credentials", credentials::shown(&issued)), &issued))
}
