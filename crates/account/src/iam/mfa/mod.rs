//! Virtual MFA devices: made, linked to their users, kept in step, and asked for codes.
//!
//! Rule: what a device's codes were used for stands in its entity, so that no replica takes a code twice and none counts anew
//! (facts/account.md sections 4.1 and 4.2, in which captures of AWS count before its documentation).

mod code;
mod device;
mod link;
#[cfg(test)]
mod tests;

pub use code::{unable_to_validate, verify};
pub use device::{Assignment, create, delete, key_uri, list, of_owner};
pub use link::{deactivate, enable, resync};

use crate::ServiceError;
use crate::directory::{Directory, MfaDevice};
use crate::iam::refusal;

/// Whose a device is, or is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MfaOwner<'a> {
    /// The account's root user.
    Root,
    /// A user by name.
    User(&'a str),
}

impl MfaOwner<'_> {
    /// Refuses a user that is not there.
    fn check(self, directory: &Directory) -> Result<(), ServiceError> {
        match self {
            Self::Root => Ok(()),
            Self::User(name) => directory.user(name).map(|_| ()),
        }
    }

    fn has(self, device: &MfaDevice) -> bool {
        match (self, &device.user_name) {
            (Self::Root, None) => device.enable_date.is_some(),
            (Self::User(name), Some(owner)) => owner.eq_ignore_ascii_case(name),
            _ => false,
        }
    }
}

fn no_such_device(serial: &str) -> ServiceError {
    refusal::no_such_entity(format!("VirtualMFADevice with serial number {serial} doesn't exist."))
}

/// The device, where it is the owner's.
fn owned<'a>(
    directory: &'a mut Directory,
    owner: MfaOwner<'_>,
    serial: &str,
) -> Result<&'a mut MfaDevice, ServiceError> {
    owner.check(directory)?;
    match directory.mfa_devices.get(serial) {
        Some(device) if owner.has(device) => {}
        _ => return Err(refusal::no_such_entity("MFA Device invalid for user.")),
    }
    Ok(directory.mfa_devices.get_mut(serial).expect("it was found a moment ago"))
}
