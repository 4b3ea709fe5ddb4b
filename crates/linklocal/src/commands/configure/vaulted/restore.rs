//! `credentials import --restore`: keys of the vault, back in the plain file.

use ::vault::Name;
use credentials::{KeptKeys, KeptKeysLine};
use profile::edit::{Edit, Keys, Section, Target};
use serde::Serialize;

use super::super::change;
use super::super::ground::Desk;
use super::PROCESS;
use super::plain::Plain;
use crate::arguments::{ImportKeysArguments, VaultArguments};
use crate::commands::credentials::masked;
use crate::commands::vault;
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json`.
#[derive(Serialize)]
struct Object<'a> {
    dry_run: bool,
    profile: &'a str,
    access_key_id: &'a str,
    files: Vec<String>,
    /// Whether the vault has forgotten the keys.
    vault_removed: bool,
}

pub(super) fn run(desk: &Desk, arguments: &ImportKeysArguments) -> Result<(), Failure> {
    let profile = &desk.profile.value;
    let line = Plain::read(desk, profile)?.line().ok_or_else(|| {
        Failure::new(format!("profile {profile:?} has no keys in the vault: no line of it stands for some"))
            .hint("`linklocal credentials import --remove-plain` moves keys there")
    })?;
    let vault = vault::open(&desk.snapshot.env, &place(&line, &arguments.vault))?;
    let name = KeptKeys::name(&line.id).map_err(|error| Failure::of(&error))?;
    let value = vault.get(&name).map_err(|error| vault::failed(&error))?;
    let keys = value.as_ref().and_then(KeptKeys::read).ok_or_else(|| {
        Failure::new(format!("the vault keeps no keys under the name {:?}; nothing was changed", line.id))
            .hint("choose the right vault with --vault or --vault-file, or make new keys in IAM")
    })?;
    let written = change::perform(desk, &edits(desk, profile, &keys)?, arguments.trial)?;
    let vault_removed = !arguments.trial.dry_run && forget(desk, profile, &keys, &name, &vault, &line)?;
    let object = Object {
        dry_run: arguments.trial.dry_run,
        profile,
        access_key_id: &keys.access_key_id,
        files: written.files(),
        vault_removed,
    };
    if !desk.output.json {
        written.tell();
    }
    desk.output.result(&object, || text(&object))
}

/// What was typed, else what the line says.
fn place(line: &KeptKeysLine, typed: &VaultArguments) -> VaultArguments {
    VaultArguments {
        vault: typed.vault.or(line.choice),
        vault_file: typed.vault_file.clone().or_else(|| line.file.clone()),
    }
}

fn edits(desk: &Desk, profile: &str, keys: &KeptKeys) -> Result<Vec<Edit>, Failure> {
    let account_id = Plain::read(desk, profile)?.account;
    let line = Target::new(Section::Profile(profile.to_owned()), PROCESS);
    let keys = Keys {
        access_key_id: keys.access_key_id.clone(),
        secret_access_key: keys.secret_access_key.clone(),
        session_token: None,
        account_id,
        expiration: None,
    };
    Ok(vec![Edit::Keys { profile: profile.to_owned(), keys }, Edit::Unset { target: line }])
}

/// Once the files are seen to hold the keys, the vault forgets them, unless another profile stands for them too.
fn forget(
    desk: &Desk,
    profile: &str,
    keys: &KeptKeys,
    name: &Name,
    vault: &::vault::Vault,
    line: &KeptKeysLine,
) -> Result<bool, Failure> {
    let again = Desk::take(&desk.snapshot.env, desk.output, Some(profile.to_owned()));
    if !Plain::read(&again, profile)?.holds(keys) {
        return Err(Failure::new(format!(
            "the files do not hold the keys of profile {profile:?} now; the vault still has them"
        ))
        .hint("somebody else writes the files: look at them, and run it again"));
    }
    let ground = again.own_ground()?;
    let others = ground.profiles().into_iter().flat_map(|profiles| profiles.merged.keys());
    let used = others
        .filter_map(|name| KeptKeysLine::parse(ground.profile(name)?.text(PROCESS)?))
        .any(|other| other.id == line.id);
    if used {
        Output::note("note: another profile has these keys of the vault, so they stay there, too");
        return Ok(false);
    }
    vault.remove(name).map_err(|error| vault::failed(&error))
}

fn text(object: &Object<'_>) -> String {
    let (would, key) = (if object.dry_run { "would be " } else { "" }, masked(object.access_key_id));
    let mut text =
        format!("key {key} of profile {} {would}back in {}\n", object.profile, object.files.join(" and "));
    if object.vault_removed {
        text.push_str("the vault has forgotten it\n");
    }
    text
}
