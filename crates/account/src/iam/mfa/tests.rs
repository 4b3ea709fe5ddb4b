//! Devices through their life, by wrong clocks, and against who tries again.

use totp::{Seed, Step};
use types::{AccountId, Partition, Timestamp};

use super::*;
use crate::directory::{AccountRecord, User};

const SERIAL: &str = "arn:aws:iam::111122223333:mfa/phone";
const ALICE: MfaOwner<'_> = MfaOwner::User("alice");

fn account() -> AccountId {
    "111122223333".parse().unwrap()
}

/// The first second of a span of three minutes.
fn now() -> Timestamp {
    Timestamp::from_secs(1_795_000_140)
}

fn later(seconds: i64) -> Timestamp {
    Timestamp::from_secs(now().secs() + seconds)
}

fn directory() -> Directory {
    let mut directory = Directory::new(Partition::Aws, account());
    directory.account.insert(AccountRecord::new(account(), now()));
    for name in ["Alice", "bob"] {
        directory.users.insert(user(name));
    }
    create(&mut directory, SERIAL, Vec::new(), now(), [7; 40]).unwrap();
    directory
}

fn user(name: &str) -> User {
    serde_json::from_value(serde_json::json!({
        "UserName": name,
        "Path": "/",
        "UserId": format!("AIDA{name}"),
        "Arn": format!("arn:aws:iam::111122223333:user/{name}"),
        "CreateDate": now(),
    }))
    .unwrap()
}

/// The code of a device whose clock is `steps` ahead.
fn code(directory: &Directory, serial: &str, at: Timestamp, steps: i64) -> String {
    let seed = Seed::from_base32(directory.mfa_devices.get(serial).unwrap().seed.expose()).unwrap();
    let step = Step::at(at).0.checked_add_signed(steps).unwrap();
    seed.code_at(Step(step)).expose().clone()
}

/// Two codes in a row, the second `steps` ahead.
fn pair(directory: &Directory, at: Timestamp, steps: i64) -> [String; 2] {
    [code(directory, SERIAL, at, steps - 1), code(directory, SERIAL, at, steps)]
}

fn enabled(directory: &mut Directory, at: Timestamp, steps: i64) -> Result<(), ServiceError> {
    let [first, second] = pair(directory, at, steps);
    enable(directory, ALICE, SERIAL, [&first, &second], at)
}

fn shown(directory: &mut Directory, at: Timestamp, steps: i64) -> Result<(), ServiceError> {
    let code = code(directory, SERIAL, at, steps);
    verify(directory, ALICE, SERIAL, &code, at)
}

const INVALID: &str = "AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. ";
const UNABLE: &str = "AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA \
                      serial number is valid and associated with this user.";

fn said<T: std::fmt::Debug>(answer: Result<T, ServiceError>) -> String {
    answer.unwrap_err().to_string()
}

#[test]
fn a_seed_has_64_characters_and_follows_from_the_bytes_given() {
    let directory = directory();
    let device = directory.mfa_devices.get(SERIAL).unwrap();
    assert_eq!(device.seed.expose().len(), 64);
    assert_eq!(Seed::from_base32(device.seed.expose()).unwrap().bytes(), [7; 40]);
    assert!(!format!("{device:?}").contains(device.seed.expose()));
}

/// In the order and words of the capture.
#[test]
fn a_device_goes_through_its_life_as_captured() {
    let mut d = directory();
    let same = code(&d, SERIAL, now(), 0);
    let [first, second] = pair(&d, now(), 0);
    let bob = MfaOwner::User("bob");
    let refused = "InvalidAuthenticationCode: Authentication code for device is not valid.";
    let not_his = "NoSuchEntity: MFA Device invalid for user.";

    assert_eq!(
        said(create(&mut d, SERIAL, Vec::new(), now(), [1; 40])),
        "EntityAlreadyExists: MFA device already exists."
    );
    assert_eq!(said(deactivate(&mut d, ALICE, SERIAL)), not_his);
    assert_eq!(said(resync(&mut d, ALICE, SERIAL, [&first, &second], now())), not_his);
    assert_eq!(said(enable(&mut d, ALICE, SERIAL, [&same, &same], now())), refused);
    assert_eq!(said(enable(&mut d, ALICE, SERIAL, [&second, &first], now())), refused);
    enable(&mut d, ALICE, SERIAL, [&first, &second], now()).unwrap();
    assert_eq!(
        said(enable(&mut d, ALICE, SERIAL, [&first, &second], now())),
        "EntityAlreadyExists: MFA Device for user alice already exists."
    );
    assert_eq!(
        said(enable(&mut d, bob, SERIAL, [&first, &second], now())),
        "EntityAlreadyExists: MFA Device is already in use."
    );
    let device = d.mfa_devices.get(SERIAL).unwrap();
    assert_eq!((device.user_name.as_deref(), device.enable_date), (Some("Alice"), Some(now())));
    assert_eq!(
        said(delete(&mut d, SERIAL, now())),
        "DeleteConflict: MFA VirtualDevice in use. Must deactivate first."
    );
    assert_eq!(said(deactivate(&mut d, bob, SERIAL)), not_his);
    assert_eq!(said(resync(&mut d, bob, SERIAL, [&first, &second], now())), not_his);
    deactivate(&mut d, ALICE, SERIAL).unwrap();
    assert_eq!(said(deactivate(&mut d, ALICE, SERIAL)), not_his);
    // The pair was accepted once: the device's next owner needs a newer one.
    assert_eq!(said(enable(&mut d, bob, SERIAL, [&first, &second], now())), refused);
    delete(&mut d, SERIAL, now()).unwrap();
    assert_eq!(
        said(delete(&mut d, SERIAL, now())),
        format!("NoSuchEntity: VirtualMFADevice with serial number {SERIAL} doesn't exist.")
    );
}

#[test]
fn owners_who_are_not_there_are_named() {
    let mut d = directory();
    let nobody = MfaOwner::User("carol");
    let gone = "NoSuchEntity: The user with name carol cannot be found.";
    assert_eq!(said(enable(&mut d, nobody, SERIAL, ["000000", "000001"], now())), gone);
    assert_eq!(said(deactivate(&mut d, nobody, SERIAL)), gone);
    assert_eq!(said(of_owner(&d, nobody).map(|devices| devices.len())), gone);
    assert_eq!(
        said(enable(&mut d, ALICE, "arn:aws:iam::111122223333:mfa/other", ["000000", "000001"], now())),
        "NoSuchEntity: VirtualMFADevice with serial number arn:aws:iam::111122223333:mfa/other doesn't exist."
    );
}

#[test]
fn clocks_eight_hours_off_are_met_and_no_further() {
    for (steps, found) in
        [(-999, false), (-998, true), (-10, true), (0, true), (1, true), (1000, true), (1001, false)]
    {
        let mut d = directory();
        assert_eq!(enabled(&mut d, now(), steps).is_ok(), found, "{steps}");
        if found {
            assert_eq!(d.mfa_devices.get(SERIAL).unwrap().step_difference, steps);
            shown(&mut d, later(300), steps).unwrap();
            if steps.abs() > 4 {
                assert_eq!(said(shown(&mut d, later(300), 0)), INVALID, "the clock of the device counts");
            }
        }
    }
}

#[test]
fn a_pair_is_newer_than_the_last() {
    let mut d = directory();
    enabled(&mut d, now(), 0).unwrap();
    for (steps, taken) in
        [(0, false), (-1, false), (20, true), (20, false), (19, false), (0, false), (21, true)]
    {
        let [first, second] = pair(&d, now(), steps);
        let answer = resync(&mut d, ALICE, SERIAL, [&first, &second], now());
        assert_eq!(answer.is_ok(), taken, "{steps}");
    }
    assert_eq!(d.mfa_devices.get(SERIAL).unwrap().step_difference, 21);
}

#[test]
fn codes_two_steps_away_are_taken_once_each_in_any_order() {
    let mut d = directory();
    enabled(&mut d, now(), 0).unwrap();
    // Those of the pair were never shown to STS, and are good once more (captured).
    for (seconds, steps, answer) in [
        (0, -3, Some(INVALID)),
        (0, 2, None),
        (0, -2, None),
        (0, 0, None),
        (0, -1, None),
        (0, 3, Some(INVALID)),
        (0, 0, Some(INVALID)),
        (180, -3, Some(INVALID)),
        (180, -2, None),
        (180, -2, Some(INVALID)),
    ] {
        assert_eq!(
            shown(&mut d, later(seconds), steps).err().map(|e| e.to_string()).as_deref(),
            answer,
            "{steps}"
        );
    }
    assert_eq!(said(verify(&mut d, ALICE, SERIAL, "", later(200))), INVALID);
    assert_eq!(said(verify(&mut d, ALICE, SERIAL, "12345é", later(200))), INVALID);
}

#[test]
fn a_code_stays_used_when_the_clock_is_set_back() {
    let mut d = directory();
    enabled(&mut d, now(), 0).unwrap();
    let [first, second] = pair(&d, now(), 40);
    resync(&mut d, ALICE, SERIAL, [&first, &second], now()).unwrap();
    let used = code(&d, SERIAL, later(60), 42);
    verify(&mut d, ALICE, SERIAL, &used, later(60)).unwrap();
    // Twenty minutes on, a pair from just before that code sets the device's clock back to it.
    let [first, second] = pair(&d, later(1260), 1);
    resync(&mut d, ALICE, SERIAL, [&first, &second], later(1260)).unwrap();
    let at = Timestamp::from_secs(later(60).secs() + 40 * 30);
    assert_eq!(code(&d, SERIAL, at, 2), used);
    assert_eq!(said(verify(&mut d, ALICE, SERIAL, &used, at)), INVALID);
}

#[test]
fn nine_checks_in_three_minutes_right_or_wrong() {
    let mut d = directory();
    enabled(&mut d, now(), 0).unwrap();
    shown(&mut d, now(), 0).unwrap();
    for _ in 0..8 {
        assert_eq!(said(shown(&mut d, later(1), 100)), INVALID);
    }
    assert_eq!(said(shown(&mut d, later(2), 1)), UNABLE, "a good code");
    assert_eq!(said(shown(&mut d, later(179), 0)), UNABLE);
    shown(&mut d, later(180), 0).unwrap();
}

#[test]
fn a_device_made_anew_under_its_name_goes_on_counting() {
    let mut d = directory();
    enabled(&mut d, now(), 0).unwrap();
    for _ in 0..9 {
        assert_eq!(said(shown(&mut d, now(), 100)), INVALID);
    }
    deactivate(&mut d, ALICE, SERIAL).unwrap();
    delete(&mut d, SERIAL, now()).unwrap();
    create(&mut d, SERIAL, Vec::new(), now(), [8; 40]).unwrap();
    enabled(&mut d, now(), 0).unwrap();
    assert_eq!(said(shown(&mut d, later(20), 1)), UNABLE);
    shown(&mut d, later(180), 1).unwrap();
    deactivate(&mut d, ALICE, SERIAL).unwrap();
    delete(&mut d, SERIAL, later(600)).unwrap();
    assert!(d.account.get("account").unwrap().mfa_verifications.is_empty(), "old counts are forgotten");
}

#[test]
fn devices_of_others_and_of_nobody_say_the_same() {
    let mut d = directory();
    assert_eq!(said(shown(&mut d, now(), 0)), UNABLE, "not enabled");
    enabled(&mut d, now(), 0).unwrap();
    let good = code(&d, SERIAL, now(), 0);
    for owner in [MfaOwner::User("bob"), MfaOwner::User("carol"), MfaOwner::Root] {
        assert_eq!(said(verify(&mut d, owner, SERIAL, &good, now())), UNABLE);
    }
    assert_eq!(said(verify(&mut d, ALICE, "arn:aws:iam::111122223333:user/alice", &good, now())), UNABLE);
    // None of these used up a try of Alice's.
    assert_eq!(d.mfa_devices.get(SERIAL).unwrap().verifications.count, 0);
    verify(&mut d, ALICE, SERIAL, &good, now()).unwrap();
}

#[test]
fn the_root_user_has_devices_of_its_own() {
    let mut d = directory();
    let [first, second] = pair(&d, now(), 0);
    enable(&mut d, MfaOwner::Root, SERIAL, [&first, &second], now()).unwrap();
    assert_eq!(of_owner(&d, MfaOwner::Root).unwrap().len(), 1);
    assert!(of_owner(&d, ALICE).unwrap().is_empty());
    let good = code(&d, SERIAL, now(), 0);
    assert_eq!(said(verify(&mut d, ALICE, SERIAL, &good, now())), UNABLE);
    verify(&mut d, MfaOwner::Root, SERIAL, &good, now()).unwrap();
}

#[test]
fn eight_devices_and_no_more() {
    let mut d = directory();
    for n in 0..9 {
        let serial = format!("{SERIAL}-{n}");
        create(&mut d, &serial, Vec::new(), now(), [n; 40]).unwrap();
        let codes = [code(&d, &serial, now(), -1), code(&d, &serial, now(), 0)];
        let answer = enable(&mut d, ALICE, &serial, [&codes[0], &codes[1]], now());
        match n {
            8 => assert_eq!(said(answer), "LimitExceeded: Cannot exceed quota for MFADevicesPerUser: 8"),
            _ => answer.unwrap(),
        }
    }
    let count = |assignment| list(&d, assignment).len();
    assert_eq!(
        (count(Assignment::Assigned), count(Assignment::Unassigned), count(Assignment::Any)),
        (8, 2, 10)
    );
    assert_eq!(of_owner(&d, ALICE).unwrap().len(), link::DEVICES_PER_USER.limit);
}

#[test]
fn a_device_says_the_same_after_it_was_stored() {
    let mut d = directory();
    enabled(&mut d, now(), -40).unwrap();
    shown(&mut d, now(), -40).unwrap();
    let device = d.mfa_devices.get(SERIAL).unwrap();
    let stored = serde_json::to_vec(&**device).unwrap();
    let read: MfaDevice = serde_json::from_slice(&stored).unwrap();
    assert_eq!(read, **device);
    assert_eq!(read.used_steps.len(), 1);
}

#[test]
fn what_is_kept_of_used_codes_is_bounded() {
    let mut d = directory();
    enabled(&mut d, now(), 0).unwrap();
    for n in 0..3000 {
        shown(&mut d, later(30 * n), 0).unwrap();
    }
    let kept = d.mfa_devices.get(SERIAL).unwrap().used_steps.len();
    assert!(kept < 1100, "{kept}");
}
