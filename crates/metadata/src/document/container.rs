//! The JSON of the container credential endpoints, as Go's encoder writes it: on one line, without spaces, in the order of
//! the agents' structures.

use bytes::Bytes;
use serde::Serialize;
use types::{AccountId, Arn, Credentials};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Ecs<'a> {
    role_arn: &'a str,
    access_key_id: &'a str,
    secret_access_key: &'a str,
    token: &'a str,
    expiration: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Pod<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    token: &'a str,
    account_id: String,
    expiration: String,
}

/// All that any SDK reads in such a document.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Agent<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    token: &'a str,
    expiration: String,
    account_id: String,
    role_arn: &'a str,
}

#[derive(Serialize)]
struct AgentError<'a> {
    code: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct EcsError<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(rename = "HTTPErrorCode")]
    status: u16,
}

/// What the ECS agent hands to a task.
pub fn ecs_credentials(credentials: &Credentials, role: &Arn) -> Bytes {
    json(&Ecs {
        role_arn: role.as_str(),
        access_key_id: credentials.access_key_id.as_str(),
        secret_access_key: credentials.secret_access_key.expose(),
        token: token(credentials),
        expiration: expiration(credentials),
    })
}

/// What the EKS Pod Identity agent hands to a pod.
pub fn pod_credentials(credentials: &Credentials, account: AccountId) -> Bytes {
    json(&Pod {
        access_key_id: credentials.access_key_id.as_str(),
        secret_access_key: credentials.secret_access_key.expose(),
        token: token(credentials),
        account_id: account.to_string(),
        expiration: expiration(credentials),
    })
}

/// What an agent of our own hands to a program.
pub fn agent_credentials(credentials: &Credentials, account: AccountId, role: &Arn) -> Bytes {
    json(&Agent {
        access_key_id: credentials.access_key_id.as_str(),
        secret_access_key: credentials.secret_access_key.expose(),
        token: token(credentials),
        expiration: expiration(credentials),
        account_id: account.to_string(),
        role_arn: role.as_str(),
    })
}

/// What it says instead.
pub fn agent_error(code: &str, message: &str) -> Bytes {
    json(&AgentError { code, message })
}

/// What the ECS agent says instead.
pub fn ecs_error(code: &str, message: &str, status: u16) -> Bytes {
    json(&EcsError { code, message, status })
}

fn token(credentials: &Credentials) -> &str {
    credentials.session_token.as_ref().map_or("", |token| token.expose())
}

fn expiration(credentials: &Credentials) -> String {
    credentials.expiration.map(|time| time.iso8601()).unwrap_or_default()
}

fn json(object: &impl Serialize) -> Bytes {
    serde_json::to_vec(object).expect("strings and numbers have a JSON form").into()
}
