//! `GetAccountSummary`: how much there is, and how much there may be.

use super::policy::{Holder, Usage};
use super::quota;
use crate::directory::Directory;

/// AWS's keys with their values, in the order of the keys.
pub fn summary(directory: &Directory) -> Vec<(&'static str, usize)> {
    let mut entries = counts(directory);
    entries.extend(quotas(directory));
    entries.sort_unstable();
    entries
}

fn counts(directory: &Directory) -> Vec<(&'static str, usize)> {
    let root_key = directory.access_keys_of(None).next().is_some();
    let in_use = |root: bool| {
        directory
            .mfa_devices
            .iter()
            .filter(|device| device.enable_date.is_some() && (!root || device.user_name.is_none()))
            .count()
    };
    vec![
        ("AccountAccessKeysPresent", usize::from(root_key)),
        ("AccountMFAEnabled", usize::from(in_use(true) > 0)),
        // There is no console to sign in to.
        ("AccountPasswordPresent", 0),
        ("AccountSigningCertificatesPresent", 0),
        ("Groups", directory.groups.len()),
        ("InstanceProfiles", directory.instance_profiles.len()),
        ("MFADevices", directory.mfa_devices.len()),
        ("MFADevicesInUse", in_use(false)),
        ("Policies", directory.policies.len()),
        ("PolicyVersionsInUse", Usage::of(directory).policies_in_use()),
        ("Providers", directory.oidc_providers.len()),
        ("Roles", directory.roles.len()),
        ("ServerCertificates", 0),
        ("Users", directory.users.len()),
    ]
}

fn quotas(directory: &Directory) -> [(&'static str, usize); 20] {
    [
        ("AccessKeysPerUserQuota", quota::ACCESS_KEYS_PER_USER.of(directory).limit),
        ("AssumeRolePolicySizeQuota", quota::TRUST_POLICY_SIZE.of(directory).limit),
        ("AttachedPoliciesPerGroupQuota", quota::POLICIES_PER_GROUP.of(directory).limit),
        ("AttachedPoliciesPerRoleQuota", quota::POLICIES_PER_ROLE.of(directory).limit),
        ("AttachedPoliciesPerUserQuota", quota::POLICIES_PER_USER.of(directory).limit),
        ("GlobalEndpointTokenVersion", 1),
        ("GroupPolicySizeQuota", Holder::Group("").inline_size()),
        ("GroupsPerUserQuota", quota::GROUPS_PER_USER.of(directory).limit),
        ("GroupsQuota", quota::GROUPS.of(directory).limit),
        ("InstanceProfilesQuota", quota::INSTANCE_PROFILES.of(directory).limit),
        ("PoliciesQuota", quota::POLICIES.of(directory).limit),
        ("PolicySizeQuota", quota::POLICY_SIZE.of(directory).limit),
        ("PolicyVersionsInUseQuota", 10_000),
        ("RolePolicySizeQuota", Holder::Role("").inline_size()),
        ("RolesQuota", quota::ROLES.of(directory).limit),
        ("ServerCertificatesQuota", 20),
        ("SigningCertificatesPerUserQuota", 2),
        ("UserPolicySizeQuota", Holder::User("").inline_size()),
        ("UsersQuota", quota::USERS.of(directory).limit),
        ("VersionsPerPolicyQuota", 5),
    ]
}

#[cfg(test)]
mod tests {
    use types::Partition;

    use super::*;

    #[test]
    fn keys_are_those_that_aws_gives() {
        let directory = Directory::new(Partition::Aws, "111122223333".parse().unwrap());
        let summary = summary(&directory);
        let keys: Vec<&str> = summary.iter().map(|(key, _)| *key).collect();
        assert!(keys.is_sorted() && keys.windows(2).all(|pair| pair[0] != pair[1]));
        // As recorded by LocalStack against AWS in 2026-02.
        assert_eq!(keys.len(), 34);
        let value = |key: &str| summary.iter().find(|(held, _)| *held == key).unwrap().1;
        for (key, wanted) in [("PolicySizeQuota", 6144), ("GroupPolicySizeQuota", 5120), ("Users", 0)] {
            assert_eq!(value(key), wanted, "{key}");
        }
    }
}
