//! Session policies: what bounds a session beside the policies of its role or user.

use policy::{DocumentKind, Policy};
use types::{AccountId, Arn};

use super::refusal;
use crate::ServiceError;

/// The text of an inline session policy, which must be one that STS takes.
pub fn checked(text: Option<&str>) -> Result<Option<String>, ServiceError> {
    let Some(text) = text else { return Ok(None) };
    Policy::parse(text, DocumentKind::Session).map_err(|error| refusal::malformed_policy(&error))?;
    Ok(Some(text.to_owned()))
}

/// The ARNs of managed session policies: AWS's own, and those of the account. One that is not there allows nothing.
pub fn checked_arns(arns: &[&str], account: AccountId) -> Result<Vec<Arn>, ServiceError> {
    if arns.len() > MAX_ARNS {
        return Err(refusal::validation_error(format!(
            "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or \
             equal to {MAX_ARNS}"
        )));
    }
    let mut checked: Vec<Arn> = Vec::with_capacity(arns.len());
    for text in arns {
        let arn =
            managed(text, account).ok_or_else(|| refusal::validation_error(format!("{text} is invalid")))?;
        if !checked.contains(&arn) {
            checked.push(arn);
        }
    }
    Ok(checked)
}

fn managed(text: &str, account: AccountId) -> Option<Arn> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", _, "iam", "", owner, resource] = parts[..] else { return None };
    let known = owner == "aws" || owner == account.to_string();
    (known && resource.starts_with("policy/")).then(|| text.parse().ok()).flatten()
}

const MAX_ARNS: usize = 10;
