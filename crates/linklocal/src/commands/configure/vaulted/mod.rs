//! `credentials import`: long-term keys between the plain files and the vault.
//!
//! Rule: keys are in one place at least at every moment, whenever the process ends: into the vault, read back, compared; then
//! out of the files. Back again: into the files, read back, compared; then out of the vault.

mod plain;
mod readers;
mod restore;

use ::vault::{Backend, Choice, Vault};
use credentials::{KeptKeys, KeptKeysLine};
use profile::edit::{Edit, Section, Target};
use serde::Serialize;
use sys::Env;
use types::Secret;

use self::plain::Plain;
use super::change::{self, Outcome};
use super::ground::Desk;
use super::import;
use crate::arguments::{ImportKeysArguments, TrialArguments};
use crate::commands::credentials::masked;
use crate::commands::vault;
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json`.
#[derive(Default, Serialize)]
struct Object {
    dry_run: bool,
    keys: Vec<Moved>,
    /// Files that were written, or would be.
    files: Vec<String>,
    /// Copies of earlier content that went, since they held a secret.
    copies_removed: usize,
}

#[derive(Serialize)]
struct Moved {
    profile: String,
    access_key_id: String,
    /// The name in the vault.
    vault_key: String,
    /// The word of `--vault`.
    kept_in: &'static str,
    /// Whether the files hold the keys no more.
    plain_removed: bool,
}

/// Keys on their way into the vault.
struct Move {
    profile: String,
    id: String,
    keys: KeptKeys,
    plain: Plain,
}

/// Whether the files are to be written, or looked at beforehand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pass {
    Rehearsal,
    Asked,
}

pub(in crate::commands) fn run(
    env: &Env,
    output: Output,
    arguments: &ImportKeysArguments,
) -> Result<(), Failure> {
    let desk = Desk::take(env, output, arguments.profile.clone());
    if arguments.restore {
        return restore::run(&desk, arguments);
    }
    let moves = moves(&desk, arguments)?;
    if moves.is_empty() {
        let text = format!("the keys of profile {} are in the vault already\n", desk.profile.value);
        return output.result(&Object::default(), || text);
    }
    let vault = vault::open(env, &arguments.vault)?;
    vault::note_fallback(&vault);
    // What came from elsewhere is of no use without its line.
    let lines = arguments.remove_plain || arguments.csv.is_some();
    if lines {
        check_lasts(&vault, arguments.force)?;
        // Whoever would be refused later is refused before the vault has anything.
        rewrite(&desk, arguments, &vault, &moves, Pass::Rehearsal)?;
    }
    for one in &moves {
        one.check(&vault, arguments.replace)?;
        if !arguments.trial.dry_run {
            one.put(&vault)?;
        }
    }
    let done = if lines { Some(rewrite(&desk, arguments, &vault, &moves, Pass::Asked)?) } else { None };
    say(&desk, arguments, &vault, &moves, done.as_ref())
}

/// Which keys are to move.
fn moves(desk: &Desk, arguments: &ImportKeysArguments) -> Result<Vec<Move>, Failure> {
    let Some(csv) = &arguments.csv else {
        let profile = desk.profile.value.clone();
        let plain = Plain::read(desk, &profile)?;
        let keys = plain.keys(&profile)?;
        let id = arguments.vault_key.clone().unwrap_or_else(|| profile.clone());
        return Ok(keys.map(|keys| Move { profile, id, keys, plain }).into_iter().collect());
    };
    let rows = import::keys(csv, arguments.profile.as_deref())?;
    let row = |(profile, keys): (String, KeptKeys)| {
        let plain = Plain::read(desk, &profile)?;
        plain.check_process(&profile)?;
        Ok(Move { id: profile.clone(), profile, keys, plain })
    };
    rows.into_iter().map(row).collect()
}

impl Move {
    /// Refuses to write over other keys of the same name.
    fn check(&self, vault: &Vault, replace: bool) -> Result<(), Failure> {
        let Some(kept) = self.kept(vault)? else { return Ok(()) };
        if replace || kept.access_key_id == self.keys.access_key_id {
            return Ok(());
        }
        Err(Failure::new(format!(
            "the vault keeps other keys under the name {:?}; nothing was changed",
            self.id
        ))
        .hint("--replace takes their place for good, --vault-key chooses another name"))
    }

    /// Into the vault, and seen there.
    fn put(&self, vault: &Vault) -> Result<(), Failure> {
        let name = KeptKeys::name(&self.id).map_err(|error| Failure::of(&error))?;
        if self.kept(vault)?.as_ref() != Some(&self.keys) {
            vault.put(&name, &self.keys.write()).map_err(|error| vault::failed(&error))?;
        }
        match self.kept(vault)? {
            Some(kept) if kept == self.keys => Ok(()),
            _ => Err(Failure::new(format!(
                "the {} gives back something else than was put into it; the plain files are as they were",
                vault::place(vault)
            ))
            .hint("choose another place with --vault")),
        }
    }

    fn kept(&self, vault: &Vault) -> Result<Option<KeptKeys>, Failure> {
        let name = KeptKeys::name(&self.id).map_err(|error| Failure::of(&error))?;
        let value = vault.get(&name).map_err(|error| vault::failed(&error))?;
        Ok(value.as_ref().and_then(KeptKeys::read))
    }

    /// The plain keys go, the line comes; the account stays.
    fn edits(&self, command: &str) -> Vec<Edit> {
        let target = |key: &str| Target::new(Section::Profile(self.profile.clone()), key);
        let line = Edit::Set { target: target(PROCESS), value: Secret::new(command.to_owned()) };
        KEYS.iter().map(|key| Edit::Unset { target: target(key) }).chain([line]).collect()
    }
}

/// The files without the keys, seen by every SDK first.
fn rewrite(
    desk: &Desk,
    arguments: &ImportKeysArguments,
    vault: &Vault,
    moves: &[Move],
    pass: Pass,
) -> Result<(Outcome, usize), Failure> {
    let dry_run = pass == Pass::Rehearsal || arguments.trial.dry_run;
    let mut edits = Vec::new();
    let mut commands = Vec::new();
    for one in moves {
        let command = one.command(&desk.snapshot.env, arguments, vault)?;
        edits.extend(one.edits(&command));
        commands.push(command);
    }
    let secrets = moves.iter().flat_map(Move::secrets).collect::<Vec<_>>();
    change::perform_forgetting(
        desk,
        &edits,
        TrialArguments { dry_run },
        &secrets,
        |locations, before, after| {
            for (one, command) in moves.iter().zip(&commands) {
                one.plain.check_unchanged(desk, locations, before, &one.profile)?;
                let lost = readers::lost(desk, locations, (before, after), &one.profile, command);
                refuse(&lost, arguments.force, pass)?;
            }
            Ok(())
        },
    )
}

impl Move {
    /// The line's command: where the vault is stands in it, since programs run it in surroundings of their own.
    fn command(&self, env: &Env, arguments: &ImportKeysArguments, vault: &Vault) -> Result<String, Failure> {
        let program = vault::own_program(env)?;
        if !KeptKeysLine::runs(&program) {
            return Err(Failure::new(format!(
                "{} is not called linklocal, and a line that runs it would not be known again; nothing was changed",
                program.display()
            ))
            .hint("call the program linklocal"));
        }
        let usual = arguments.vault.vault_file.is_none() && env.var_os("LINKLOCAL_VAULT_FILE").is_none();
        let line = KeptKeysLine {
            id: self.id.clone(),
            choice: Some(Choice::Only(vault.backend())),
            file: vault.file().filter(|_| !usual).map(sys::fs::resolved),
        };
        line.write(&program).ok_or_else(|| {
            Failure::new(format!(
                "{:?}, {} or the vault's path holds a quote, # or ;, which SDKs read in different ways; nothing was changed",
                self.id,
                program.display()
            ))
            .hint("choose another name with --vault-key, or put linklocal elsewhere")
        })
    }

    /// What must not stay in a copy: of these keys, and of those that stood in their place.
    fn secrets(&self) -> Vec<&Secret<String>> {
        [Some(&self.keys.secret_access_key), self.plain.secret.as_ref()].into_iter().flatten().collect()
    }
}

/// Keys that are kept nowhere else must outlive a restart.
fn check_lasts(vault: &Vault, force: bool) -> Result<(), Failure> {
    if vault.backend() != Backend::Kernel || force {
        return Ok(());
    }
    Err(Failure::new(
        "the kernel keyring is gone with a restart, and the keys would be nowhere then; nothing was changed",
    )
    .hint("choose --vault file or secret-service; --force makes the change all the same"))
}

fn refuse(lost: &[readers::Lost], force: bool, pass: Pass) -> Result<(), Failure> {
    let told: Vec<String> = lost.iter().map(ToString::to_string).collect();
    if lost.is_empty() || force {
        let warnings = told.iter().filter(|_| pass == Pass::Asked);
        warnings.for_each(|text| Output::note(&format!("warning: {text}")));
        return Ok(());
    }
    Err(Failure::new(format!("{}; the files are as they were", told.join("; ")))
        .hint("--force makes the change all the same"))
}

fn say(
    desk: &Desk,
    arguments: &ImportKeysArguments,
    vault: &Vault,
    moves: &[Move],
    done: Option<&(Outcome, usize)>,
) -> Result<(), Failure> {
    let moved = moves.iter().map(|one| Moved {
        profile: one.profile.clone(),
        access_key_id: one.keys.access_key_id.clone(),
        vault_key: one.id.clone(),
        kept_in: vault.backend().word(),
        plain_removed: done.is_some() && !arguments.trial.dry_run,
    });
    let object = Object {
        dry_run: arguments.trial.dry_run,
        keys: moved.collect(),
        files: done.map(|(outcome, _)| outcome.files()).unwrap_or_default(),
        copies_removed: done.map_or(0, |(_, copies)| *copies),
    };
    if !desk.output.json {
        done.iter().for_each(|(outcome, _)| outcome.tell());
        talk(&object, arguments);
    }
    desk.output.result(&object, || text(&object, vault))
}

fn text(object: &Object, vault: &Vault) -> String {
    let would = if object.dry_run { "would be" } else { "is" };
    let place = vault::place(vault);
    let line = |moved: &Moved| {
        format!("key {} of profile {} {would} in the {place}\n", masked(&moved.access_key_id), moved.profile)
    };
    let mut text: String = object.keys.iter().map(line).collect();
    if !object.files.is_empty() {
        let done =
            if object.dry_run { "would be changed" } else { "changed: no secret key of theirs stands there" };
        text.push_str(&format!("{} {done}\n", object.files.join(" and ")));
    }
    text
}

/// What remains, where it does.
fn talk(object: &Object, arguments: &ImportKeysArguments) {
    if object.dry_run {
        return;
    }
    if object.files.is_empty() {
        Output::note(
            "note: the plain file still holds the keys, and is what SDKs read; --remove-plain takes them out",
        );
        return;
    }
    if object.copies_removed > 0 {
        let count = object.copies_removed;
        let copies = if count == 1 { "copy" } else { "copies" };
        Output::note(&format!(
            "note: {count} older {copies} of the files held the secret and went; `configure undo` cannot go back to it"
        ));
    }
    if let Some(csv) = &arguments.csv {
        Output::note(&format!(
            "note: {} still holds the secrets; remove it when they are safe",
            csv.expose()
        ));
    } else {
        Output::note(
            "note: other copies may remain: backups, shell history, free blocks of the disk; new keys from IAM are sure",
        );
    }
    for Moved { profile, .. } in &object.keys {
        Output::note(&format!("take it back: linklocal credentials import --restore --profile {profile}"));
    }
}

const ID: &str = "aws_access_key_id";
const SECRET: &str = "aws_secret_access_key";
const TOKENS: [&str; 2] = ["aws_session_token", "aws_security_token"];
const KEYS: [&str; 4] = [ID, SECRET, TOKENS[0], TOKENS[1]];
const PROCESS: &str = "credential_process";
