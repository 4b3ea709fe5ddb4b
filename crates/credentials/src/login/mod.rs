//! Credentials of a console session, as `aws login` keeps them.
//!
//! Rule: as botocore does it (credentials.py, `LoginCredentialFetcher`). The kept set is used until five minutes before its
//! end; then one process at a time asks AWS Sign-In for a new one and puts it in the file, where every other member stays
//! as it was. Only `aws login` starts a session.

mod dpop;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

use http::HeaderValue;
use profile::plan::Login;
use profile::settings::{is_region_name, partition};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sys::fs;
use types::{Secret, Timestamp};

use crate::cache::sha1_hex;
use crate::flight::Flight;
use crate::json_service::{AskError, JsonService};
use crate::sso::write_private;
use crate::{Context, ResolveError, Resolved, expiry};
use dpop::DpopKey;

/// The session's credentials, renewed where they must be.
pub(crate) async fn credentials(context: &Context, login: &Login) -> Result<Resolved, ResolveError> {
    let kept = Kept::read(context, login)?;
    if kept.left(context.now()) > RENEWED_FROM {
        return Ok(kept.into_resolved());
    }
    let name = format!("login-{}", sha1_hex(&login.token_file));
    let what = format!("the login session {}", login.session);
    let _turn = Flight::board(&context.aws_directory, &name, &what, context.prompt.as_ref()).await?;
    let kept = Kept::read(context, login)?;
    if kept.left(context.now()) > RENEWED_FROM {
        return Ok(kept.into_resolved());
    }
    match renewed(context, login, &kept).await {
        Ok(new) => Ok(new),
        Err(error) if kept.left(context.now()).is_zero() => Err(error),
        Err(error) => {
            context.prompt.tell(&format!("warning: {what} is not renewed yet: {error}"));
            Ok(kept.into_resolved())
        }
    }
}

/// The file of a login session.
struct Kept {
    /// All of it, as it is written back.
    members: Map<String, Value>,
    token: AccessToken,
    expires: Timestamp,
    refresh_token: Secret<String>,
    client_id: String,
    dpop_key: Secret<String>,
    sign_in_region: Option<String>,
}

impl Kept {
    fn read(context: &Context, login: &Login) -> Result<Self, ResolveError> {
        let path = &login.token_file;
        let file = match fs::read_owned(Path::new(path), LARGEST) {
            Ok(file) => file,
            Err(fs::ReadError::NotFound { .. }) => {
                let what = format!("login session {} is not there: {path} does not exist", login.session);
                return Err(ResolveError::new("login-needed", what, LOG_IN));
            }
            Err(error) => return Err(ResolveError::new("token-file", error.to_string(), LOG_IN)),
        };
        if !file.is_own() {
            let (owner, mode) = (file.owner, file.mode);
            context.prompt.tell(&format!(
                "warning: others could have written {path} (user {owner}, mode {mode:04o}); run `chmod 600 {path}`"
            ));
        }
        let kept = Self::parse(&file.bytes);
        drop(Secret::new(file.bytes));
        kept.map_err(|what| ResolveError::new("token-file", format!("login file {path} {what}"), LOG_IN))
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let none = |error: serde_json::Error| format!("is not the JSON of a login (line {})", error.line());
        let members: Map<String, Value> = serde_json::from_slice(bytes).map_err(none)?;
        let text = |name: &str| {
            let value = members.get(name).and_then(Value::as_str);
            value.map(str::to_owned).ok_or_else(|| format!("has no `{name}`"))
        };
        let token = members.get("accessToken").ok_or("has no `accessToken`")?;
        let token =
            AccessToken::deserialize(token).map_err(|_| "has an `accessToken` without all of its parts")?;
        let expires =
            token.expires_at.as_deref().and_then(expiry::read).ok_or("has no `expiresAt` that is a time")?;
        if token.account_id.is_none() {
            return Err("has no `accountId`".to_owned());
        }
        Ok(Self {
            refresh_token: Secret::new(text("refreshToken")?),
            client_id: text("clientId")?,
            dpop_key: Secret::new(text("dpopKey")?),
            sign_in_region: text("signInRegion").ok(),
            members,
            token,
            expires,
        })
    }

    fn left(&self, now: Timestamp) -> Duration {
        expiry::left(self.expires, now)
    }

    fn into_resolved(self) -> Resolved {
        resolved(self.token, self.expires)
    }
}

/// A new set in place of the kept one, in its file too.
async fn renewed(context: &Context, login: &Login, kept: &Kept) -> Result<Resolved, ResolveError> {
    let service = service(context, login, kept)?;
    let body = json!({
        "clientId": kept.client_id,
        "grantType": "refresh_token",
        "refreshToken": kept.refresh_token.expose(),
    });
    let body = Secret::new(body.to_string().into_bytes());
    let proof = proof(context, kept, &format!("{}{TARGET}", service.endpoint)).map_err(|what| {
        ResolveError::new("token-file", format!("login file {} {what}", login.token_file), LOG_IN)
    })?;
    let answer: Answer =
        service.post(TARGET, &body, &[("dpop", proof)]).await.map_err(|error| explained(error, login))?;
    let expires = (context.now() + Duration::from_secs(answer.expires_in)).trunc_secs();
    let token = AccessToken {
        account_id: kept.token.account_id.clone(),
        expires_at: Some(expires.iso8601()),
        ..answer.access_token
    };
    let members = rewritten(kept.members.clone(), &token, answer.refresh_token);
    if let Err(error) = write_private(Path::new(&login.token_file), &members) {
        context
            .prompt
            .tell(&format!("warning: the session cannot be renewed again: {error}; {}", error.remedy));
    }
    Ok(resolved(token, expires))
}

/// The file's text with what is new in it.
fn rewritten(mut members: Map<String, Value>, token: &AccessToken, refresh_token: String) -> Secret<Vec<u8>> {
    let token = serde_json::to_value(token).expect("strings under fixed names are JSON");
    members.insert("accessToken".to_owned(), token);
    members.insert("refreshToken".to_owned(), Value::String(refresh_token));
    Secret::new(Value::Object(members).to_string().into_bytes())
}

fn proof(context: &Context, kept: &Kept, url: &str) -> Result<HeaderValue, String> {
    let key = DpopKey::from_pem(kept.dpop_key.expose()).map_err(|error| format!("has a {error}"))?;
    let random = context.entropy.bytes().map_err(|error| format!("cannot be used: {error}"))?;
    let proof = key.proof(url, context.now(), random);
    HeaderValue::from_str(&proof).map_err(|_| "names an endpoint that cannot be asked".to_owned())
}

/// AWS Sign-In where the session was begun; files of older logins do not say where.
fn service<'a>(context: &'a Context, login: &Login, kept: &Kept) -> Result<JsonService<'a>, ResolveError> {
    if let Some(url) = &login.endpoint_url {
        return Ok(JsonService::at(context, NAME, &url.value));
    }
    let configured = login.region.as_ref().map(|region| region.value.as_str());
    let Some(region) = kept.sign_in_region.as_deref().or(configured) else {
        let what = format!("{NAME} cannot be asked to renew {}: no region is configured", login.session);
        return Err(ResolveError::new(
            "region",
            what,
            "name the region of the login in AWS_REGION or in the profile",
        ));
    };
    if !is_region_name(region) {
        let what = format!("{NAME} cannot be asked: {region:?} cannot be the name of a region");
        return Err(ResolveError::new("region", what, "write a region like us-east-1"));
    }
    Ok(JsonService::at(context, NAME, &format!("https://{region}.{}", domain(partition(region).name))))
}

/// Endpoint rules of the service `signin`, 2023-01-01.
fn domain(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "signin.amazonaws.cn",
        "aws-us-gov" => "signin.amazonaws-us-gov.com",
        "aws-eusc" => "signin.amazonaws-eusc.eu",
        "aws-iso" => "signin.c2shome.ic.gov",
        "aws-iso-b" => "signin.sc2shome.sgov.gov",
        "aws-iso-e" => "signin.csphome.adc-e.uk",
        "aws-iso-f" => "signin.csphome.hci.ic.gov",
        _ => "signin.aws.amazon.com",
    }
}

/// What AWS Sign-In's refusal means.
fn explained(error: AskError, login: &Login) -> ResolveError {
    let refusal = match error {
        AskError::Refused(refusal) => refusal,
        AskError::Failed(error) => return error,
    };
    let (code, remedy) = match refusal.error.as_deref() {
        Some("TOKEN_EXPIRED") => ("login-needed", LOG_IN),
        Some("USER_CREDENTIALS_CHANGED") => {
            ("login-needed", "the password was changed: run `aws login` with the new one")
        }
        Some("INSUFFICIENT_PERMISSIONS") => (
            "refused",
            "ask for the permission signin:CreateOAuth2Token (managed policy SignInLocalDevelopmentAccess)",
        ),
        _ => ("refused", LOG_IN),
    };
    let error = refusal.into_error(NAME, remedy);
    ResolveError { code, what: format!("login session {}: {}", login.session, error.what), ..error }
}

fn resolved(token: AccessToken, expires: Timestamp) -> Resolved {
    Resolved {
        access_key_id: token.access_key_id,
        secret_access_key: Secret::new(token.secret_access_key),
        session_token: Some(Secret::new(token.session_token)),
        expiration: Some(expires),
        account_id: token.account_id,
        arn: None,
    }
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct AccessToken {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    account_id: Option<String>,
    expires_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    access_token: AccessToken,
    expires_in: u64,
    refresh_token: String,
}

const NAME: &str = "AWS Sign-In";
const TARGET: &str = "/v1/token";
const LOG_IN: &str = "run `aws login` with this profile";

/// botocore's threshold (`_REFRESH_THRESHOLD`); a set lives for fifteen minutes.
const RENEWED_FROM: Duration = Duration::from_secs(5 * 60);

/// A file of a login has some KiB.
const LARGEST: usize = 256 * 1024;
