//! Who asks, as a case names him, and the context keys that follow from it.

use policy::{Context, Principal};
use types::{AccountId, Arn};

/// From an ARN, the number of an account, the name of a service, or `anonymous`.
pub(super) fn read(text: &str, unique_id: Option<&str>) -> Result<Principal, String> {
    if text == "anonymous" || text == "*" {
        return Ok(Principal::Anonymous);
    }
    if let Ok(account) = text.parse() {
        return Ok(Principal::Root { account });
    }
    if !text.starts_with("arn:") {
        return match text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") {
            true => Ok(Principal::Service { name: text.to_owned() }),
            false if text.contains('.') => Ok(Principal::Federated { provider: text.to_owned() }),
            false => Err(format!("{text:?} is no principal: {FORMS}")),
        };
    }
    let arn: Arn = text.parse().map_err(|error: types::ArnError| error.to_string())?;
    let account = arn.account().ok_or_else(|| format!("{text} names no account"))?;
    of_arn(arn, account, unique_id.unwrap_or_default())
        .ok_or_else(|| format!("{text} is no principal: {FORMS}"))
}

fn of_arn(arn: Arn, account: AccountId, unique_id: &str) -> Option<Principal> {
    let text = arn.as_str().to_owned();
    let partition = text.split(':').nth(1)?;
    let resource = arn.resource().to_owned();
    let session = |role: &str, session_name: &str| {
        let name = role.rsplit('/').next().unwrap_or(role);
        let session_arn = format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}");
        Some(Principal::RoleSession {
            account,
            role_arn: format!("arn:{partition}:iam::{account}:role/{role}").parse().ok()?,
            role_id: unique_id.to_owned(),
            session_arn: session_arn.parse().ok()?,
        })
    };
    match resource.split_once('/') {
        None if resource == "root" => Some(Principal::Root { account }),
        Some(("user", _)) => Some(Principal::User { account, arn, unique_id: unique_id.to_owned() }),
        Some(("role", role)) => session(role, SESSION),
        Some(("assumed-role", names)) => {
            let (role, name) = names.rsplit_once('/')?;
            session(role, name)
        }
        Some(("federated-user", _)) => Some(Principal::FederatedUser { account, arn }),
        Some(("oidc-provider" | "saml-provider", _)) => Some(Principal::Federated { provider: text }),
        _ => None,
    }
}

/// The keys that AWS sets from the credentials, as far as they are known here.
pub(super) fn describe(principal: &Principal, context: &mut Context) {
    if let Some(account) = principal.account() {
        context.set("aws:PrincipalAccount", account.to_string());
    }
    let (kind, arn, user_id) = match principal {
        Principal::Root { account } => {
            ("Account", Some(format!("arn:aws:iam::{account}:root")), Some(account.to_string()))
        }
        Principal::User { arn, unique_id, .. } => {
            let name = arn.resource().rsplit('/').next().unwrap_or_default();
            context.set("aws:username", name);
            ("User", Some(String::from(arn.clone())), Some(unique_id.clone()))
        }
        Principal::RoleSession { role_arn, role_id, session_arn, .. } => {
            let session = session_arn.resource().rsplit('/').next().unwrap_or_default();
            let id = if role_id.is_empty() { String::new() } else { format!("{role_id}:{session}") };
            ("AssumedRole", Some(String::from(role_arn.clone())), Some(id))
        }
        Principal::FederatedUser { account, arn } => {
            let name = arn.resource().rsplit('/').next().unwrap_or_default();
            ("FederatedUser", Some(String::from(arn.clone())), Some(format!("{account}:{name}")))
        }
        Principal::Service { name } => {
            context.set("aws:PrincipalServiceName", name.clone());
            return context.set("aws:PrincipalIsAWSService", "true");
        }
        Principal::Federated { provider } => return context.set("aws:FederatedProvider", provider.clone()),
        Principal::Anonymous => ("Anonymous", None, None),
    };
    context.set("aws:PrincipalType", kind);
    if let Some(arn) = arn {
        context.set("aws:PrincipalArn", arn);
    }
    if let Some(id) = user_id.filter(|id| !id.is_empty()) {
        context.set("aws:userid", id);
    }
}

/// Of a role that is named instead of one of its sessions.
const SESSION: &str = "session";
const FORMS: &str = "an ARN of a user, a role, a session or an identity provider, the number of an account, \
                     a service such as ec2.amazonaws.com, or anonymous";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_known_by_their_forms() {
        for (text, kind, arn) in [
            ("123456789012", "Account", "arn:aws:iam::123456789012:root"),
            ("arn:aws:iam::123456789012:root", "Account", "arn:aws:iam::123456789012:root"),
            ("arn:aws:iam::123456789012:user/a/b", "User", "arn:aws:iam::123456789012:user/a/b"),
            ("arn:aws:iam::123456789012:role/p/r", "AssumedRole", "arn:aws:iam::123456789012:role/p/r"),
            ("arn:aws:sts::123456789012:assumed-role/r/s", "AssumedRole", "arn:aws:iam::123456789012:role/r"),
            (
                "arn:aws:sts::123456789012:federated-user/f",
                "FederatedUser",
                "arn:aws:sts::123456789012:federated-user/f",
            ),
        ] {
            let mut context = Context::new();
            describe(&read(text, None).unwrap(), &mut context);
            let value = |key: &str| match context.value(key) {
                Some(policy::ContextValue::One(value)) => value.clone(),
                other => panic!("{text}: {key}: {other:?}"),
            };
            assert_eq!(
                (value("aws:principaltype"), value("aws:principalarn")),
                (kind.to_owned(), arn.to_owned())
            );
        }
        assert_eq!(read("*", None), Ok(Principal::Anonymous));
        let service = Principal::Service { name: "ec2.amazonaws.com".to_owned() };
        assert_eq!(read("ec2.amazonaws.com", None), Ok(service));
        for text in
            ["", "alice", "arn:aws:iam::123456789012:group/g", "arn:aws:iam:::user/a", "arn:aws:s3:::b"]
        {
            read(text, None).unwrap_err();
        }
    }

    #[test]
    fn unique_ids_make_user_ids() {
        let principal = read("arn:aws:sts::123456789012:assumed-role/r/s", Some("AROAEXAMPLE")).unwrap();
        let mut context = Context::new();
        describe(&principal, &mut context);
        assert_eq!(context.value("aws:userid"), Some(&policy::ContextValue::One("AROAEXAMPLE:s".to_owned())));
    }
}
