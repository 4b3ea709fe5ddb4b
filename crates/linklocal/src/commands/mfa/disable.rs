//! `linklocal mfa disable`: takes a device from its user, deletes it, and forgets its seed.
//!
//! Rule: the seed goes last: as long as AWS may ask for a code, somebody must be able to make it.

use serde::Serialize;
use sys::Env;

use super::linked::{Desk, forget};
use crate::arguments::MfaDisableArguments;
use crate::commands::vault;
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json`.
#[derive(Serialize)]
struct Object<'a> {
    serial_number: &'a str,
    user_name: &'a str,
    /// Whether it was a virtual device, which is gone now.
    deleted: bool,
    seed_forgotten: bool,
}

pub(super) fn run(env: &Env, output: Output, arguments: &MfaDisableArguments) -> Result<(), Failure> {
    let desk = Desk::open(env, &arguments.user)?;
    let serial = desk.serial(&arguments.device)?;
    agreed(&desk, serial.as_str(), arguments.yes)?;
    // One that was never linked has no user to be taken from.
    let taken = desk.ask(desk.iam.deactivate(&desk.user, &serial));
    let is_virtual = serial.as_str().starts_with("arn:");
    match (taken, is_virtual) {
        (Err(failure), false) => return Err(failure),
        (Err(failure), true) if !failure.message.contains("NoSuchEntity") => return Err(failure),
        _ => {}
    }
    if is_virtual {
        desk.ask(desk.iam.delete(&serial))?;
    }
    let vault = vault::open(env, &arguments.user.vault)?;
    let seed_forgotten = forget(&vault, &serial)?;
    let object =
        Object { serial_number: serial.as_str(), user_name: &desk.user, deleted: is_virtual, seed_forgotten };
    output.result(&object, || text(&object))
}

fn agreed(desk: &Desk, serial: &str, yes: bool) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    let answer =
        desk.context.prompt.ask(&format!("Take {serial} from user {}, and delete it? [y/N] ", desk.user));
    match answer.as_ref().map(|answer| answer.expose().trim()) {
        Ok("y" | "Y" | "yes") => Ok(()),
        Ok(_) => Err(Failure::new("nothing was changed")),
        Err(error) => {
            Err(Failure::usage(format!("nobody agrees that the device goes: {error}")).hint("give --yes"))
        }
    }
}

fn text(object: &Object<'_>) -> String {
    let deleted = if object.deleted { " and deleted" } else { "" };
    let seed = if object.seed_forgotten { "; its seed is forgotten" } else { "" };
    format!("{} is taken from user {}{deleted}{seed}\n", object.serial_number, object.user_name)
}
