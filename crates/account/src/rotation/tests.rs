//! The schedule: overlap, equality across replicas, and EC2's times.

use proptest::prelude::*;
use types::UniqueId;

use super::*;
use crate::{Keyring, MasterKey};

const HOUR: i64 = 3_600_000;

pub(super) fn issuer() -> SessionIssuer {
    SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32])))
}

/// Calls `check` with a request, which borrows.
pub(super) fn with_request<T>(
    since: Timestamp,
    delivery: Option<RoleDelivery>,
    check: impl FnOnce(&SessionRequest<'_>) -> T,
) -> T {
    let account_id = AccountId::from_number(111_122_223_333).unwrap();
    check(&SessionRequest {
        instance_id: &"i-0123456789abcdef0".parse().unwrap(),
        account_id,
        role: Some(SessionRole {
            arn: "arn:aws:iam::111122223333:role/web".parse().unwrap(),
            id: UniqueId::role(account_id, [3; 10]),
        }),
        since,
        delivery,
        instance_arn: &"arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0".parse().unwrap(),
        vpc_id: "vpc-0a1b2c3d4e5f60718",
        private_ipv4: None,
    })
}

fn issued(since: i64, delivery: impl Into<Option<RoleDelivery>>, now: i64) -> IssuedSession {
    let schedule = RotationSchedule::default();
    with_request(Timestamp::from_millis(since), delivery.into(), |request| {
        issuer().issue_scheduled(&schedule, request, Timestamp::from_millis(now))
    })
}

#[test]
fn set_stays_the_same_for_an_interval_and_then_changes() {
    let since = 1_700_000_000_123;
    let start = since - 123;
    let first = issued(since, RoleDelivery::V2, start);
    assert_eq!(issued(since, RoleDelivery::V2, start + HOUR - 1), first);
    assert_eq!(first.fresh_until.millis(), start + HOUR);
    let second = issued(since, RoleDelivery::V2, start + HOUR);
    assert_ne!(second.credentials.access_key_id, first.credentials.access_key_id);
    assert_ne!(second.credentials.secret_access_key, first.credentials.secret_access_key);
    assert!(first.credentials.expiration.unwrap() > second.fresh_until);
}

#[test]
fn deliveries_differ_in_all_but_their_expiration() {
    for hours in 0..200 {
        let now = 1_700_000_000_000 + hours * HOUR;
        let (v1, v2) = (issued(0, RoleDelivery::V1, now), issued(0, RoleDelivery::V2, now));
        assert_ne!(v1.credentials.access_key_id, v2.credentials.access_key_id);
        assert_ne!(v1.credentials.secret_access_key, v2.credentials.secret_access_key);
        assert_ne!(v1.credentials.session_token, v2.credentials.session_token);
        assert_ne!(v1.last_updated, v2.last_updated);
        assert_eq!(v1.credentials.expiration, v2.credentials.expiration);
    }
}

#[test]
fn containers_get_a_set_of_their_own_for_six_hours() {
    let now = 1_700_000_000_000;
    let (v2, container) = (issued(0, RoleDelivery::V2, now), issued(0, None, now));
    assert_ne!(container.credentials.access_key_id, v2.credentials.access_key_id);
    assert_eq!(
        container.credentials.expiration.unwrap().since(container.last_updated),
        Duration::from_secs(6 * 3600)
    );
    let token = container.credentials.session_token.clone().unwrap();
    let session = issuer()
        .open(token.expose(), &container.credentials.access_key_id, Timestamp::from_millis(now))
        .unwrap();
    assert_eq!(session.claims.origin.unwrap().role_delivery, None);
    assert_eq!(issued(0, None, container.fresh_until.millis() - 1), container);
    assert_ne!(issued(0, None, container.fresh_until.millis()), container);
}

#[test]
fn a_new_association_gets_new_sets() {
    let now = 1_700_000_000_000;
    let (one, two) =
        (issued(now - HOUR, RoleDelivery::V2, now), issued(now - 2 * HOUR, RoleDelivery::V2, now));
    assert_ne!(one.credentials.access_key_id, two.credentials.access_key_id);
}

#[test]
fn token_opens_to_what_was_asked_for() {
    let now = Timestamp::from_millis(1_700_000_000_000);
    let set = issued(now.millis(), RoleDelivery::V1, now.millis());
    let token = set.credentials.session_token.unwrap();
    let session = issuer().open(token.expose(), &set.credentials.access_key_id, now).unwrap();
    assert_eq!(session.claims.origin.as_ref().unwrap().role_delivery, Some(RoleDelivery::V1));
    assert_eq!(session.claims.issued_at, set.last_updated);
    assert_eq!(session.claims.session_name, "i-0123456789abcdef0");
    assert_eq!(session.secret_access_key, set.credentials.secret_access_key);
}

#[test]
fn impossible_schedules_are_refused() {
    let minutes = |n: u64| Duration::from_secs(n * 60);
    for (interval, lifetime, valid) in
        [(60, 395, true), (1, 2, true), (0, 2, false), (60, 60, false), (60, 71, true), (60, 5000, false)]
    {
        let schedule = RotationSchedule::new(minutes(interval), minutes(lifetime));
        assert_eq!(schedule.is_ok(), valid, "{interval} {lifetime}");
    }
}

proptest! {
    #[test]
    fn set_served_is_valid_now_and_as_long_as_ec2s(
        since in 0i64..4_000_000_000_000,
        now in 100_000_000i64..4_000_000_000_000,
        v1: bool,
    ) {
        let set = issued(since, if v1 { RoleDelivery::V1 } else { RoleDelivery::V2 }, now);
        let now = Timestamp::from_millis(now);
        let expiration = set.credentials.expiration.unwrap();
        prop_assert!(set.last_updated <= now && now < set.fresh_until && set.fresh_until < expiration);
        let life = expiration.since(set.last_updated);
        prop_assert!(life >= Duration::from_secs(6 * 3600 + 60), "{life:?}");
        prop_assert!(life <= Duration::from_secs(6 * 3600 + 35 * 60), "{life:?}");
        prop_assert_eq!(set.last_updated.millis() % 1000, 0);
        prop_assert_eq!(expiration.millis() % 1000, 0);
    }

    #[test]
    fn no_schedule_serves_an_expired_set(interval in 60u64..90_000, lifetime in 60u64..129_600, lane in 0usize..3, now in 1_000_000_000i64..) {
        let Ok(schedule) = RotationSchedule::new(Duration::from_secs(interval), Duration::from_secs(lifetime)) else {
            return Ok(());
        };
        let delivery = [Some(RoleDelivery::V1), Some(RoleDelivery::V2), None][lane];
        let now = Timestamp::from_millis(now);
        let set = with_request(Timestamp::EPOCH, delivery, |request| {
            issuer().issue_scheduled(&schedule, request, now)
        });
        let expiration = set.credentials.expiration.unwrap();
        prop_assert!(set.last_updated <= now && set.fresh_until <= expiration);
        prop_assert!(expiration.since(set.last_updated) <= schedule.lifetime());
    }
}
