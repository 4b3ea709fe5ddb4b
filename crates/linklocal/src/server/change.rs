//! A change of one instance: from the call to the account's operation, from its outcome to the reply.

use std::time::Duration;

use account::{InstanceView, MaintenanceEnd, MetadataOptionsState, ProfileDetachment, RoleAttachment};
use types::instance::SpotInterruption;
use types::{InstanceId, Timestamp};

use super::turn::Turn;
use super::view;
use crate::admin::{
    Change, Detachment, EventChange, EventsReply, MetadataOptionsReply, ProfileReply, Refusal, Reply,
    RoleChange, TagsReply,
};

/// What of the instance the reply shows.
enum Shown {
    Whole,
    Tags,
    Profile,
    MetadataOptions(MetadataOptionsState),
    Events,
}

/// Carries the change out. The instance after it is in store and roster; it comes with the reply.
pub(super) fn applied(
    turn: &mut Turn,
    id: &InstanceId,
    change: Change,
    delay: Duration,
) -> Result<(InstanceView, Reply), Refusal> {
    let inventory = &turn.inventory;
    let instances = &inventory.instances;
    let now = inventory.now();
    if instances.describe(id)?.instance.life.is_terminated() {
        let message = format!("instance {id} is terminated");
        return Err(Refusal::new("IncorrectInstanceState", message).hint("launch another one"));
    }
    let opened = match &change {
        Change::Attributes(declaration) => turn.prepare(id, declaration)?,
        _ => Vec::new(),
    };
    let (changed, shown) = match change {
        Change::Attributes(declaration) => {
            let edit =
                |instance: &mut _| Ok::<_, Refusal>(declaration.apply_to(instance, &inventory.seed, now)?);
            (instances.update(id, edit)?, Shown::Whole)
        }
        Change::Tags { set, remove } => (instances.change_tags(id, &set, &remove)?, Shown::Tags),
        Change::AttachRole(role) => (instances.attach_role(id, &attachment(role), now)?, Shown::Profile),
        Change::DetachRole(how) => (instances.detach_role(id, detachment(how))?, Shown::Profile),
        Change::MetadataOptions(change) => {
            let (changed, state) = instances.modify_metadata_options(id, change, now, delay)?;
            (changed, Shown::MetadataOptions(state))
        }
        Change::Events(change) => (instances.change_events(id, &event(change, now))?, Shown::Events),
    };
    turn.published(&changed, opened)?;
    let view = turn.inventory.instances.describe(id)?;
    let reply = shown.reply(&view, now);
    Ok((view, reply))
}

impl Shown {
    fn reply(self, view: &InstanceView, now: Timestamp) -> Reply {
        let instance = view.instance.clone();
        let instance_id = instance.instance_id.clone();
        match self {
            Self::Whole => Reply::Instance(Box::new(view::description(view.clone(), now))),
            Self::Tags => Reply::Tags(TagsReply { instance_id, tags: instance.tags }),
            Self::Profile => {
                let iam_instance_profile = instance.iam_instance_profile;
                Reply::Profile(ProfileReply { instance_id, iam_instance_profile })
            }
            Self::MetadataOptions(state) => {
                let instance_metadata_options = view::stated(state);
                Reply::MetadataOptions(MetadataOptionsReply { instance_id, instance_metadata_options })
            }
            Self::Events => Reply::Events(EventsReply { instance_id, events: instance.events }),
        }
    }
}

fn attachment(role: RoleChange) -> RoleAttachment {
    let RoleChange { role, instance_profile_name: instance_profile, trusts_ec2 } = role;
    RoleAttachment { role, instance_profile, trusts_ec2 }
}

fn detachment(how: Detachment) -> ProfileDetachment {
    match how {
        Detachment::Disassociate => ProfileDetachment::Disassociate,
        Detachment::KeepProfile => ProfileDetachment::RemoveRole,
        Detachment::DeleteProfile => ProfileDetachment::DeleteProfile,
    }
}

fn event(change: EventChange, now: Timestamp) -> account::EventChange {
    use account::EventChange as Event;
    match change {
        EventChange::Spot { action, when } => {
            Event::SpotInterruption(SpotInterruption { action, time: when.resolve(now) })
        }
        EventChange::CancelSpot => Event::CancelSpotInterruption,
        EventChange::Rebalance { when } => Event::Rebalance(when.resolve(now)),
        EventChange::CancelRebalance => Event::CancelRebalance,
        EventChange::Maintenance(notice) => Event::Maintenance(account::MaintenanceNotice {
            code: notice.code,
            description: notice.description,
            not_before: notice.not_before.resolve(now),
            not_after: notice.not_after,
            not_before_deadline: notice.not_before_deadline,
        }),
        EventChange::CancelMaintenance { event_id } => {
            Event::EndMaintenance { event_id, how: MaintenanceEnd::Canceled }
        }
        EventChange::CompleteMaintenance { event_id } => {
            Event::EndMaintenance { event_id, how: MaintenanceEnd::Completed }
        }
        EventChange::Autoscaling { state } => Event::AutoScaling(state),
        EventChange::CancelAutoscaling => Event::CancelAutoScaling,
    }
}
