//! One cached session, as the AWS CLI writes it.
//!
//! Rule: what the CLI writes is read, and what is written the CLI reads. One member is ours, `Linklocal`, which the CLI
//! passes over: it names the endpoint that issued the session where that is not AWS's own.

use serde::{Deserialize, Serialize};
use types::{Secret, Timestamp};

use crate::{Resolved, expiry};

/// A session and who issued it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: Kind,
    pub session: Resolved,
    pub expiration: Timestamp,
    /// The endpoint that was asked, where somebody named another than AWS's own.
    pub endpoint: Option<String>,
}

/// Which form an entry has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What STS answered.
    Role,
    /// What the portal of IAM Identity Center answered.
    Sso,
}

/// The bytes are no session.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    #[error("is not the JSON of a session (line {line}, column {column})")]
    Json { line: usize, column: usize },
    #[error("has no `{0}` that can be read")]
    Member(&'static str),
}

impl Entry {
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        let raw: Raw<'_> = serde_json::from_slice(bytes)
            .map_err(|error| EntryError::Json { line: error.line(), column: error.column() })?;
        let expiration = expiry::read(&raw.credentials.expiration).ok_or(EntryError::Member("Expiration"))?;
        let credentials = raw.credentials;
        for (name, value) in
            [("AccessKeyId", &credentials.access_key_id), ("SecretAccessKey", &credentials.secret_access_key)]
        {
            if value.is_empty() {
                return Err(EntryError::Member(name));
            }
        }
        Ok(Self {
            kind: if raw.provider_type.as_deref() == Some("sso") { Kind::Sso } else { Kind::Role },
            session: Resolved {
                access_key_id: credentials.access_key_id,
                secret_access_key: Secret::new(credentials.secret_access_key),
                session_token: Some(Secret::new(credentials.session_token)),
                expiration: Some(expiration),
                account_id: credentials.account_id,
                arn: raw.assumed_role_user.and_then(|user| user.arn),
            },
            expiration,
            endpoint: raw.linklocal.and_then(|ours| ours.endpoint.map(str::to_owned)),
        })
    }

    /// The entry's text; a secret as a whole. The zone is written `UTC` for roles and `Z` for IAM Identity Center, as the
    /// CLI does.
    pub fn print(&self) -> Secret<Vec<u8>> {
        let time = self.expiration.iso8601();
        let role_user = self.session.arn.clone().map(|arn| RawUser { arn: Some(arn) });
        let raw = Raw {
            provider_type: (self.kind == Kind::Sso).then(|| "sso".to_owned()),
            credentials: RawCredentials {
                access_key_id: self.session.access_key_id.clone(),
                secret_access_key: self.session.secret_access_key.expose().clone(),
                session_token: self.token().to_owned(),
                expiration: match self.kind {
                    Kind::Sso => time,
                    Kind::Role => format!("{}UTC", time.trim_end_matches('Z')),
                },
                account_id: self.session.account_id.clone(),
            },
            assumed_role_user: role_user.filter(|_| self.kind == Kind::Role),
            linklocal: self.endpoint.as_deref().map(|endpoint| Ours { endpoint: Some(endpoint) }),
        };
        let text = serde_json::to_vec(&raw).expect("strings under fixed names are JSON");
        wipe(raw);
        Secret::new(text)
    }

    fn token(&self) -> &str {
        self.session.session_token.as_ref().map_or("", |token| token.expose())
    }
}

/// Ends the life of copied secrets in memory.
fn wipe(raw: Raw<'_>) {
    drop((Secret::new(raw.credentials.secret_access_key), Secret::new(raw.credentials.session_token)));
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Raw<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    provider_type: Option<String>,
    credentials: RawCredentials,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assumed_role_user: Option<RawUser>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    linklocal: Option<Ours<'a>>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RawCredentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    expiration: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_id: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RawUser {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    arn: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ours<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endpoint: Option<&'a str>,
}
