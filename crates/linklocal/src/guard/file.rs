//! Where the rules stand: `.linklocal.toml` in the current directory, or in the nearest above it that has one.
//!
//! Rule: looked for up to the home directory, or the root where the current directory is not below home. A file that another
//! user could have written is no guard, and no reason to go on without one: it is refused, as git refuses another user's
//! repository.

use std::path::{Path, PathBuf};

use sys::Env;
use sys::fs::{OwnedFile, ReadError, read_owned, resolved};

use super::rules::Rules;
use crate::failure::Failure;

/// The rules of the nearest file; nothing where there is none.
pub(super) fn find(env: &Env) -> Result<Option<Rules>, Failure> {
    let home = env.home().map(|home| resolved(&home));
    let sudo = env.var("SUDO_UID").and_then(|id| id.parse().ok());
    nearest(&resolved(Path::new(".")), home.as_deref(), sudo)
}

pub(super) fn nearest(
    directory: &Path,
    home: Option<&Path>,
    sudo: Option<u32>,
) -> Result<Option<Rules>, Failure> {
    for place in places(directory, home) {
        match read_owned(&place, LARGEST) {
            Err(ReadError::NotFound { .. }) => {}
            Err(error) => return Err(Failure::of(&error).named("the guard of this directory")),
            Ok(file) => return rules(&place, &file, sudo).map(Some),
        }
    }
    Ok(None)
}

/// Upwards; nothing above home is looked at from below home.
fn places(directory: &Path, home: Option<&Path>) -> Vec<PathBuf> {
    let mut places = Vec::new();
    for above in directory.ancestors() {
        places.push(above.join(NAME));
        if home == Some(above) {
            break;
        }
    }
    places
}

fn rules(path: &Path, file: &OwnedFile, sudo: Option<u32>) -> Result<Rules, Failure> {
    let OwnedFile { owner, user, mode, .. } = *file;
    // Under sudo, the files of whoever called it are his own.
    let trusted = owner == user || owner == ROOT || (user == ROOT && sudo == Some(owner));
    if !trusted {
        let path = path.display();
        return Err(Failure::new(format!(
            "{path} belongs to user {owner}, not to user {user} who runs this"
        ))
        .hint(format!(
            "read it; then make it yours with `chown {user} {path}`, or work in another directory"
        )));
    }
    if mode & 0o002 != 0 {
        let path = path.display();
        return Err(Failure::new(format!("{path} can be changed by anybody (mode {mode:04o})"))
            .hint(format!("read it, then run `chmod o-w {path}`")));
    }
    Rules::read(path, &file.bytes).map_err(|fault| {
        let failure = Failure::of(&fault);
        match fault.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    })
}

const NAME: &str = ".linklocal.toml";
const ROOT: u32 = 0;
/// Bytes: some thousand accounts.
const LARGEST: usize = 64 * 1024;
