//! Who somebody is to AWS: `GetCallerIdentity`, which no policy can deny.

use profile::plan::StsTarget;

use super::Question;
use crate::{Context, ResolveError, Resolved};

/// The holder of credentials, as STS names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    pub account: String,
    pub arn: String,
    pub user_id: String,
}

/// Asks STS whose credentials these are.
pub async fn caller_identity(
    context: &Context,
    target: &StsTarget,
    keys: &Resolved,
) -> Result<CallerIdentity, ResolveError> {
    let tell = |error: super::StsError| error.tell("GetCallerIdentity", target);
    let answer = Question::new("GetCallerIdentity", target, Some(keys)).ask(context).await.map_err(tell)?;
    let text = |name| answer.needed(name).map(str::to_owned).map_err(tell);
    Ok(CallerIdentity { account: text("Account")?, arn: text("Arn")?, user_id: text("UserId")? })
}
