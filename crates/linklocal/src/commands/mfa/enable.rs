//! `linklocal mfa enable`: a virtual device, from its making to its first two codes.
//!
//! Rule: a device that is not linked in the end is deleted again, by whatever way the command ends, and its seed forgotten; a
//! seed that is to be kept is kept before the device is linked, since nobody gets in without it afterwards.

use std::sync::Arc;

use ::vault::Vault;
use credentials::mfa::{Serial, VirtualDevice};
use serde::Serialize;
use sys::Env;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use totp::KeyUri;
use types::Secret;

use super::linked::{Desk, forget};
use super::{add, device, qr};
use crate::arguments::{MfaEnableArguments, SeedHome};
use crate::commands::{event_loop, vault};
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json`.
#[derive(Serialize)]
struct Object<'a> {
    serial_number: &'a str,
    user_name: &'a str,
    /// The word of `--vault`; null where the seed is kept nowhere here.
    kept_in: Option<&'static str>,
}

pub(super) fn run(env: &Env, output: Output, arguments: &MfaEnableArguments) -> Result<(), Failure> {
    let desk = Arc::new(Desk::open(env, &arguments.user)?);
    let keeps = keeps(&desk, arguments)?;
    let vault = keeps.then(|| vault::open(env, &arguments.user.vault)).transpose()?;
    if let Some(vault) = &vault {
        vault::note_fallback(vault);
    }
    let name = arguments.virtual_mfa_device_name.clone().unwrap_or_else(|| desk.user.clone());
    let signals = Signals::listen()?;
    let made = desk.ask(desk.iam.create(&name)).map_err(|failure| taken(failure, &name))?;
    Output::note(&format!("{} is made; until it is linked, nothing asks for its codes", made.serial));
    let (worker, device, kept, typed) = (Arc::clone(&desk), made.clone(), vault.clone(), arguments.clone());
    let linked = signals.unless_ended(move || link(&worker, &device, kept.as_ref(), &typed));
    if let Err(failure) = linked {
        undo(&desk, &made.serial, vault.as_ref());
        return Err(failure);
    }
    let kept_in = vault.as_ref().map(|vault| vault.backend().word());
    let object = Object { serial_number: made.serial.as_str(), user_name: &desk.user, kept_in };
    output.result(&object, || text(&object, vault.as_ref()))
}

/// Whether the seed is kept here; asked where nobody says.
fn keeps(desk: &Desk, arguments: &MfaEnableArguments) -> Result<bool, Failure> {
    if let Some(keep) = arguments.keep {
        return Ok(keep == SeedHome::Vault);
    }
    let question = "Keep the device's seed here, so that linklocal makes its codes? (else a QR code is shown for an app) [Y/n] ";
    let answer = desk.context.prompt.ask(question).map_err(|error| {
        Failure::usage(format!("nobody says where the seed goes, and {error}"))
            .hint("give --keep vault or --keep no")
    })?;
    Ok(!matches!(answer.expose().trim(), "n" | "N" | "no"))
}

/// Keeps or shows the seed, and links the device.
fn link(
    desk: &Desk,
    made: &VirtualDevice,
    vault: Option<&Vault>,
    arguments: &MfaEnableArguments,
) -> Result<(), Failure> {
    if let Some(vault) = vault {
        add::keep(vault, &device::name(&made.serial), &made.seed)?;
    }
    if vault.is_none() || arguments.qr {
        show(desk, made, arguments.invert_qr)?;
    }
    match vault {
        Some(_) => {
            let (codes, _) = desk.made(&made.seed);
            enable(desk, &made.serial, &codes)
        }
        None => typed(desk, &made.serial),
    }
}

/// Codes that somebody types, again where they are wrong.
fn typed(desk: &Desk, serial: &Serial) -> Result<(), Failure> {
    for _ in 1..TRIES {
        let codes = desk.typed(serial)?;
        match enable(desk, serial, &codes) {
            Ok(()) => return Ok(()),
            Err(failure) => Output::note(&format!("{}; two codes in a row once more", failure.message)),
        }
    }
    let codes = desk.typed(serial)?;
    enable(desk, serial, &codes)
}

fn enable(desk: &Desk, serial: &Serial, codes: &[Secret<String>; 2]) -> Result<(), Failure> {
    desk.ask(desk.iam.enable(&desk.user, serial, codes))?;
    desk.note(serial, &codes[1]);
    Ok(())
}

/// The seed for an app, at the terminal alone: output that goes elsewhere stays elsewhere.
fn show(desk: &Desk, made: &VirtualDevice, inverted: bool) -> Result<(), Failure> {
    let account = format!("{}@{}", made.serial.device_name(), desk.account);
    let uri = KeyUri::of_aws(&account, made.seed.clone()).write();
    let at_terminal = |line: &str| {
        sys::terminal::show(line).map_err(|error| {
            Failure::new(format!("the seed is shown at a terminal alone, and there is none: {error}"))
                .hint("let it be kept here: --keep vault")
        })
    };
    let rows = qr::draw(uri.expose(), inverted).unwrap_or_default();
    let width = rows.first().map_or(0, |row| row.chars().count());
    match sys::terminal::columns() {
        Some(columns) if columns < width => at_terminal(&format!(
            "the QR code is {width} columns wide, and this terminal has {columns}: type the key below into the app"
        ))?,
        _ => at_terminal(&rows.join("\n"))?,
    }
    at_terminal(&format!("secret key: {}\n", made.seed.base32().expose()))
}

/// Takes everything back that was done. The seed of a device that stays is kept: it may have been linked after all.
fn undo(desk: &Desk, serial: &Serial, vault: Option<&Vault>) {
    if let Err(failure) = desk.ask(desk.iam.delete(serial)) {
        return Output::note(&format!(
            "warning: {serial} was made and cannot be deleted again: {}; see `linklocal mfa disable {serial}`",
            failure.message
        ));
    }
    Output::note(&format!("{serial} was not linked, and is deleted again"));
    if let Some(Err(failure)) = vault.map(|vault| forget(vault, serial)) {
        Output::note(&format!("warning: its seed stays in the vault: {}", failure.message));
    }
}

/// Ctrl-C and its like, heard from the moment on when there is something to take back.
struct Signals {
    runtime: Runtime,
    heard: [Signal; 3],
}

impl Signals {
    fn listen() -> Result<Self, Failure> {
        let runtime = event_loop()?;
        let heard = runtime.block_on(async {
            let listen = |kind| {
                signal(kind).map_err(|error| Failure::new(format!("signals cannot be heard: {error}")))
            };
            Ok::<_, Failure>([
                listen(SignalKind::interrupt())?,
                listen(SignalKind::terminate())?,
                listen(SignalKind::hangup())?,
            ])
        })?;
        Ok(Self { runtime, heard })
    }

    /// What `work` comes to, unless somebody ends it; then it is left where it is, and ends with the process.
    fn unless_ended(
        mut self,
        work: impl FnOnce() -> Result<(), Failure> + Send + 'static,
    ) -> Result<(), Failure> {
        let (done, wait) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || done.send(work()));
        let [interrupt, terminate, hangup] = &mut self.heard;
        self.runtime.block_on(async {
            tokio::select! {
                done = wait => done.unwrap_or_else(|_| Err(Failure::new("the device was not linked"))),
                _ = interrupt.recv() => Err(Failure::new("interrupted").exit(130)),
                _ = terminate.recv() => Err(Failure::new("ended from outside").exit(143)),
                _ = hangup.recv() => Err(Failure::new("the terminal has gone").exit(129)),
            }
        })
    }
}

fn taken(failure: Failure, name: &str) -> Failure {
    match failure.message.contains("EntityAlreadyExists") {
        true => failure.hint(format!(
            "give the new device another name (--virtual-mfa-device-name), or remove the old one: `linklocal mfa disable {name}`"
        )),
        false => failure,
    }
}

fn text(object: &Object<'_>, vault: Option<&Vault>) -> String {
    let serial = object.serial_number;
    let kept = match vault {
        Some(vault) => {
            format!("its seed is kept in the {}: `linklocal mfa code` makes its codes\n", vault::place(vault))
        }
        None => String::new(),
    };
    format!(
        "{serial} is linked to user {}\n{kept}name it in the user's profile: linklocal configure set mfa_serial {serial} --profile NAME\n",
        object.user_name
    )
}

/// How often somebody may type a pair.
const TRIES: u32 = 3;
