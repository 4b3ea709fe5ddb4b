//! `linklocal mfa list`: which devices live here, and where.

use serde::Serialize;
use sys::Env;

use super::device;
use crate::arguments::MfaListArguments;
use crate::commands::vault;
use crate::failure::Failure;
use crate::output::{Output, table};

/// The object of `--json`.
#[derive(Serialize)]
struct Object {
    devices: Vec<Device>,
    /// Places that were not looked into.
    unreachable: Vec<Place>,
}

#[derive(Serialize)]
struct Device {
    serial: String,
    name: String,
    /// The word of `--vault`.
    kept_in: &'static str,
}

#[derive(Serialize)]
struct Place {
    place: &'static str,
    reason: String,
}

pub(super) fn run(env: &Env, output: Output, arguments: &MfaListArguments) -> Result<(), Failure> {
    let vault = vault::open(env, &arguments.vault)?;
    let devices = device::list(&vault)?.into_iter().map(|listed| Device {
        name: device::short(&listed.name).to_owned(),
        serial: listed.name.id().to_owned(),
        kept_in: listed.backend.word(),
    });
    let unreachable = vault.unreachable().iter();
    let unreachable =
        unreachable.map(|(backend, reason)| Place { place: backend.word(), reason: reason.clone() });
    let object = Object { devices: devices.collect(), unreachable: unreachable.collect() };
    if !output.json {
        let missing = |place: &Place| format!("{} was not looked into: {}", place.place, place.reason);
        Output::notes(&object.unreachable.iter().map(missing).collect::<Vec<_>>());
    }
    output.result(&object, || text(&object.devices))
}

fn text(devices: &[Device]) -> String {
    if devices.is_empty() {
        return "no device lives here\n".to_owned();
    }
    let row = |device: &Device| vec![device.name.clone(), device.serial.clone(), device.kept_in.to_owned()];
    table(&["NAME", "SERIAL", "KEPT IN"], &devices.iter().map(row).collect::<Vec<_>>())
}
