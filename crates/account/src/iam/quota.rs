//! What an account may hold (IAM User Guide, "IAM and AWS STS quotas"; facts/account.md section 2.2).

use super::refusal;
use crate::ServiceError;

/// A quota by AWS's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// As in the refusal, and in `GetAccountSummary` with `Quota` behind.
    pub name: &'static str,
    pub limit: usize,
}

impl Quota {
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

pub const USERS: Quota = Quota { name: "UsersPerAccount", limit: 5000 };
pub const GROUPS: Quota = Quota { name: "GroupsPerAccount", limit: 300 };
pub const ROLES: Quota = Quota { name: "RolesPerAccount", limit: 1000 };
pub const INSTANCE_PROFILES: Quota = Quota { name: "InstanceProfilesPerAccount", limit: 1000 };
pub const POLICIES: Quota = Quota { name: "PoliciesPerAccount", limit: 1500 };
/// Characters of a managed policy, white space not counted.
pub const POLICY_SIZE: Quota = Quota { name: "PolicySize", limit: 6144 };
pub const POLICIES_PER_USER: Quota = Quota { name: "PoliciesPerUser", limit: 10 };
pub const POLICIES_PER_GROUP: Quota = Quota { name: "PoliciesPerGroup", limit: 10 };
pub const POLICIES_PER_ROLE: Quota = Quota { name: "PoliciesPerRole", limit: 10 };
pub const GROUPS_PER_USER: Quota = Quota { name: "GroupsPerUser", limit: 10 };
pub const ACCESS_KEYS_PER_USER: Quota = Quota { name: "AccessKeysPerUser", limit: 2 };
/// The one role of an instance profile.
pub const ROLES_PER_INSTANCE_PROFILE: Quota = Quota { name: "InstanceSessionsPerInstanceProfile", limit: 1 };
/// Characters of a trust policy, white space not counted.
pub const TRUST_POLICY_SIZE: Quota = Quota { name: "ACLSizePerRole", limit: 2048 };
pub const TAGS_PER_USER: Quota = Quota { name: "TagsPerUser", limit: 50 };
pub const TAGS_PER_ROLE: Quota = Quota { name: "TagsPerRole", limit: 50 };
pub const TAGS_PER_INSTANCE_PROFILE: Quota = Quota { name: "TagsPerInstanceProfile", limit: 50 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_one_fits_and_the_next_is_refused_in_words() {
        assert_eq!(ACCESS_KEYS_PER_USER.admit(1), Ok(()));
        let refused = ACCESS_KEYS_PER_USER.admit(2).unwrap_err();
        assert_eq!((&*refused.code, refused.status), ("LimitExceeded", 409));
        assert_eq!(refused.message, "Cannot exceed quota for AccessKeysPerUser: 2");
    }
}
