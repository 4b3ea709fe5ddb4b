//! `linklocal mfa add`: keeps the seed of a device.
//!
//! Rule: the seed comes from a terminal that does not show it, or from standard input; it is kept, read back and compared.

use std::io::{self, IsTerminal as _, Read as _};

use ::vault::{Backend, Name, Vault};
use serde::Serialize;
use sys::Env;
use totp::{KeyUri, Seed};
use types::Secret;

use super::device;
use crate::arguments::MfaAddArguments;
use crate::commands::vault;
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json`.
#[derive(Serialize)]
struct Object<'a> {
    serial: &'a str,
    /// The word of `--vault`.
    kept_in: &'static str,
    replaced: bool,
}

pub(super) fn run(env: &Env, output: Output, arguments: &MfaAddArguments) -> Result<(), Failure> {
    let serial = device::serial(&arguments.serial)?;
    let name = device::name(&serial);
    let vault = vault::open(env, &arguments.vault)?;
    let before = vault.get(&name).map_err(|error| vault::failed(&error))?;
    if before.is_some() && !arguments.replace {
        return Err(Failure::new(format!(
            "a seed is kept for {} already; nothing was changed",
            serial.as_str()
        ))
        .hint("`linklocal mfa code` shows whether it is the right one; --replace takes its place for good"));
    }
    vault::note_fallback(&vault);
    let seed = read(serial.as_str())?;
    keep(&vault, &name, &seed)?;
    if vault.backend() == Backend::Kernel {
        Output::note("warning: the kernel keyring is gone with a restart; have another copy of the seed");
    }
    let object =
        Object { serial: serial.as_str(), kept_in: vault.backend().word(), replaced: before.is_some() };
    output.result(&object, || {
        format!(
            "the seed of {} is kept in the {}\ncodes: linklocal mfa code {}\n",
            serial.as_str(),
            vault::place(&vault),
            serial.device_name()
        )
    })
}

/// Puts the seed into the vault and looks whether it is there.
pub(super) fn keep(vault: &Vault, name: &Name, seed: &Seed) -> Result<(), Failure> {
    let value = Secret::new(seed.base32().expose().clone().into_bytes());
    vault.put(name, &value).map_err(|error| vault::failed(&error))?;
    match vault.get(name).map_err(|error| vault::failed(&error))? {
        Some(kept) if kept == value => Ok(()),
        _ => Err(Failure::new(format!(
            "the {} gives back something else than was put into it",
            vault::place(vault)
        ))
        .hint("choose another place with --vault")),
    }
}

/// From the terminal, unseen, or from a pipe.
fn read(serial: &str) -> Result<Seed, Failure> {
    let text = if io::stdin().is_terminal() {
        let question = format!("Seed or otpauth URI of {serial}: ");
        sys::terminal::ask_hidden(&question)
            .map_err(|error| Failure::new(format!("the seed was not given: {error}; nothing was kept")))?
    } else {
        let mut bytes = Vec::with_capacity(LIMIT + 1);
        let read = io::stdin().lock().take(LIMIT as u64 + 1).read_to_end(&mut bytes);
        let bytes = Secret::new(bytes);
        read.map_err(|error| Failure::new(format!("standard input cannot be read: {error}")))?;
        if bytes.expose().len() > LIMIT {
            return Err(Failure::new(format!("standard input has more than {LIMIT} bytes, and no seed has")));
        }
        let text = str::from_utf8(bytes.expose()).map_err(|_| Failure::new("standard input is not UTF-8"))?;
        Secret::new(text.to_owned())
    };
    parse(&text)
}

fn parse(text: &Secret<String>) -> Result<Seed, Failure> {
    let text = text.expose().trim();
    if text.is_empty() {
        return Err(Failure::new("no seed was given; nothing was kept")
            .hint("give the secret key that AWS shows, or the URI in its QR code"));
    }
    if text.contains("://") {
        return KeyUri::parse(text).map(|uri| uri.seed).map_err(|error| Failure::of(&error));
    }
    Seed::from_base32(text).map_err(|error| Failure::of(&error))
}

/// Bytes: more than any URI of a device has.
const LIMIT: usize = 16 * 1024;
