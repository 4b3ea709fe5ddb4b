//! AssumeRole.

use account::ServiceError;
use account::sts::assume_role::AssumeRoleRequest;
use wire::Structure;

use super::{credentials, duration_seconds, policy_arns, tags, text, verified_mfa};
use crate::{Ask, Operation};

/// What must be allowed is asked when it is known whether a code was verified: see the rule of this module.
pub(crate) const OPERATIONS: &[Operation] =
    &[Operation { name: "AssumeRole", checks: |_| Ok(Vec::new()), run }];

fn run(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let mut request = request(ask);
    request.check(ask.caller)?;
    request.has_mfa = verified_mfa(ask)?;
    for check in request.checks(ask.directory, ask.caller)? {
        ask.authorise(&check)?;
    }
    let claims = request.claims(ask.directory, ask.caller, ask.now)?;
    let issued = credentials::issue(ask, &claims)?;
    let answer = Structure::new()
        .with("Credentials", credentials::shown(&issued))
        .with("AssumedRoleUser", credentials::assumed_role_user(&claims))
        .with_some("SourceIdentity", claims.source_identity.as_deref());
    Ok(credentials::sized(answer, &issued))
}

pub(super) fn request<'a>(ask: &Ask<'a>) -> AssumeRoleRequest<'a> {
    AssumeRoleRequest {
        role_arn: text(ask, "RoleArn"),
        session_name: text(ask, "RoleSessionName"),
        duration_seconds: duration_seconds(ask),
        external_id: ask.input.text("ExternalId"),
        policy: ask.input.text("Policy"),
        policy_arns: policy_arns(ask),
        tags: tags(ask),
        transitive_tag_keys: ask.input.texts("TransitiveTagKeys").map(str::to_owned).collect(),
        source_identity: ask.input.text("SourceIdentity"),
        has_mfa: false,
    }
}
