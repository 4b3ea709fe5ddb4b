//! Devices and their owners: EnableMFADevice, ResyncMFADevice, DeactivateMFADevice.
//!
//! Two codes in a row prove who holds the device, and tell how far its clock is off. That a pair was accepted is kept when
//! the device is deactivated, so no older pair enables it again (captured).

use totp::{Seed, Step};
use types::Timestamp;

use super::{MfaOwner, no_such_device, owned};
use crate::ServiceError;
use crate::directory::{Directory, MfaDevice};
use crate::iam::quota::Quota;

/// Links a device that is nobody's to its owner.
pub fn enable(
    directory: &mut Directory,
    owner: MfaOwner<'_>,
    serial: &str,
    codes: [&str; 2],
    now: Timestamp,
) -> Result<(), ServiceError> {
    owner.check(directory)?;
    let device = directory.mfa_devices.get(serial).ok_or_else(|| no_such_device(serial))?;
    if device.enable_date.is_some() {
        return Err(already_exists(owner, device));
    }
    let held = directory.mfa_devices.iter().filter(|device| owner.has(device)).count();
    DEVICES_PER_USER.admit(held)?;
    let pair = pair(device, codes, now)?;
    let user_name = match owner {
        MfaOwner::Root => None,
        MfaOwner::User(name) => directory.users.get(name).map(|user| user.user_name.clone()),
    };
    let device = directory.mfa_devices.get_mut(serial).expect("it was found a moment ago");
    device.user_name = user_name;
    device.enable_date = Some(now);
    pair.keep(device);
    Ok(())
}

/// Takes the clock of a device from two of its codes.
pub fn resync(
    directory: &mut Directory,
    owner: MfaOwner<'_>,
    serial: &str,
    codes: [&str; 2],
    now: Timestamp,
) -> Result<(), ServiceError> {
    let device = owned(directory, owner, serial)?;
    pair(device, codes, now)?.keep(device);
    Ok(())
}

/// Makes a device nobody's.
pub fn deactivate(directory: &mut Directory, owner: MfaOwner<'_>, serial: &str) -> Result<(), ServiceError> {
    let device = owned(directory, owner, serial)?;
    device.user_name = None;
    device.enable_date = None;
    Ok(())
}

/// What two codes in a row told.
struct Pair {
    second: u64,
    difference: i64,
}

impl Pair {
    fn keep(self, device: &mut MfaDevice) {
        device.last_pair = Some(self.second);
        device.step_difference = self.difference;
    }
}

fn pair(device: &MfaDevice, [first, second]: [&str; 2], now: Timestamp) -> Result<Pair, ServiceError> {
    let refused = || {
        ServiceError::new("InvalidAuthenticationCode", 403, "Authentication code for device is not valid.")
    };
    let seed = Seed::from_base32(device.seed.expose()).map_err(|_| refused())?;
    let step = seed.check_pair(first, second, now, REACH).ok_or_else(refused)?.next();
    if device.last_pair.is_some_and(|last| step.0 <= last) {
        return Err(refused());
    }
    let difference = i128::from(step.0) - i128::from(Step::at(now).0);
    Ok(Pair { second: step.0, difference: i64::try_from(difference).expect("steps found lie near now") })
}

fn already_exists(owner: MfaOwner<'_>, device: &MfaDevice) -> ServiceError {
    let message = match owner {
        MfaOwner::User(name) if owner.has(device) => format!("MFA Device for user {name} already exists."),
        _ => "MFA Device is already in use.".to_owned(),
    };
    ServiceError::new("EntityAlreadyExists", 409, message)
}

/// Of a pair, the first code may be of a step so far from now, the second then of -998 to +1000: about eight hours (captured).
const REACH: u32 = 999;

/// Of the root user likewise.
pub(super) const DEVICES_PER_USER: Quota = Quota::fixed("MFADevicesPerUser", 8);
