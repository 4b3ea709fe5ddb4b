//! What a scenario makes of instances: laid over them as they are rendered.
//!
//! Rule: the store never learns of it. What is declared or changed meanwhile stays, and shows wherever the scenario says
//! nothing; when the overlay is gone, so is all that it did, whatever ended the process.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

use account::identifier::Seed;
use account::{
    EventChange, MaintenanceNotice, MetadataOptionsChange, ProfileDetachment, Refusal, RoleAttachment,
};
use scenario::{InForce, OptionsChange, RoleInForce, RoleRemoval, Scheduled};
use types::instance::SpotInterruption;
use types::{Instance, InstanceId, Timestamp};

/// The overlay of the moment, if any. Clones share it.
#[derive(Clone, Debug, Default)]
pub(in crate::server) struct Overlay(Arc<RwLock<Option<Dressing>>>);

/// What to lay over which instance.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::server) struct Dressing {
    /// `None` is every instance.
    pub(in crate::server) instance_id: Option<InstanceId>,
    pub(in crate::server) force: InForce,
    /// What the scenario's times count from.
    pub(in crate::server) began: Timestamp,
}

impl Overlay {
    /// `false` if it was the same before.
    pub(in crate::server) fn set(&self, dressing: Option<Dressing>) -> bool {
        let dressing = dressing.filter(|dressing| dressing.force.changes_instance());
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let is_new = *held != dressing;
        *held = dressing;
        is_new
    }

    /// The instance as it is to be seen.
    pub(in crate::server) fn dress<'a>(&self, instance: Cow<'a, Instance>, seed: &Seed) -> Cow<'a, Instance> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match &*held {
            Some(dressing) if dressing.concerns(&instance.instance_id) => {
                let mut instance = instance.into_owned();
                dressing.put_on(&mut instance, seed);
                Cow::Owned(instance)
            }
            _ => instance,
        }
    }
}

impl Dressing {
    fn concerns(&self, id: &InstanceId) -> bool {
        self.instance_id.as_ref().is_none_or(|of| of == id)
    }

    fn put_on(&self, instance: &mut Instance, seed: &Seed) {
        let changed = change(self.force.options).applied_to(instance.metadata_options);
        instance.metadata_options = changed;
        if let Some(role) = &self.force.role {
            self.put_on_role(role, instance, seed);
        }
        for event in self.events() {
            said(event.apply_to(instance, seed));
        }
    }

    fn put_on_role(&self, role: &RoleInForce, instance: &mut Instance, seed: &Seed) {
        match role {
            RoleInForce::Swapped { role, since } => {
                let attachment =
                    RoleAttachment { role: role.clone(), instance_profile: None, trusts_ec2: true };
                said(attachment.apply_to(instance, seed, self.began + *since));
            }
            RoleInForce::Removed(removal) => {
                // An instance without a profile has nothing to lose.
                let _ = detachment(*removal).apply_to(instance);
            }
            RoleInForce::Refused => {
                if let Some(role) = instance.iam_instance_profile.as_mut().and_then(|p| p.role.as_mut()) {
                    role.trusts_ec2 = false;
                }
            }
        }
    }

    fn events(&self) -> Vec<EventChange> {
        let InForce { spot, rebalance, maintenance, autoscaling, .. } = &self.force;
        let mut events = Vec::new();
        events.extend(spot.map(|Scheduled { what, time }| {
            EventChange::SpotInterruption(SpotInterruption { action: what, time: self.began + time })
        }));
        events.extend(rebalance.map(|since| EventChange::Rebalance(self.began + since)));
        events.extend(autoscaling.map(EventChange::AutoScaling));
        events.extend(maintenance.iter().map(|Scheduled { what, time }| {
            EventChange::Maintenance(MaintenanceNotice {
                code: *what,
                description: None,
                not_before: self.began + *time,
                not_after: None,
                not_before_deadline: None,
            })
        }));
        events
    }
}

fn change(options: OptionsChange) -> MetadataOptionsChange {
    MetadataOptionsChange {
        http_endpoint: options.http_endpoint,
        http_tokens: options.http_tokens,
        http_put_response_hop_limit: options.http_put_response_hop_limit,
        http_protocol_ipv6: options.http_protocol_ipv6,
        instance_metadata_tags: options.instance_metadata_tags,
    }
}

fn detachment(removal: RoleRemoval) -> ProfileDetachment {
    match removal {
        RoleRemoval::Disassociate => ProfileDetachment::Disassociate,
        RoleRemoval::KeepProfile => ProfileDetachment::RemoveRole,
        RoleRemoval::DeleteProfile => ProfileDetachment::DeleteProfile,
    }
}

/// What cannot be laid over one instance does not keep it from the others.
fn said(done: Result<(), Refusal>) {
    if let Err(refusal) = done {
        tracing::warn!("scenario: {}", refusal.message);
    }
}
