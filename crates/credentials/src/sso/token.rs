//! The file with the token of a login: `~/.aws/sso/cache/<sha1>.json`, which the AWS CLI and the SDKs share.
//!
//! Rule: read what the AWS CLI writes and write what it reads (botocore tokens.py, awscli's `SSOTokenFetcher`): these
//! members and no others, times in UTC with `Z`, mode 0600, replaced whole.

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sys::fs;
use types::{Secret, Timestamp};

use super::Session;
use crate::{Context, ResolveError, expiry};

/// A token and what is needed to renew it.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) access_token: Secret<String>,
    pub(crate) expires: Timestamp,
    pub(crate) renewal: Option<Renewal>,
}

/// The client that asked for the token, and the right to ask again.
#[derive(Clone, Debug)]
pub(crate) struct Renewal {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret<String>,
    pub(crate) registration_expires: Timestamp,
    /// Absent where no scope was asked for: such a login ends with its token.
    pub(crate) refresh_token: Option<Secret<String>>,
}

impl Token {
    /// The token of this login.
    pub(crate) fn read(context: &Context, session: &Session) -> Result<Self, ResolveError> {
        let path = &session.token_file;
        let file = match fs::read_owned(Path::new(path), LARGEST) {
            Ok(file) => file,
            Err(fs::ReadError::NotFound { .. }) => {
                let what = format!("nobody is logged in to {}: {path} does not exist", session.in_words());
                return Err(ResolveError::new(super::LOGIN_NEEDED, what, session.how_to_log_in()));
            }
            Err(error) => {
                return Err(ResolveError::new("token-file", error.to_string(), session.how_to_log_in()));
            }
        };
        if !file.is_own() {
            let mode = file.mode;
            context.prompt.tell(&format!(
                "warning: others could have written {path} (user {}, mode {mode:04o}); run `chmod 600 {path}`",
                file.owner
            ));
        }
        let parsed = Self::parse(&file.bytes);
        drop(Secret::new(file.bytes));
        parsed.map_err(|what| {
            ResolveError::new("token-file", format!("token file {path} {what}"), session.how_to_log_in())
        })
    }

    pub(crate) fn left(&self, now: Timestamp) -> Duration {
        expiry::left(self.expires, now)
    }

    /// Puts the token where the AWS CLI looks for it.
    pub(crate) fn write(&self, session: &Session) -> Result<(), ResolveError> {
        let path = Path::new(&session.token_file);
        write_private(path, &self.print(session))
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let raw: Raw = serde_json::from_slice(bytes)
            .map_err(|error| format!("is not the JSON of a login (line {})", error.line()))?;
        let time =
            |text: &str, name| expiry::read(text).ok_or_else(|| format!("has a `{name}` that is no time"));
        let expires = time(&raw.expires_at, "expiresAt")?;
        let renewal = match (raw.client_id, raw.client_secret, raw.registration_expires_at) {
            (Some(client_id), Some(secret), Some(end)) => Some(Renewal {
                client_id,
                client_secret: Secret::new(secret),
                registration_expires: time(&end, "registrationExpiresAt")?,
                refresh_token: raw.refresh_token.map(Secret::new),
            }),
            _ => None,
        };
        Ok(Self { access_token: Secret::new(raw.access_token), expires, renewal })
    }

    fn print(&self, session: &Session) -> Secret<Vec<u8>> {
        let renewal = self.renewal.as_ref();
        Secret::new(
            serde_json::to_vec(&Print {
                start_url: &session.start_url,
                region: &session.region,
                access_token: self.access_token.expose(),
                expires_at: self.expires.iso8601(),
                client_id: renewal.map(|renewal| renewal.client_id.as_str()),
                client_secret: renewal.map(|renewal| renewal.client_secret.expose().as_str()),
                registration_expires_at: renewal.map(|renewal| renewal.registration_expires.iso8601()),
                refresh_token: renewal
                    .and_then(|renewal| Some(renewal.refresh_token.as_ref()?.expose().as_str())),
            })
            .expect("strings under fixed names are JSON"),
        )
    }
}

/// Writes a file of mode 0600 in a directory that is made, mode 0700, where it is missing. What is another user's is left
/// alone: that user could not read it any more.
pub(crate) fn write_private(path: &Path, bytes: &Secret<Vec<u8>>) -> Result<(), ResolveError> {
    let failed = |what: String, remedy: String| Err(ResolveError::new("token-file", what, remedy));
    let user = fs::user();
    if let Some(owner) = fs::owner(path).filter(|owner| *owner != user) {
        let what = format!("{} belongs to user {owner}, and this runs as user {user}", path.display());
        return failed(what, format!("run this as user {owner}, or with a HOME of your own"));
    }
    let made = path.parent().map_or(Ok(()), fs::make_directory);
    let room = "check that this user may write there and that the disk has room";
    match made.map(|()| fs::replace(path, bytes.expose(), 0o600)) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => failed(error.to_string(), room.to_owned()),
        Err(error) => {
            failed(format!("the directory of {} cannot be made: {error}", path.display()), room.to_owned())
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    access_token: String,
    expires_at: String,
    client_id: Option<String>,
    client_secret: Option<String>,
    registration_expires_at: Option<String>,
    refresh_token: Option<String>,
}

/// The members in the AWS CLI's order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Print<'a> {
    start_url: &'a str,
    region: &'a str,
    access_token: &'a str,
    expires_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
}

/// Tokens of some identity providers are long; nothing else here is.
const LARGEST: usize = 256 * 1024;
