//! The account in words.

use serde::Serialize;

use super::Kept;
use crate::admin::{AccountDescription, Administrator};
use crate::commands::url;

/// Keys that are shown once, as `--json` prints them.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Handed<'a> {
    pub(super) administrator: &'a Administrator,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) profile: Option<&'a str>,
}

pub(super) fn status(account: &AccountDescription) -> String {
    let mut text = format!("account {}", account.account_id);
    if let Some(alias) = &account.account_alias {
        text.push_str(&format!(" ({alias})"));
    }
    text.push_str(&format!(", since {}\n", account.created_at));
    match &account.endpoints[..] {
        [] => text.push_str("endpoints: none (the server was started with --no-api)\n"),
        endpoints => {
            for endpoint in endpoints {
                let http = url(*endpoint);
                text.push_str(&format!("endpoint: {http} and {}\n", http.replacen("http:", "https:", 1)));
            }
        }
    }
    if let Some(bundle) = &account.ca_bundle {
        text.push_str(&format!("for HTTPS: AWS_CA_BUNDLE={}\n", bundle.display()));
    }
    let counts = [
        (account.users, "users"),
        (account.groups, "groups"),
        (account.roles, "roles"),
        (account.policies, "policies"),
        (account.instance_profiles, "instance profiles"),
        (account.access_keys, "access keys"),
        (account.mfa_devices, "MFA devices"),
        (account.oidc_providers, "identity providers"),
    ];
    let counts: Vec<String> = counts.iter().map(|(count, noun)| format!("{count} {noun}")).collect();
    text.push_str(&format!("holds {}\n", counts.join(", ")));
    text.push_str("enforced on every request: signatures, policies, MFA codes\n");
    text
}

/// What a new administrator is told, once.
pub(in crate::commands) fn handed_over(administrator: &Administrator, kept: &Kept) -> String {
    let Administrator { user_name, access_key_id, secret_access_key, .. } = administrator;
    let mut text = format!(
        "The keys of its administrator, user {user_name}, are shown this once:\n  AWS_ACCESS_KEY_ID={access_key_id}\n  \
         AWS_SECRET_ACCESS_KEY={secret_access_key}\n"
    );
    match kept {
        Kept::Written { profile, .. } => {
            text.push_str(&format!(
                "They are in profile {profile}:\n  aws sts get-caller-identity --profile {profile}\n"
            ));
        }
        Kept::Refused { reason } => text.push_str(&format!("No profile was written: {reason}\n")),
        Kept::Unwanted => {}
    }
    text
}
