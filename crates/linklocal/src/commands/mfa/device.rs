//! Devices whose seeds are kept here: found by serial number or name.

use credentials::mfa::{Serial, SerialError, seed_name};
use totp::Seed;
use vault::{Kind, Listed, Name, Vault};

use crate::commands::vault::{failed, hint_unreachable};
use crate::failure::Failure;

/// A serial number that was typed for a device that is to show codes.
pub(super) fn serial(typed: &str) -> Result<Serial, Failure> {
    if typed.trim_start().get(..8).is_some_and(|start| start.eq_ignore_ascii_case("otpauth:")) {
        return Err(Failure::usage("this is the device's secret, and no serial number; nothing was kept")
            .hint("name the device, and give its URI when asked; the shell may remember what was typed: have it forget"));
    }
    Serial::parse(typed).map_err(|error: SerialError| Failure::usage(error.to_string()).hint(error.remedy()))
}

/// The name under which a seed is kept.
pub(super) fn name(serial: &Serial) -> Name {
    seed_name(serial.as_str()).expect("a serial number has fewer characters than a name may have")
}

/// The one device that was meant: by its serial number, by the name at its end, or, where nothing was typed, the only one.
pub(super) fn find(vault: &Vault, typed: Option<&str>) -> Result<Name, Failure> {
    if let Some(name) = typed.and_then(|typed| Name::new(Kind::MfaSeed, typed).ok())
        && vault.get(&name).map_err(|error| failed(&error))?.is_some()
    {
        return Ok(name);
    }
    let mut all: Vec<Name> = list(vault)?.into_iter().map(|listed| listed.name).collect();
    all.dedup();
    all.retain(|name| typed.is_none_or(|typed| short(name) == typed));
    match (all.len(), typed) {
        (1, _) => Ok(all.remove(0)),
        (0, Some(typed)) => Err(Failure::new(format!("no seed is kept for a device {typed:?}"))),
        (0, None) => Err(Failure::new("no seed of a device is kept here")),
        (_, Some(typed)) => {
            let serials: Vec<&str> = all.iter().map(Name::id).collect();
            return Err(Failure::usage(format!(
                "{typed:?} is the name of several devices: {}",
                serials.join(", ")
            ))
            .hint("give the serial number"));
        }
        (count, None) => {
            return Err(Failure::usage(format!("seeds of {count} devices are kept here"))
                .hint("name one; `linklocal mfa list` shows them"));
        }
    }
    .map_err(|failure| {
        hint_unreachable(
            failure,
            vault,
            "`linklocal mfa list` shows what is kept; `linklocal mfa add` keeps one",
        )
    })
}

/// Seeds by serial number.
pub(super) fn list(vault: &Vault) -> Result<Vec<Listed>, Failure> {
    let mut all = vault.list(Kind::MfaSeed).map_err(|error| failed(&error))?;
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(all)
}

pub(super) fn seed(vault: &Vault, name: &Name) -> Result<Seed, Failure> {
    let damaged = || {
        Failure::new(format!("what is kept for {} is no seed", name.id()))
            .hint(format!("keep the right one with `linklocal mfa add --replace {}`", name.id()))
    };
    let value = vault.get(name).map_err(|error| failed(&error))?.ok_or_else(damaged)?;
    let text = str::from_utf8(value.expose()).map_err(|_| damaged())?;
    Seed::from_base32(text).map_err(|_| damaged())
}

/// The name at the end of an ARN.
pub(super) fn short(name: &Name) -> &str {
    name.id().rsplit('/').next().unwrap_or_default()
}
