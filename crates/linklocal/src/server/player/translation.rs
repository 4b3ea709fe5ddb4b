//! What is in force, in the terms of those who do it: the metadata service's faults and the account's rotation.

use std::time::Duration;

use account::{RotationCourse, RotationCourseError, RotationRehearsal, RotationSchedule};
use imds::{ClockOffset, FaultEffect, FaultRate, FaultRule, FaultStatus, FaultTarget, Faults, PacketBudget};
use scenario::{
    CredentialsInForce, Effect, InForce, Offset, Plan, RequestFault, ResetMoment, ServiceVersion, Target,
};
use types::{InstanceId, Timestamp};

/// Faults of requests; `None` where there are none.
pub(super) fn faults(
    plan: &Plan,
    force: &InForce,
    instance_id: Option<&InstanceId>,
    began: Timestamp,
) -> Option<Faults> {
    let faults = Faults {
        seed: plan.scenario.seed,
        instance_id: None,
        rules: force.requests.iter().map(|(event, fault)| rule(*event, fault)).collect(),
        tokens_lost_before: force.tokens_lost_before.map(|moment| began + moment),
        clock_offset: force.clock_skew.map_or(ClockOffset::None, offset),
        packet_budget: force.packet_budget.map(|packets_per_second| PacketBudget { packets_per_second }),
    };
    let nothing = Faults { seed: faults.seed, ..Faults::default() };
    (faults != nothing).then(|| Faults { instance_id: instance_id.cloned(), ..faults })
}

/// Rotation other than by the schedule; `None` where it is as ever.
pub(super) fn rotation(
    plan: &Plan,
    credentials: &CredentialsInForce,
    schedule: &RotationSchedule,
    began: Timestamp,
) -> Result<Option<RotationRehearsal>, RotationCourseError> {
    if *credentials == CredentialsInForce::default() && plan.compress == 1 {
        return Ok(None);
    }
    let interval = credentials.interval.unwrap_or_else(|| schedule.interval() / plan.compress);
    let lifetime = match (credentials.overlap, credentials.lifetime) {
        (Some(overlap), _) => interval + overlap,
        (None, Some(lifetime)) => lifetime,
        (None, None) => schedule.lifetime() / plan.compress,
    };
    let since = began + credentials.rotated_early.last().copied().unwrap_or_default();
    let course = RotationCourse::new(since, interval, lifetime + credentials.refresh_window)?;
    let mut rotation = RotationRehearsal::default().on(course);
    if let Some(since) = credentials.late_since {
        rotation = rotation.held(began + since);
    }
    if let Some(expired) = credentials.expired {
        rotation = rotation.expired(began + expired.since, expired.ago);
    }
    Ok(Some(rotation))
}

fn rule(event: usize, fault: &RequestFault) -> FaultRule {
    FaultRule {
        id: u32::try_from(event).unwrap_or(u32::MAX),
        target: target(&fault.target),
        version: fault.version.map(|version| match version {
            ServiceVersion::V1 => imds::ServiceVersion::V1,
            ServiceVersion::V2 => imds::ServiceVersion::V2,
        }),
        rate: FaultRate::fraction(fault.rate).expect("a scenario's rates are from 0 to 1"),
        effect: effect(fault.effect),
    }
}

fn effect(effect: Effect) -> FaultEffect {
    match effect {
        Effect::Status { code, retry_after } => FaultEffect::Status {
            status: FaultStatus::new(code).expect("a scenario's statuses are errors"),
            retry_after,
        },
        Effect::Slow(by) => FaultEffect::Slow(by),
        Effect::Hang => FaultEffect::Hang,
        Effect::Reset(ResetMoment::BeforeAnswer) => FaultEffect::Reset(imds::ResetMoment::BeforeAnswer),
        Effect::Reset(ResetMoment::AfterHead) => FaultEffect::Reset(imds::ResetMoment::AfterHead),
        Effect::RejectToken => FaultEffect::RejectToken,
    }
}

fn target(target: &Target) -> FaultTarget {
    match target {
        Target::Everything => FaultTarget::Everything,
        Target::Token => FaultTarget::Token,
        Target::Metadata => FaultTarget::Metadata,
        Target::RoleList => FaultTarget::RoleList,
        Target::Credentials => FaultTarget::Credentials,
        Target::Container => FaultTarget::Container,
        Target::Path(path) => FaultTarget::Path(path.clone()),
    }
}

fn offset(offset: Offset) -> ClockOffset {
    let is_none = |span: Duration| span.is_zero();
    match offset {
        Offset::Ahead(by) | Offset::Behind(by) if is_none(by) => ClockOffset::None,
        Offset::Ahead(by) => ClockOffset::Ahead(by),
        Offset::Behind(by) => ClockOffset::Behind(by),
    }
}
