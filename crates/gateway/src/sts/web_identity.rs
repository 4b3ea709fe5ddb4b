//! AssumeRoleWithWebIdentity: a token of an identity provider in place of a signature.

use account::ServiceError;
use account::sts::web_identity::{self, WebIdentityRequest};
use wire::Structure;

use super::{assume_role, credentials, signature, text};
use crate::{Ask, Operation};

/// Whoever sends the request: the token's holder is who must be allowed, so a signature changes nothing.
pub(crate) const OPERATIONS: &[Operation] =
    &[Operation { name: "AssumeRoleWithWebIdentity", checks: |_| Ok(Vec::new()), run }];

fn run(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let request = assume_role::request(ask);
    web_identity::check(request.role_arn, ask.input.text("ProviderId"))?;
    let token = text(ask, "WebIdentityToken");
    let token = web_identity::verify(ask.directory, token, ask.now, signature::is_of)?;
    let request = WebIdentityRequest { request, token };
    for check in request.checks(ask.directory)? {
        ask.authorise(&check)?;
    }
    let claims = request.claims(ask.directory, ask.now)?;
    let issued = credentials::issue(ask, &claims)?;
    let answer = Structure::new()
        .with("Credentials", credentials::shown(&issued))
        .with("SubjectFromWebIdentityToken", request.token.subject)
        .with("AssumedRoleUser", credentials::assumed_role_user(&claims))
        .with("Provider", request.token.provider)
        .with("Audience", request.token.audience)
        .with_some("SourceIdentity", claims.source_identity.as_deref());
    Ok(credentials::sized(answer, &issued))
}
