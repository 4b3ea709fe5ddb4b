//! IAM Identity Center: credentials of a role, for the token of a login.
//!
//! Rule: as botocore does it. A token of an `sso-session` is renewed from fifteen minutes before its end, by one process
//! at a time, and used until its end where that fails; the older form, with `sso_start_url` in the profile, is never
//! renewed. Only a login gives a new one, and every error says which.

mod device;
mod oidc;
#[cfg(test)]
mod tests;
mod token;

use std::time::Duration;

use profile::plan::Sso;
use profile::settings::SsoLogin;
use serde::Deserialize;
use types::{Secret, Timestamp};

pub use device::{LoggedIn, Verification, invite, login};
pub(crate) use token::write_private;

use crate::cache::sha1_hex;
use crate::flight::Flight;
use crate::json_service::{AskError, JsonService};
use crate::{Context, ResolveError, Resolved, escape, expiry};
use token::Token;

/// A place where people log in, and the file with the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// `[sso-session NAME]`; `None` for the older form.
    pub name: Option<String>,
    pub start_url: String,
    pub region: String,
    /// `sso_registration_scopes`; with none, a login cannot be renewed.
    pub registration_scopes: Vec<String>,
    pub token_file: String,
    /// Where the OIDC service is, if not at AWS.
    pub oidc_endpoint_url: Option<String>,
}

/// A bearer token, for services that take one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BearerToken {
    pub token: Secret<String>,
    pub expiration: Timestamp,
}

/// The credentials of a role.
pub(crate) async fn role_credentials(context: &Context, sso: &Sso) -> Result<Resolved, ResolveError> {
    let session = Session::from(sso);
    let token = usable_token(context, &session).await?;
    match exchanged(context, sso, &session, &token).await {
        // The token was revoked: its file does not show that.
        Err(error) if can_log_in(context, &error) => {
            let token = logged_in(context, &session, &error).await?;
            exchanged(context, sso, &session, &token).await
        }
        answer => answer,
    }
}

/// The bearer token of a login, renewed where it must be.
pub async fn bearer_token(context: &Context, session: &Session) -> Result<BearerToken, ResolveError> {
    let token = usable_token(context, session).await?;
    Ok(BearerToken { token: token.access_token, expiration: token.expires })
}

impl Session {
    /// The login in sentences.
    pub(crate) fn in_words(&self) -> String {
        match &self.name {
            Some(name) => format!("sso-session {name} ({})", self.start_url),
            None => self.start_url.clone(),
        }
    }

    pub(crate) fn how_to_log_in(&self) -> String {
        match &self.name {
            Some(name) => {
                format!(
                    "run `linklocal credentials login --sso-session {name}`, or `aws sso login --sso-session {name}`"
                )
            }
            None => "run `linklocal credentials login`, or `aws sso login`, with this profile".to_owned(),
        }
    }
}

impl From<&SsoLogin> for Session {
    fn from(login: &SsoLogin) -> Self {
        Self {
            name: login.session.clone(),
            start_url: login.start_url.value.clone(),
            region: login.region.value.clone(),
            registration_scopes: login.registration_scopes.clone(),
            token_file: login.token_file.clone(),
            oidc_endpoint_url: login.oidc_endpoint_url.as_ref().map(|url| url.value.clone()),
        }
    }
}

impl From<&Sso> for Session {
    fn from(sso: &Sso) -> Self {
        Self {
            name: sso.session.clone(),
            start_url: sso.start_url.clone(),
            region: sso.region.clone(),
            registration_scopes: sso.registration_scopes.clone(),
            token_file: sso.token_file.clone(),
            oidc_endpoint_url: sso.oidc_endpoint_url.as_ref().map(|url| url.value.clone()),
        }
    }
}

/// What the portal gives for the token.
async fn exchanged(
    context: &Context,
    sso: &Sso,
    session: &Session,
    token: &Token,
) -> Result<Resolved, ResolveError> {
    let configured = sso.endpoint_url.as_ref().map(|url| url.value.as_str());
    let portal = JsonService::regional(context, PORTAL, configured, ("portal.sso", &sso.region))?;
    let mut target = "/federation/credentials?role_name=".to_owned();
    escape::percent(&sso.role_name, &mut target);
    target.push_str("&account_id=");
    escape::percent(&sso.account_id, &mut target);
    let answer: Result<Answer, AskError> =
        portal.get(&target, ("x-amz-sso_bearer_token", &token.access_token)).await;
    let answer = answer.map_err(|error| explained(error, sso, session))?;
    Ok(answer.role_credentials.into_resolved(&sso.account_id))
}

/// A token that is valid: the kept one, renewed where the time for it has come, or that of a new login where somebody is
/// there.
async fn usable_token(context: &Context, session: &Session) -> Result<Token, ResolveError> {
    match Token::read(context, session) {
        Ok(token) if !is_old(context, session, &token) => return Ok(token),
        Err(error) if !can_log_in(context, &error) => return Err(error),
        _ => {}
    }
    let name = format!("sso-{}", sha1_hex(&session.token_file));
    let what = format!("the token of {}", session.in_words());
    let _turn = Flight::board(&context.aws_directory, &name, &what, context.prompt.as_ref()).await?;
    let answer = match Token::read(context, session) {
        Ok(token) if !is_old(context, session, &token) => return Ok(token),
        Ok(token) => match renewed(context, session, &token).await {
            Ok(new) => Ok(new),
            Err(why) => still_valid(context, session, token, why),
        },
        Err(error) => Err(error),
    };
    match answer {
        Err(error) if can_log_in(context, &error) => logged_in(context, session, &error).await,
        answer => answer,
    }
}

/// Whether it is to be renewed, or, where nothing can be, has ended.
fn is_old(context: &Context, session: &Session, token: &Token) -> bool {
    let left = token.left(context.now());
    if session.name.is_some() { left < RENEWED_FROM } else { left.is_zero() }
}

fn can_log_in(context: &Context, error: &ResolveError) -> bool {
    error.code == LOGIN_NEEDED && context.prompt.is_there()
}

/// A new login, for somebody is at a terminal.
async fn logged_in(context: &Context, session: &Session, why: &ResolveError) -> Result<Token, ResolveError> {
    context.prompt.urge(&why.what);
    login(context, session, &mut |page| invite(context, page, true)).await?;
    Token::read(context, session)
}

/// A new token in place of this one, in its file too. `Err(None)` where this one cannot be renewed.
async fn renewed(context: &Context, session: &Session, old: &Token) -> Result<Token, Option<ResolveError>> {
    let now = context.now();
    if session.name.is_none() {
        return Err(None);
    }
    let renewal = old.renewal.as_ref().filter(|renewal| renewal.registration_expires > now).ok_or(None)?;
    let refresh_token = renewal.refresh_token.as_ref().ok_or(None)?;
    let new = oidc::renew(context, session, renewal, refresh_token).await.map_err(Some)?;
    if let Err(error) = new.write(session) {
        context
            .prompt
            .tell(&format!("warning: the new token is lost when this ends: {error}; {}", error.remedy));
    }
    Ok(new)
}

/// The old token as long as it is valid; `why` it could not be renewed is in the error otherwise.
fn still_valid(
    context: &Context,
    session: &Session,
    token: Token,
    why: Option<ResolveError>,
) -> Result<Token, ResolveError> {
    if !token.left(context.now()).is_zero() {
        if let Some(why) = why {
            let words = session.in_words();
            context.prompt.tell(&format!("warning: the token of {words} is not renewed yet: {why}"));
        }
        return Ok(token);
    }
    let why = why.map(|why| format!(", and {why}")).unwrap_or_default();
    let what = format!("the login to {} ended at {}{why}", session.in_words(), token.expires.iso8601());
    Err(ResolveError::new(LOGIN_NEEDED, what, session.how_to_log_in()))
}

/// What the portal's refusal means.
fn explained(error: AskError, sso: &Sso, session: &Session) -> ResolveError {
    let refusal = match error {
        AskError::Refused(refusal) => refusal,
        AskError::Failed(error) => return error,
    };
    let remedy = match refusal.status {
        401 => session.how_to_log_in(),
        403 => format!(
            "ask for permission set {} in account {} to be assigned to you, or correct sso_role_name and sso_account_id",
            sso.role_name, sso.account_id
        ),
        404 => "correct sso_role_name and sso_account_id".to_owned(),
        429 => "try again in a moment".to_owned(),
        _ => "check sso_region, sso_account_id and sso_role_name".to_owned(),
    };
    let code = if refusal.status == 401 { LOGIN_NEEDED } else { "refused" };
    ResolveError { code, ..refusal.into_error(PORTAL, remedy) }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    role_credentials: RoleCredentials,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoleCredentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    /// Milliseconds since 1970.
    expiration: i64,
}

impl RoleCredentials {
    fn into_resolved(self, account_id: &str) -> Resolved {
        Resolved {
            access_key_id: self.access_key_id,
            secret_access_key: Secret::new(self.secret_access_key),
            session_token: Some(Secret::new(self.session_token)),
            expiration: Some(Timestamp::from_millis(self.expiration)),
            account_id: Some(account_id.to_owned()),
            arn: None,
        }
    }
}

/// The code of errors that a login would cure.
const LOGIN_NEEDED: &str = "login-needed";

const PORTAL: &str = "IAM Identity Center";

/// botocore's window (tokens.py, `_REFRESH_WINDOW`).
const RENEWED_FROM: Duration = expiry::EARLIEST;
