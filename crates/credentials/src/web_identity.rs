//! STS `AssumeRoleWithWebIdentity`: a role for the bearer of a token that somebody else keeps fresh in a file.

use std::path::Path;

use profile::plan::WebIdentity;
use types::Secret;

use crate::assume_role::session_name;
use crate::sts::Question;
use crate::{Context, ResolveError, Resolved};

/// Reads the token, whenever it is asked: it lives for an hour, and its file is replaced.
pub(crate) async fn resolve(context: &Context, identity: &WebIdentity) -> Result<Resolved, ResolveError> {
    let source = format!("role {} by web identity", identity.role_arn);
    let token = token(&source, &identity.token_file)?;
    let name = identity.role_session_name.clone().unwrap_or_else(|| session_name(context.clock.now()));
    let question = Question::new("AssumeRoleWithWebIdentity", &identity.sts, None)
        .with("RoleArn", &identity.role_arn)
        .with("RoleSessionName", name)
        .with("WebIdentityToken", token.expose())
        .with_some("DurationSeconds", identity.duration_seconds.map(|seconds| seconds.to_string()))
        .with_details(&identity.details);
    let answer = question.ask(context).await.and_then(|answer| answer.credentials());
    answer.map_err(|error| error.tell(&source, &identity.sts))
}

fn token(source: &str, path: &str) -> Result<Secret<String>, ResolveError> {
    let unusable = |what: String| {
        let remedy = "check the token's file: its writer (a kubelet, a CI runner) puts one token into it, and nothing else";
        ResolveError::new("token-file", format!("{source}: {what}"), remedy)
    };
    let text = sys::fs::read_text(Path::new(path), MAX_TOKEN).map_err(|error| {
        let cause = std::error::Error::source(&error).map(|cause| format!(" ({cause})")).unwrap_or_default();
        unusable(format!("{error}{cause}"))
    })?;
    match text.trim().is_empty() {
        true => Err(unusable(format!("token file {path} is empty"))),
        false => Ok(Secret::new(text)),
    }
}

/// STS takes 20,000 characters.
const MAX_TOKEN: usize = 20_000;
