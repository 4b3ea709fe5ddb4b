//! The two files on the disk, for one change.
//!
//! Rule: what is read and what is written are of one lock; a trial takes none and leaves nothing behind.

use std::path::{Path, PathBuf};
use std::time::Duration;

use profile::edit::{Edited, Texts};
use profile::reader::Locations;
use sys::fs::{Content, ReadError, UserFiles};
use types::Secret;

use crate::failure::Failure;

/// Both files as they are.
pub(super) enum Store {
    Locked { files: UserFiles, paths: [PathBuf; 2] },
    Trial { config: Option<Vec<u8>>, credentials: Option<Vec<u8>> },
}

impl Store {
    pub(super) fn open(locations: &Locations, trial: bool) -> Result<Self, Failure> {
        let paths = [&locations.config.path, &locations.credentials.path].map(PathBuf::from);
        if trial {
            return Ok(Self::Trial { config: read(&paths[0])?, credentials: read(&paths[1])? });
        }
        let files = open(&paths)?;
        Ok(Self::Locked { files, paths })
    }

    pub(super) fn texts(&self) -> Texts<'_> {
        match self {
            Self::Locked { files, .. } => Texts { config: files.bytes(0), credentials: files.bytes(1) },
            Self::Trial { config, credentials } => {
                Texts { config: config.as_deref(), credentials: credentials.as_deref() }
            }
        }
    }

    /// Who may read and write the files, where that is more than it should be.
    pub(super) fn notes(&self) -> Vec<String> {
        let Self::Locked { files, paths } = self else { return Vec::new() };
        let mode = |index| files.mode(index).unwrap_or(0);
        let (config, credentials) = (mode(0), mode(1));
        let mut notes = Vec::new();
        if config & 0o022 != 0 {
            notes.push(loose(&paths[0], config, "changed"));
        }
        if credentials & 0o077 != 0 {
            let what = if credentials & 0o022 != 0 { "read and changed" } else { "read" };
            notes.push(loose(&paths[1], credentials, what));
        }
        notes
    }

    /// Writes what is new; a trial writes nothing.
    pub(super) fn write(self, edited: &Edited) -> Result<(), Failure> {
        let Self::Locked { files, .. } = self else { return Ok(()) };
        files.save(&contents(edited)).map_err(|error| Failure::of(&error))?;
        Ok(())
    }

    /// The same without a copy of what the files held; copies of earlier changes that hold one of the secrets go, and how many
    /// did is told.
    pub(super) fn write_forgetting(
        self,
        edited: &Edited,
        secrets: &[&Secret<String>],
    ) -> Result<usize, Failure> {
        let Self::Locked { files, .. } = self else { return Ok(0) };
        let secrets: Vec<&[u8]> = secrets.iter().map(|secret| secret.expose().as_bytes()).collect();
        let saved =
            files.save_forgetting(&contents(edited), &secrets).map_err(|error| Failure::of(&error))?;
        Ok(saved.forgotten.len())
    }
}

fn contents(edited: &Edited) -> [Content<'_>; 2] {
    let texts = [&edited.config, &edited.credentials];
    texts.map(|text| text.as_deref().map_or(Content::Kept, Content::Bytes))
}

/// Both files under one lock.
pub(super) fn open(paths: &[PathBuf; 2]) -> Result<UserFiles, Failure> {
    let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
    UserFiles::open(&paths, LIMIT, PATIENCE).map_err(|error| Failure::of(&error))
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match sys::fs::read(path, LIMIT) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(ReadError::NotFound { .. }) => Ok(None),
        Err(error) => Err(Failure::of(&error)),
    }
}

fn loose(path: &Path, mode: u32, what: &str) -> String {
    let path = path.display();
    format!("{path} can be {what} by other users (mode {mode:04o}); run `chmod 600 {path}`")
}

/// Bytes: twenty times what five thousand profiles take.
const LIMIT: usize = 10 * 1024 * 1024;
/// A change takes milliseconds; whoever holds the lock longer has come to a stop.
const PATIENCE: Duration = Duration::from_secs(10);
