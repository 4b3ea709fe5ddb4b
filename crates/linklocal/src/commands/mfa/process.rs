//! `linklocal mfa process`: the session that all processes of the user share, as `credential_process` of a profile.
//!
//! Rule: one object on stdout and nothing else; the code is asked for at the terminal where a session has ended.

use credentials::mfa::Serial;
use profile::plan::{MfaKeep, Provider};
use sys::Env;

use super::finder::{self, Line};
use super::login::{admit, session};
use super::user::{Typed, User};
use crate::arguments::{Global, MfaProcessArguments, SessionHome};
use crate::commands::credentials::{Document, Findings, Receipts, Recipient};
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(global: &Global, env: &Env, arguments: &MfaProcessArguments) -> Result<(), Failure> {
    let typed = Typed {
        profile: arguments.profile.as_deref(),
        region: None,
        serial: arguments.serial_number.as_deref(),
        code: None,
    };
    let user = User::find(env, &typed)?;
    let line = Line::of(&user)?;
    admit(&line, &user, env, &arguments.guard)?;
    let (serial, _) = finder::device(&line, &user)?;
    let keep = match arguments.keep {
        SessionHome::File => MfaKeep::File,
        SessionHome::Vault => MfaKeep::Vault,
    };
    let provider = Provider::MfaSession(Box::new(session(&user, &serial, keep, None)));
    let found = line.ask(credentials::resolve(&line.context, &provider))?;
    let findings = Findings::of_provider(&user.snapshot, &provider, found);
    Receipts::of(global, env).keep(&findings, "mfa process", Recipient::Parent);
    Output::object(&Document::of(&findings))
}

/// The line of a profile that asks for the session of this user and device in the vault.
pub(super) fn command(user: &User, serial: &Serial) -> Result<String, Failure> {
    let own = std::env::current_exe().map_err(|error| {
        Failure::new(format!("where linklocal itself is cannot be told: {error}; the session is kept, and no profile was written"))
    })?;
    let Some(source) = &user.source_profile else {
        return Err(Failure::new(
            "the user's keys stand in no profile, so no program can be named that asks with them again",
        )
        .hint("put the keys into a profile (`linklocal configure`), or leave out --keep vault"));
    };
    let words = [own.display().to_string(), source.clone()].map(|word| quoted(&word));
    Ok(format!("{} mfa process --keep vault --profile {} --serial-number {serial}", words[0], words[1]))
}

/// In double quotes where it has to be: every SDK splits the line so, with a shell or without.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=/:,.@-%".contains(&byte);
    if word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("\"{}\"", word.replace(['"', '\\', '$', '`'], ""))
    }
}
