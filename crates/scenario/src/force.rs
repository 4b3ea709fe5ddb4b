//! What is in force at a moment: the whole of it, from the plan and the moment alone.
//!
//! Of several that concern the same thing the one that began last counts; when it ends, the one before it counts again.
//! Request faults stand beside each other, the last begun first.

use std::time::Duration;

use types::instance::{AutoScalingState, MaintenanceCode, SpotAction};

use crate::{Action, Offset, OptionsChange, Plan, RequestFault, RoleRemoval, Step, StepKind};

/// Everything that is not as usual. Times are those of the plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InForce {
    /// With the number of the event that each comes from.
    pub requests: Vec<(usize, RequestFault)>,
    /// Tokens issued before that are lost.
    pub tokens_lost_before: Option<Duration>,
    pub packet_budget: Option<u32>,
    pub clock_skew: Option<Offset>,
    pub credentials: CredentialsInForce,
    pub role: Option<RoleInForce>,
    pub spot: Option<Scheduled<SpotAction>>,
    pub rebalance: Option<Duration>,
    pub maintenance: Vec<Scheduled<MaintenanceCode>>,
    pub autoscaling: Option<AutoScalingState>,
    pub options: OptionsChange,
}

/// How sets are issued.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CredentialsInForce {
    /// `None` is the server's own.
    pub interval: Option<Duration>,
    pub lifetime: Option<Duration>,
    /// Added to each lifetime.
    pub refresh_window: Duration,
    /// When sets were replaced early, in order.
    pub rotated_early: Vec<Duration>,
    /// Since when no new set is issued.
    pub late_since: Option<Duration>,
    /// Sets that have expired are served, since when, and for how long they had expired then.
    pub expired: Option<Expired>,
    /// How long a set outlives its successor's issue.
    pub overlap: Option<Duration>,
}

/// A set that had ended before it was handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expired {
    pub since: Duration,
    pub ago: Duration,
}

/// What became of the role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleInForce {
    Swapped { role: String, since: Duration },
    Removed(RoleRemoval),
    Refused,
}

/// What is to come, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheduled<T> {
    pub what: T,
    pub time: Duration,
}

impl Plan {
    /// What is in force from `moment` on, until the next of [`Plan::moments`]; nothing once the plan is over.
    pub fn in_force(&self, moment: Duration) -> InForce {
        if moment >= self.duration {
            return InForce::default();
        }
        let times = &self.scenario.credentials;
        let mut force = InForce::default();
        force.credentials.interval = times.interval.map(|span| span / self.compress);
        force.credentials.lifetime = times.lifetime.map(|span| span / self.compress);
        force.credentials.refresh_window = self.refresh_window;
        for step in self.steps.iter().filter(|step| step.at <= moment && step.holds(moment)) {
            force.take(self, step);
        }
        force.requests.reverse();
        force
    }
}

impl Step {
    fn holds(&self, moment: Duration) -> bool {
        match self.kind {
            StepKind::Ends => false,
            StepKind::Happens => true,
            StepKind::Begins => moment < self.until,
        }
    }
}

impl InForce {
    fn take(&mut self, plan: &Plan, step: &Step) {
        let scaled = |span: Duration| span / plan.compress;
        let since = step.at;
        match plan.action(step) {
            Action::RotateEarly => self.credentials.rotated_early.push(since),
            // Of two that overlap the first froze the set.
            Action::RotateLate => self.credentials.late_since = self.credentials.late_since.or(Some(since)),
            Action::ExpiredSet(ago) => self.credentials.expired = Some(Expired { since, ago: scaled(*ago) }),
            Action::Overlap(span) => self.credentials.overlap = Some(scaled(*span)),
            Action::SwapRole(role) => self.role = Some(RoleInForce::Swapped { role: role.clone(), since }),
            Action::RemoveRole(what) => self.role = Some(RoleInForce::Removed(*what)),
            Action::RefuseRole => self.role = Some(RoleInForce::Refused),
            Action::LoseTokens => self.tokens_lost_before = Some(since),
            Action::Request(fault) => self.requests.push((step.event, fault.clone())),
            Action::PacketBudget(packets) => self.packet_budget = Some(*packets),
            Action::ClockSkew(offset) => self.clock_skew = Some(offset.compressed(plan.compress)),
            Action::SpotInterruption { action, notice } => {
                self.spot = Some(Scheduled { what: *action, time: since + scaled(*notice) });
            }
            Action::Rebalance => self.rebalance = Some(since),
            Action::Maintenance { code, notice } => {
                self.maintenance.push(Scheduled { what: *code, time: since + scaled(*notice) });
            }
            Action::AutoScaling(state) => self.autoscaling = Some(*state),
            Action::MetadataOptions(change) => self.options = change.over(self.options),
        }
    }

    /// Whether the instance looks other than it is.
    pub fn changes_instance(&self) -> bool {
        self.role.is_some()
            || self.spot.is_some()
            || self.rebalance.is_some()
            || !self.maintenance.is_empty()
            || self.autoscaling.is_some()
            || self.options != OptionsChange::default()
    }
}
