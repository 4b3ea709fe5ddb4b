//! What a new account begins with: its root user, and an administrator with a key; and roles for instances.
//!
//! Rule: the root user has no keys until he is given some. An instance's role has the unique ids that its declaration gave it, so
//! that credentials of the metadata service are sessions of the role.

use std::sync::Arc;

use types::instance::{InstanceProfile as AttachedProfile, ProfileRole};
use types::{Arn, Timestamp};

use super::role::NewRole;
use super::user::NewUser;
use super::{access_key, alias, role, user};
use crate::ServiceError;
use crate::directory::{AccessKey, Directory, InstanceProfile, User};

/// Who was made.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    pub user: Arc<User>,
    /// Its secret is shown once.
    pub access_key: Arc<AccessKey>,
}

/// A role to make known, as an instance has it.
#[derive(Clone, Copy, Debug)]
pub struct InstanceRole<'a> {
    pub profile: &'a AttachedProfile,
    pub role: &'a ProfileRole,
    pub now: Timestamp,
}

/// Makes the account's record, and the user `admin` with AdministratorAccess and a key, in an empty directory.
///
/// # Errors
/// `EntityAlreadyExists` where there is such a user.
pub fn bootstrap(
    directory: &mut Directory,
    now: Timestamp,
    random: &[u8; 64],
) -> Result<Bootstrap, ServiceError> {
    alias::record(directory, now);
    let new = NewUser { user_name: ADMINISTRATOR.to_owned(), ..NewUser::default() };
    user::create(directory, new, now, random)?;
    let policy = Arn::iam_managed(directory.partition(), "AdministratorAccess");
    directory.user_mut(ADMINISTRATOR)?.attached_policies.insert(policy);
    // The user's id has taken the first bytes: the key begins behind them.
    let mut rest = *random;
    rest.rotate_left(10);
    let access_key = access_key::create(directory, Some(ADMINISTRATOR), now, &rest)?;
    Ok(Bootstrap { user: Arc::clone(directory.user(ADMINISTRATOR)?), access_key })
}

/// Makes a role that trusts EC2 and an instance profile that holds it, unless there are such. What somebody changed, or took out
/// of the profile, stays as it is; a role that an instance has in another account is none of this one's.
pub fn ensure_instance_role(directory: &mut Directory, instance: &InstanceRole<'_>) {
    let InstanceRole { profile, role, now } = *instance;
    let (Some(role_place), Some(profile_place)) =
        (place(directory, &role.arn), place(directory, &profile.arn))
    else {
        return;
    };
    let fresh = !directory.roles.contains(role_place.1);
    if fresh {
        let new = NewRole {
            role_name: role_place.1.to_owned(),
            path: Some(role_place.0.to_owned()),
            assume_role_policy_document: trust_of_instances(directory, role.trusts_ec2),
            ..NewRole::default()
        };
        if role::create_with_id(directory, new, now, role.role_id.clone()).is_err() {
            return;
        }
    }
    let held = directory.instance_profiles.contains(profile_place.1);
    if !held {
        directory.instance_profiles.insert(InstanceProfile {
            instance_profile_name: profile_place.1.to_owned(),
            path: profile_place.0.to_owned(),
            instance_profile_id: profile.id.clone(),
            arn: profile.arn.clone(),
            create_date: now.trunc_secs(),
            tags: Vec::new(),
            role: Some(role_place.1.to_owned()),
        });
    }
}

/// Path and name of an entity of this account.
fn place<'a>(directory: &Directory, arn: &'a Arn) -> Option<(&'a str, &'a str)> {
    let resource = arn.resource();
    let (path, name) = resource[resource.find('/')?..].rsplit_once('/')?;
    let path = &resource[resource.find('/')?..][..=path.len()];
    let kind = resource.split('/').next()?;
    (*arn == directory.arn(kind, path, name)).then_some((path, name))
}

fn trust_of_instances(directory: &Directory, trusts_ec2: bool) -> String {
    let service = if directory.partition() == types::Partition::AwsCn {
        "ec2.amazonaws.com.cn"
    } else {
        "ec2.amazonaws.com"
    };
    let service = if trusts_ec2 { service } else { "lambda.amazonaws.com" };
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"}}]}}"#
    )
}

const ADMINISTRATOR: &str = "admin";
