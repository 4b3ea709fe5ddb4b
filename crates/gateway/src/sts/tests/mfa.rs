//! MFA from the QR code to a policy that demands it.

use account::Caller;
use wire::Structure;

use super::{World, said};
use crate::iam::scanned;

const SERIAL: &str = "arn:aws:iam::111122223333:mfa/phone";

/// Manages her own device, and reads users where a code was shown.
const SELF_MANAGED: &str = r#"
    {"Effect":"Allow","Action":["iam:CreateVirtualMFADevice","iam:EnableMFADevice","iam:ListMFADevices"],"Resource":"*"},
    {"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#;

struct Phone(totp::Seed);

impl Phone {
    /// Makes a device, scans it and links it to alice.
    fn linked(world: &World) -> Self {
        let alice = world.user("alice");
        let made = world.iam(
            &alice,
            "CreateVirtualMFADevice",
            Structure::new().with("VirtualMFADeviceName", "phone"),
        );
        let phone = Self(scanned(made.unwrap().structure("VirtualMFADevice").unwrap()));
        let first = phone.code(world);
        world.later(30);
        let enabling = Structure::new()
            .with("UserName", "alice")
            .with("SerialNumber", SERIAL)
            .with("AuthenticationCode1", first)
            .with("AuthenticationCode2", phone.code(world));
        world.iam(&alice, "EnableMFADevice", enabling).unwrap();
        phone
    }

    fn code(&self, world: &World) -> String {
        self.0.code(world.now.get()).expose().clone()
    }
}

fn shown(code: &str) -> Structure {
    Structure::new().with("SerialNumber", SERIAL).with("TokenCode", code)
}

#[test]
fn a_session_with_a_code_may_and_plain_keys_may_not() {
    let world = World::new();
    world.allow("alice", SELF_MANAGED);
    let (alice, phone) = (world.user("alice"), Phone::linked(&world));
    let denied = "AccessDenied: User: arn:aws:iam::111122223333:user/alice is not authorized to perform: iam:ListUsers on \
                  resource: arn:aws:iam::111122223333:user/ because no identity-based policy allows the iam:ListUsers action";
    assert_eq!(said(world.iam(&alice, "ListUsers", Structure::new())), denied);

    let plain = world.sts(&alice, "GetSessionToken", Structure::new()).unwrap();
    assert_eq!(said(world.iam(&world.holder(&plain), "ListUsers", Structure::new())), denied);

    let code = phone.code(&world);
    let session = world.sts(&alice, "GetSessionToken", shown(&code)).unwrap();
    let holder = world.holder(&session);
    assert!(matches!(&holder, Caller::User { user, .. } if user.user_name == "alice"));
    let listed = world.iam(&holder, "ListUsers", Structure::new()).unwrap();
    assert_eq!(listed.list("Users").len(), 2);

    let invalid = "AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. ";
    assert_eq!(said(world.sts(&alice, "GetSessionToken", shown(&code))), invalid, "once");
    assert_eq!(said(world.sts(&alice, "GetSessionToken", shown("000000"))), invalid);
    let bob = said(world.sts(&world.user("bob"), "GetSessionToken", shown(&phone.code(&world))));
    assert!(
        bob.starts_with("AccessDenied: MultiFactorAuthentication failed, unable to validate MFA code.  "),
        "{bob}"
    );
}

#[test]
fn wrong_codes_are_counted_though_they_are_refused() {
    let world = World::new();
    world.allow("alice", SELF_MANAGED);
    let (alice, phone) = (world.user("alice"), Phone::linked(&world));
    for _ in 0..9 {
        let said = said(world.sts(&alice, "GetSessionToken", shown("000000")));
        assert!(said.contains("invalid MFA one time pass code"), "{said}");
    }
    let good = said(world.sts(&alice, "GetSessionToken", shown(&phone.code(&world))));
    assert!(good.contains("unable to validate MFA code.  "), "{good}");
    assert_eq!(world.stored().mfa_devices.get(SERIAL).unwrap().verifications.count, 9, "written down");
    world.later(180);
    world.sts(&alice, "GetSessionToken", shown(&phone.code(&world))).unwrap();
}

#[test]
fn half_of_a_proof_is_none() {
    let world = World::new();
    let said = |input| said(world.sts(&world.user("alice"), "GetSessionToken", input));
    let both = "AccessDenied: MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code. ";
    assert_eq!(said(Structure::new().with("SerialNumber", SERIAL)), both);
    assert_eq!(said(Structure::new().with("TokenCode", "123456")), both);
}

#[test]
fn a_role_may_demand_a_code_of_who_assumes_it() {
    let world = World::new();
    world.allow("alice", SELF_MANAGED);
    let (alice, phone) = (world.user("alice"), Phone::linked(&world));
    let trust = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":"sts:AssumeRole",
                   "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"60"}}}"#;
    let may = r#"{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*",
                  "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#;
    let arn = world.role("careful", trust, may);
    let input = |proof: Structure| proof.with("RoleArn", arn.as_str()).with("RoleSessionName", "s");
    let denied = format!(
        "AccessDenied: User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:AssumeRole on resource: {arn}"
    );
    assert_eq!(said(world.sts(&alice, "AssumeRole", input(Structure::new()))), denied);
    let wrong = said(world.sts(&alice, "AssumeRole", input(shown("000000"))));
    assert!(wrong.contains("invalid MFA one time pass code"), "{wrong}");
    let code = phone.code(&world);
    let answer = world.sts(&alice, "AssumeRole", input(shown(&code))).unwrap();
    // The code was for the role's trust: its session has none of it (IAM User Guide, "MFA-protected API access").
    let listed = said(world.iam(&world.holder(&answer), "ListUsers", Structure::new()));
    assert!(listed.contains("is not authorized to perform: iam:ListUsers"), "{listed}");
    // A session that was had with a code needs no other.
    world.later(30);
    let session = world.sts(&alice, "GetSessionToken", shown(&phone.code(&world))).unwrap();
    world.sts(&world.holder(&session), "AssumeRole", input(Structure::new())).unwrap();
    world.later(90);
    assert_eq!(
        said(world.sts(&world.holder(&session), "AssumeRole", input(Structure::new()))),
        denied,
        "too old"
    );
    // Who has a role has no device.
    let role = world.holder(&answer);
    let of_role = said(world.sts(&role, "AssumeRole", input(shown(&phone.code(&world)))));
    assert!(of_role.contains("unable to validate MFA code"), "{of_role}");
}
