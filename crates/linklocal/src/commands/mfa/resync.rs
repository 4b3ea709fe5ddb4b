//! `linklocal mfa resync`: two codes in a row bring a device back into step with AWS.

use serde::Serialize;
use sys::Env;
use totp::Seed;
use types::Secret;

use super::device;
use super::linked::{Desk, is_code};
use crate::arguments::MfaResyncArguments;
use crate::commands::vault;
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json`.
#[derive(Serialize)]
struct Object<'a> {
    serial_number: &'a str,
    user_name: &'a str,
}

pub(super) fn run(env: &Env, output: Output, arguments: &MfaResyncArguments) -> Result<(), Failure> {
    let desk = Desk::open(env, &arguments.user)?;
    let serial = desk.serial(&arguments.device)?;
    let codes = match &arguments.authentication_codes {
        Some(codes) => pair(codes)?,
        None => match kept(env, arguments, &serial)? {
            Some(seed) => desk.made(&seed).0,
            None => desk.typed(&serial)?,
        },
    };
    desk.ask(desk.iam.resync(&desk.user, &serial, &codes))?;
    desk.note(&serial, &codes[1]);
    let object = Object { serial_number: serial.as_str(), user_name: &desk.user };
    output.result(&object, || format!("{serial} of user {} is in step again\n", desk.user))
}

/// The seed, where one is kept here.
fn kept(
    env: &Env,
    arguments: &MfaResyncArguments,
    serial: &credentials::mfa::Serial,
) -> Result<Option<Seed>, Failure> {
    let (vault, name) = (vault::open(env, &arguments.user.vault)?, device::name(serial));
    match vault.get(&name).map_err(|error| vault::failed(&error))? {
        Some(_) => device::seed(&vault, &name).map(Some),
        None => Ok(None),
    }
}

fn pair(typed: &[String]) -> Result<[Secret<String>; 2], Failure> {
    let codes: Vec<Secret<String>> = typed.iter().map(|code| Secret::new(code.clone())).collect();
    match <[Secret<String>; 2]>::try_from(codes) {
        Ok(codes) if codes.iter().all(is_code) && codes[0] != codes[1] => Ok(codes),
        _ => Err(Failure::usage("--authentication-codes: two different codes of six digits are needed")),
    }
}
