//! The instance profile: attached and detached as `AssociateIamInstanceProfile` and its like do.

use serde::Deserialize as _;
use serde::de::value::{Error as TextError, StrDeserializer};
use types::{Instance, InstanceId, Timestamp};

use super::{Changed, InstanceError, Instances, Refusal};
use crate::declaration::{Declaration, OrNone, ProfileDeclaration, RoleDeclaration};
use crate::identifier::Seed;

/// A role to attach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleAttachment {
    /// Name or ARN.
    pub role: String,
    /// Name or ARN of the instance profile; `None` is the one that is there, else one of the role's name.
    pub instance_profile: Option<String>,
    /// Whether the role's trust policy lets EC2 assume it.
    pub trusts_ec2: bool,
}

/// What detaching leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileDetachment {
    /// No profile: `DisassociateIamInstanceProfile`.
    Disassociate,
    /// The profile without a role: `RemoveRoleFromInstanceProfile`.
    RemoveRole,
    /// An association with a profile that is gone: `DeleteInstanceProfile`.
    DeleteProfile,
}

impl RoleAttachment {
    /// Gives `instance` the role in place of any that it has.
    pub fn apply_to(&self, instance: &mut Instance, seed: &Seed, now: Timestamp) -> Result<(), Refusal> {
        if instance.iam_instance_profile.as_ref().is_some_and(|profile| !profile.exists) {
            instance.iam_instance_profile = None;
        }
        let applied = declaration(self)?.apply_to(instance, seed, now.trunc_secs());
        applied.map_err(|error| Refusal::new("InvalidParameterValue", error.to_string()))
    }
}

impl ProfileDetachment {
    /// Takes from `instance` what is to be detached; `false` if it has no profile.
    pub fn apply_to(self, instance: &mut Instance) -> bool {
        let Some(profile) = &mut instance.iam_instance_profile else { return false };
        match self {
            Self::Disassociate => instance.iam_instance_profile = None,
            Self::RemoveRole => profile.role = None,
            Self::DeleteProfile => profile.exists = false,
        }
        true
    }
}

impl Instances {
    /// Gives the instance a role. One role at a time: another is to be detached first.
    pub fn attach_role(
        &self,
        id: &InstanceId,
        attachment: &RoleAttachment,
        now: Timestamp,
    ) -> Result<Changed, InstanceError> {
        self.update(id, |instance| {
            let attached = instance.iam_instance_profile.as_ref();
            if let Some(role) = attached.and_then(|profile| profile.role.as_ref()) {
                let message = format!("instance {id} has role {} already", role.role_name);
                return Err(Refusal::new("IncorrectState", message)
                    .hint("`linklocal instance detach-role` takes it away first")
                    .into());
            }
            Ok(attachment.apply_to(instance, &self.seed, now)?)
        })
    }

    pub fn detach_role(&self, id: &InstanceId, how: ProfileDetachment) -> Result<Changed, InstanceError> {
        self.update(id, |instance| {
            if how.apply_to(instance) {
                return Ok(());
            }
            let message = format!("instance {id} has no instance profile");
            Err(Refusal::new("InvalidAssociationID.NotFound", message).into())
        })
    }
}

fn declaration(attachment: &RoleAttachment) -> Result<Declaration, Refusal> {
    let mut role = RoleDeclaration::deserialize(text(&attachment.role)).map_err(refused)?;
    role.trusts_ec2 = Some(attachment.trusts_ec2);
    let profile =
        attachment.instance_profile.as_deref().map(|name| ProfileDeclaration::deserialize(text(name)));
    Ok(Declaration {
        role: Some(OrNone::Given(role)),
        iam_instance_profile: profile.transpose().map_err(refused)?.map(OrNone::Given),
        ..Declaration::default()
    })
}

fn text(text: &str) -> StrDeserializer<'_, TextError> {
    StrDeserializer::new(text)
}

fn refused(error: TextError) -> Refusal {
    Refusal::new("InvalidParameterValue", error.to_string())
}
