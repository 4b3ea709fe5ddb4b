//! Whose credentials are served: the account, the role, and the name by which programs find it.
//!
//! Rule: no credentials are served of which nobody knows the account.

use ::credentials::{Context, ResolveError, Resolved, known_identity};
use profile::plan::StsTarget;
use types::{AccessKeyId, AccountId, Arn, Region};

use crate::server::vending::Principal;

/// The same set with its account. Where neither the source, the ARN nor the key id tells it, STS is asked.
pub(super) async fn known(
    context: &Context,
    sts: Option<&StsTarget>,
    resolved: Resolved,
) -> Result<Resolved, ResolveError> {
    if let Some(account) = account(&resolved) {
        return Ok(Resolved { account_id: Some(account.to_string()), ..resolved });
    }
    let target = sts.ok_or_else(|| unknown(&resolved, None))?;
    match known_identity(context, target, &resolved).await {
        Ok(caller) => Ok(Resolved { account_id: Some(caller.account), arn: Some(caller.arn), ..resolved }),
        Err(error) => Err(unknown(&resolved, Some(&error))),
    }
}

/// As programs see it. `role` is the role that was asked for, `profile` what is in use without one.
pub(super) fn principal(
    resolved: &Resolved,
    role: Option<&str>,
    profile: &str,
    region: &Region,
) -> Result<Principal, ResolveError> {
    let account_id = account(resolved).ok_or_else(|| unknown(resolved, None))?;
    let known: Option<Arn> = role.or(resolved.arn.as_deref()).and_then(|arn| arn.parse().ok());
    let arn = known.map_or_else(
        || Arn::iam(region.partition(), account_id, "root"),
        |arn| role_of_session(&arn).unwrap_or(arn),
    );
    let named = arn.resource().strip_prefix("role/").and_then(|path| path.rsplit('/').next());
    let role_name = role_name(named.unwrap_or(profile));
    Ok(Principal { account_id, arn, role_name })
}

/// `arn:aws:sts::111122223333:assumed-role/NAME/SESSION` is a session of `arn:aws:iam::111122223333:role/NAME`, whose path
/// it does not tell.
fn role_of_session(arn: &Arn) -> Option<Arn> {
    let name = arn.resource().strip_prefix("assumed-role/")?.split('/').next()?;
    let partition = arn.as_str().split(':').nth(1)?;
    format!("arn:{partition}:iam::{}:role/{name}", arn.account()?).parse().ok()
}

/// What can stand in a path and in a listing: the characters of a role's name.
fn role_name(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    let name: String = text.chars().map(|c| if fits(c) { c } else { '-' }).take(MAX_NAME).collect();
    if name.is_empty() { "linklocal".to_owned() } else { name }
}

/// The key id is AWS's own word, the ARN is STS's; what is declared beside keys counts where neither tells.
pub(super) fn account(resolved: &Resolved) -> Option<AccountId> {
    let of_key = || resolved.access_key_id.parse::<AccessKeyId>().ok()?.account();
    let of_arn = || resolved.arn.as_deref()?.parse::<Arn>().ok()?.account();
    let said = || resolved.account_id.as_deref()?.parse().ok();
    of_key().or_else(of_arn).or_else(said)
}

pub(super) fn unknown(resolved: &Resolved, error: Option<&ResolveError>) -> ResolveError {
    if resolved.access_key_id.parse::<AccessKeyId>().is_err() {
        let what = "the key id is none of AWS: it is not AKIA or ASIA and capital letters and digits";
        let remedy =
            "serve credentials of AWS; keys of other services go to programs with `credentials exec`";
        return ResolveError::new("key-id", what, remedy);
    }
    let why = error.map(|error| format!(": {error}")).unwrap_or_default();
    let what = format!("nobody knows the account of the credentials{why}");
    let remedy = "let STS be reached, or name it in the profile: aws_account_id = 111122223333";
    ResolveError {
        transient: error.is_some_and(|error| error.transient),
        ..ResolveError::new("account", what, remedy)
    }
}

/// IAM's quota.
const MAX_NAME: usize = 64;

#[cfg(test)]
mod tests {
    use types::Secret;

    use super::*;

    fn resolved(account: Option<&str>, arn: Option<&str>) -> Resolved {
        Resolved {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: Secret::new("s".to_owned()),
            session_token: None,
            expiration: None,
            account_id: account.map(str::to_owned),
            arn: arn.map(str::to_owned),
        }
    }

    #[test]
    fn an_account_that_is_declared_beside_a_key_of_another_proves_nothing() {
        let [declared, holder] = ["111122223333", "029608264753"];
        let key = |id: &str| Resolved { access_key_id: id.to_owned(), ..resolved(Some(declared), None) };
        let account = |set: Resolved| account(&set).unwrap().to_string();
        assert_eq!(account(key("ASIAQNZGKIQY56JQ7WML")), holder);
        assert_eq!(account(key("ASIAIOSFODNN7EXAMPLE")), declared, "its id tells nothing");
        let arn = "arn:aws:sts::029608264753:assumed-role/r/s";
        assert_eq!(account(resolved(Some(declared), Some(arn))), holder);
    }

    #[test]
    fn a_role_is_named_by_itself_and_anything_else_by_its_profile() {
        let session = "arn:aws-us-gov:sts::111122223333:assumed-role/deploy/me";
        let user = "arn:aws:iam::111122223333:user/team/bob";
        let role = "arn:aws:iam::111122223333:role/ci/build";
        let region = "us-east-1".parse().unwrap();
        for (arn, asked, wanted, name) in [
            (Some(session), None, "arn:aws-us-gov:iam::111122223333:role/deploy", "deploy"),
            (Some(user), None, user, "my-profile-"),
            (Some(session), Some(role), role, "build"),
            (None, None, "arn:aws:iam::111122223333:root", "my-profile-"),
        ] {
            let set = resolved(Some("111122223333"), arn);
            let principal = principal(&set, asked, "my profileé", &region).unwrap();
            assert_eq!((principal.arn.as_str(), principal.role_name.as_str()), (wanted, name));
        }
    }
}
