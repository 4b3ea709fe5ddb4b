//! What an account may hold (IAM User Guide, "IAM and AWS STS quotas"; facts/account.md section 2.2).
//!
//! Rule: what Service Quotas can raise is asked for by its code, and holds as it was raised.

use super::refusal;
use crate::ServiceError;
use crate::directory::Directory;
use crate::quotas::catalogue;

/// A quota by AWS's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// As in the refusal, and in `GetAccountSummary` with `Quota` behind.
    pub name: &'static str,
    pub limit: usize,
    /// In Service Quotas, where it can be raised there.
    code: Option<&'static str>,
}

impl Quota {
    pub const fn fixed(name: &'static str, limit: usize) -> Self {
        Self { name, limit, code: None }
    }

    const fn adjustable(name: &'static str, limit: usize, code: &'static str) -> Self {
        Self { name, limit, code: Some(code) }
    }

    /// As it is in this account.
    #[must_use]
    pub fn of(self, directory: &Directory) -> Self {
        let raised = || {
            let quota = catalogue::quota("iam", self.code?)?;
            let region = catalogue::global_region(directory.partition());
            let applied = directory.applied_quotas.get(&format!("{region}/iam/{}", quota.code))?;
            usize::try_from(applied.value).ok()
        };
        Self { limit: raised().unwrap_or(self.limit), ..self }
    }

    /// Whether one more fits beside `held`.
    pub fn admit(self, held: usize) -> Result<(), ServiceError> {
        self.hold(held.saturating_add(1))
    }

    /// Whether `wanted` fit altogether.
    pub fn hold(self, wanted: usize) -> Result<(), ServiceError> {
        if wanted <= self.limit {
            return Ok(());
        }
        Err(refusal::limit_exceeded(format!("Cannot exceed quota for {}: {}", self.name, self.limit)))
    }
}

/// How much of a quota a policy takes: characters but for white space.
pub fn policy_size(document: &str) -> usize {
    document.chars().filter(|character| !character.is_whitespace()).count()
}

pub const USERS: Quota = Quota::fixed("UsersPerAccount", 5000);
pub const GROUPS: Quota = Quota::adjustable("GroupsPerAccount", 300, "L-F4A5425F");
pub const ROLES: Quota = Quota::adjustable("RolesPerAccount", 1000, "L-FE177D64");
pub const INSTANCE_PROFILES: Quota = Quota::adjustable("InstanceProfilesPerAccount", 1000, "L-6E65F664");
pub const POLICIES: Quota = Quota::adjustable("PoliciesPerAccount", 1500, "L-E95E4862");
/// Characters of a managed policy, white space not counted.
pub const POLICY_SIZE: Quota = Quota::fixed("PolicySize", 6144);
pub const POLICIES_PER_USER: Quota = Quota::adjustable("PoliciesPerUser", 10, "L-4019AD8B");
pub const POLICIES_PER_GROUP: Quota = Quota::fixed("PoliciesPerGroup", 10);
pub const POLICIES_PER_ROLE: Quota = Quota::adjustable("PoliciesPerRole", 10, "L-0DA4ABF3");
pub const GROUPS_PER_USER: Quota = Quota::fixed("GroupsPerUser", 10);
pub const ACCESS_KEYS_PER_USER: Quota = Quota::fixed("AccessKeysPerUser", 2);
/// The one role of an instance profile.
pub const ROLES_PER_INSTANCE_PROFILE: Quota = Quota::fixed("InstanceSessionsPerInstanceProfile", 1);
/// Characters of a trust policy, white space not counted.
pub const TRUST_POLICY_SIZE: Quota = Quota::adjustable("ACLSizePerRole", 2048, "L-C07B4B0D");
pub const TAGS_PER_USER: Quota = Quota::fixed("TagsPerUser", 50);
pub const TAGS_PER_ROLE: Quota = Quota::fixed("TagsPerRole", 50);
pub const TAGS_PER_INSTANCE_PROFILE: Quota = Quota::fixed("TagsPerInstanceProfile", 50);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjustable_ones_are_those_of_service_quotas_and_hold_as_they_were_raised() {
        let mut directory = Directory::new(types::Partition::Aws, "123456789012".parse().unwrap());
        for quota in [
            GROUPS,
            ROLES,
            INSTANCE_PROFILES,
            POLICIES,
            POLICIES_PER_USER,
            POLICIES_PER_ROLE,
            TRUST_POLICY_SIZE,
        ] {
            let code = quota.code.unwrap();
            let known = catalogue::quota("iam", code).unwrap();
            assert_eq!((known.here, known.is_adjustable), (quota.limit as u64, true), "{}", quota.name);
            assert_eq!(quota.of(&directory), quota);
            let place = format!("us-east-1/iam/{code}");
            directory.applied_quotas.insert(crate::directory::AppliedQuota { place, value: 7 });
            assert_eq!(quota.of(&directory).limit, 7);
        }
        for (code, quota) in [
            ("L-F55AF5E4", USERS),
            ("L-384571C4", POLICIES_PER_GROUP),
            ("L-7A1621EC", GROUPS_PER_USER),
            ("L-8758042E", ACCESS_KEYS_PER_USER),
        ] {
            let known = catalogue::quota("iam", code).unwrap();
            assert_eq!((known.here, known.is_adjustable, quota.code), (quota.limit as u64, false, None));
        }
    }

    #[test]
    fn last_one_fits_and_the_next_is_refused_in_words() {
        assert_eq!(ACCESS_KEYS_PER_USER.admit(1), Ok(()));
        let refused = ACCESS_KEYS_PER_USER.admit(2).unwrap_err();
        assert_eq!((&*refused.code, refused.status), ("LimitExceeded", 409));
        assert_eq!(refused.message, "Cannot exceed quota for AccessKeysPerUser: 2");
    }
}
