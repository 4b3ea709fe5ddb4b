//! What the `AWS` principals of a trust policy name.

use types::{AccountId, Partition};

/// A principal as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named<'a> {
    /// A whole account, by number or as its root user.
    Account,
    /// `AIDA…` or `AROA…`
    UniqueId(&'a str),
    /// Of this or another account; the name is the last part of the path.
    User {
        account: AccountId,
        name: &'a str,
    },
    Role {
        account: AccountId,
        name: &'a str,
    },
    /// A session of a role.
    RoleSession {
        account: AccountId,
        role: &'a str,
        session: &'a str,
    },
    FederatedUser,
}

/// `None` where it can be no principal.
pub(super) fn named(text: &str, partition: Partition) -> Option<Named<'_>> {
    if text.parse::<AccountId>().is_ok() {
        return Some(Named::Account);
    }
    if is_unique_id(text) {
        return Some(Named::UniqueId(text));
    }
    let rest = text.strip_prefix("arn:")?.strip_prefix(partition.as_str())?;
    if text.contains(['*', '?']) {
        return None;
    }
    let (service, rest) = rest.strip_prefix(':')?.split_once("::")?;
    let (account, resource) = rest.split_once(':')?;
    let account: AccountId = account.parse().ok()?;
    match service {
        "iam" => iam(account, resource),
        "sts" => sts(account, resource),
        _ => None,
    }
}

fn iam(account: AccountId, resource: &str) -> Option<Named<'_>> {
    if resource == "root" {
        return Some(Named::Account);
    }
    let (kind, path) = resource.split_once('/')?;
    let name = path.rsplit('/').next().filter(|name| !name.is_empty())?;
    match kind {
        "user" => Some(Named::User { account, name }),
        "role" => Some(Named::Role { account, name }),
        _ => None,
    }
}

fn sts(account: AccountId, resource: &str) -> Option<Named<'_>> {
    let (kind, rest) = resource.split_once('/')?;
    match kind {
        "assumed-role" => {
            let (role, session) = rest.split_once('/')?;
            let whole = !role.is_empty() && !session.is_empty() && !session.contains('/');
            whole.then_some(Named::RoleSession { account, role, session })
        }
        "federated-user" => (!rest.is_empty()).then_some(Named::FederatedUser),
        _ => None,
    }
}

fn is_unique_id(text: &str) -> bool {
    (text.starts_with("AIDA") || text.starts_with("AROA"))
        && (16..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_told_apart() {
        let account: AccountId = "111122223333".parse().unwrap();
        for (text, expected) in [
            ("111122223333", Some(Named::Account)),
            ("arn:aws:iam::111122223333:root", Some(Named::Account)),
            ("arn:aws:iam::111122223333:user/a/b/ann", Some(Named::User { account, name: "ann" })),
            ("arn:aws:iam::111122223333:role/r", Some(Named::Role { account, name: "r" })),
            (
                "arn:aws:sts::111122223333:assumed-role/r/s",
                Some(Named::RoleSession { account, role: "r", session: "s" }),
            ),
            ("arn:aws:sts::111122223333:federated-user/f", Some(Named::FederatedUser)),
            ("AROAJQABLZS4A3QDU576Q", Some(Named::UniqueId("AROAJQABLZS4A3QDU576Q"))),
            ("AGPAJQABLZS4A3QDU576Q", None),
            ("arn:aws:iam::111122223333:group/g", None),
            ("arn:aws:iam::111122223333:user/*", None),
            ("arn:aws:iam::111122223333:user/", None),
            ("arn:aws-cn:iam::111122223333:user/ann", None),
            ("arn:aws:iam::1:user/ann", None),
            ("arn:aws:iam:us-east-1:111122223333:user/ann", None),
            ("arn:aws:s3:::bucket", None),
            ("arn:aws:sts::111122223333:assumed-role/r", None),
            ("ann", None),
            ("", None),
        ] {
            assert_eq!(named(text, Partition::Aws), expected, "{text}");
        }
    }
}
