//! Virtual MFA devices: `CreateVirtualMFADevice` and what follows until `DeleteVirtualMFADevice`.
//!
//! Rule: a seed leaves the account once, in the answer that makes the device.

mod picture;
mod png;
#[cfg(test)]
pub(crate) mod tests;

use account::directory::{Directory, MfaDevice};
use account::iam::mfa::{self, Assignment, MfaOwner};
use account::{Check, ServiceError};
use types::Arn;
use wire::{Structure, Value};

use super::listing::{listed, page};
use super::{resource, tags};
use crate::{Ask, Operation};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation { name: "CreateVirtualMFADevice", checks: creation, run: create },
    Operation {
        name: "DeactivateMFADevice",
        checks: |ask| on_owner(ask, "iam:DeactivateMFADevice"),
        run: deactivate,
    },
    Operation { name: "DeleteVirtualMFADevice", checks: on_device, run: delete },
    Operation { name: "EnableMFADevice", checks: |ask| on_owner(ask, "iam:EnableMFADevice"), run: enable },
    Operation { name: "GetMFADevice", checks: |ask| on_owner(ask, "iam:GetMFADevice"), run: get },
    Operation {
        name: "ListMFADevices",
        checks: |ask| on_owner(ask, "iam:ListMFADevices"),
        run: list_of_owner,
    },
    Operation { name: "ListVirtualMFADevices", checks: on_all, run: list },
    Operation { name: "ResyncMFADevice", checks: |ask| on_owner(ask, "iam:ResyncMFADevice"), run: resync },
];

fn creation(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let check = Check::new("iam:CreateVirtualMFADevice", new_serial_number(ask));
    Ok(tags::creation(check, "iam:TagMFADevice", &tags::given(ask)))
}

fn create(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let serial = new_serial_number(ask);
    if serial.len() > MAX_SERIAL {
        let message = format!(
            "1 validation error detected: Value '{serial}' at 'serialNumber' failed to satisfy constraint: Member must have length less \
             than or equal to {MAX_SERIAL}"
        );
        return Err(ServiceError::new("ValidationError", 400, message));
    }
    let mut seed = [0; 40];
    seed.copy_from_slice(&ask.random[..40]);
    let device =
        ask.account.change(|directory| mfa::create(directory, &serial, tags::given(ask), ask.now, seed))?;
    let uri = mfa::key_uri(ask.directory, &device)?;
    let picture = picture::draw(uri.expose()).ok_or_else(too_long)?;
    let answer = Structure::new()
        .with("SerialNumber", device.serial_number.as_str())
        .with("Base32StringSeed", device.seed.expose().clone().into_bytes())
        .with("QRCodePNG", picture)
        .with_some("Tags", tags::shown(&device.tags));
    Ok(Structure::new().with("VirtualMFADevice", answer))
}

fn enable(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (owner, serial, codes) = (owner(ask)?, serial_number(ask), codes(ask));
    ask.account.change(|directory| mfa::enable(directory, owner, serial, codes, ask.now))?;
    Ok(Structure::new())
}

fn resync(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (owner, serial, codes) = (owner(ask)?, serial_number(ask), codes(ask));
    ask.account.change(|directory| mfa::resync(directory, owner, serial, codes, ask.now))?;
    Ok(Structure::new())
}

fn deactivate(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let (owner, serial) = (owner(ask)?, serial_number(ask));
    ask.account.change(|directory| mfa::deactivate(directory, owner, serial))?;
    Ok(Structure::new())
}

fn delete(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let serial = serial_number(ask);
    ask.account.change(|directory| mfa::delete(directory, serial, ask.now))?;
    Ok(Structure::new())
}

/// AWS tells of security keys alone (captured), and there are none here.
fn get(_: &Ask<'_>) -> Result<Structure, ServiceError> {
    Err(ServiceError::new(
        "ValidationError",
        400,
        "The MFA device serial number sent in the request is invalid or not supported by this API. Currently, only hardware FIDO \
         security keys are supported. Please use the compatible device or API.",
    ))
}

fn list_of_owner(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let page = page(ask).cut(mfa::of_owner(ask.directory, owner(ask)?)?, |device| &device.serial_number)?;
    let shown = |device: &MfaDevice| -> Value {
        Structure::new()
            .with("UserName", device.user_name.as_deref().unwrap_or(resource::ROOT))
            .with("SerialNumber", device.serial_number.as_str())
            .with_some("EnableDate", device.enable_date)
            .into()
    };
    Ok(listed("MFADevices", &page, |device| shown(device)))
}

/// Neither seeds nor tags are shown again (captured).
fn list(ask: &Ask<'_>) -> Result<Structure, ServiceError> {
    let assignment = match ask.input.text("AssignmentStatus") {
        Some("Assigned") => Assignment::Assigned,
        Some("Unassigned") => Assignment::Unassigned,
        _ => Assignment::Any,
    };
    let page = page(ask).cut(mfa::list(ask.directory, assignment), |device| &device.serial_number)?;
    let shown = |device: &MfaDevice| -> Value {
        Structure::new()
            .with("SerialNumber", device.serial_number.as_str())
            .with_some("User", shown_owner(ask.directory, device))
            .with_some("EnableDate", device.enable_date)
            .into()
    };
    Ok(listed("VirtualMFADevices", &page, |device| shown(device)))
}

/// Actions on a user's devices are actions on the user.
fn on_owner(ask: &Ask<'_>, action: &'static str) -> Result<Vec<Check>, ServiceError> {
    Ok(vec![resource::owner_check(ask.directory, action, resource::owner(ask)?)])
}

fn on_device(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    let serial = serial_number(ask);
    let device = ask.directory.mfa_devices.get(serial);
    let named = match (device, serial.parse::<Arn>()) {
        (Some(device), _) => device.serial_number.clone(),
        (None, Ok(arn)) => arn.to_string(),
        (None, Err(_)) => ask.directory.arn("mfa", "/", serial).to_string(),
    };
    let mut check = Check::new("iam:DeleteVirtualMFADevice", named);
    for tag in device.iter().flat_map(|device| &device.tags) {
        check.context.set(&format!("aws:ResourceTag/{}", tag.key), &*tag.value);
    }
    Ok(vec![check])
}

fn on_all(ask: &Ask<'_>) -> Result<Vec<Check>, ServiceError> {
    Ok(vec![resource::list_check(ask, "iam:ListVirtualMFADevices", "mfa")])
}

/// Whose devices are meant.
fn owner<'a>(ask: &Ask<'a>) -> Result<MfaOwner<'a>, ServiceError> {
    Ok(resource::owner(ask)?.map_or(MfaOwner::Root, MfaOwner::User))
}

fn shown_owner(directory: &Directory, device: &MfaDevice) -> Option<Structure> {
    device.enable_date?;
    let Some(user) = device.user_name.as_deref().and_then(|name| directory.users.get(name)) else {
        let created = directory.account.iter().next().map(|account| account.created_at);
        return Some(
            Structure::new()
                .with("UserId", directory.account_id().to_string())
                .with("Arn", directory.root_arn().to_string())
                .with_some("CreateDate", created),
        );
    };
    Some(
        Structure::new()
            .with("Path", user.path.as_str())
            .with("UserName", user.user_name.as_str())
            .with("UserId", user.user_id.to_string())
            .with("Arn", user.arn.to_string())
            .with("CreateDate", user.create_date),
    )
}

fn new_serial_number(ask: &Ask<'_>) -> String {
    let path = ask.input.text("Path").unwrap_or("/");
    let name = ask.input.text("VirtualMFADeviceName").unwrap_or_default();
    ask.directory.arn("mfa", path, name).to_string()
}

fn serial_number<'a>(ask: &Ask<'a>) -> &'a str {
    ask.input.text("SerialNumber").unwrap_or_default()
}

fn codes<'a>(ask: &Ask<'a>) -> [&'a str; 2] {
    ["AuthenticationCode1", "AuthenticationCode2"].map(|name| ask.input.text(name).unwrap_or_default())
}

fn too_long() -> ServiceError {
    ServiceError::new("ServiceFailure", 500, "The device's name does not fit into a QR code.")
}

/// What other operations take for a serial number.
const MAX_SERIAL: usize = 256;
