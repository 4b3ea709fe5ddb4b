//! The life of requests, at a time of their own.

use std::time::Duration;

use types::Partition;

use super::*;

const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);
const STANDARD: (&str, &str) = ("ec2", "L-1216C47A");

fn directory() -> Directory {
    Directory::new(Partition::Aws, "123456789012".parse().unwrap())
}

fn region() -> Region {
    "eu-west-1".parse().unwrap()
}

fn later(secs: u64) -> Timestamp {
    NOW + Duration::from_secs(secs)
}

fn asked_of(
    directory: &mut Directory,
    (service_code, quota_code): (&str, &str),
    value: u64,
    seed: u8,
) -> Result<QuotaRequest, ServiceError> {
    let rules =
        QuotaRules { approve_up_to: [("ec2/L-1216C47A".to_owned(), 2000)].into(), ..QuotaRules::default() };
    let requester_arn = "arn:aws:iam::123456789012:user/ann".to_owned();
    let wanted = Wanted { region: &region(), service_code, quota_code, value, requester_arn };
    ask(directory, wanted, &rules, NOW, &[seed; 64])
}

/// What is written down of the standard quota.
fn stored(directory: &Directory, region: &Region) -> u64 {
    let applied = directory.applied_quotas.get(&value::place(region, STANDARD.0, standard()));
    applied.map_or_else(|| standard().here, |applied| applied.value)
}

#[track_caller]
fn refused(result: Result<QuotaRequest, ServiceError>, code: &str, message: &str) {
    let error = result.unwrap_err();
    assert_eq!((&*error.code, error.status, &*error.message), (code, 400, message));
}

fn standard() -> &'static Quota {
    catalogue::quota(STANDARD.0, STANDARD.1).unwrap()
}

#[test]
fn pending_then_a_case_then_approved_by_a_person_and_in_force() {
    let mut directory = directory();
    let request = asked_of(&mut directory, STANDARD, 5000, 1).unwrap();
    assert_eq!(request.id.len(), 40);
    assert!(request.case_id.len() == 15 && request.case_id.bytes().all(|byte| byte.is_ascii_digit()));
    assert_eq!((request.status(NOW).as_str(), request.last_updated(NOW)), ("PENDING", NOW));
    assert_eq!(request.status(later(4)).as_str(), "PENDING");
    assert_eq!(request.status(later(5)).as_str(), "CASE_OPENED");
    assert_eq!(request.last_updated(later(9)), later(5));
    assert_eq!(stored(&directory, &region()), 1152);
    let request = decide(&mut directory, &request.id, QuotaVerdict::Approved, None, later(60)).unwrap();
    assert_eq!(
        (request.status(later(60)).as_str(), request.last_updated(later(90))),
        ("APPROVED", later(60))
    );
    assert_eq!(stored(&directory, &region()), 5000);
    assert_eq!(stored(&directory, &"us-east-1".parse().unwrap()), 1152);
}

#[test]
fn denied_or_closed_leaves_all_as_it_was_and_makes_room_for_another() {
    let mut directory = directory();
    for (seed, verdict, status) in
        [(1, QuotaVerdict::Denied, "DENIED"), (2, QuotaVerdict::CaseClosed, "CASE_CLOSED")]
    {
        let request = asked_of(&mut directory, STANDARD, 5000, seed).unwrap();
        refused(
            asked_of(&mut directory, STANDARD, 6000, 9),
            "ResourceAlreadyExistsException",
            "Only one open service quota increase request is allowed per quota.",
        );
        let request = decide(&mut directory, &request.id, verdict, Some("no room".to_owned()), NOW).unwrap();
        assert_eq!(request.status(NOW).as_str(), status);
        assert_eq!(stored(&directory, &region()), 1152);
        let twice = decide(&mut directory, &request.id, QuotaVerdict::Approved, None, NOW);
        assert_eq!(twice.unwrap_err().code, "InvalidResourceStateException");
    }
}

#[test]
fn rule_approves_what_it_may_when_its_time_has_come() {
    let mut directory = directory();
    let request = asked_of(&mut directory, STANDARD, 2000, 1).unwrap();
    let held = |directory: &Directory, now| value::value_at(directory, &region(), "ec2", standard(), now);
    assert_eq!((request.status(later(9)).as_str(), held(&directory, later(9))), ("CASE_OPENED", 1152));
    assert_eq!((request.status(later(10)).as_str(), held(&directory, later(10))), ("APPROVED", 2000));
    assert_eq!(stored(&directory, &region()), 1152, "nobody wrote it down");
    settle(&mut directory, later(10));
    assert_eq!(stored(&directory, &region()), 2000);
    set(&mut directory, &region(), STANDARD, Some(64), later(20)).unwrap();
    settle(&mut directory, later(20));
    assert_eq!(held(&directory, later(20)), 64, "what was applied once is not applied again");
    set(&mut directory, &region(), STANDARD, None, later(20)).unwrap();
    assert_eq!(held(&directory, later(20)), 1152);
}

#[test]
fn approval_takes_nothing_of_what_was_set_to_more() {
    let mut directory = directory();
    let request = asked_of(&mut directory, STANDARD, 5000, 1).unwrap();
    set(&mut directory, &region(), STANDARD, Some(9000), later(3)).unwrap();
    decide(&mut directory, &request.id, QuotaVerdict::Approved, None, later(60)).unwrap();
    assert_eq!(stored(&directory, &region()), 9000);
}

#[test]
fn approval_takes_nothing_of_the_default() {
    let mut directory = directory();
    set(&mut directory, &region(), STANDARD, Some(64), NOW).unwrap();
    asked_of(&mut directory, STANDARD, 100, 1).unwrap();
    set(&mut directory, &region(), STANDARD, None, later(3)).unwrap();
    settle(&mut directory, later(60));
    assert_eq!(stored(&directory, &region()), 1152);
}

#[test]
fn what_is_set_after_a_rule_approved_holds() {
    let mut directory = directory();
    asked_of(&mut directory, STANDARD, 2000, 1).unwrap();
    // Nobody has written down yet what the rule approved.
    set(&mut directory, &region(), STANDARD, Some(64), later(20)).unwrap();
    assert_eq!(value::value_at(&directory, &region(), "ec2", standard(), later(90)), 64);
}

#[test]
fn person_may_deny_what_a_rule_would_approve() {
    let mut directory = directory();
    let request = asked_of(&mut directory, STANDARD, 2000, 1).unwrap();
    decide(&mut directory, &request.id, QuotaVerdict::Denied, None, later(3)).unwrap();
    assert_eq!(value::value_at(&directory, &region(), "ec2", standard(), later(60)), 1152);
}

#[test]
fn what_cannot_be_raised_is_refused_in_words() {
    let mut directory = directory();
    let no_quota = "The request failed because the specified service quota does not exist.";
    for (quota, value, code, message) in [
        (
            ("EC2", "L-1216C47A"),
            1,
            "NoSuchResourceException",
            "The request failed because the specified service does not exist.",
        ),
        (("ec2", "L-00000000"), 1, "NoSuchResourceException", no_quota),
        (("iam", "L-FE177D64"), 2000, "NoSuchResourceException", no_quota),
        (
            STANDARD,
            1152,
            "IllegalArgumentException",
            "You must provide a quota value greater than the current quota value",
        ),
        (
            ("cloudtrail", "L-6826A2E9"),
            20,
            "IllegalArgumentException",
            "The specified service quota is not adjustable.",
        ),
    ] {
        refused(asked_of(&mut directory, quota, value, 1), code, message);
    }
    assert!(directory.quota_requests.is_empty());
}

#[test]
fn twenty_are_open_at_most_and_old_ones_are_forgotten() {
    let mut directory = directory();
    let adjustable: Vec<_> = catalogue::services()
        .iter()
        .flat_map(|service| service.quotas.iter().map(|quota| (service.code, quota)))
        .filter(|(_, quota)| quota.is_adjustable && !quota.is_global)
        .collect();
    assert!(adjustable.len() > MOST_OPEN);
    for (seed, (service, quota)) in (0..).zip(&adjustable[..MOST_OPEN]) {
        asked_of(&mut directory, (service, quota.code), 1_000_000, seed).unwrap();
    }
    let (service, quota) = adjustable[MOST_OPEN];
    let result = asked_of(&mut directory, (service, quota.code), 1_000_000, 99);
    assert_eq!(result.unwrap_err().code, "QuotaExceededException");
    let template = (**directory.quota_requests.iter().next().unwrap()).clone();
    directory.quota_requests.clear();
    let decision = Some(QuotaDecision { at: NOW, verdict: QuotaVerdict::Denied, reason: None });
    for n in 0..MOST_KEPT {
        let (id, created) = (format!("old-{n}"), NOW - Duration::from_secs(n as u64));
        directory.quota_requests.insert(QuotaRequest {
            id,
            created,
            decision: decision.clone(),
            ..template.clone()
        });
    }
    asked_of(&mut directory, STANDARD, 5000, 100).unwrap();
    assert_eq!(directory.quota_requests.len(), MOST_KEPT);
    assert!(!directory.quota_requests.contains(&format!("old-{}", MOST_KEPT - 1)));
}
