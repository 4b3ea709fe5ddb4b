//! Keys that stand somewhere, and the command that prints some.
//!
//! Rule: a key that is there with nothing in it is there: botocore takes an empty key id of a file for a key id, and an
//! empty variable for none.

use types::{Secret, Timestamp};

use super::expiry::Expiry;
use super::{places, text};
use crate::plan::fault::Fault;
use crate::plan::merged::{KEY_ID, SECRET_KEY, SESSION_END, SESSION_TOKEN, keys_look};
use crate::plan::{Ground, Look, Process, Provider, StaticKeys};
use crate::reader::Profile;
use crate::{Arguments, Place, Sdk};

/// Those given on our command line.
pub(super) fn of_arguments(arguments: &Arguments) -> Look {
    let flags = [
        ("--access-key-id", arguments.access_key_id.is_some()),
        ("--secret-access-key", arguments.secret_access_key.is_some()),
        ("--session-token", arguments.session_token.is_some()),
    ];
    let given = flags.iter().filter(|(_, given)| *given).map(|(flag, _)| Place::flag(flag));
    let look = match (&arguments.access_key_id, &arguments.secret_access_key) {
        (Some(id), Some(secret)) => keys_look(StaticKeys {
            access_key_id: id.clone(),
            secret_access_key: secret.clone(),
            session_token: arguments.session_token.clone(),
            account_id: None,
            expiration: None,
        }),
        (None, None) if arguments.session_token.is_none() => Look::not_set(),
        _ => {
            let missing: Vec<&str> =
                flags[..2].iter().filter(|(_, given)| !given).map(|&(flag, _)| flag).collect();
            let message = format!("the command line has keys without {}", missing.join(" and "));
            Look::partial_fatal(&missing, message, "give both, or neither".to_owned())
        }
    };
    look.at(given)
}

/// `AWS_ACCESS_KEY_ID` and what goes with it.
pub(super) fn of_environment(ground: &Ground<'_>) -> Look {
    let set = |name: &&&str| ground.filled(name).is_some();
    let there = VARIABLES.iter().filter(set).map(|name| Place::variable(name));
    of_variables(ground).at(there)
}

fn of_variables(ground: &Ground<'_>) -> Look {
    let Some(id) = ground.filled("AWS_ACCESS_KEY_ID") else {
        return match ground.filled("AWS_SECRET_ACCESS_KEY") {
            Some(_) => Look::partial(&["AWS_ACCESS_KEY_ID"]),
            None => Look::not_set(),
        };
    };
    let Some(secret) = ground.filled("AWS_SECRET_ACCESS_KEY") else {
        let message = "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not".to_owned();
        let remedy = "set both, or unset AWS_ACCESS_KEY_ID".to_owned();
        return Look::partial_fatal(&["AWS_SECRET_ACCESS_KEY"], message, remedy);
    };
    let expiration = match ground.filled("AWS_CREDENTIAL_EXPIRATION").map(Expiry::read) {
        None => None,
        Some(Expiry::At(time)) if time > ground.view.now => Some(time),
        Some(expiry) => return expired(&expiry).look(),
    };
    let token = ground.filled("AWS_SECURITY_TOKEN").or_else(|| ground.filled("AWS_SESSION_TOKEN"));
    keys_look(StaticKeys {
        access_key_id: id.to_owned(),
        secret_access_key: Secret::new(secret.to_owned()),
        session_token: token.map(|token| Secret::new(token.to_owned())),
        account_id: ground.filled("AWS_ACCOUNT_ID").map(str::to_owned),
        expiration,
    })
}

fn expired(expiry: &Expiry) -> Fault {
    let why = match expiry {
        Expiry::At(time) => format!("the environment's keys ended at {time} (AWS_CREDENTIAL_EXPIRATION)"),
        Expiry::WithoutZone => "AWS_CREDENTIAL_EXPIRATION names no time zone".to_owned(),
        Expiry::Unreadable => "AWS_CREDENTIAL_EXPIRATION is no time".to_owned(),
    };
    let remedy = match expiry {
        Expiry::At(_) => "get new credentials, or unset AWS_ACCESS_KEY_ID and what goes with it",
        _ => "write it like 2026-11-22T10:00:00Z, or unset it",
    };
    Fault::fatal(why, remedy)
}

/// Those of a profile in one of the files: both keys and the token must stand in the same.
pub(super) fn of_file(ground: &Ground<'_>, name: &str, profile: Option<&Profile>) -> Look {
    let Some(profile) = profile else {
        return Look::not_set();
    };
    let look = in_file(ground, name, profile).unwrap_or_else(Fault::look);
    look.at(places(profile, FILE_KEYS))
}

fn in_file(ground: &Ground<'_>, name: &str, profile: &Profile) -> Result<Look, Fault> {
    let (id, secret) = (text(profile, KEY_ID)?, text(profile, SECRET_KEY)?);
    let Some(id) = id else {
        let alone = secret.is_some() || has_token(profile);
        return Ok(if alone { Look::partial(&[KEY_ID]) } else { Look::not_set() });
    };
    let Some(secret) = secret else {
        let place = profile.place(KEY_ID).map(ToString::to_string).unwrap_or_default();
        let message = format!("{place}: aws_access_key_id stands there without aws_secret_access_key");
        let remedy = "write both into the same profile of the same file".to_owned();
        return Ok(Look::partial_fatal(&[SECRET_KEY], message, remedy));
    };
    let token = match text(profile, SECURITY_TOKEN)? {
        Some(token) => Some(token),
        None => text(profile, SESSION_TOKEN)?,
    };
    Ok(keys_look(StaticKeys {
        access_key_id: id.to_owned(),
        secret_access_key: Secret::new(secret.to_owned()),
        session_token: token.filter(|token| !token.is_empty()).map(|token| Secret::new(token.to_owned())),
        account_id: text(profile, ACCOUNT_ID)?.map(str::to_owned),
        expiration: session_end(ground, name, profile)?,
    }))
}

/// When the session ends, as far as the file says; we alone look. One that has ended would be refused.
fn session_end(ground: &Ground<'_>, name: &str, profile: &Profile) -> Result<Option<Timestamp>, Fault> {
    if ground.sdk != Sdk::Linklocal || !has_token(profile) {
        return Ok(None);
    }
    match profile.text(SESSION_END).map(Expiry::read) {
        Some(Expiry::At(time)) if time <= ground.view.now => {
            let place = profile.place(SESSION_END).cloned();
            let at = place.as_ref().map(ToString::to_string).unwrap_or_default();
            let why = format!("the session that stands in the profile ended at {time} ({at})");
            let source = ground.profile(name).and_then(|merged| merged.text("mfa_source_profile"));
            let renew = match source {
                Some(_) => format!("renew it: linklocal mfa login --profile {name}"),
                None => "get a new one by the tool that wrote it".to_owned(),
            };
            let remedy = format!("{renew}, or remove the line where the keys are newer than it");
            Err(Fault::fatal(why, remedy).at(place))
        }
        Some(Expiry::At(time)) => Ok(Some(time)),
        Some(Expiry::WithoutZone | Expiry::Unreadable) | None => Ok(None),
    }
}

fn has_token(profile: &Profile) -> bool {
    profile.settings.contains_key(SECURITY_TOKEN) || profile.settings.contains_key(SESSION_TOKEN)
}

/// A command that prints keys. Of its text only the program's name is shown: the rest may hold a secret.
pub(super) fn process(profile: &Profile, command: &str) -> Look {
    let place = profile.place("credential_process").cloned().unwrap_or(Place::Default);
    let Some(program) = command.split_whitespace().next() else {
        return Look::fatal(
            format!("{place}: credential_process is empty"),
            "name a program, or remove the key",
        )
        .at([place]);
    };
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    let name = name.trim_matches(['"', '\'']);
    Look::ready(Provider::Process(Process {
        command: command.to_owned(),
        shell: false,
        account_id: profile.text(ACCOUNT_ID).map(str::to_owned),
        place: place.clone(),
    }))
    .at([place])
    .saying(format!("what the program {name} prints"))
}

const VARIABLES: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECURITY_TOKEN",
    "AWS_SESSION_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
];
const SECURITY_TOKEN: &str = "aws_security_token";
const ACCOUNT_ID: &str = "aws_account_id";
const FILE_KEYS: &[&str] = &[KEY_ID, SECRET_KEY, SECURITY_TOKEN, SESSION_TOKEN];
