//! What a check of IAM is about: an entity by its ARN, with its tags; and whose entity it is where nobody is named.
//!
//! Rule: who is not there is named by the ARN he would have, so a denial finds out nothing.

use account::directory::{Directory, Tag};
use account::{Check, ServiceError};

use crate::Ask;

/// On the user with this name.
pub(super) fn user_check(directory: &Directory, action: &'static str, user_name: &str) -> Check {
    let tags = directory.users.get(user_name).map_or(&[][..], |user| &user.tags);
    tagged(Check::new(action, directory.user_arn(user_name).to_string()), tags)
}

/// On the group with this name; groups have no tags.
pub(super) fn group_check(directory: &Directory, action: &'static str, group_name: &str) -> Check {
    Check::new(action, directory.group_arn(group_name).to_string())
}

/// On the role with this name.
pub(super) fn role_check(directory: &Directory, action: &'static str, role_name: &str) -> Check {
    let tags = directory.roles.get(role_name).map_or(&[][..], |role| &role.tags);
    tagged(Check::new(action, directory.role_arn(role_name).to_string()), tags)
}

/// On the instance profile with this name.
pub(super) fn profile_check(directory: &Directory, action: &'static str, profile_name: &str) -> Check {
    let tags = directory.instance_profiles.get(profile_name).map_or(&[][..], |profile| &profile.tags);
    tagged(Check::new(action, directory.instance_profile_arn(profile_name).to_string()), tags)
}

/// On all entities of a kind below the path asked for, as AWS names them: `arn:aws:iam::A:user/`.
pub(super) fn list_check(ask: &Ask<'_>, action: &'static str, kind: &str) -> Check {
    let prefix = ask.input.text("PathPrefix").unwrap_or("/");
    Check::new(action, ask.directory.arn(kind, prefix, "").to_string())
}

/// On a user, or on the root user where there is no name.
pub(super) fn owner_check(directory: &Directory, action: &'static str, user_name: Option<&str>) -> Check {
    match user_name {
        Some(name) => user_check(directory, action, name),
        None => Check::new(action, directory.root_arn().to_string()),
    }
}

/// Whose keys are meant, `None` for the root user's: the caller's own where nobody is named. The root user may name itself, as the
/// account's number or as `root`, where no user bears that name.
pub(super) fn owner<'a>(ask: &Ask<'a>) -> Result<Option<&'a str>, ServiceError> {
    let Some(name) = ask.input.text("UserName") else { return own(ask) };
    let names_root = name == ROOT || name == ask.account.account_id().to_string();
    let root = ask.caller.is_root() && names_root && !ask.directory.users.contains(name);
    Ok((!root).then_some(name))
}

fn own<'a>(ask: &Ask<'a>) -> Result<Option<&'a str>, ServiceError> {
    match ask.caller.user() {
        Some(user) => Ok(Some(&user.user_name)),
        None if ask.caller.is_root() => Ok(None),
        None => Err(ServiceError::new(
            "ValidationError",
            400,
            "Must specify userName when calling with non-User credentials",
        )),
    }
}

fn tagged(mut check: Check, tags: &[Tag]) -> Check {
    for tag in tags {
        check.context.set(&format!("aws:ResourceTag/{}", tag.key), &*tag.value);
        check.context.set(&format!("iam:ResourceTag/{}", tag.key), &*tag.value);
    }
    check
}

/// How the root user is called where a user's name is wanted.
pub(super) const ROOT: &str = "root";
