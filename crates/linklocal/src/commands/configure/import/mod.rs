//! `configure import`: profiles of the keys in a CSV file, as the AWS console hands it out.
//!
//! Rule: all rows or none, and each profile's key set whole: what an older key left behind goes.

mod csv;

use std::path::Path;

use credentials::KeptKeys;
use profile::edit::{Edit, Keys};
use sys::fs::ReadError;
use types::Secret;

use self::csv::Row;
use super::change;
use super::ground::Desk;
use crate::arguments::ImportArguments;
use crate::failure::Failure;
use crate::output::Output;

pub(super) fn run(desk: &Desk, arguments: &ImportArguments) -> Result<(), Failure> {
    let (text, path) = content(arguments.csv.expose())?;
    let read = csv::read(text.expose(), desk.snapshot.arguments.profile.as_deref(), arguments.skip_invalid);
    let table = read.map_err(|error| Failure::of(&error).named(path.as_deref().unwrap_or("--csv")))?;
    for skipped in &table.skipped {
        Output::note(&format!("note: {skipped}; left out"));
    }
    let prefix = &arguments.profile_prefix;
    let edits: Vec<Edit> = table.rows.iter().map(|row| row.edit(prefix)).collect();
    let outcome = change::perform(desk, &edits, arguments.trial)?;
    let done = if arguments.trial.dry_run { "Would import" } else { "Successfully imported" };
    outcome.say(desk.output, Some(&format!("{done} {} profile(s)\n", table.rows.len())))?;
    if let Some(path) = path.filter(|_| !arguments.trial.dry_run) {
        Output::note(&format!("note: {path} still holds the secrets; remove it when they are safe"));
    }
    Ok(())
}

/// The keys of a file by the profiles that they are for, each complete.
pub(super) fn keys(
    typed: &Secret<String>,
    profile: Option<&str>,
) -> Result<Vec<(String, KeptKeys)>, Failure> {
    let (text, path) = content(typed.expose())?;
    let read = csv::read(text.expose(), profile, false);
    let table = read.map_err(|error| Failure::of(&error).named(path.as_deref().unwrap_or("--csv")))?;
    let keys = |row: Row| {
        let Row { user, access_key_id, secret_access_key } = row;
        (user, KeptKeys { access_key_id, secret_access_key, account_id: None })
    };
    Ok(table.rows.into_iter().map(keys).collect())
}

impl Row {
    fn edit(&self, prefix: &str) -> Edit {
        let keys = Keys {
            access_key_id: self.access_key_id.clone(),
            secret_access_key: self.secret_access_key.clone(),
            session_token: None,
            account_id: None,
            expiration: None,
        };
        Edit::Keys { profile: format!("{prefix}{}", self.user), keys }
    }
}

/// The text, and the path that it was read from. The AWS CLI takes the text itself, too; a text has lines.
fn content(typed: &str) -> Result<(Secret<String>, Option<String>), Failure> {
    let named = typed.strip_prefix("file://").or_else(|| typed.strip_prefix("fileb://"));
    if named.is_none() && typed.contains('\n') {
        return Ok((Secret::new(typed.to_owned()), None));
    }
    let path = named.unwrap_or(typed);
    match sys::fs::read_text(Path::new(path), LIMIT) {
        Ok(text) => Ok((Secret::new(text), Some(path.to_owned()))),
        Err(error @ ReadError::NotFound { .. }) if named.is_none() => {
            Err(Failure::of(&error).hint("name a file, as PATH or file://PATH"))
        }
        Err(error) => Err(Failure::of(&error)),
    }
}

/// Bytes: some ten thousand users.
const LIMIT: usize = 4 * 1024 * 1024;
