//! Rehearsed rotation, case by case from `testdata/rotation.txt`.

use std::collections::HashMap;

use super::*;
use crate::rotation::tests::{issuer, with_request};
use crate::{RoleDelivery, SessionError};

const CASES: &str = include_str!("../../../testdata/rotation.txt");
/// When the profile was associated.
const SINCE: i64 = 1_700_000_000;

/// A case under way.
struct Run<'a> {
    case: &'a str,
    rehearsal: Option<RotationRehearsal>,
    sets: HashMap<&'a str, IssuedSession>,
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(SINCE + secs)
}

fn served(rehearsal: Option<&RotationRehearsal>, delivery: Option<RoleDelivery>, now: i64) -> IssuedSession {
    let schedule = RotationSchedule::default();
    with_request(at(0), delivery, |request| match rehearsal {
        Some(rehearsal) => issuer().issue_rehearsed(&schedule, rehearsal, request, at(now)),
        None => issuer().issue_scheduled(&schedule, request, at(now)),
    })
}

impl<'a> Run<'a> {
    fn step(&mut self, line: &'a str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let now: i64 = words[0].parse().unwrap();
        let secs = |place: usize| Duration::from_secs(words[place].parse().unwrap());
        let schedule = RotationSchedule::default();
        let rehearsal = self.rehearsal.unwrap_or_default();
        self.rehearsal = match words[1] {
            "course" => Some(rehearsal.on(RotationCourse::new(at(now), secs(2), secs(3)).unwrap())),
            "rotate" => Some(rehearsal.rotated(&schedule, at(now) + self.within_second())),
            "hold" => Some(rehearsal.held(at(now))),
            "expire" => Some(rehearsal.expired(at(now), secs(2))),
            "end" => None,
            "set" => return self.check(line, now, words[2], &words[3..]),
            other => panic!("{other} in {line}"),
        };
    }

    /// So that two switches within a second differ, as they do by a clock.
    fn within_second(&self) -> Duration {
        Duration::from_millis(self.sets.len() as u64)
    }

    fn check(&mut self, line: &str, now: i64, letter: &'a str, times: &[&str]) {
        let context = format!("{}: {line}", self.case);
        let set = served(self.rehearsal.as_ref(), Some(RoleDelivery::V2), now);
        let known = self.sets.entry(letter).or_insert_with(|| set.clone());
        assert_eq!(set.credentials, known.credentials, "{context}");
        for (other, before) in &self.sets {
            let same = before.credentials.access_key_id == set.credentials.access_key_id;
            assert_eq!(same, *other == letter, "{context}: {other}");
        }
        let end = set.credentials.expiration.unwrap();
        if let [updated, expires] = times {
            let expected = [at(updated.parse().unwrap()), at(expires.parse().unwrap())];
            assert_eq!([set.last_updated, end], expected, "{context}");
        }
        check_session(&set, now, &context);
    }
}

/// The token opens to the times that the set was issued with, while it is good.
fn check_session(set: &IssuedSession, now: i64, context: &str) {
    let expired_at = set.credentials.expiration.unwrap();
    let token = set.credentials.session_token.clone().unwrap();
    let open = |now| issuer().open(token.expose(), &set.credentials.access_key_id, now);
    let claims = open(set.last_updated).unwrap().claims;
    assert_eq!((claims.issued_at, claims.expires_at), (set.last_updated, expired_at), "{context}");
    let expected = if at(now) < expired_at { Ok(()) } else { Err(SessionError::Expired { expired_at }) };
    assert_eq!(open(at(now)).map(|_| ()), expected, "{context}");
}

#[test]
fn sets_are_served_as_the_cases_say() {
    let mut run: Option<Run<'_>> = None;
    for line in CASES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match (line.strip_prefix("case "), &mut run) {
            (Some(case), _) => run = Some(Run { case, rehearsal: None, sets: HashMap::new() }),
            (None, Some(run)) => run.step(line),
            (None, None) => panic!("{line} before any case"),
        }
    }
}

#[test]
fn a_set_stays_for_as_long_as_it_says() {
    let schedule = RotationSchedule::default();
    let minute = RotationCourse::new(at(0), Duration::from_secs(60), Duration::from_secs(90)).unwrap();
    let on = RotationRehearsal::default().on(minute);
    for (rehearsal, until) in [
        (on, at(120)),
        (on.held(at(60)), Timestamp::MAX),
        (on.expired(at(60), Duration::ZERO), Timestamp::MAX),
        (RotationRehearsal::default().rotated(&schedule, at(100)), at(3700)),
        (RotationRehearsal::default(), at(3600)),
    ] {
        assert_eq!(served(Some(&rehearsal), Some(RoleDelivery::V2), 100).fresh_until, until, "{rehearsal:?}");
    }
}

#[test]
fn a_course_later_than_the_hold_is_held_at_its_first_set() {
    let course = RotationCourse::new(at(20), Duration::from_secs(60), Duration::from_secs(90)).unwrap();
    let held = RotationRehearsal::default().on(course).held(at(10));
    for now in [20, 500] {
        assert_eq!(served(Some(&held), Some(RoleDelivery::V2), now).last_updated, at(20), "{now}");
    }
}

#[test]
fn deliveries_and_roles_have_sets_of_their_own() {
    let course = RotationCourse::new(at(0), Duration::from_secs(60), Duration::from_secs(90)).unwrap();
    let on = RotationRehearsal::default().on(course);
    for rehearsal in [on, on.held(at(5)), on.expired(at(5), Duration::from_secs(1))] {
        let sets = [Some(RoleDelivery::V1), Some(RoleDelivery::V2), None]
            .map(|delivery| served(Some(&rehearsal), delivery, 10).credentials);
        assert_eq!(sets[0].expiration, sets[1].expiration);
        assert_eq!(sets[1].expiration, sets[2].expiration);
        let ids: std::collections::HashSet<_> = sets.iter().map(|set| set.access_key_id.as_str()).collect();
        assert_eq!(ids.len(), 3, "{rehearsal:?}");
    }
}

#[test]
fn a_role_attached_while_rotation_is_late_gets_its_first_set() {
    let schedule = RotationSchedule::default();
    let course = RotationCourse::new(at(0), Duration::from_secs(60), Duration::from_secs(90)).unwrap();
    for rehearsal in [RotationRehearsal::default(), RotationRehearsal::default().on(course)] {
        let held = rehearsal.held(at(10));
        let served = |since, now| {
            with_request(at(since), None, |request| {
                issuer().issue_rehearsed(&schedule, &held, request, at(now))
            })
        };
        let first = served(600, 600);
        assert!(at(600).since(first.last_updated) <= Duration::from_secs(30), "{first:?}");
        assert_eq!(served(600, 5000), first);
        assert_ne!(served(0, 600).credentials.access_key_id, first.credentials.access_key_id);
    }
}

#[test]
fn impossible_courses_are_refused() {
    let secs = Duration::from_secs;
    for (interval, lifetime, valid) in [
        (secs(1), secs(1), true),
        (Duration::from_millis(999), secs(1), false),
        (secs(1), Duration::from_millis(999), false),
        (secs(1), MAX_LIFETIME, true),
        (secs(1), MAX_LIFETIME + secs(1), false),
    ] {
        assert_eq!(
            RotationCourse::new(at(0), interval, lifetime).is_ok(),
            valid,
            "{interval:?} {lifetime:?}"
        );
    }
}
