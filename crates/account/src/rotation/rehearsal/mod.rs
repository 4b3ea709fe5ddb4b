//! Rotation as it should not go, to see what becomes of clients: early, late, never, with sets that have expired.
//!
//! Rule: sets still follow from the master key, the request and the rehearsal alone. The same rehearsal on the same time
//! line gives the same sets, and every set opens to the times that it was issued with. Times are exact, without the spread
//! that EC2 shows, so that a rehearsal can be read off its documents.

#[cfg(test)]
mod tests;

use std::time::Duration;

use types::Timestamp;

use super::{IssuedSession, MAX_LIFETIME, RotationSchedule, SessionRequest, lane, millis};
use crate::SessionIssuer;

/// How rotation departs from its schedule. The default does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RotationRehearsal {
    course: Option<RotationCourse>,
    served: ServedSet,
}

/// Other times of rotation, from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationCourse {
    since: Timestamp,
    interval: Duration,
    lifetime: Duration,
}

/// The times do not make a course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RotationCourseError {
    #[error("rotation interval {0:?} is shorter than a second, the smallest step of the times in documents")]
    IntervalTooShort(Duration),
    #[error("session lifetime {0:?} is outside a second to {MAX_LIFETIME:?}")]
    LifetimeOutOfRange(Duration),
}

/// Which of the sets is handed out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ServedSet {
    /// The newest.
    #[default]
    Newest,
    /// The newest of that moment, also when it has expired.
    HeldSince(Timestamp),
    /// One that had expired for so long at that moment.
    Expired { at: Timestamp, ago: Duration },
}

impl RotationCourse {
    /// A new set at `since` and then every `interval`, each for exactly `lifetime`, both cut to whole seconds. A set
    /// outlives its successor's arrival by what `lifetime` is longer than `interval`; where it is shorter, what is
    /// served between has expired.
    pub fn new(
        since: Timestamp,
        interval: Duration,
        lifetime: Duration,
    ) -> Result<Self, RotationCourseError> {
        let (interval, lifetime) = (whole(interval), whole(lifetime));
        if interval.is_zero() {
            return Err(RotationCourseError::IntervalTooShort(interval));
        }
        if lifetime.is_zero() || lifetime > MAX_LIFETIME {
            return Err(RotationCourseError::LifetimeOutOfRange(lifetime));
        }
        Ok(Self { since, interval, lifetime })
    }

    /// The schedule's own times, from `since` on.
    pub fn of(schedule: &RotationSchedule, since: Timestamp) -> Self {
        Self { since, interval: schedule.interval, lifetime: schedule.lifetime }
    }

    /// The number and the start of the set that is the newest at `now`.
    fn slot(&self, since: Timestamp, now: Timestamp) -> (i64, Timestamp) {
        let first = since.trunc_secs();
        let number = (now.millis() - first.millis()).div_euclid(millis(self.interval));
        (number, Timestamp::from_millis(first.millis() + number * millis(self.interval)))
    }
}

impl RotationRehearsal {
    /// Sets by another course, from its first moment on.
    #[must_use]
    pub fn on(self, course: RotationCourse) -> Self {
        Self { course: Some(course), served: ServedSet::Newest }
    }

    /// A new set at `now`, however good the old one is; the next ones follow at the same distance as before.
    #[must_use]
    pub fn rotated(self, schedule: &RotationSchedule, now: Timestamp) -> Self {
        let course = self.course.unwrap_or_else(|| RotationCourse::of(schedule, now));
        self.on(RotationCourse { since: now, ..course })
    }

    /// No set after the one of `now`: rotation is late until it is [`rotated`](Self::rotated), and what is served
    /// meanwhile expires.
    #[must_use]
    pub fn held(self, now: Timestamp) -> Self {
        match self.served {
            ServedSet::Newest => Self { served: ServedSet::HeldSince(now), ..self },
            // It is late already.
            ServedSet::HeldSince(_) | ServedSet::Expired { .. } => self,
        }
    }

    /// From now on a set that expired `ago` before `now`, until it is [`rotated`](Self::rotated).
    #[must_use]
    pub fn expired(self, now: Timestamp, ago: Duration) -> Self {
        Self { served: ServedSet::Expired { at: now, ago }, ..self }
    }
}

impl SessionIssuer {
    /// The set that `request` gets at `now`, with rotation as rehearsed.
    ///
    /// A role that was attached later than rotation was held gets its first set all the same, and so does a course.
    pub fn issue_rehearsed(
        &self,
        schedule: &RotationSchedule,
        rehearsal: &RotationRehearsal,
        request: &SessionRequest<'_>,
        now: Timestamp,
    ) -> IssuedSession {
        let newest = |now| match &rehearsal.course {
            Some(course) => self.issue_on_course(course, request, now),
            None => self.issue_scheduled(schedule, request, now),
        };
        match rehearsal.served {
            ServedSet::Newest => newest(now),
            ServedSet::HeldSince(moment) => {
                let first = rehearsal.course.map_or(request.since, |course| course.since.max(request.since));
                let moment = moment.max(first).min(now);
                IssuedSession { fresh_until: Timestamp::MAX, ..newest(moment) }
            }
            ServedSet::Expired { at, ago } => {
                let lifetime = rehearsal.course.map_or(schedule.lifetime, |course| course.lifetime);
                let end = at.trunc_secs() - whole(ago);
                let request = SessionRequest { since: at, ..request.clone() };
                let set = Exact { label: "expired set", number: 0, start: end - lifetime, lifetime };
                IssuedSession { fresh_until: Timestamp::MAX, ..self.issue_exact(&set, &request) }
            }
        }
    }

    fn issue_on_course(
        &self,
        course: &RotationCourse,
        request: &SessionRequest<'_>,
        now: Timestamp,
    ) -> IssuedSession {
        let request = SessionRequest { since: course.since.max(request.since), ..request.clone() };
        let (number, start) = course.slot(request.since, now);
        let set = Exact { label: "rehearsed set", number, start, lifetime: course.lifetime };
        IssuedSession { fresh_until: start + course.interval, ..self.issue_exact(&set, &request) }
    }

    /// The set that is good for exactly so long. Its lifetime is among what it follows from: a key id never belongs to
    /// two sessions.
    fn issue_exact(&self, set: &Exact, request: &SessionRequest<'_>) -> IssuedSession {
        let mut context = request.context(set.number, lane(request.delivery)).to_vec();
        context
            .extend([set.start.millis().to_be_bytes().to_vec(), millis(set.lifetime).to_be_bytes().to_vec()]);
        let derived = self.derived(set.label, &context);
        let end = set.start + set.lifetime;
        let claims = request.claims(set.start, end);
        IssuedSession {
            credentials: self.issue_plain(&claims, std::array::from_fn(|i| derived[8 + i])),
            last_updated: set.start,
            fresh_until: end,
        }
    }
}

/// A set whose times are as they were asked for.
struct Exact {
    label: &'static str,
    number: i64,
    start: Timestamp,
    lifetime: Duration,
}

fn whole(span: Duration) -> Duration {
    Duration::from_secs(span.as_secs())
}
