//! Credentials as environment variables (AWS SDKs and Tools Reference Guide, "AWS access keys").
//!
//! Rule: a set replaces an older one whole. What the new one does not have is taken away, so that no token stays behind
//! beside another's keys.

use ::credentials::Resolved;
use types::Secret;

/// What is set and what is taken away.
#[derive(Clone, Debug)]
pub(in crate::commands) struct Variables {
    pub(in crate::commands) set: Vec<(&'static str, Secret<String>)>,
    pub(in crate::commands) unset: Vec<&'static str>,
}

impl Variables {
    pub(in crate::commands) fn of(resolved: &Resolved) -> Self {
        let plain = |text: Option<String>| text.map(Secret::new);
        let values = [
            (ACCESS_KEY_ID, plain(Some(resolved.access_key_id.clone()))),
            (SECRET_ACCESS_KEY, Some(resolved.secret_access_key.clone())),
            (SESSION_TOKEN, resolved.session_token.clone()),
            (EXPIRATION, plain(resolved.expiration.map(types::Timestamp::iso8601))),
            (ACCOUNT_ID, plain(resolved.account_id.clone())),
        ];
        let mut variables = Self { set: Vec::new(), unset: vec![SECURITY_TOKEN] };
        for (name, value) in values {
            match value {
                Some(value) => variables.set.push((name, value)),
                None => variables.unset.push(name),
            }
        }
        variables
    }
}

const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
/// botocore reads it before the one above.
const SECURITY_TOKEN: &str = "AWS_SECURITY_TOKEN";
const EXPIRATION: &str = "AWS_CREDENTIAL_EXPIRATION";
const ACCOUNT_ID: &str = "AWS_ACCOUNT_ID";
