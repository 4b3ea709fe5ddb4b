//! `iam-instance-profile` and `role`: a name alone declares both.
//!
//! Names and paths follow IAM's quotas (IAM user guide, "IAM and AWS STS quotas").

use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Serialize};
use types::instance::{InstanceProfile, ProfileRole};
use types::{Arn, Instance, Timestamp, UniqueId};

use super::{Declaration, DeclarationError, Moment, OrNone};
use crate::identifier::{Identifiers, Seed};

/// The instance profile: a name, an ARN, or a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ProfileDeclaration {
    /// A name or an ARN.
    pub name: ProfileName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ProfileId>,
    /// `false` for a profile that was deleted while attached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associated_at: Option<Moment>,
}

/// The role in the profile: a name, an ARN, or a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RoleDeclaration {
    /// A name or an ARN.
    pub name: RoleName,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<RoleId>,
    /// `false` for a role whose trust policy does not name EC2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusts_ec2: Option<bool>,
}

/// The text names nothing of IAM.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntityError {
    #[error("{0} {1:?} is not a name of at most {2} letters, digits and _+=,.@- or an ARN like {3}")]
    Name(&'static str, String, usize, &'static str),
    #[error("unique id {0:?} is not {1} and 16 to 124 capital letters and digits")]
    Id(String, &'static str),
}

macro_rules! entities {
    ($($(#[$doc:meta])* $name:ident: $check:expr, $error:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl TryFrom<String> for $name {
            type Error = EntityError;

            fn try_from(text: String) -> Result<Self, EntityError> {
                let valid: fn(&str) -> bool = $check;
                let error: fn(String) -> EntityError = $error;
                if valid(&text) { Ok(Self(text)) } else { Err(error(text.chars().take(60).collect())) }
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    )*};
}

entities! {
    /// A name of an instance profile, or its ARN.
    ProfileName: |t| is_entity(t, "instance-profile", 128),
        |t| EntityError::Name("instance profile", t, 128, "arn:aws:iam::111122223333:instance-profile/web");
    /// A name of a role, or its ARN.
    RoleName: |t| is_entity(t, "role", 64),
        |t| EntityError::Name("role", t, 64, "arn:aws:iam::111122223333:role/web");
    ProfileId: |t| is_unique_id(t, "AIPA"), |t| EntityError::Id(t, "AIPA");
    RoleId: |t| is_unique_id(t, "AROA"), |t| EntityError::Id(t, "AROA");
}

impl RoleDeclaration {
    /// A role with a name and nothing else said.
    ///
    /// # Panics
    ///
    /// If the name is not one.
    pub(super) fn named(name: &str) -> Self {
        let name = name.to_owned().try_into().expect("a valid name by the caller's choice");
        Self { name, id: None, trusts_ec2: None }
    }

    fn role(&self, owner: &Owner<'_>) -> ProfileRole {
        let arn = owner.arn("role", &self.name.0);
        let id = self.id.as_ref().map(|id| UniqueId::from(id.0.clone()));
        ProfileRole {
            role_name: last_name(&self.name.0).to_owned(),
            role_id: id.unwrap_or_else(|| Identifiers::role_id(owner.seed, owner.instance.account_id, &arn)),
            arn,
            trusts_ec2: self.trusts_ec2.unwrap_or(true),
        }
    }
}

impl ProfileDeclaration {
    fn profile(&self, owner: &Owner<'_>, role: Option<ProfileRole>) -> InstanceProfile {
        let arn = owner.arn("instance-profile", &self.name.0);
        let account = owner.instance.account_id;
        let id = self.id.as_ref().map(|id| UniqueId::from(id.0.clone()));
        let unchanged = owner.instance.iam_instance_profile.as_ref().filter(|old| old.arn == arn);
        InstanceProfile {
            id: id.unwrap_or_else(|| Identifiers::instance_profile_id(owner.seed, account, &arn)),
            associated_at: self
                .associated_at
                .map_or_else(|| unchanged.map_or(owner.since, |old| old.associated_at), |Moment(time)| time),
            association_id: unchanged.and_then(|old| old.association_id.clone()),
            arn,
            exists: self.exists.unwrap_or(true),
            role,
        }
    }
}

impl Declaration {
    /// The instance profile that the instance has after this declaration; associated at `since` if it is a new one.
    pub(super) fn changed_profile(
        &self,
        instance: &Instance,
        seed: &Seed,
        since: Timestamp,
    ) -> Result<Option<InstanceProfile>, DeclarationError> {
        let owner = Owner { instance, seed, since };
        let role = self.role.as_ref().map(OrNone::given);
        let profile = match (&self.iam_instance_profile, role) {
            (Some(OrNone::None), Some(Some(_))) => {
                return Err(DeclarationError::new(
                    "role",
                    "a role needs an instance profile, and iam-instance-profile is false",
                ));
            }
            (Some(OrNone::None), _) => None,
            (Some(OrNone::Given(profile)), Some(role)) => {
                Some(profile.profile(&owner, role.map(|role| role.role(&owner))))
            }
            (Some(OrNone::Given(profile)), None) => {
                let role = RoleDeclaration::named_as(profile)?;
                Some(profile.profile(&owner, Some(role.role(&owner))))
            }
            (None, Some(Some(role))) => Some(owner.profile_with(role)),
            (None, Some(None)) => {
                instance.iam_instance_profile.clone().map(|p| InstanceProfile { role: None, ..p })
            }
            (None, None) => instance.iam_instance_profile.clone(),
        };
        Ok(profile)
    }
}

impl RoleDeclaration {
    fn named_as(profile: &ProfileDeclaration) -> Result<Self, DeclarationError> {
        let name = last_name(&profile.name.0).to_owned();
        // Names of roles are shorter than names of profiles.
        let name = RoleName::try_from(name).map_err(|_| {
            DeclarationError::new("role", "the profile's name is too long for a role; declare role too")
        })?;
        Ok(Self { name, id: None, trusts_ec2: None })
    }
}

/// Whose profile it is.
struct Owner<'a> {
    instance: &'a Instance,
    seed: &'a Seed,
    since: Timestamp,
}

impl Owner<'_> {
    /// The profile that the instance has already, or one of the role's name, with this role.
    fn profile_with(&self, role: &RoleDeclaration) -> InstanceProfile {
        let found = Some(role.role(self));
        if let Some(profile) = self.instance.iam_instance_profile.clone() {
            return InstanceProfile { role: found, ..profile };
        }
        let name = ProfileName(last_name(&role.name.0).to_owned());
        ProfileDeclaration { name, id: None, exists: None, associated_at: None }.profile(self, found)
    }

    fn arn(&self, kind: &str, name: &str) -> Arn {
        let partition = self.instance.placement.region.partition();
        name.parse()
            .unwrap_or_else(|_| Arn::iam(partition, self.instance.account_id, &format!("{kind}/{name}")))
    }
}

impl<'de> Deserialize<'de> for ProfileDeclaration {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ProfileVisitor)
    }
}

impl<'de> Deserialize<'de> for RoleDeclaration {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(RoleVisitor)
    }
}

struct ProfileVisitor;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ProfileTable {
    name: ProfileName,
    #[serde(default)]
    id: Option<ProfileId>,
    #[serde(default)]
    exists: Option<bool>,
    #[serde(default)]
    associated_at: Option<Moment>,
}

impl<'de> Visitor<'de> for ProfileVisitor {
    type Value = ProfileDeclaration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name, an ARN, a table, or false for none")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let name = text.to_owned().try_into().map_err(E::custom)?;
        Ok(ProfileDeclaration { name, id: None, exists: None, associated_at: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let ProfileTable { name, id, exists, associated_at } =
            Deserialize::deserialize(MapAccessDeserializer::new(map))?;
        Ok(ProfileDeclaration { name, id, exists, associated_at })
    }
}

struct RoleVisitor;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RoleTable {
    name: RoleName,
    #[serde(default)]
    id: Option<RoleId>,
    #[serde(default)]
    trusts_ec2: Option<bool>,
}

impl<'de> Visitor<'de> for RoleVisitor {
    type Value = RoleDeclaration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name, an ARN, a table, or false for none")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        let name = text.to_owned().try_into().map_err(E::custom)?;
        Ok(RoleDeclaration { name, id: None, trusts_ec2: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let RoleTable { name, id, trusts_ec2 } = Deserialize::deserialize(MapAccessDeserializer::new(map))?;
        Ok(RoleDeclaration { name, id, trusts_ec2 })
    }
}

fn is_entity(text: &str, kind: &str, longest: usize) -> bool {
    if !text.starts_with("arn:") {
        return is_name(text, longest);
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts[..] else { return false };
    let named = resource.strip_prefix(kind).is_some_and(|rest| rest.starts_with('/'));
    !partition.is_empty()
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        && named
        && is_name(last_name(resource), longest)
        && text.parse::<Arn>().is_ok()
}

fn is_name(text: &str, longest: usize) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
    (1..=longest).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_unique_id(text: &str, prefix: &str) -> bool {
    (20..=128).contains(&text.len())
        && text.starts_with(prefix)
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// A name without the path that an ARN may carry.
fn last_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
