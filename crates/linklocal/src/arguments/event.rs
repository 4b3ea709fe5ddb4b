//! `linklocal instance event …`.

use clap::{Args, Subcommand};
use linklocal::config::Span;
use types::Timestamp;
use types::instance::AutoScalingState;

use super::one_instance::OneInstance;

#[derive(Debug, Subcommand)]
pub(crate) enum EventCommand {
    /// Mark the instance for spot interruption: spot/instance-action, spot/termination-time
    #[command(after_help = "Example:\n  $ linklocal instance event spot-interruption --action stop --in 2m")]
    SpotInterruption(SpotArguments),
    /// Recommend a rebalance: events/recommendations/rebalance
    #[command(after_help = "Example:\n  $ linklocal instance event rebalance")]
    Rebalance(RebalanceArguments),
    /// Schedule maintenance: events/maintenance/scheduled
    #[command(after_help = MAINTENANCE)]
    Maintenance(MaintenanceArguments),
    /// Set the Auto Scaling state: autoscaling/target-lifecycle-state
    #[command(after_help = AUTOSCALING)]
    Autoscaling(AutoscalingArguments),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SpotArguments {
    #[command(flatten)]
    pub(crate) one: OneInstance,
    /// What will happen to the instance
    #[arg(long, value_parser = ["terminate", "stop", "hibernate"], default_value = "terminate")]
    pub(crate) action: String,
    /// When, as 2026-11-21T08:22:00Z
    #[arg(long, value_name = "TIME", conflicts_with_all = ["span", "cancel"])]
    pub(crate) time: Option<Timestamp>,
    /// When, counted from now, as 90s, 2m or 1h30m [default: 2m]
    #[arg(long = "in", value_name = "SPAN", conflicts_with = "cancel")]
    pub(crate) span: Option<Span>,
    /// Take the mark back
    #[arg(long)]
    pub(crate) cancel: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct RebalanceArguments {
    #[command(flatten)]
    pub(crate) one: OneInstance,
    /// Time of the notice, as 2026-11-21T08:22:00Z [default: now]
    #[arg(long, visible_alias = "notice-time", value_name = "TIME", conflicts_with_all = ["span", "cancel"])]
    pub(crate) time: Option<Timestamp>,
    /// Time of the notice, counted from now
    #[arg(long = "in", value_name = "SPAN", conflicts_with = "cancel")]
    pub(crate) span: Option<Span>,
    /// Take the recommendation back
    #[arg(long)]
    pub(crate) cancel: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct MaintenanceArguments {
    #[command(flatten)]
    pub(crate) one: OneInstance,
    /// What will be done
    #[arg(long, value_parser = CODES, default_value = "system-reboot")]
    pub(crate) code: String,
    /// Earliest start, as 2026-11-21T08:22:00Z
    #[arg(long, visible_alias = "time", value_name = "TIME", conflicts_with = "span")]
    pub(crate) not_before: Option<Timestamp>,
    /// Earliest start, counted from now, as 30m, 12h or 7d [default: 7d]
    #[arg(long = "in", value_name = "SPAN")]
    pub(crate) span: Option<Span>,
    /// Latest end
    #[arg(long, value_name = "TIME")]
    pub(crate) not_after: Option<Timestamp>,
    /// Until when the start may be moved
    #[arg(long, value_name = "TIME")]
    pub(crate) not_before_deadline: Option<Timestamp>,
    /// Description [default: the code's usual one]
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// Cancel the event with this id, or the only one; it moves to events/maintenance/history
    #[arg(long, value_name = "EVENT-ID", num_args = 0..=1, default_missing_value = "", conflicts_with = "complete")]
    pub(crate) cancel: Option<String>,
    /// Complete the event with this id, or the only one; it moves to events/maintenance/history
    #[arg(long, value_name = "EVENT-ID", num_args = 0..=1, default_missing_value = "")]
    pub(crate) complete: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct AutoscalingArguments {
    #[command(flatten)]
    pub(crate) one: OneInstance,
    /// State to which the Auto Scaling group moves the instance
    #[arg(long, value_name = "STATE", required_unless_present = "cancel", conflicts_with = "cancel")]
    pub(crate) target_lifecycle_state: Option<AutoScalingState>,
    /// The instance leaves the group without a trace
    #[arg(long)]
    pub(crate) cancel: bool,
}

const CODES: [&str; 5] =
    ["instance-reboot", "system-reboot", "system-maintenance", "instance-retirement", "instance-stop"];

const MAINTENANCE: &str = "\
Example:
  $ linklocal instance event maintenance --code instance-retirement --in 14d
  $ linklocal instance event maintenance --complete";

const AUTOSCALING: &str = "\
States: Detached, InService, Standby, Terminated, Warmed:Hibernated, Warmed:Running, Warmed:Stopped, Warmed:Terminated.

Example:
  $ linklocal instance event autoscaling --target-lifecycle-state Terminated";
