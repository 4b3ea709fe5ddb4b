//! The `Principal` element.
//!
//! Rule: `"*"` or an object of kinds, each with one value or a list. The number of an account means its root user, and is kept
//! as the root user's ARN, as AWS keeps it. What a value must look like is checked apart ([`check`]): by its form alone, since
//! whether the principal exists is the account's to know.

use types::AccountId;

use super::fault::{Fault, What};
use super::json::{Member, Node, Value};
use super::{Position, PrincipalSet, outline};

pub(super) fn read(node: Node) -> Result<PrincipalSet, Fault> {
    let start = node.span.start;
    let mut set = PrincipalSet::default();
    match node.value {
        Value::Text(text) if text == "*" => set.everyone = true,
        Value::Text(_) => return Err(What::PrincipalNotObject.at(start)),
        Value::Object(members) if members.is_empty() => return Err(What::EmptyField("Principal").at(start)),
        Value::Object(members) => members.into_iter().try_for_each(|member| take(&mut set, member))?,
        _ => return Err(What::Shape.at(start)),
    }
    Ok(set)
}

fn take(set: &mut PrincipalSet, member: Member) -> Result<(), Fault> {
    let Member { name, node, span } = member;
    let values = outline::texts(node)?;
    match name.as_str() {
        "AWS" => values.into_iter().for_each(|value| take_aws(set, value)),
        "Service" => set.service = values,
        "Federated" => set.federated = values,
        "CanonicalUser" => set.canonical_user = values,
        _ => return Err(What::PrincipalType(name).at(span.start)),
    }
    Ok(())
}

fn take_aws(set: &mut PrincipalSet, value: String) {
    if value == "*" {
        set.everyone = true;
    } else if value.parse::<AccountId>().is_ok() {
        set.aws.push(format!("arn:aws:iam::{value}:root"));
    } else {
        set.aws.push(value);
    }
}

/// Whether all values have the form of what they name.
pub(super) fn check(set: &PrincipalSet, position: Position) -> Result<(), Fault> {
    let values = [("AWS", &set.aws, is_aws as fn(&str) -> bool), ("Service", &set.service, is_service)];
    for (kind, values, is_one) in values {
        if let Some(value) = values.iter().find(|value| !is_one(value)) {
            return Err(What::InvalidPrincipal(kind, value.clone()).at(position));
        }
    }
    if !set.federated.iter().all(|value| is_provider(value)) {
        return Err(What::Federated.at(position));
    }
    let named = set.aws.len() + set.service.len() + set.federated.len() + set.canonical_user.len();
    if named == 0 && !set.everyone { Err(What::EmptyField("Principal").at(position)) } else { Ok(()) }
}

/// An ARN of IAM or STS, or the unique id that stands where a principal was deleted.
fn is_aws(value: &str) -> bool {
    if is_unique_id(value) {
        return true;
    }
    let parts: Vec<&str> = value.splitn(6, ':').collect();
    let ["arn", partition, service, "", account, resource] = parts[..] else { return false };
    if !partition.starts_with("aws") || account.parse::<AccountId>().is_err() || resource.contains(['*', '?'])
    {
        return false;
    }
    match (service, resource.split_once('/')) {
        ("iam", None) => resource == "root",
        ("iam", Some(("user" | "role", name))) => is_name(name),
        ("sts", Some(("federated-user", name))) => is_name(name),
        ("sts", Some(("assumed-role", names))) => {
            names.rsplit_once('/').is_some_and(|(role, session)| is_name(role) && is_name(session))
        }
        ("sts", None) => resource == "self",
        _ => false,
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.ends_with('/') && name.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_unique_id(value: &str) -> bool {
    let known = ["AIDA", "AROA", "AGPA"].iter().any(|prefix| value.starts_with(prefix));
    known && (16..=128).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A service's name. AWS knows the list of its services; any name in its domains is taken here.
fn is_service(value: &str) -> bool {
    const DOMAINS: [&str; 5] =
        [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu", ".aws.internal", ".amazon.com"];
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let name = DOMAINS.iter().find_map(|domain| value.strip_suffix(domain));
    name.is_some_and(|name| name.split('.').all(is_label))
}

/// A domain name, or the ARN of a SAML or OIDC provider.
fn is_provider(value: &str) -> bool {
    match value.strip_prefix("arn:") {
        Some(rest) => {
            let parts: Vec<&str> = rest.splitn(5, ':').collect();
            let [partition, "iam", "", account, resource] = parts[..] else { return false };
            let kind = resource.split_once('/').map(|(kind, name)| (kind, is_name(name)));
            partition.starts_with("aws")
                && account.parse::<AccountId>().is_ok()
                && matches!(kind, Some(("saml-provider" | "oidc-provider", true)))
        }
        None => {
            let host = value.split('/').next().unwrap_or_default();
            host.contains('.')
                && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._/~%".contains(&byte))
                && host.split('.').all(|label| !label.is_empty())
        }
    }
}
