//! Instances as replies show them, and errors as refusals.

use account::{DeclarationError, InstanceError, InstanceView, MetadataOptionsState};
use types::instance::MetadataOptions;
use types::{Instance, Timestamp};

use crate::admin::{
    InstanceDescription, InstanceStateChange, InstanceSummary, OptionsState, PendingOptions, Refusal,
    StatedOptions,
};
use crate::failure::Failure;

pub(super) fn description(view: InstanceView, now: Timestamp) -> InstanceDescription {
    let pending_metadata_options = view
        .pending_metadata_options
        .map(|pending| PendingOptions { options: pending.options, applies_at: pending.applies_at });
    let state = view.instance.life.state(now).as_str().to_owned();
    InstanceDescription { state, instance: view.instance, pending_metadata_options }
}

pub(super) fn summary(instance: Instance, now: Timestamp) -> InstanceSummary {
    let interface = instance.primary_interface();
    let ipv6 = || interface.and_then(|interface| interface.ipv6_addresses.first().copied().map(Into::into));
    let address = interface.and_then(|interface| interface.primary_ipv4().map(Into::into)).or_else(ipv6);
    let role = instance.iam_instance_profile.and_then(|profile| profile.role);
    InstanceSummary {
        state: instance.life.state(now).as_str().to_owned(),
        private_ip_address: address,
        instance_id: instance.instance_id,
        name: instance.tags.get("Name").cloned(),
        instance_type: instance.instance_type,
        availability_zone: instance.placement.availability_zone,
        role: role.map(|role| role.role_name),
        http_tokens: instance.metadata_options.http_tokens,
        endpoints: instance.binding.endpoints,
        sources: instance.binding.sources,
    }
}

pub(super) fn state_change(change: account::StateChange) -> InstanceStateChange {
    InstanceStateChange {
        instance_id: change.instance_id,
        previous_state: change.previous.as_str().to_owned(),
        current_state: change.current.as_str().to_owned(),
    }
}

pub(super) fn stated(state: MetadataOptionsState) -> StatedOptions {
    let applied =
        |options: MetadataOptions| StatedOptions { state: OptionsState::Applied, options, applies_at: None };
    match state {
        MetadataOptionsState::Applied(options) => applied(options),
        MetadataOptionsState::Pending(pending) => StatedOptions {
            state: OptionsState::Pending,
            options: pending.options,
            applies_at: Some(pending.applies_at),
        },
    }
}

impl From<InstanceError> for Refusal {
    fn from(error: InstanceError) -> Self {
        let refusal = Self::new(error.code(), Failure::of(&error).message);
        match error.hint() {
            Some(hint) => refusal.hint(hint),
            None => refusal,
        }
    }
}

impl From<account::Refusal> for Refusal {
    fn from(refusal: account::Refusal) -> Self {
        Self { code: refusal.code.to_owned(), message: refusal.message, hint: refusal.hint }
    }
}

impl From<DeclarationError> for Refusal {
    fn from(error: DeclarationError) -> Self {
        Self::new("InvalidParameterValue", error.to_string())
    }
}
