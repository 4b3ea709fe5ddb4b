//! STS `AssumeRole`: a role with the credentials of whoever comes before it in the chain.

use std::sync::Arc;

use profile::plan::AssumeRole;
use types::{Secret, Timestamp};

use crate::prompt::PromptError;
use crate::resolve::boxed;
use crate::sts::{Question, StsError};
use crate::{Context, ResolveError, Resolved};

/// Gets the base's credentials, then the role's. The code of an MFA device is asked for where the plan names one.
pub(crate) async fn resolve(context: &Context, role: &AssumeRole) -> Result<Resolved, ResolveError> {
    let base = boxed(context, &role.base).await?;
    let source = format!("role {} of profile {}", role.role_arn, role.profile);
    let tell = |error: StsError| error.tell(&source, &role.sts);
    let Some(serial) = &role.mfa_serial else {
        return assume(context, role, &base, None).await.map_err(tell);
    };
    let mut wrong = 0;
    loop {
        let code = code(context, serial, role).await?;
        match assume(context, role, &base, Some((serial, code))).await {
            Err(error) if wrong < RETYPED && error.refusal().is_some_and(|r| r.is_wrong_mfa_code()) => {
                wrong += 1;
                context.prompt.tell("AWS does not take this code; a code works once: wait for the next one");
            }
            outcome => return outcome.map_err(tell),
        }
    }
}

async fn assume(
    context: &Context,
    role: &AssumeRole,
    base: &Resolved,
    mfa: Option<(&String, Secret<String>)>,
) -> Result<Resolved, StsError> {
    let name = role.role_session_name.clone().unwrap_or_else(|| session_name(context.clock.now()));
    let mut question = Question::new("AssumeRole", &role.sts, Some(base))
        .with("RoleArn", &role.role_arn)
        .with("RoleSessionName", name)
        .with_some("DurationSeconds", role.duration_seconds.map(|seconds| seconds.to_string()))
        .with_some("ExternalId", role.external_id.clone());
    if let Some((serial, code)) = mfa {
        question = question.with("SerialNumber", serial).with("TokenCode", code.expose());
    }
    question.with_details(&role.details).ask(context).await?.credentials()
}

/// What CloudTrail shows of whoever named no session.
pub(crate) fn session_name(now: Timestamp) -> String {
    format!("linklocal-{}", now.secs())
}

/// Asks until something is typed that can be a code. People are slow: another thread waits for them.
async fn code(context: &Context, serial: &str, role: &AssumeRole) -> Result<Secret<String>, ResolveError> {
    for _ in 0..=RETYPED {
        let (prompt, question) = (Arc::clone(&context.prompt), format!("Enter MFA code for {serial}: "));
        let typed = tokio::task::spawn_blocking(move || prompt.ask(&question)).await;
        let typed = typed.expect("a prompt does not panic").map_err(|error| unasked(serial, role, &error))?;
        let code = typed.expose().trim();
        if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Secret::new(code.to_owned()));
        }
        context.prompt.tell("a code has six digits");
    }
    let what = format!("profile {}: no code of six digits was typed for {serial}", role.profile);
    Err(ResolveError::new("mfa", what, "type the six digits that the device shows"))
}

fn unasked(serial: &str, role: &AssumeRole, error: &PromptError) -> ResolveError {
    let what = format!(
        "profile {}: role {} needs the code of MFA device {serial}, and {error}",
        role.profile, role.role_arn
    );
    ResolveError::new(
        "mfa",
        what,
        "run the command in a terminal, or take a profile whose session has MFA already",
    )
}

/// How often somebody may mistype.
const RETYPED: u32 = 2;
