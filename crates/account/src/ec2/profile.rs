//! The instance profile of an instance: found by what a request names, and kept as IAM has it.
//!
//! Rule: the instance keeps ARN and id of the profile that it was given; which role that holds is IAM's. A profile that was made
//! anew under its name is another one, as on AWS.

use policy::{Attached, Context, Decision, Layers, Principal, Request, ResourcePolicy};
use types::instance::{InstanceProfile as AttachedProfile, ProfileRole};
use types::{Arn, Instance, InstanceId, Partition, Timestamp};

use super::refusal;
use crate::directory::{Directory, InstanceProfile, Role};
use crate::iam::bootstrap::{InstanceRole, ensure_instance_role};
use crate::{Account, Changed, InstanceError, Instances, ServiceError};

/// `IamInstanceProfileSpecification`: what a request calls a profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProfileSpecification<'a> {
    pub arn: Option<&'a str>,
    pub name: Option<&'a str>,
}

/// What of IAM was changed: the instances that may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileScope<'a> {
    /// The profile with this name: its role, or whether it is there.
    Profile(&'a str),
    /// Whom the role with this name trusts.
    Role(&'a str),
    /// Anything: another account took this one's place.
    All,
}

impl<'a> ProfileSpecification<'a> {
    /// The profile that is meant.
    ///
    /// # Errors
    /// There is none, it holds no role, or none or two are named.
    pub fn find(&self, directory: &'a Directory) -> Result<&'a InstanceProfile, ServiceError> {
        let profile = match (self.arn, self.name) {
            (Some(_), Some(_)) => return Err(refusal::invalid_combination(BOTH)),
            (None, None) => return Err(refusal::missing_parameter("IamInstanceProfile")),
            (Some(arn), None) => self.by_arn(directory, arn)?,
            (None, Some(name)) => directory.instance_profiles.get(name).ok_or_else(|| unknown_name(name))?,
        };
        if role_of(directory, profile).is_none() {
            return Err(refusal::invalid_value(format!(
                "IAM Instance Profile \"{}\" has no associated IAM Roles",
                profile.arn
            )));
        }
        Ok(profile)
    }

    /// The same, where it holds the role that it held in `authorised`: another one nobody has asked whether it may be passed.
    ///
    /// # Errors
    /// As of [`find`](Self::find); `Unavailable` where somebody changed the role meanwhile, and who asks again is authorised again.
    pub fn find_authorised(
        &self,
        directory: &'a Directory,
        authorised: &Directory,
    ) -> Result<&'a InstanceProfile, ServiceError> {
        let found = self.find(directory)?;
        if self.role_arn(authorised) != self.role_arn(directory) {
            let inside = format!("another role came into {} while it was handed out", found.arn);
            return Err(refusal::unavailable(inside));
        }
        Ok(found)
    }

    fn by_arn(&self, directory: &'a Directory, arn: &str) -> Result<&'a InstanceProfile, ServiceError> {
        let found = directory.instance_profiles.get(last_name(arn));
        found.filter(|profile| profile.arn.as_str() == arn).map(|profile| &**profile).ok_or_else(|| {
            refusal::invalid_value(format!(
                "Value ({}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN",
                shown(arn)
            ))
        })
    }

    /// The role whose passing must be allowed, by its ARN; that of the profile, or `None` where there is no such profile.
    pub fn role_arn(&self, directory: &Directory) -> Option<Arn> {
        let profile = self.find(directory).ok()?;
        role_of(directory, profile).map(|role| role.arn.clone())
    }

    /// The profile's ARN, or what it would be.
    pub fn profile_arn(&self, directory: &Directory) -> String {
        match (self.arn, self.name) {
            (Some(arn), _) => arn.to_owned(),
            (None, Some(name)) => directory.instance_profile_arn(name).to_string(),
            (None, None) => String::new(),
        }
    }
}

/// The profile as an instance has it from `now` on.
pub fn attached(
    directory: &Directory,
    profile: &InstanceProfile,
    now: Timestamp,
    association_id: Option<String>,
) -> AttachedProfile {
    AttachedProfile {
        arn: profile.arn.clone(),
        id: profile.instance_profile_id.clone(),
        associated_at: now.trunc_secs(),
        association_id,
        exists: true,
        role: role_of(directory, profile).map(|role| seen(directory.partition(), role)),
    }
}

/// Makes IAM be as somebody has said of an instance's profile at its own door: the role in it, or that it is gone. Whatever is missing
/// is made.
pub fn impose(directory: &mut Directory, attached: &AttachedProfile, now: Timestamp) {
    let name = last_name(attached.arn.resource()).to_owned();
    if let Some(role) = attached.role.as_ref().filter(|_| attached.exists) {
        ensure_instance_role(directory, &InstanceRole { profile: attached, role, now });
    }
    let is_held = directory.instance_profiles.get(&name).is_some_and(|held| held.arn == attached.arn);
    if is_held && !attached.exists {
        directory.instance_profiles.remove(&name);
    } else if is_held && let Some(held) = directory.instance_profiles.get_mut(&name) {
        held.role = attached.role.as_ref().map(|role| role.role_name.clone());
    }
}

/// Brings instances in line with what IAM has of their profiles now, after a change of it.
pub fn align(
    instances: &Instances,
    account: &Account,
    scope: ProfileScope<'_>,
) -> Result<Changed, InstanceError> {
    let mut all = Changed::default();
    let mut after = None;
    loop {
        let page = instances.list(after.as_ref(), PAGE)?;
        all.revision = all.revision.max(page.revision);
        for view in page.instances {
            if !is_aligned(&account.directory(), &view.instance, scope) {
                let changed = align_one(instances, account, &view.instance.instance_id, scope)?;
                all.instances.extend(changed.instances);
                all.revision = all.revision.max(changed.revision);
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// Whether an instance has of its profile what IAM has.
pub fn is_aligned(directory: &Directory, instance: &Instance, scope: ProfileScope<'_>) -> bool {
    aligned(directory, instance, scope).is_none()
}

/// The same for one instance; one that is gone is in line.
pub fn align_one(
    instances: &Instances,
    account: &Account,
    id: &InstanceId,
    scope: ProfileScope<'_>,
) -> Result<Changed, InstanceError> {
    // The directory is read behind the record: whoever changes it later finds the record changed, too.
    let edit = |instance: &mut Instance| {
        if let Some(profile) = aligned(&account.directory(), instance, scope) {
            instance.iam_instance_profile = Some(profile);
        }
        Ok::<_, InstanceError>(())
    };
    match instances.update(id, edit) {
        Err(InstanceError::NotFound(_)) => Ok(Changed::default()),
        done => done,
    }
}

/// The instance's profile as it has to be; `None` where it is so already, or none of this account's.
fn aligned(directory: &Directory, instance: &Instance, scope: ProfileScope<'_>) -> Option<AttachedProfile> {
    let old = instance.iam_instance_profile.as_ref()?;
    if old.arn.account() != Some(directory.account_id()) || instance.account_id != directory.account_id() {
        return None;
    }
    let new = match scope {
        ProfileScope::Profile(name) if last_name(old.arn.resource()).eq_ignore_ascii_case(name) => {
            with_known_trust(directory, old)
        }
        ProfileScope::Role(name) => with_trust(directory, old, name)?,
        // A profile without a role was left so by somebody.
        ProfileScope::All if old.exists && old.role.is_some() => with_known_trust(directory, old),
        ProfileScope::Profile(_) | ProfileScope::All => return None,
    };
    (new != *old).then_some(new)
}

/// With the role that IAM has in it.
fn with_profile(directory: &Directory, old: &AttachedProfile) -> AttachedProfile {
    let found = directory.instance_profiles.get(last_name(old.arn.resource()));
    // An instance may have got its profile by name, before the account had one; it takes that one's id.
    let found =
        found.filter(|found| found.arn == old.arn && (old.exists || found.instance_profile_id == old.id));
    match found {
        None => AttachedProfile { exists: false, role: None, ..old.clone() },
        Some(found) => AttachedProfile {
            id: found.instance_profile_id.clone(),
            exists: true,
            role: role_of(directory, found).map(|role| seen(directory.partition(), role)),
            ..old.clone()
        },
    }
}

/// The same; whether a role that is still the same one trusts EC2 stays what it was said to be.
fn with_known_trust(directory: &Directory, old: &AttachedProfile) -> AttachedProfile {
    let mut new = with_profile(directory, old);
    if let (Some(role), Some(before)) = (&mut new.role, &old.role)
        && role.role_id == before.role_id
    {
        role.trusts_ec2 = before.trusts_ec2;
    }
    new
}

fn with_trust(directory: &Directory, old: &AttachedProfile, name: &str) -> Option<AttachedProfile> {
    let held = old.role.as_ref().filter(|role| role.role_name.eq_ignore_ascii_case(name))?;
    let role = directory.roles.get(name).filter(|role| role.arn == held.arn)?;
    Some(AttachedProfile { role: Some(seen(directory.partition(), role)), ..old.clone() })
}

fn role_of<'a>(directory: &'a Directory, profile: &InstanceProfile) -> Option<&'a Role> {
    profile.role.as_deref().and_then(|name| directory.roles.get(name)).map(|role| &**role)
}

/// A role as an instance sees it.
fn seen(partition: Partition, role: &Role) -> ProfileRole {
    ProfileRole {
        role_name: role.role_name.clone(),
        arn: role.arn.clone(),
        role_id: role.role_id.clone(),
        trusts_ec2: trusts_ec2(partition, role),
    }
}

/// Whether EC2 may assume the role, by its trust policy.
fn trusts_ec2(partition: Partition, role: &Role) -> bool {
    let attached = Attached { name: role.arn.as_str(), policy: role.assume_role_policy_document.policy() };
    let resource = Some(ResourcePolicy::trust(attached, &role.trusted_ids));
    let layers = Layers { resource, ..Layers::default() };
    let context = Context::new();
    [format!("ec2.{}", partition.dns_suffix()), "ec2.amazonaws.com".to_owned()].into_iter().any(|name| {
        let request = Request {
            principal: &Principal::Service { name },
            action: "sts:AssumeRole",
            resource: role.arn.as_str(),
            resource_account: role.arn.account(),
            context: &context,
        };
        policy::decide(&request, &layers) == Decision::Allowed
    })
}

/// What the attached profile is called.
pub(super) fn name_of(attached: &AttachedProfile) -> &str {
    last_name(attached.arn.resource())
}

/// The last part of a name with a path.
fn last_name(resource: &str) -> &str {
    resource.rsplit('/').next().unwrap_or_default()
}

fn unknown_name(name: &str) -> ServiceError {
    refusal::invalid_value(format!(
        "Value ({}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name",
        shown(name)
    ))
}

/// As much of what was sent as an answer repeats.
fn shown(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_SHOWN)]
}

const BOTH: &str =
    "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'";
const MAX_SHOWN: usize = 256;

/// Instances read at once.
const PAGE: usize = 256;
