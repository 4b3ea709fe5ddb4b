//! Which profile an instance has: `AssociateIamInstanceProfile` and its like (EC2 API reference; states and texts as seen on AWS).
//!
//! Rule: an instance has one association, which is its profile with an id. It is `associating` for as long as changes take to reach
//! an instance; the metadata service shows the role at once. What is disassociated is gone at once.

use std::time::Duration;

use types::instance::{InstanceProfile as AttachedProfile, InstanceState};
use types::{Arn, Instance, InstanceId, Timestamp, UniqueId};

use super::{profile, refusal};
use crate::ServiceError;
use crate::directory::{Directory, InstanceProfile};
use crate::identifier::Seed;

/// The association of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Association {
    pub association_id: String,
    pub instance_id: InstanceId,
    pub profile_arn: Arn,
    pub profile_id: UniqueId,
    pub state: AssociationState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssociationState {
    Associating,
    Associated,
    Disassociating,
    Disassociated,
}

/// When it is, and what of a host associations depend on.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    pub now: Timestamp,
    pub seed: &'a Seed,
    /// How long an association takes to be in place.
    pub delay: Duration,
}

impl AssociationState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Associating => "associating",
            Self::Associated => "associated",
            Self::Disassociating => "disassociating",
            Self::Disassociated => "disassociated",
        }
    }
}

impl Association {
    /// The association of `instance`, if it has one. A terminated instance has none.
    pub fn of(instance: &Instance, moment: Moment<'_>) -> Option<Self> {
        let profile = instance.iam_instance_profile.as_ref().filter(|_| !instance.life.is_terminated())?;
        let state = if moment.now < profile.associated_at + moment.delay {
            AssociationState::Associating
        } else {
            AssociationState::Associated
        };
        Some(Self::in_state(instance, profile, moment.seed, state))
    }

    fn in_state(
        instance: &Instance,
        profile: &AttachedProfile,
        seed: &Seed,
        state: AssociationState,
    ) -> Self {
        Self {
            association_id: id(instance, profile, seed),
            instance_id: instance.instance_id.clone(),
            profile_arn: profile.arn.clone(),
            profile_id: profile.id.clone(),
            state,
        }
    }
}

/// The id of a new association.
pub fn fresh_id(random: &[u8; 64]) -> String {
    let [a, b, c, d, e, f, g, h, ..] = *random;
    format!("iip-assoc-0{:016x}", u64::from_be_bytes([a, b, c, d, e, f, g, h]))
}

/// Whether a text can be the id of an association.
///
/// # Errors
/// `InvalidParameterValue`
pub fn check_id(text: &str) -> Result<(), ServiceError> {
    let digits = text.strip_prefix("iip-assoc-").filter(|digits| digits.len() == 17);
    let is_id = digits.is_some_and(|digits| digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
    if is_id { Ok(()) } else { Err(refusal::invalid_value("Invalid value for associationId.")) }
}

/// `InvalidAssociationID.NotFound`
pub fn not_found(association_id: &str) -> ServiceError {
    let text = format!("An invalid association-id of '{association_id}' was given");
    ServiceError::new("InvalidAssociationID.NotFound", 400, text)
}

/// Gives an instance without a profile this one.
///
/// # Errors
/// `IncorrectInstanceState`; `IncorrectState` where it has one.
pub fn associate(
    instance: &mut Instance,
    directory: &Directory,
    found: &InstanceProfile,
    association_id: &str,
    moment: Moment<'_>,
) -> Result<Association, ServiceError> {
    let id = &instance.instance_id;
    if !matches!(instance.life.state(moment.now), InstanceState::Running | InstanceState::Stopped) {
        return Err(refusal::wants_state(id, "'running' or 'stopped' states"));
    }
    if instance.iam_instance_profile.is_some() {
        return Err(incorrect_state(format!("There is an existing association for instance {id}")));
    }
    Ok(put(instance, directory, found, association_id, moment))
}

/// Gives a running instance this profile in place of that of the association. The same one again changes nothing.
///
/// # Errors
/// `IncorrectState`; `InvalidAssociationID.NotFound` where the instance has another association by now.
pub fn replace(
    instance: &mut Instance,
    directory: &Directory,
    found: &InstanceProfile,
    (old_id, new_id): (&str, &str),
    moment: Moment<'_>,
) -> Result<Association, ServiceError> {
    let old = current(instance, old_id, moment)?;
    if instance.life.state(moment.now) != InstanceState::Running {
        return Err(incorrect_state(format!("The association {old_id} is not the active association")));
    }
    if old.profile_id == found.instance_profile_id {
        return Ok(old);
    }
    Ok(put(instance, directory, found, new_id, moment))
}

/// Takes the association's profile away.
///
/// # Errors
/// `InvalidAssociationID.NotFound` where the instance has another association by now.
pub fn disassociate(
    instance: &mut Instance,
    association_id: &str,
    moment: Moment<'_>,
) -> Result<Association, ServiceError> {
    let old = current(instance, association_id, moment)?;
    instance.iam_instance_profile = None;
    let state = match instance.life.state(moment.now) {
        InstanceState::Stopped => AssociationState::Disassociated,
        _ => AssociationState::Disassociating,
    };
    Ok(Association { state, ..old })
}

fn current(instance: &Instance, id: &str, moment: Moment<'_>) -> Result<Association, ServiceError> {
    Association::of(instance, moment).filter(|held| held.association_id == id).ok_or_else(|| not_found(id))
}

fn put(
    instance: &mut Instance,
    directory: &Directory,
    found: &InstanceProfile,
    association_id: &str,
    moment: Moment<'_>,
) -> Association {
    let new = profile::attached(directory, found, moment.now, Some(association_id.to_owned()));
    // That it is under way is said even where it takes no time.
    let association = Association::in_state(instance, &new, moment.seed, AssociationState::Associating);
    instance.iam_instance_profile = Some(new);
    association
}

/// The id that was given, else one that follows from instance and profile.
fn id(instance: &Instance, profile: &AttachedProfile, seed: &Seed) -> String {
    let derived = || seed.named(&format!("{} {}", instance.instance_id, profile.arn)).resource("iip-assoc");
    profile.association_id.clone().unwrap_or_else(derived)
}

fn incorrect_state(message: String) -> ServiceError {
    ServiceError::new("IncorrectState", 400, message)
}
