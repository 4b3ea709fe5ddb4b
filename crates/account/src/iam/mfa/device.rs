//! Devices themselves: created with a seed that is shown once, listed, deleted.

use std::sync::Arc;

use totp::{KeyUri, Seed};
use types::{Secret, Timestamp};

use super::{MfaOwner, no_such_device};
use crate::ServiceError;
use crate::directory::{AccountRecord, Directory, MfaDevice, Tag, Verifications};
use crate::iam::quota::Quota;
use crate::iam::{refusal, tag};

/// Which devices ListVirtualMFADevices shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignment {
    Assigned,
    Unassigned,
    Any,
}

/// Makes a device whose seed is `random`: nobody's, until it is enabled.
pub fn create(
    directory: &mut Directory,
    serial_number: &str,
    tags: Vec<Tag>,
    now: Timestamp,
    random: [u8; SEED],
) -> Result<Arc<MfaDevice>, ServiceError> {
    if directory.mfa_devices.contains(serial_number) {
        return Err(refusal::already_exists("MFA device"));
    }
    DEVICES.admit(directory.mfa_devices.len())?;
    let tags = tag::checked(tags, TAGS_PER_DEVICE)?;
    let seed = Seed::from_bytes(Secret::new(random.to_vec())).expect("40 bytes make a seed");
    Ok(directory.mfa_devices.insert(MfaDevice {
        serial_number: serial_number.to_owned(),
        seed: seed.base32(),
        create_date: now,
        tags,
        user_name: None,
        enable_date: None,
        step_difference: 0,
        last_pair: None,
        used_steps: Default::default(),
        verifications: counted_before(directory, serial_number),
    }))
}

/// What the device's QR code says, as the documentation of CreateVirtualMFADevice writes it. It holds the seed.
pub fn key_uri(directory: &Directory, device: &MfaDevice) -> Result<Secret<String>, ServiceError> {
    let alias = directory.account.iter().next().and_then(|account| account.alias.clone());
    let account = alias.unwrap_or_else(|| directory.account_id().to_string());
    let name = device.serial_number.rsplit('/').next().unwrap_or_default();
    let seed = Seed::from_base32(device.seed.expose()).map_err(|_| unreadable())?;
    Ok(KeyUri { issuer: None, account: format!("{name}@{account}"), seed }.write())
}

/// Deletes a device that is nobody's.
pub fn delete(directory: &mut Directory, serial: &str, now: Timestamp) -> Result<(), ServiceError> {
    let device = directory.mfa_devices.get(serial).ok_or_else(|| no_such_device(serial))?;
    if device.enable_date.is_some() {
        let message = "MFA VirtualDevice in use. Must deactivate first.";
        return Err(ServiceError::new("DeleteConflict", 409, message));
    }
    let (serial, verifications) = (device.serial_number.clone(), device.verifications);
    directory.mfa_devices.remove(&serial);
    keep_count(directory, serial, verifications, now);
    Ok(())
}

/// The devices of one owner, by serial number.
pub fn of_owner<'a>(
    directory: &'a Directory,
    owner: MfaOwner<'_>,
) -> Result<Vec<&'a Arc<MfaDevice>>, ServiceError> {
    owner.check(directory)?;
    Ok(directory.mfa_devices.iter().filter(|device| owner.has(device)).collect())
}

/// All devices that are assigned so, by serial number.
pub fn list(directory: &Directory, assignment: Assignment) -> Vec<&Arc<MfaDevice>> {
    let wanted = |device: &&Arc<MfaDevice>| match assignment {
        Assignment::Assigned => device.enable_date.is_some(),
        Assignment::Unassigned => device.enable_date.is_none(),
        Assignment::Any => true,
    };
    directory.mfa_devices.iter().filter(wanted).collect()
}

/// AWS counts checks by serial number: who deletes a device and makes it anew has no more tries (captured).
fn keep_count(directory: &mut Directory, serial: String, verifications: Verifications, now: Timestamp) {
    let span = super::code::span(now);
    let stale = |account: &AccountRecord| account.mfa_verifications.values().any(|kept| kept.span != span);
    let Some(account) = directory.account.iter().next() else { return };
    if verifications.span != span && !stale(account) {
        return;
    }
    let account = directory.account.get_mut("account").expect("the account's one record has this name");
    account.mfa_verifications.retain(|_, kept| kept.span == span);
    if verifications.span == span {
        account.mfa_verifications.insert(serial.to_ascii_lowercase(), verifications);
    }
}

/// The seed was written by another program.
fn unreadable() -> ServiceError {
    ServiceError::new("ServiceFailure", 500, "The MFA device's record cannot be read.")
}

fn counted_before(directory: &Directory, serial: &str) -> Verifications {
    let account = directory.account.iter().next();
    account
        .and_then(|account| account.mfa_verifications.get(&serial.to_ascii_lowercase()).copied())
        .unwrap_or_default()
}

/// 64 characters of Base32, as AWS's seeds have.
pub(super) const SEED: usize = 40;

/// As many as an account may have users (IAM User Guide, "IAM and AWS STS quotas").
const DEVICES: Quota = Quota::fixed("VirtualMFADevicesPerAccount", 5000);
const TAGS_PER_DEVICE: Quota = Quota::fixed("TagsPerVirtualMFADevice", 50);
