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
        (account.users, "user", "users"),
        (account.groups, "group", "groups"),
        (account.roles, "role", "roles"),
        (account.policies, "policy", "policies"),
        (account.instance_profiles, "instance profile", "instance profiles"),
        (account.access_keys, "access key", "access keys"),
        (account.mfa_devices, "MFA device", "MFA devices"),
        (account.oidc_providers, "identity provider", "identity providers"),
    ];
    let counts: Vec<String> = counts.iter().map(|(count, one, many)| counted(*count, one, many)).collect();
    text.push_str(&format!("holds {}\n", counts.join(", ")));
    text.push_str("enforced on every request: signatures, policies, MFA codes\n");
    text
}

/// `1 user`, `2 users`
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What became of everybody's keys by an import.
pub(super) fn keys_after_import(account: &AccountDescription) -> &'static str {
    match account.access_keys {
        0 => {
            "note: the document has no access keys, so that nobody can sign a request now; `export --with-secrets` saves them, and \
             `linklocal account reset` makes a new administrator"
        }
        _ => "note: the keys of the document count now; others, also in profiles, are dead",
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        for (count, expected) in [(0, "0 policies"), (1, "1 policy"), (2, "2 policies")] {
            assert_eq!(counted(count, "policy", "policies"), expected);
        }
    }
}
