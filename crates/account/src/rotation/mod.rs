//! When an instance gets which credentials, without storing any.
//!
//! Set number k is issued at `since + k · interval`. Key id, token and times of a set follow from the master key, the
//! instance, the role, the delivery and k alone, so every replica hands out the same set, also after a restart. What
//! EC2 shows is kept (facts/imds.md sections 1.4 and 2.1): a set lives for about 6 h 35 min and is replaced about every
//! hour; versions 1 and 2 get different sets with different `LastUpdated` and the same `Expiration`. Container endpoints
//! have a set of their own, which lives for six hours, as task roles' sessions do.

mod rehearsal;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;
use std::time::Duration;

use types::{AccountId, Arn, Credentials, InstanceId, Timestamp};
use zeroize::Zeroizing;

pub use rehearsal::{RotationCourse, RotationCourseError, RotationRehearsal};

use crate::{InstanceOrigin, RoleDelivery, SessionClaims, SessionIssuer, SessionPrincipal, SessionRole};

/// How often sets are issued and how long one lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationSchedule {
    interval: Duration,
    lifetime: Duration,
}

/// The times do not make a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RotationScheduleError {
    #[error("rotation interval {0:?} is shorter than {MIN_INTERVAL:?}; make it longer")]
    IntervalTooShort(Duration),
    #[error(
        "session lifetime {lifetime:?} is outside {min:?} (which follows from the interval) to {MAX_LIFETIME:?}"
    )]
    LifetimeOutOfRange { lifetime: Duration, min: Duration },
}

/// Whose credentials are asked for, and how.
#[derive(Clone, Debug)]
pub struct SessionRequest<'a> {
    pub instance_id: &'a InstanceId,
    pub account_id: AccountId,
    /// The role of the instance profile; `None` asks for the instance's own identity.
    pub role: Option<SessionRole>,
    /// From when on sets are issued: association of the profile, or launch.
    pub since: Timestamp,
    /// By which version of the metadata service, or, as `None`, by a container endpoint.
    pub delivery: Option<RoleDelivery>,
    pub instance_arn: &'a Arn,
    pub vpc_id: &'a str,
    pub private_ipv4: Option<Ipv4Addr>,
}

/// The set in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedSession {
    pub credentials: Credentials,
    pub last_updated: Timestamp,
    /// Until when the same request gets this same set; before its expiration.
    pub fresh_until: Timestamp,
}

impl RotationSchedule {
    /// A schedule with a new set every `interval`, each for at most `lifetime`, both in whole seconds. Sets must overlap
    /// by enough that the one served never has expired.
    pub fn new(interval: Duration, lifetime: Duration) -> Result<Self, RotationScheduleError> {
        // Fractions are cut, so that the times of every set are whole seconds, as on the wire.
        let (interval, lifetime) =
            (Duration::from_secs(interval.as_secs()), Duration::from_secs(lifetime.as_secs()));
        if interval < MIN_INTERVAL {
            return Err(RotationScheduleError::IntervalTooShort(interval));
        }
        let min = least_lifetime(interval);
        if lifetime < min || lifetime > MAX_LIFETIME {
            return Err(RotationScheduleError::LifetimeOutOfRange { lifetime, min });
        }
        Ok(Self { interval, lifetime })
    }

    pub fn interval(&self) -> Duration {
        self.interval
    }

    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// The slot that `now` lies in: its number and its start. Slots before `since` have negative numbers: a request that
    /// comes early, by a clock that lags, gets a set that is valid and the same for everybody.
    fn slot(&self, since: Timestamp, now: Timestamp) -> (i64, Timestamp) {
        let since = since.trunc_secs();
        let interval = millis(self.interval);
        let number = (now.millis() - since.millis()).div_euclid(interval);
        (number, Timestamp::from_millis(since.millis() + number * interval))
    }

    /// How long a container endpoint's set lives; as long as any other where rotation is slower than that.
    fn container_lifetime(&self) -> Duration {
        if CONTAINER_LIFETIME >= least_lifetime(self.interval) {
            CONTAINER_LIFETIME.min(self.lifetime)
        } else {
            self.lifetime
        }
    }

    /// By how much `LastUpdated` may lie before the slot's start: half of it for each delivery.
    fn spread_secs(&self) -> u64 {
        (self.interval.as_secs() / 120).clamp(1, 30)
    }
}

/// One hour, and 6 h 35 min: what EC2 was seen to do.
impl Default for RotationSchedule {
    fn default() -> Self {
        Self { interval: Duration::from_secs(3600), lifetime: Duration::from_secs(6 * 3600 + 35 * 60) }
    }
}

impl SessionIssuer {
    /// The set that `request` gets at `now`.
    pub fn issue_scheduled(
        &self,
        schedule: &RotationSchedule,
        request: &SessionRequest<'_>,
        now: Timestamp,
    ) -> IssuedSession {
        let (number, start) = schedule.slot(request.since, now);
        let of_slot = self.derived("rotation slot", &request.context(number, ""));
        let of_set = self.derived("rotation set", &request.context(number, lane(request.delivery)));

        let last_updated = start - lead(schedule, request.delivery, &of_set);
        let expires_at = match request.delivery {
            Some(_) => start + (schedule.lifetime - cut(schedule, &of_slot)),
            None => last_updated + schedule.container_lifetime(),
        };
        let claims = request.claims(last_updated, expires_at);
        IssuedSession {
            credentials: self.issue_plain(&claims, std::array::from_fn(|i| of_set[8 + i])),
            last_updated,
            fresh_until: start + schedule.interval,
        }
    }

    fn derived(&self, label: &str, context: &[Vec<u8>]) -> Zeroizing<[u8; 32]> {
        let parts: Vec<&[u8]> = context.iter().map(Vec::as_slice).collect();
        self.derive(label, &parts)
    }
}

impl SessionRequest<'_> {
    fn claims(&self, issued_at: Timestamp, expires_at: Timestamp) -> SessionClaims {
        let principal = self.role.clone().map_or(SessionPrincipal::InstanceIdentity, SessionPrincipal::Role);
        let name = self.instance_id.as_str();
        let origin = InstanceOrigin {
            source_instance_arn: self.instance_arn.clone(),
            source_vpc: self.vpc_id.to_owned(),
            source_private_ipv4: self.private_ipv4,
            role_delivery: self.delivery,
        };
        let claims = SessionClaims::new(self.account_id, principal, name, issued_at, expires_at);
        SessionClaims { origin: Some(origin), ..claims }
    }

    /// What a set follows from; with an empty delivery, what both deliveries share.
    fn context(&self, number: i64, delivery: &str) -> [Vec<u8>; 7] {
        let text = |text: &str| text.as_bytes().to_vec();
        [
            text(&self.account_id.to_string()),
            text(self.instance_id.as_str()),
            text(self.role.as_ref().map_or("", |role| role.arn.as_str())),
            text(self.role.as_ref().map_or("", |role| role.id.as_str())),
            self.since.millis().to_be_bytes().to_vec(),
            number.to_be_bytes().to_vec(),
            text(delivery),
        ]
    }
}

/// What sets the deliveries' sets apart.
fn lane(delivery: Option<RoleDelivery>) -> &'static str {
    delivery.map_or(CONTAINER_LANE, RoleDelivery::as_str)
}

/// Version 2 gets its set in the nearer half of the spread before the slot's start, version 1 in the farther half: the
/// two always differ, and neither lies ahead of `now`.
fn lead(schedule: &RotationSchedule, delivery: Option<RoleDelivery>, derived: &[u8; 32]) -> Duration {
    let spread = schedule.spread_secs();
    let within = word(derived) % spread;
    Duration::from_secs(match delivery {
        Some(RoleDelivery::V2) | None => within,
        Some(RoleDelivery::V1) => spread + within,
    })
}

/// By how much a set's life, counted from the slot's start, is shorter than the schedule's: at least the longest lead,
/// so that no set lives longer than the schedule says, and up to a twelfth, which makes 6 h 02 min of 6 h 35 min.
fn cut(schedule: &RotationSchedule, derived: &[u8; 32]) -> Duration {
    let least = 2 * schedule.spread_secs();
    let most = (schedule.lifetime.as_secs() / 12).max(least);
    Duration::from_secs(least + word(derived) % (most - least + 1))
}

/// A set may be shorter by a twelfth than its lifetime, and must still outlast its interval.
fn least_lifetime(interval: Duration) -> Duration {
    interval + interval / 6
}

fn word(derived: &[u8; 32]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *derived;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Below this, the seconds of `LastUpdated` and `Expiration` could not tell sets apart.
const MIN_INTERVAL: Duration = Duration::from_secs(60);

/// Of the credentials of a task (ECS developer guide, "Task IAM role") and of a pod (EKS user guide, "Pod Identity").
const CONTAINER_LIFETIME: Duration = Duration::from_secs(6 * 3600);
/// What sets a container endpoint's sets apart from those of the metadata service.
const CONTAINER_LANE: &str = "container";

/// The longest session that STS issues.
const MAX_LIFETIME: Duration = Duration::from_secs(36 * 3600);
