//! Seeds of devices, where `linklocal mfa add` and `enable` keep them: in the vault, under the device's serial number.

use totp::Seed;
use types::Secret;
use vault::{Kind, Name, Passphrase, Settings, Vault};

use super::Device;
use crate::{Context, ResolveError};

/// The seed of the device, which is configured to be there.
pub(super) async fn needed(context: &Context, device: &Device<'_>) -> Result<Seed, ResolveError> {
    let settings = settings(context).map_err(|error| device.refused(error, CHOOSE))?;
    match of_device(settings, device.serial).await {
        Ok(Some(seed)) => Ok(seed),
        Ok(None) => {
            let what = "codes are to be made of a seed (mfa_source = totp), and none is kept for the device";
            Err(device.refused(what, format!("keep it with `linklocal mfa add {}`", device.serial)))
        }
        Err(error) => Err(device.refused(error, CHOOSE)),
    }
}

/// The seed, where one is kept and can be read without a person: nobody is asked for a passphrase in place of a code.
pub(super) async fn found(context: &Context, device: &Device<'_>) -> Option<Seed> {
    let mut settings = settings(context).ok()?;
    if matches!(settings.passphrase, Passphrase::Person) {
        settings.file = None;
    }
    let seed = of_device(settings, device.serial).await;
    seed.inspect_err(|error| tracing::debug!("no seed of {}: {error}", device.serial)).ok().flatten()
}

/// Under which name the vault keeps it.
pub fn seed_name(serial: &str) -> Option<Name> {
    Name::new(Kind::MfaSeed, serial).ok()
}

fn settings(context: &Context) -> Result<Settings, String> {
    Settings::from_env(&context.env, None).map_err(|error| chain(&error))
}

/// Disks, daemons and persons are slow: another thread waits for them.
async fn of_device(settings: Settings, serial: &str) -> Result<Option<Seed>, String> {
    let Some(name) = seed_name(serial) else { return Ok(None) };
    let found = tokio::task::spawn_blocking(move || {
        Vault::open(&settings).and_then(|vault| vault.get(&name)).map_err(|error| chain(&error))
    });
    let value = found.await.expect("a vault does not panic")?;
    value.map(|value| read(&value)).transpose()
}

/// As it is kept: Base32.
fn read(value: &Secret<Vec<u8>>) -> Result<Seed, String> {
    let text = std::str::from_utf8(value.expose()).map_err(|_| DAMAGED.to_owned())?;
    Seed::from_base32(text).map_err(|_| DAMAGED.to_owned())
}

pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(&format!(": {inner}"));
        cause = inner.source();
    }
    text
}

const CHOOSE: &str = "see that the vault can be opened (`linklocal mfa list`), or let somebody type the code: mfa_source = prompt";
const DAMAGED: &str = "what the vault keeps for the device is no seed";
