//! Codes that are wrong, used, guessed or somebody else's.

use super::super::super::check::{Check, Finding, Kind, require};
use super::super::ground::{Device, Ground, User, session};
use super::{DENIED, MFA_CAPTURE, allowing};

pub(super) const CHECKS: &[Check<Ground>] = &[
    Check {
        id: "mfa.enable-by-wrong-codes",
        title: "a device is not linked by codes that are not its own",
        kind: Kind::Safety,
        source: MFA_CAPTURE,
        matters: "emulators take 123456 and 654321",
        run: |ground| {
            let user = ground.user(None)?;
            let name = format!("{}-phone", user.name);
            let said = ground.prepare("iam", "CreateVirtualMFADevice", &[("VirtualMFADeviceName", &name)])?;
            let serial = said.element("SerialNumber").unwrap_or_default();
            let of = [
                ("UserName", user.name.as_str()),
                ("SerialNumber", &serial),
                ("AuthenticationCode1", "123456"),
                ("AuthenticationCode2", "654321"),
            ];
            let refused = ground.must_refuse(
                &ground.administrator,
                "iam",
                "EnableMFADevice",
                &of,
                &["InvalidAuthenticationCode"],
            );
            let undone = ground.api.call(&ground.administrator, "iam", "DeleteVirtualMFADevice", &[of[1]])?;
            refused?;
            require(undone.is_done(), "the device was not linked", undone.line())
        },
    },
    Check {
        id: "mfa.code",
        title: "a code opens what demands it, a wrong one does not, and a used one never again",
        kind: Kind::Safety,
        source: MFA_CAPTURE,
        matters: "a code that was seen would be as good as the device",
        run: |ground| {
            let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:ListUsers","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}"#;
            let user = ground.user(Some(policy))?;
            let device = ground.device(&user)?;
            ground.must_refuse(&user.keys, "iam", "ListUsers", &[], DENIED)?;
            let wrong = device.code(ground.step() + 1000);
            let of = |code| [("SerialNumber", device.serial.as_str()), ("TokenCode", code)];
            ground.must_refuse(&user.keys, "sts", "GetSessionToken", &of(&wrong), DENIED)?;
            let code = device.fresh(ground.step())?;
            let keys = session(&ground.must_pass(&user.keys, "sts", "GetSessionToken", &of(&code))?)?;
            ground.must_pass(&keys, "iam", "ListUsers", &[])?;
            ground.must_refuse(&user.keys, "sts", "GetSessionToken", &of(&code), DENIED)
        },
    },
    Check {
        id: "mfa.device-of-another",
        title: "a code of another user's device is refused",
        kind: Kind::Safety,
        source: MFA_CAPTURE,
        matters: "any device would do for anybody",
        run: |ground| {
            let (user, other) = (ground.user(Some(&allowing("*")))?, ground.user(None)?);
            let device = ground.device(&other)?;
            let code = device.fresh(ground.step())?;
            let of = [("SerialNumber", device.serial.as_str()), ("TokenCode", &code)];
            ground.must_refuse(&user.keys, "sts", "GetSessionToken", &of, DENIED)
        },
    },
    Check {
        id: "mfa.guesses",
        title: "after ten guesses even a good code is refused for a while",
        kind: Kind::Safety,
        source: MFA_CAPTURE,
        matters: "a million codes are soon tried",
        run: |ground| {
            let user = ground.user(Some(&allowing("*")))?;
            let device = ground.device(&user)?;
            match guesses_and_a_good_code(ground, &user, &device)? {
                // New tries came meanwhile; the second time, the next come in minutes.
                (Err(_), false) => guesses_and_a_good_code(ground, &user, &device)?.0,
                (refused, _) => refused,
            }
        },
    },
    Check {
        id: "mfa.role",
        title: "a role that demands MFA is assumed with a code, and not with a wrong one",
        kind: Kind::Safety,
        source: MFA_CAPTURE,
        matters: "the code must be checked before the trust policy is",
        run: |ground| {
            let user = super::sessions::assuming(ground)?;
            let device = ground.device(&user)?;
            let trust = super::trusting(&user.arn, r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#);
            let (_, role) = ground.role(&trust, None)?;
            let wrong = device.code(ground.step() + 3000);
            let of = |code| {
                [
                    ("RoleArn", role.as_str()),
                    ("RoleSessionName", "doctor"),
                    ("SerialNumber", &device.serial),
                    ("TokenCode", code),
                ]
            };
            ground.must_refuse(&user.keys, "sts", "AssumeRole", &of(&wrong), DENIED)?;
            let code = device.fresh(ground.step())?;
            ground.must_pass(&user.keys, "sts", "AssumeRole", &of(&code)).map(drop)
        },
    },
];

/// Whether the good code was refused, and whether all was asked in one of the spans in which guesses are counted.
fn guesses_and_a_good_code(
    ground: &Ground,
    user: &User,
    device: &Device,
) -> Result<(Result<(), Finding>, bool), Finding> {
    let ask = |code: &str| {
        let of = [("SerialNumber", device.serial.as_str()), ("TokenCode", code)];
        ground.must_refuse(&user.keys, "sts", "GetSessionToken", &of, DENIED)
    };
    let begun = span(ground);
    let guess = device.code(ground.step() + 2000);
    for _ in 0..10 {
        ask(&guess)?;
    }
    let refused = ask(&device.fresh(ground.step())?);
    Ok((refused, span(ground) == begun))
}

/// The number of the three minutes, by UTC, that are now.
fn span(ground: &Ground) -> i64 {
    ground.api.now().secs().div_euclid(180)
}
