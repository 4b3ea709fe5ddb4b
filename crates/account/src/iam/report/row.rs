//! One line of the credential report.

use types::Timestamp;

use super::{ACCOUNT, LastUse};
use crate::directory::{AccessKey, Directory, KeyStatus, User};

pub(super) const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,\
    password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,\
    access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,\
    access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,\
    access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// Names and ARNs hold no comma that needs quoting but where IAM allows commas in names: such a field is quoted (RFC 4180).
pub(super) fn user(directory: &Directory, user: &User, last_use: LastUse<'_>) -> String {
    let mfa = directory.mfa_devices.iter().any(|device| {
        device.user_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(&user.user_name))
    });
    let mut fields = vec![
        quoted(&user.user_name),
        quoted(user.arn.as_str()),
        user.create_date.iso8601(),
        // Users have no password: there is no console to sign in to.
        "false".to_owned(),
        NOT_APPLICABLE.to_owned(),
        NOT_APPLICABLE.to_owned(),
        NOT_APPLICABLE.to_owned(),
        mfa.to_string(),
    ];
    keys(&mut fields, directory, Some(&user.user_name), last_use);
    fields.join(",")
}

pub(super) fn root(directory: &Directory, last_use: LastUse<'_>, now: Timestamp) -> String {
    let created = directory.account.get(ACCOUNT).map_or(now, |record| record.created_at);
    let mfa =
        directory.mfa_devices.iter().any(|device| device.user_name.is_none() && device.enable_date.is_some());
    let mut fields = vec![
        "<root_account>".to_owned(),
        directory.root_arn().to_string(),
        created.trunc_secs().iso8601(),
        "false".to_owned(),
        NOT_APPLICABLE.to_owned(),
        NOT_APPLICABLE.to_owned(),
        "not_supported".to_owned(),
        mfa.to_string(),
    ];
    keys(&mut fields, directory, None, last_use);
    fields.join(",")
}

/// Both keys, active ones first, then by age; and the certificates, of which there are none.
fn keys(fields: &mut Vec<String>, directory: &Directory, user_name: Option<&str>, last_use: LastUse<'_>) {
    let mut held: Vec<_> = directory.access_keys_of(user_name).collect();
    held.sort_by_key(|key| (key.status != KeyStatus::Active, key.create_date));
    for place in 0..2 {
        fields.extend(held.get(place).map_or_else(no_key, |key| self::key(key, last_use)));
    }
    for _ in 0..2 {
        fields.extend(["false".to_owned(), NOT_APPLICABLE.to_owned()]);
    }
}

fn key(key: &AccessKey, last_use: LastUse<'_>) -> [String; 5] {
    let used = last_use(&key.access_key_id);
    let or_none = |text: Option<String>| text.unwrap_or_else(|| NOT_APPLICABLE.to_owned());
    [
        (key.status == KeyStatus::Active).to_string(),
        key.create_date.iso8601(),
        or_none(used.as_ref().map(|used| used.at.iso8601())),
        or_none(used.as_ref().map(|used| used.region.clone())),
        or_none(used.map(|used| used.service)),
    ]
}

fn no_key() -> [String; 5] {
    let none = NOT_APPLICABLE.to_owned();
    ["false".to_owned(), none.clone(), none.clone(), none.clone(), none]
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

const NOT_APPLICABLE: &str = "N/A";
