//! Documents under `iam/security-credentials*/` and `identity-credentials/` (facts/imds.md section 2.1).

use bytes::Bytes;
use types::{AccountId, Credentials, Timestamp};

use super::{HELP, object::Object};

/// `iam/security-credentials/<role>` and `identity-credentials/ec2/security-credentials/ec2-instance`.
///
/// `Token` and `Expiration` are left out where the set has none, as with a long-term key.
pub fn credentials(credentials: &Credentials, last_updated: Timestamp) -> Bytes {
    members(credentials, last_updated).finish().into()
}

/// `iam/security-credentials-extended/<role>`: the same and, last, the account number.
pub fn credentials_extended(credentials: &Credentials, account: AccountId, last_updated: Timestamp) -> Bytes {
    members(credentials, last_updated).string("AccountId", &account.to_string()).finish().into()
}

/// What stands in place of credentials that cannot be had. It is served with status 200.
pub fn credentials_error(code: &str, message: &str, last_updated: Timestamp) -> Bytes {
    let object = Object::new().string("Code", code).string("Message", message);
    object.string("LastUpdated", &last_updated.iso8601()).finish().into()
}

/// The error document of a role whose trust policy does not name EC2: `AssumeRoleUnauthorizedAccess`.
pub fn role_not_assumable(role_name: &str, last_updated: Timestamp) -> Bytes {
    let message = format!("EC2 cannot assume the role {role_name}. {HELP}");
    credentials_error("AssumeRoleUnauthorizedAccess", &message, last_updated)
}

/// `identity-credentials/ec2/info`
pub fn identity_info(account: AccountId, last_updated: Timestamp) -> Bytes {
    let object = Object::new().string("Code", "Success").string("LastUpdated", &last_updated.iso8601());
    object.string("AccountId", &account.to_string()).finish().into()
}

fn members(credentials: &Credentials, last_updated: Timestamp) -> Object {
    let mut object = Object::new()
        .string("Code", "Success")
        .string("LastUpdated", &last_updated.iso8601())
        .string("Type", "AWS-HMAC")
        .string("AccessKeyId", credentials.access_key_id.as_str())
        .string("SecretAccessKey", credentials.secret_access_key.expose());
    if let Some(token) = &credentials.session_token {
        object = object.string("Token", token.expose());
    }
    if let Some(expiration) = credentials.expiration {
        object = object.string("Expiration", &expiration.iso8601());
    }
    object
}
