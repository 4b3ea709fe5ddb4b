//! Credentials of a session, issued and shown.

use account::{Issued, ServiceError, SessionClaims};
use wire::Structure;

use crate::Ask;

/// Credentials for `claims`, with a token as long as is asked for.
pub(super) fn issue(ask: &Ask<'_>, claims: &SessionClaims) -> Result<Issued, ServiceError> {
    let minimum = ask.input.integer("MinimumSessionTokenSize").unwrap_or(0);
    let mut random = [0; 10];
    random.copy_from_slice(&ask.random[..10]);
    Ok(ask.sessions.issue(claims, usize::try_from(minimum).unwrap_or(0), random)?)
}

/// `Credentials`
pub(super) fn shown(issued: &Issued) -> Structure {
    let credentials = &issued.credentials;
    let token = credentials.session_token.as_ref().map(|token| token.expose().as_str());
    Structure::new()
        .with("AccessKeyId", credentials.access_key_id.as_str())
        .with("SecretAccessKey", credentials.secret_access_key.expose().as_str())
        .with_some("SessionToken", token)
        .with_some("Expiration", credentials.expiration)
}

/// The answer with what the token takes of its room.
pub(super) fn sized(answer: Structure, issued: &Issued) -> Structure {
    let size = i64::try_from(issued.token_size).unwrap_or(i64::MAX);
    answer
        .with_some("PackedPolicySize", issued.packed_policy_size.map(i64::from))
        .with("SessionTokenSize", size)
        .with("SessionTokenUtilization", i64::from(issued.token_utilization))
}

/// `AssumedRoleUser`
pub(super) fn assumed_role_user(claims: &SessionClaims) -> Structure {
    Structure::new().with("AssumedRoleId", claims.user_id()).with("Arn", claims.arn().to_string())
}
