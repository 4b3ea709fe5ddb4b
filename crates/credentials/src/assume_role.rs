//! STS `AssumeRole`: a role with the credentials of whoever comes before it in the chain.

use profile::plan::{AssumeRole, Provider};
use types::{Secret, Timestamp};

use crate::mfa::{self, Device, Serial};
use crate::resolve::boxed;
use crate::sts::{Question, StsError};
use crate::{Context, ResolveError, Resolved};

/// Gets the base's credentials, then the role's. The code of an MFA device is asked for where the plan names one, unless the
/// base is a session that was had with one.
pub(crate) async fn resolve(context: &Context, role: &AssumeRole) -> Result<Resolved, ResolveError> {
    let base = boxed(context, &role.base).await?;
    let source = format!("role {} of profile {}", role.role_arn, role.profile);
    let tell = |error: StsError| error.tell(&source, &role.sts);
    let name = role.role_session_name.clone().unwrap_or_else(|| session_name(context.clock.now()));
    let serial = role.mfa_serial.as_ref().filter(|_| !matches!(role.base, Provider::MfaSession(_)));
    let Some(serial) = serial else {
        let question = question(role, &base, &name).with_details(&role.details);
        return question.ask(context).await.and_then(|answer| answer.credentials()).map_err(tell);
    };
    let serial = Serial::parse(serial)
        .map_err(|error| ResolveError::new("mfa", format!("{source}: {error}"), error.remedy()))?;
    let device = Device { serial: serial.as_str(), source: &role.mfa_source, asker: &source, sts: &role.sts };
    let question = |code: &Secret<String>| {
        question(role, &base, &name)
            .with("SerialNumber", serial.as_str())
            .with("TokenCode", code.expose())
            .with_details(&role.details)
    };
    mfa::with_code(context, &device, &question).await
}

fn question<'a>(role: &'a AssumeRole, base: &'a Resolved, session_name: &str) -> Question<'a> {
    Question::new("AssumeRole", &role.sts, Some(base))
        .with("RoleArn", &role.role_arn)
        .with("RoleSessionName", session_name)
        .with_some("DurationSeconds", role.duration_seconds.map(|seconds| seconds.to_string()))
        .with_some("ExternalId", role.external_id.clone())
}

/// What CloudTrail shows of whoever named no session.
pub(crate) fn session_name(now: Timestamp) -> String {
    format!("linklocal-{}", now.secs())
}
