//! The two files on the disk, held under a lock while they are changed.

use std::path::{Path, PathBuf};

use profile::edit::{Edited, Texts};
use profile::reader::Locations;
use sys::fs::ReadError;

use crate::failure::Failure;

/// Both files as they are.
pub(super) struct Store {
    config: One,
    credentials: One,
}

struct One {
    path: PathBuf,
    bytes: Option<Vec<u8>>,
    mode: u32,
}

impl Store {
    pub(super) fn open(locations: &Locations, _trial: bool) -> Result<Self, Failure> {
        Ok(Self {
            config: One::read(Path::new(&locations.config.path))?,
            credentials: One::read(Path::new(&locations.credentials.path))?,
        })
    }

    pub(super) fn texts(&self) -> Texts<'_> {
        Texts { config: self.config.bytes.as_deref(), credentials: self.credentials.bytes.as_deref() }
    }

    pub(super) fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    pub(super) fn write(&mut self, edited: &Edited) -> Result<Vec<String>, Failure> {
        for (one, text) in [(&self.config, &edited.config), (&self.credentials, &edited.credentials)] {
            let Some(text) = text else { continue };
            if let Some(parent) = one.path.parent() {
                sys::fs::make_directory(parent).map_err(|error| Failure::of(&error))?;
            }
            sys::fs::replace(&one.path, text, one.mode).map_err(|error| Failure::of(&error))?;
        }
        Ok(Vec::new())
    }
}

impl One {
    fn read(path: &Path) -> Result<Self, Failure> {
        match sys::fs::read_owned(path, LIMIT) {
            Ok(file) => Ok(Self { path: path.to_owned(), bytes: Some(file.bytes), mode: file.mode }),
            Err(ReadError::NotFound { .. }) => Ok(Self { path: path.to_owned(), bytes: None, mode: 0o600 }),
            Err(error) => Err(Failure::of(&error)),
        }
    }
}

const LIMIT: usize = 10 * 1024 * 1024;
