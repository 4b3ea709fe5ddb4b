//! A single code, shown to STS: in force, never taken before, and not the tenth that is tried in three minutes.

use totp::{Seed, Step};
use types::Timestamp;

use super::MfaOwner;
use crate::ServiceError;
use crate::directory::{Directory, MfaDevice};

/// Checks a code of the owner's device and takes it. Right or wrong, it is counted: who calls this writes the directory down
/// in either case.
pub fn verify(
    directory: &mut Directory,
    owner: MfaOwner<'_>,
    serial: &str,
    code: &str,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let device = directory
        .mfa_devices
        .get(serial)
        .filter(|device| owner.has(device))
        .ok_or_else(unable_to_validate)?;
    if device.verifications.span == span(now) && device.verifications.count >= MAX_PER_SPAN {
        return Err(unable_to_validate());
    }
    let device = directory.mfa_devices.get_mut(serial).expect("it was found a moment ago");
    count(device, now);
    take(device, code, now)
}

/// The number of the fixed span of three minutes that `now` lies in, by UTC.
pub(super) fn span(now: Timestamp) -> u64 {
    u64::try_from(now.secs() / SPAN_SECONDS).unwrap_or(0)
}

fn count(device: &mut MfaDevice, now: Timestamp) {
    let span = span(now);
    if device.verifications.span != span {
        device.verifications = crate::directory::Verifications { span, count: 0 };
    }
    device.verifications.count += 1;
}

fn take(device: &mut MfaDevice, code: &str, now: Timestamp) -> Result<(), ServiceError> {
    let seed = Seed::from_base32(device.seed.expose()).map_err(|_| unable_to_validate())?;
    let step = seed.check(code, device_time(device, now), WINDOW).ok_or_else(invalid)?;
    if device.used_steps.contains(&step.0) {
        return Err(invalid());
    }
    forget_old_steps(device, now);
    device.used_steps.insert(step.0);
    Ok(())
}

/// What the device's own clock says.
fn device_time(device: &MfaDevice, now: Timestamp) -> Timestamp {
    let ahead = device.step_difference.saturating_mul(STEP_MILLIS);
    Timestamp::from_millis(now.millis().saturating_add(ahead).clamp(0, Timestamp::MAX.millis()))
}

/// A resynchronisation may set the clock back, but never before the last pair, and never by more than its reach: what lies
/// before both cannot be shown again.
fn forget_old_steps(device: &mut MfaDevice, now: Timestamp) {
    let reachable = Step::at(now).0.saturating_sub(KEPT_STEPS);
    let paired = device.last_pair.unwrap_or(0).saturating_sub(u64::from(WINDOW) + 1);
    device.used_steps = device.used_steps.split_off(&reachable.max(paired));
}

/// The blank at the end is AWS's.
fn invalid() -> ServiceError {
    denied("MultiFactorAuthentication failed with invalid MFA one time pass code. ")
}

/// So are the two in the middle. AWS says the same of a device that is another's, or none, as of one that was asked too often.
pub fn unable_to_validate() -> ServiceError {
    denied(
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and \
         associated with this user.",
    )
}

fn denied(message: &str) -> ServiceError {
    ServiceError::new("AccessDenied", 403, message)
}

/// Steps before and after the device's own.
const WINDOW: u32 = 2;
const MAX_PER_SPAN: u32 = 9;
const SPAN_SECONDS: i64 = 180;
const STEP_MILLIS: i64 = 30_000;
/// The reach of a resynchronisation and the window.
const KEPT_STEPS: u64 = 1_002;
