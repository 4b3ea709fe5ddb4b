//! The file as written, and what it means once it has been checked.
//!
//! Rule: what one value can get wrong is found while it is read, what needs several (two actions in one event, an end
//! behind the time line's) right after.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use serde::de::Error as _;
use toml_source::{Fault, Guide, Position, Span, offset_of};
use types::instance::{AutoScalingState, MaintenanceCode, SpotAction};

use crate::{
    Action, CredentialTimes, Effect, Event, Offset, OptionsChange, Plan, RequestFault, ResetMoment,
    RoleRemoval, Scenario, ServiceVersion, Settings, Target, grade::Measure,
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawScenario {
    name: String,
    question: String,
    #[serde(default)]
    measure: Measure,
    #[serde(default)]
    seed: u32,
    duration: Span,
    #[serde(default)]
    compress: Option<u32>,
    #[serde(default)]
    credentials: RawCredentials,
    #[serde(default)]
    at: Vec<RawEvent>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct RawCredentials {
    interval: Option<Span>,
    lifetime: Option<Span>,
    refresh_window: Option<Span>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct RawEvent {
    time: Span,
    #[serde(rename = "for")]
    lasting: Option<Span>,
    every: Option<Span>,
    jitter: Option<Span>,

    rotate_early: Option<Yes>,
    rotate_late: Option<Yes>,
    expired_set: Option<Span>,
    overlap: Option<Span>,
    swap_role: Option<RoleName>,
    remove_role: Option<RoleRemoval>,
    assume_role_unauthorized: Option<Yes>,
    lose_tokens: Option<Yes>,
    reject_tokens: Option<Yes>,
    status: Option<u16>,
    slow: Option<Span>,
    hang: Option<Yes>,
    reset: Option<ResetMoment>,
    packet_budget: Option<u32>,
    clock_skew: Option<Offset>,
    spot_interruption: Option<SpotAction>,
    rebalance: Option<Yes>,
    maintenance: Option<MaintenanceCode>,
    autoscaling: Option<AutoScalingState>,
    metadata_options: Option<OptionsChange>,

    target: Option<Target>,
    version: Option<u8>,
    rate: Option<f64>,
    retry_after: Option<Span>,
    notice: Option<Span>,
}

/// `true`, for what takes no more than its name.
#[derive(Clone, Copy, Debug)]
struct Yes;

/// The name of an IAM role.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct RoleName(String);

/// The scenario in a file's bytes: decode, parse, check.
pub(super) fn scenario(path: &Path, bytes: &[u8]) -> Result<Scenario, Fault> {
    if bytes.len() > Scenario::MAX_FILE {
        let problem =
            format!("the file is larger than {} bytes; use every for repetitions", Scenario::MAX_FILE);
        return Err(Fault::at(path, Position::START, problem));
    }
    let text = toml_source::decode(path, bytes)?;
    let raw: RawScenario = toml_source::read(path, text, &GUIDE)?;
    Source { path, text }.checked(raw)
}

#[derive(Clone, Copy)]
struct Source<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Source<'_> {
    fn checked(self, raw: RawScenario) -> Result<Scenario, Fault> {
        for (key, text) in [("name", &raw.name), ("question", &raw.question)] {
            if text.trim().is_empty() || text.chars().any(char::is_control) {
                return Err(self.wrong(key, format!("{key}: a text of one line is needed")));
            }
        }
        let compress = raw.compress.unwrap_or(1);
        if !(1..=Settings::MOST_COMPRESSED).contains(&compress) {
            let problem = format!("compress: {compress} is not between 1 and {}", Settings::MOST_COMPRESSED);
            return Err(self.wrong("compress", problem));
        }
        let duration = self.lasting("duration", raw.duration)?;
        if raw.at.len() > Scenario::MAX_EVENTS {
            return Err(self.wrong("at", format!("more than {} events; use every", Scenario::MAX_EVENTS)));
        }
        let credentials = self.credentials(&raw.credentials)?;
        let events = raw.at.into_iter().enumerate();
        let events = events.map(|(place, event)| self.event(place, event, duration));
        let events = events.collect::<Result<Vec<_>, _>>()?;
        let scenario = Scenario {
            name: raw.name,
            question: raw.question,
            measure: raw.measure,
            seed: raw.seed.into(),
            duration,
            compress,
            credentials,
            events,
        };
        // What only the whole time line shows.
        Plan::of(&scenario, Settings::default())
            .map_err(|error| self.wrong(&error.key(), error.to_string()))?;
        Ok(scenario)
    }

    fn credentials(self, raw: &RawCredentials) -> Result<CredentialTimes, Fault> {
        let positive = |key: &str, span: Option<Span>| {
            span.map(|span| self.lasting(&format!("credentials.{key}"), span)).transpose()
        };
        Ok(CredentialTimes {
            interval: positive("interval", raw.interval)?,
            lifetime: positive("lifetime", raw.lifetime)?,
            refresh_window: raw.refresh_window.map_or(Duration::ZERO, |span| span.0),
        })
    }

    fn event(self, place: usize, mut raw: RawEvent, duration: Duration) -> Result<Event, Fault> {
        let wrong = |key: &str, problem: String| self.wrong(&format!("at[{place}].{key}"), problem);
        let span = |span: &Option<Span>| span.map(|span| span.0);
        if raw.time.0 >= duration {
            let problem =
                format!("time: {} is not before the end of the scenario, {}", raw.time, Span(duration));
            return Err(wrong("time", problem));
        }
        let (name, action) = self.action(place, &mut raw)?;
        if let Some(Span(lasting)) = raw.lasting {
            if action.is_instant() {
                return Err(wrong("for", format!("for: {name} happens and is over; leave for out")));
            }
            if lasting.is_zero() {
                return Err(wrong("for", "for: something longer than 0s is needed".to_owned()));
            }
        }
        if let Some(Span(every)) = raw.every {
            let busy = span(&raw.lasting).unwrap_or_default() + span(&raw.jitter).unwrap_or_default();
            if every.is_zero() || every < busy {
                let problem =
                    format!("every: {} is shorter than one repetition takes; make it longer", Span(every));
                return Err(wrong("every", problem));
            }
            if raw.lasting.is_none() && !action.is_instant() {
                return Err(wrong("every", format!("every: {name} never ends; say for how long, with for")));
            }
        }
        Ok(Event {
            time: raw.time.0,
            jitter: span(&raw.jitter).unwrap_or_default(),
            every: span(&raw.every),
            lasting: span(&raw.lasting),
            action,
        })
    }

    /// The one action of an event, under its key.
    fn action(self, place: usize, raw: &mut RawEvent) -> Result<(&'static str, Action), Fault> {
        let wrong = |key: &str, problem: String| self.wrong(&format!("at[{place}].{key}"), problem);
        let mut actions = raw.actions();
        match (actions.pop(), actions.pop()) {
            (None, _) => {
                let hint = format!("one of {}", ACTIONS.join(", "));
                Err(wrong("time", "[[at]] has no action".to_owned()).with_hint(Some(hint)))
            }
            (Some((second, _)), Some((first, _))) => {
                let problem =
                    format!("[[at]] has two actions, {first} and {second}; give each an [[at]] of its own");
                Err(wrong(second, problem))
            }
            (Some((name, draft)), None) => {
                let action = self.completed(place, name, draft, raw)?;
                if let Some(key) = raw.stray() {
                    return Err(wrong(key, format!("{key}: means nothing to {name}; leave it out")));
                }
                Ok((name, action))
            }
        }
    }

    /// An action with what stands beside it.
    fn completed(
        self,
        place: usize,
        name: &'static str,
        draft: Draft,
        raw: &mut RawEvent,
    ) -> Result<Action, Fault> {
        let wrong = |key: &str, problem: String| self.wrong(&format!("at[{place}].{key}"), problem);
        Ok(match draft {
            Draft::Whole(Action::PacketBudget(0)) => {
                return Err(wrong(name, "packet-budget: at least 1 packet a second is needed".to_owned()));
            }
            Draft::Whole(Action::MetadataOptions(change)) if change == OptionsChange::default() => {
                return Err(wrong(name, "metadata-options: names no option to change".to_owned()));
            }
            Draft::Whole(action) => action,
            Draft::Spot(action) => {
                let usual = if action == SpotAction::Hibernate { Duration::ZERO } else { SPOT_NOTICE };
                Action::SpotInterruption { action, notice: raw.notice.take().map_or(usual, |span| span.0) }
            }
            Draft::Maintenance(code) => Action::Maintenance {
                code,
                notice: raw.notice.take().map_or(MAINTENANCE_NOTICE, |span| span.0),
            },
            Draft::Request(mut effect) => {
                if let Effect::Status { code, retry_after } = &mut effect {
                    if !(400..=599).contains(code) {
                        return Err(wrong(name, format!("status: {code} is no error, 400 to 599")));
                    }
                    // The header counts whole seconds; less than one would be none.
                    let seconds = raw.retry_after.take().map(|span| span.0.as_millis().div_ceil(1000));
                    *retry_after = seconds.map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX));
                }
                let rate = raw.rate.take().unwrap_or(1.0);
                if !(0.0..=1.0).contains(&rate) {
                    return Err(wrong(
                        "rate",
                        "rate: a share of the requests is needed, from 0 to 1".to_owned(),
                    ));
                }
                let version = match raw.version.take() {
                    None => None,
                    Some(1) => Some(ServiceVersion::V1),
                    Some(2) => Some(ServiceVersion::V2),
                    Some(other) => {
                        return Err(wrong("version", format!("version: {other} is neither 1 nor 2")));
                    }
                };
                let target = raw.target.take().unwrap_or(Target::Everything);
                Action::Request(RequestFault { effect, target, version, rate })
            }
        })
    }

    fn lasting(self, key: &str, span: Span) -> Result<Duration, Fault> {
        let name = key.rsplit('.').next().unwrap_or(key);
        if span.0 < Duration::from_secs(1) {
            return Err(self.wrong(key, format!("{name}: at least 1s is needed")));
        }
        Ok(span.0)
    }

    fn wrong(self, key: &str, problem: impl Into<String>) -> Fault {
        let (offset, _) = offset_of(self.text, key);
        Fault::at(self.path, Position::of(self.text, offset), problem)
    }
}

/// An action as far as its own key tells it.
enum Draft {
    Whole(Action),
    Request(Effect),
    Spot(SpotAction),
    Maintenance(MaintenanceCode),
}

impl RawEvent {
    /// The actions that are there, in the order of [`ACTIONS`].
    fn actions(&mut self) -> Vec<(&'static str, Draft)> {
        use Draft::{Maintenance, Request, Spot, Whole};
        let all = [
            self.rotate_early.map(|Yes| Whole(Action::RotateEarly)),
            self.rotate_late.map(|Yes| Whole(Action::RotateLate)),
            self.expired_set.map(|ago| Whole(Action::ExpiredSet(ago.0))),
            self.overlap.map(|span| Whole(Action::Overlap(span.0))),
            self.swap_role.take().map(|role| Whole(Action::SwapRole(role.0))),
            self.remove_role.map(|what| Whole(Action::RemoveRole(what))),
            self.assume_role_unauthorized.map(|Yes| Whole(Action::RefuseRole)),
            self.lose_tokens.map(|Yes| Whole(Action::LoseTokens)),
            self.reject_tokens.map(|Yes| Request(Effect::RejectToken)),
            self.status.map(|code| Request(Effect::Status { code, retry_after: None })),
            self.slow.map(|by| Request(Effect::Slow(by.0))),
            self.hang.map(|Yes| Request(Effect::Hang)),
            self.reset.map(|moment| Request(Effect::Reset(moment))),
            self.packet_budget.map(|packets| Whole(Action::PacketBudget(packets))),
            self.clock_skew.map(|offset| Whole(Action::ClockSkew(offset))),
            self.spot_interruption.map(Spot),
            self.rebalance.map(|Yes| Whole(Action::Rebalance)),
            self.maintenance.map(Maintenance),
            self.autoscaling.map(|state| Whole(Action::AutoScaling(state))),
            self.metadata_options.map(|change| Whole(Action::MetadataOptions(change))),
        ];
        ACTIONS.into_iter().zip(all).filter_map(|(name, draft)| Some((name, draft?))).collect()
    }

    /// A key beside the action that the action did not take.
    fn stray(&self) -> Option<&'static str> {
        let keys = [
            ("target", self.target.is_some()),
            ("version", self.version.is_some()),
            ("rate", self.rate.is_some()),
            ("retry-after", self.retry_after.is_some()),
            ("notice", self.notice.is_some()),
        ];
        keys.into_iter().find_map(|(key, there)| there.then_some(key))
    }
}

impl<'de> Deserialize<'de> for Yes {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if bool::deserialize(from)? {
            Ok(Self)
        } else {
            Err(D::Error::custom("false is the same as no key; leave it out"))
        }
    }
}

impl TryFrom<String> for RoleName {
    type Error = String;

    /// IAM's rule for role names (IAM API reference, `CreateRole`).
    fn try_from(name: String) -> Result<Self, String> {
        let usable = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        if (1..=64).contains(&name.len()) && name.chars().all(usable) {
            return Ok(Self(name));
        }
        Err("a role name has 1 to 64 letters, digits or _+=,.@-".to_owned())
    }
}

/// The keys of actions, as [`RawEvent::actions`] goes through them.
const ACTIONS: [&str; 20] = [
    "rotate-early",
    "rotate-late",
    "expired-set",
    "overlap",
    "swap-role",
    "remove-role",
    "assume-role-unauthorized",
    "lose-tokens",
    "reject-tokens",
    "status",
    "slow",
    "hang",
    "reset",
    "packet-budget",
    "clock-skew",
    "spot-interruption",
    "rebalance",
    "maintenance",
    "autoscaling",
    "metadata-options",
];

const GUIDE: Guide = Guide { lists: &["at"], reference: "docs/scenarios.md lists what may stand in [[at]]" };

/// EC2 user guide, "Spot Instance interruption notices".
const SPOT_NOTICE: Duration = Duration::from_secs(120);
/// Two weeks are usual.
const MAINTENANCE_NOTICE: Duration = Duration::from_secs(14 * 86_400);
