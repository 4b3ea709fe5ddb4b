//! The vault as commands open it, and what they say of it.

use std::path::PathBuf;

use sys::Env;
use vault::{Backend, Settings, Vault, VaultError};

use crate::arguments::VaultArguments;
use crate::failure::Failure;
use crate::output::Output;

/// What was typed, what variables say.
pub(super) fn settings(env: &Env, arguments: &VaultArguments) -> Result<Settings, Failure> {
    let mut settings = Settings::from_env(env, arguments.vault).map_err(|error| Failure::of(&error))?;
    settings.file = arguments.vault_file.clone().or(settings.file);
    Ok(settings)
}

pub(super) fn open(env: &Env, arguments: &VaultArguments) -> Result<Vault, Failure> {
    Vault::open(&settings(env, arguments)?).map_err(|error| failed(&error))
}

/// For a secret that is about to be kept: that it does not go where somebody may expect it, and why.
pub(super) fn note_fallback(vault: &Vault) {
    for (backend, reason) in vault.unreachable() {
        Output::note(&format!("note: the {backend} cannot be used: {reason}; the encrypted file is taken"));
    }
}

/// Where secrets are put, in words: `encrypted file /home/u/.local/share/linklocal/vault`.
pub(super) fn place(vault: &Vault) -> String {
    match vault.file() {
        Some(path) => format!("{} {}", Backend::File, path.display()),
        None => vault.backend().to_string(),
    }
}

/// For a secret that was not found: where it may be all the same.
pub(super) fn hint_unreachable(failure: Failure, vault: &Vault, else_hint: &str) -> Failure {
    match vault.unreachable() {
        [] => failure.hint(else_hint),
        [(backend, reason), ..] => {
            failure.hint(format!("the {backend} was not looked into: {reason}; {else_hint}"))
        }
    }
}

/// This program, as lines of profiles name it: by the path that a search of `PATH` finds it at, which an update leaves as it is
/// where the file itself moves, else by its own.
pub(super) fn own_program(env: &Env) -> Result<PathBuf, Failure> {
    let own = std::env::current_exe().map_err(|error| {
        Failure::new(format!("where linklocal itself is cannot be told: {error}; nothing was changed"))
    })?;
    let own = sys::fs::resolved(&own);
    let path = env.var_os("PATH").unwrap_or_default();
    let same = |place: &PathBuf| place.is_absolute() && sys::fs::resolved(place) == own;
    let found = std::env::split_paths(path).map(|directory| directory.join("linklocal")).find(same);
    Ok(found.unwrap_or(own))
}

pub(super) fn failed(error: &VaultError) -> Failure {
    Failure::of(error)
}
