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
    let own = own.to_str().and_then(quoted);
    let (Some(own), Some(source)) = (own, quoted(source)) else {
        return Err(Failure::new(format!(
            "profile {source:?} or the path of linklocal itself holds a quote or another mark that shells and SDKs read in \
             different ways; the session is kept, and no profile was written"
        ))
        .hint("give the profile another name, or put linklocal elsewhere"));
    };
    Ok(format!("{own} mfa process --keep vault --profile {source} --serial-number {serial}"))
}

/// In double quotes where it has to be: every SDK splits the line so, with a shell or without. `None` for what none of them would
/// read as it stands.
fn quoted(word: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_+=/:,.@-%".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return Some(word.to_owned());
    }
    let hopeless = |c: char| matches!(c, '"' | '\'' | '\\' | '$' | '`' | '!' | '#' | ';') || c.is_control();
    (!word.is_empty() && !word.contains(hopeless)).then(|| format!("\"{word}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_quoted_for_everybody_is_not_changed_in_secret() {
        for (word, expected) in [
            ("dev", Some("dev")),
            ("/opt/my tools/linklocal", Some("\"/opt/my tools/linklocal\"")),
            ("a&b", Some("\"a&b\"")),
            ("$(id)", None),
            ("a\"b", None),
            ("a\\b", None),
            ("a\nb", None),
            ("a #b", None),
            ("", None),
        ] {
            assert_eq!(quoted(word).as_deref(), expected, "{word:?}");
        }
    }
}
