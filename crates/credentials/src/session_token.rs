//! STS `GetSessionToken` without a device: a session in place of a user's long-term keys (facts/credentials.md section
//! 3.3 says what it may not do).

use profile::plan::StsTarget;

use crate::sts::Question;
use crate::{Context, ResolveError, Resolved};

/// Asks for a session of whoever has `keys`; `duration_seconds` of `None` leaves its length to STS, which gives twelve
/// hours.
pub async fn session_token(
    context: &Context,
    target: &StsTarget,
    keys: &Resolved,
    duration_seconds: Option<u32>,
) -> Result<Resolved, ResolveError> {
    let question = Question::new("GetSessionToken", target, Some(keys))
        .with_some("DurationSeconds", duration_seconds.map(|seconds| seconds.to_string()));
    let answer = question.ask(context).await;
    let session = answer.and_then(|answer| answer.credentials());
    let session = session.map_err(|error| error.tell("GetSessionToken", target))?;
    Ok(Resolved { account_id: session.account_id.or_else(|| keys.account_id.clone()), ..session })
}
