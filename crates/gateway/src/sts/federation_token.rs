//! GetFederationToken.

use account::ServiceError;
use account::sts::federation_token::FederationTokenRequest;
use wire::Structure;

use super::{credentials, duration_seconds, policy_arns, tags, text};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[Operation {
    name: "GetFederationToken",
    checks: |ask| request(ask).checks(ask.directory, ask.caller),
    run,
}];

fn run(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let claims = request(ask).claims(ask.account.account_id(), ask.caller, ask.now)?;
    let issued = credentials::issue(ask, &claims)?;
    let user =
        Structure::new().with("FederatedUserId", claims.user_id()).with("Arn", claims.arn().to_string());
    let answer =
        Structure::new().with("Credentials", credentials::shown(&issued)).with("FederatedUser", user);
    Ok(credentials::sized(answer, &issued))
}

fn request<'a>(ask: &Ask<'a>) -> FederationTokenRequest<'a> {
    FederationTokenRequest {
        name: text(ask, "Name"),
        duration_seconds: duration_seconds(ask),
        policy: ask.input.text("Policy"),
        policy_arns: policy_arns(ask),
        tags: tags(ask),
    }
}
