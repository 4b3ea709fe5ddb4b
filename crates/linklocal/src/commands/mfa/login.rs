//! `linklocal mfa login`: a session with MFA, written as a profile.
//!
//! Rule: everything that can be refused is refused before a code is asked for, since a code works once.

use std::path::Path;

use credentials::Resolved;
use credentials::mfa::{NewSession, Serial, new_session};
use profile::Sdk;
use profile::plan::{MfaKeep, MfaSession, Provider};
use serde::Serialize;
use sys::Env;
use types::Timestamp;

use super::finder::{self, Line};
use super::process;
use super::session_profile;
use super::user::{Named, Typed, User};
use crate::arguments::{Global, GuardArguments, MfaLoginArguments, SessionHome};
use crate::commands::configure;
use crate::commands::credentials::{self as chain, Findings, Receipts, Recipient};
use crate::failure::Failure;
use crate::guard::Guard;
use crate::output::Output;

/// The object of `--json`.
#[derive(Serialize)]
struct Object<'a> {
    /// Null where none was written.
    profile: Option<&'a str>,
    /// Null where the keys do not stand in one.
    source_profile: Option<&'a str>,
    serial_number: &'a str,
    account_id: Option<&'a str>,
    access_key_id: &'a str,
    expiration: Option<Timestamp>,
    region: Option<&'a str>,
    /// `file` or `vault`.
    kept_in: &'static str,
    files: Vec<String>,
}

pub(super) fn run(
    global: &Global,
    env: &Env,
    output: Output,
    arguments: &MfaLoginArguments,
) -> Result<(), Failure> {
    let typed = Typed {
        profile: arguments.profile.as_deref(),
        region: arguments.region.as_deref(),
        serial: arguments.serial_number.as_deref(),
        code: arguments.token_code.as_deref(),
    };
    let user = User::find(env, &typed)?;
    let out = out(&user, arguments);
    if let Some(name) = &out {
        session_profile::check(&user.snapshot.ground(Sdk::Linklocal), name)?;
    }
    let line = Line::of(&user)?;
    admit(&line, &user, env, &arguments.guard)?;
    let (serial, named) = finder::device(&line, &user)?;
    if matches!(named, Named::Listed) {
        Output::note(&format!("MFA device: {serial}, the only one that IAM lists for the user"));
    }
    let keep = match arguments.keep {
        SessionHome::File => MfaKeep::File,
        SessionHome::Vault => MfaKeep::Vault,
    };
    let session = session(&user, &serial, keep, arguments.duration_seconds);
    let provider = Provider::MfaSession(Box::new(session.clone()));
    let new = NewSession { session, since: user.snapshot.now };
    let found = line.ask(new_session(&line.context, &new))?;
    let files = match &out {
        Some(name) => write(env, output, &user, &serial, (name, keep), &found)?,
        None => Vec::new(),
    };
    if let Some(file) = files.last().filter(|_| keep == MfaKeep::File) {
        let findings = Findings::of_provider(&user.snapshot, &provider, found.clone());
        Receipts::of(global, env).keep(&findings, "mfa login", Recipient::File(Path::new(file)));
    }
    let object = object(&user, &serial, keep, out.as_deref(), &found, files);
    output.result(&object, || text(&object, user.snapshot.now))
}

/// Refuses keys that are not what the directory and the flags expect, before anybody is asked for a code.
pub(super) fn admit(line: &Line, user: &User, env: &Env, arguments: &GuardArguments) -> Result<(), Failure> {
    if Guard::find(env, arguments)?.is_empty() {
        return Ok(());
    }
    let keys = line.keys(user)?;
    chain::admit(&user.snapshot, arguments, &keys, &format!("profile {}", user.profile), &user.region.value)
}

/// What is asked of STS.
pub(super) fn session(
    user: &User,
    serial: &Serial,
    keep: MfaKeep,
    duration_seconds: Option<u32>,
) -> MfaSession {
    MfaSession {
        base: user.keys.clone(),
        profile: user.profile.clone(),
        serial: serial.as_str().to_owned(),
        source: user.source.clone(),
        duration_seconds,
        keep,
        sts: user.sts.clone(),
    }
}

/// The profile to write.
fn out(user: &User, arguments: &MfaLoginArguments) -> Option<String> {
    if arguments.no_write {
        return None;
    }
    let named = arguments.profile_out.clone().or_else(|| user.renewed.clone());
    Some(named.unwrap_or_else(|| "mfa".to_owned()))
}

/// Writes the profile, unless somebody has put keys into it meanwhile. The files that were changed.
fn write(
    env: &Env,
    output: Output,
    user: &User,
    serial: &Serial,
    (name, keep): (&str, MfaKeep),
    session: &Resolved,
) -> Result<Vec<String>, Failure> {
    // The device is named: a user of several would not be found otherwise.
    let typed =
        Typed { profile: Some(&user.profile), region: None, serial: Some(serial.as_str()), code: None };
    if let Ok(now) = User::find(env, &typed) {
        session_profile::check(&now.snapshot.ground(Sdk::Linklocal), name)?;
    }
    let edits = match keep {
        MfaKeep::File => session_profile::edits(name, user, serial, session),
        MfaKeep::Vault => {
            let command = process::command(user, serial)?;
            session_profile::process_edits(name, user, serial, command)
        }
    };
    let written = configure::write(env, output, &edits)?;
    written.tell();
    Ok(written.files())
}

fn object<'a>(
    user: &'a User,
    serial: &'a Serial,
    keep: MfaKeep,
    profile: Option<&'a str>,
    session: &'a Resolved,
    files: Vec<String>,
) -> Object<'a> {
    let named = user.region.place != profile::Place::Default;
    Object {
        profile,
        source_profile: user.source_profile.as_deref(),
        serial_number: serial.as_str(),
        account_id: session.account_id.as_deref(),
        access_key_id: &session.access_key_id,
        expiration: session.expiration,
        region: named.then_some(user.region.value.as_str()),
        kept_in: match keep {
            MfaKeep::File => "file",
            MfaKeep::Vault => "vault",
        },
        files,
    }
}

fn text(object: &Object<'_>, now: Timestamp) -> String {
    let end = object.expiration.map(|end| format!(", {}", chain::end_text(end, now))).unwrap_or_default();
    match object.profile {
        Some(name) => {
            let note = if object.region.is_none() {
                "\nnothing names a region, so the profile has none"
            } else {
                ""
            };
            format!("profile {name} has a session with MFA by {}{end}{note}\n", object.serial_number)
        }
        None => format!("a session with MFA by {} is kept{end}\n", object.serial_number),
    }
}
