//! The OIDC service of IAM Identity Center: clients, device authorisations, tokens (service model `sso-oidc`, 2019-06-10).
//!
//! Rule: bodies as the AWS CLI sends them; what comes back is a value or a refusal, and what it means is decided by
//! whoever asked.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use types::{Secret, Timestamp};

use super::Session;
use super::token::{Renewal, Token};
use crate::json_service::{AskError, JsonService};
use crate::{Context, ResolveError};

/// A client that may ask for tokens.
#[derive(Clone, Debug)]
pub(super) struct Registration {
    pub(super) client_id: String,
    pub(super) client_secret: Secret<String>,
    pub(super) expires: Timestamp,
}

/// A login that waits for somebody at a browser.
#[derive(Clone, Debug)]
pub(super) struct Authorization {
    pub(super) device_code: Secret<String>,
    pub(super) user_code: String,
    pub(super) verification_uri: String,
    pub(super) verification_uri_complete: Option<String>,
    pub(super) expires: Timestamp,
    pub(super) interval: Duration,
}

/// The service for this login.
pub(super) fn service<'a>(context: &'a Context, session: &Session) -> Result<JsonService<'a>, ResolveError> {
    JsonService::regional(context, NAME, session.oidc_endpoint_url.as_deref(), ("oidc", &session.region))
}

pub(super) async fn register(
    service: &JsonService<'_>,
    name: &str,
    scopes: &[String],
) -> Result<Registration, AskError> {
    let body = Register { client_name: name, client_type: "public", scopes };
    let answer: Registered = service.post("/client/register", &json(&body), &[]).await?;
    Ok(Registration {
        client_id: answer.client_id,
        client_secret: Secret::new(answer.client_secret),
        expires: Timestamp::from_secs(answer.client_secret_expires_at),
    })
}

pub(super) async fn authorize(
    service: &JsonService<'_>,
    registration: &Registration,
    start_url: &str,
) -> Result<Authorization, AskError> {
    let body = Authorize {
        client_id: &registration.client_id,
        client_secret: registration.client_secret.expose(),
        start_url,
    };
    let answer: Authorized = service.post("/device_authorization", &json(&body), &[]).await?;
    Ok(Authorization {
        device_code: Secret::new(answer.device_code),
        user_code: answer.user_code,
        verification_uri: answer.verification_uri,
        verification_uri_complete: answer.verification_uri_complete,
        expires: service.context.now() + Duration::from_secs(answer.expires_in),
        interval: Duration::from_secs(answer.interval.unwrap_or(DEFAULT_INTERVAL)).min(LONGEST_INTERVAL),
    })
}

/// One attempt to get the token of a device authorisation.
pub(super) async fn redeem(
    service: &JsonService<'_>,
    registration: &Registration,
    authorization: &Authorization,
) -> Result<Token, AskError> {
    let body = CreateToken {
        client_id: &registration.client_id,
        client_secret: registration.client_secret.expose(),
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: Some(authorization.device_code.expose()),
        refresh_token: None,
    };
    let answer: Created = service.post("/token", &json(&body), &[]).await?;
    let renewal = Renewal {
        client_id: registration.client_id.clone(),
        client_secret: registration.client_secret.clone(),
        registration_expires: registration.expires,
        refresh_token: None,
    };
    Ok(answer.into_token(service.context.now(), renewal))
}

/// A new token for a refresh token.
pub(super) async fn renew(
    context: &Context,
    session: &Session,
    renewal: &Renewal,
    refresh_token: &Secret<String>,
) -> Result<Token, ResolveError> {
    let service = service(context, session)?;
    let body = CreateToken {
        client_id: &renewal.client_id,
        client_secret: renewal.client_secret.expose(),
        grant_type: "refresh_token",
        device_code: None,
        refresh_token: Some(refresh_token.expose()),
    };
    let answer: Created = service
        .post("/token", &json(&body), &[])
        .await
        .map_err(|error| error.plain(NAME, &session.how_to_log_in()))?;
    Ok(answer.into_token(context.now(), renewal.clone()))
}

fn json(body: &impl Serialize) -> Secret<Vec<u8>> {
    Secret::new(serde_json::to_vec(body).expect("strings under fixed names are JSON"))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Register<'a> {
    client_name: &'a str,
    client_type: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    scopes: &'a [String],
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    client_id: String,
    client_secret: String,
    client_secret_expires_at: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Authorize<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    start_url: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authorized {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: Option<String>,
    expires_in: u64,
    interval: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CreateToken<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    grant_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    access_token: String,
    expires_in: u64,
    refresh_token: Option<String>,
}

impl Created {
    /// Where no new refresh token comes, the old one stays good (RFC 6749 section 6).
    fn into_token(self, now: Timestamp, old: Renewal) -> Token {
        let refresh_token = self.refresh_token.map(Secret::new).or(old.refresh_token);
        Token {
            access_token: Secret::new(self.access_token),
            expires: (now + Duration::from_secs(self.expires_in)).trunc_secs(),
            renewal: Some(Renewal { refresh_token, ..old }),
        }
    }
}

pub(super) const NAME: &str = "the OIDC service of IAM Identity Center";

/// Seconds between questions where the service names none (RFC 8628 section 3.2).
const DEFAULT_INTERVAL: u64 = 5;

/// Somebody sits and waits.
const LONGEST_INTERVAL: Duration = Duration::from_secs(60);
