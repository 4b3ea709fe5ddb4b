//! The instance whose role real credentials are vended as.
//!
//! Rule: account, region and role are true; all else follows from them, so that each start makes the same instance. It has
//! no more than an instance must have.

use account::declaration::{Declaration, DeclarationError};
use account::identifier::{Identifiers, Seed};
use types::instance::{HopLimit, InstanceProfile, MetadataOptions, ProfileRole, Switch, Tokens};
use types::{AccountId, Arn, Instance, Region, Timestamp};

/// Whose credentials they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    pub(crate) account_id: AccountId,
    /// The role where it is known, else who STS says it is, else the account.
    pub(crate) arn: Arn,
    /// As programs find it below `iam/security-credentials/`.
    pub(crate) role_name: String,
}

/// How its metadata service behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Manner {
    pub(crate) http_tokens: Tokens,
    pub(crate) hop_limit: HopLimit,
}

/// The instance in `region` whose role is `principal`.
pub(crate) fn instance(
    principal: &Principal,
    region: &Region,
    manner: Manner,
    now: Timestamp,
) -> Result<Instance, DeclarationError> {
    let Principal { account_id, arn, role_name } = principal;
    let seed = Seed::from_text(&format!("{arn} {role_name}"));
    let declaration =
        Declaration { account_id: Some(*account_id), region: Some(region.clone()), ..Declaration::default() };
    let instance = declaration.resolve(&Declaration::default(), &seed, 0, now)?;
    let profile_arn = Arn::iam(region.partition(), *account_id, &format!("instance-profile/{role_name}"));
    let role = ProfileRole {
        role_name: role_name.clone(),
        role_id: Identifiers::role_id(&seed, *account_id, arn),
        arn: arn.clone(),
        trusts_ec2: true,
    };
    let profile = InstanceProfile {
        id: Identifiers::instance_profile_id(&seed, *account_id, &profile_arn),
        arn: profile_arn,
        associated_at: now.trunc_secs(),
        association_id: None,
        exists: true,
        role: Some(role),
    };
    let metadata_options = MetadataOptions {
        http_tokens: manner.http_tokens,
        http_put_response_hop_limit: manner.hop_limit,
        http_protocol_ipv6: Switch::Enabled,
        ..MetadataOptions::default()
    };
    Ok(Instance { iam_instance_profile: Some(profile), metadata_options, ..instance })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_true_is_kept_and_the_rest_stays_the_same() {
        let principal = Principal {
            account_id: AccountId::from_number(111_122_223_333).unwrap(),
            arn: "arn:aws-cn:iam::111122223333:role/app/dev".parse().unwrap(),
            role_name: "dev".to_owned(),
        };
        let region: Region = "cn-north-1".parse().unwrap();
        let manner = Manner { http_tokens: Tokens::Required, hop_limit: HopLimit::default() };
        let made = |secs| instance(&principal, &region, manner, Timestamp::from_secs(secs)).unwrap();
        let (one, two) = (made(1000), made(2000));
        assert_eq!(one.instance_id, two.instance_id);
        assert_eq!((one.account_id, &one.placement.region), (principal.account_id, &region));
        assert_eq!(one.metadata_options.http_tokens, Tokens::Required);
        let profile = one.iam_instance_profile.unwrap();
        assert_eq!(profile.arn.as_str(), "arn:aws-cn:iam::111122223333:instance-profile/dev");
        assert_eq!(profile.role.unwrap().arn, principal.arn);
    }
}
