//! Changing files that belong to the user and that other programs read and write too.
//!
//! Rule: whoever reads one of them at any moment, or after a crash at any moment, finds the old content whole or the new one
//! whole; the old one is kept beside it. Writers of this program take turns; what another program wrote in between is never
//! written over.

mod backup;
mod disk;
mod error;
mod target;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use backup::Backup;
pub use error::UserFileError;
pub(super) use target::resolve;

use super::{Lock, LockError};
use backup::Backups;
use disk::Disk;
use target::Target;

/// Some of the user's files, locked and read for one change. Dropped without a change, they stay as they are.
#[derive(Debug)]
pub struct UserFiles {
    files: Vec<Target>,
    limit: usize,
    _locks: Vec<Lock>,
    disk: Disk,
}

/// What to put into a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// It stays as it is.
    Kept,
    Bytes(&'a [u8]),
    /// The file goes.
    Absent,
}

/// What was done to the files; their earlier content can be had back by [`UserFiles::undo`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// The files that were written, links followed.
    pub written: Vec<PathBuf>,
    /// Those of them that were not there before.
    pub created: Vec<PathBuf>,
    /// Where the earlier content is kept.
    pub backups: Vec<PathBuf>,
    /// Copies of earlier content that went, since they held what is to be forgotten.
    pub forgotten: Vec<PathBuf>,
}

/// Whether what a file held before a change may stay beside it.
#[derive(Clone, Copy)]
enum Earlier<'a> {
    Kept,
    /// These bytes leave the disk, as far as files go.
    Forgotten(&'a [&'a [u8]]),
}

impl UserFiles {
    /// Locks the directories of `paths` and reads what is there, at most `limit` bytes of each. Waits at most `wait` for another
    /// change to end. A directory that is not there is made, mode 0700. Links are followed, and stay.
    pub fn open(paths: &[&Path], limit: usize, wait: Duration) -> Result<Self, UserFileError> {
        Self::open_with(paths, limit, wait, Disk::system())
    }

    /// The content of one of the files as it was when they were opened; nothing where there is none.
    ///
    /// # Panics
    /// Where `index` is not that of a path given to [`UserFiles::open`].
    pub fn bytes(&self, index: usize) -> Option<&[u8]> {
        self.files[index].bytes.as_deref()
    }

    /// The permissions of one of the files; nothing where it is not there.
    ///
    /// # Panics
    /// Where `index` is not that of a path given to [`UserFiles::open`].
    pub fn mode(&self, index: usize) -> Option<u32> {
        self.files[index].mode()
    }

    /// Gives each file its new content, in the order of the paths: each at once, and all of them on the disk when this returns.
    /// Where it fails, files before the one that is named in the error are new and the rest are old.
    pub fn save(self, contents: &[Content<'_>]) -> Result<Saved, UserFileError> {
        self.save_all(contents, Earlier::Kept)
    }

    /// The same for secrets that leave the files: no copy of the earlier content is kept, and copies of older changes that hold
    /// one of `secrets` go. Nothing of this change, and of those, can be undone.
    pub fn save_forgetting(
        self,
        contents: &[Content<'_>],
        secrets: &[&[u8]],
    ) -> Result<Saved, UserFileError> {
        self.save_all(contents, Earlier::Forgotten(secrets))
    }

    fn save_all(self, contents: &[Content<'_>], earlier: Earlier<'_>) -> Result<Saved, UserFileError> {
        let stamp = self.next_stamp()?;
        let mut saved = Saved::default();
        let changes: Vec<(&Target, Option<&[u8]>)> =
            self.files.iter().zip(contents).filter_map(|(file, content)| content.of(file)).collect();
        let mut paths: Vec<&PathBuf> = changes.iter().map(|(file, _)| &file.path).collect();
        paths.sort_unstable();
        if let Some(twice) = paths.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(UserFileError::SameFile { path: twice[0].clone() });
        }
        for (file, new) in changes {
            self.save_one(file, new, (stamp, earlier), &mut saved)?;
        }
        if let Earlier::Forgotten(secrets) = earlier {
            saved.forgotten = self.forget(secrets)?;
        }
        Ok(saved)
    }

    /// What is kept of earlier changes, newest first; files that were changed together bear one stamp.
    pub fn backups(&self) -> Result<Vec<Backup>, UserFileError> {
        let mut all = Vec::new();
        for (index, file) in self.files.iter().enumerate() {
            all.extend(Backups::of(file)?.list(index)?);
        }
        all.sort_by_key(|backup| std::cmp::Reverse(backup.stamp));
        Ok(all)
    }

    /// Gives all files that the newest change wrote, or the one of `stamp`, their content from before it. That is a change
    /// itself: undone, it brings back what was there. A file that another program has written since is left alone, unless
    /// `over_others`.
    pub fn undo(self, stamp: Option<u64>, over_others: bool) -> Result<Saved, UserFileError> {
        let backups = self.backups()?;
        let stamp = stamp.or_else(|| backups.first().map(|newest| newest.stamp));
        let chosen: Vec<Backup> = backups.into_iter().filter(|backup| Some(backup.stamp) == stamp).collect();
        if chosen.is_empty() {
            return Err(UserFileError::NoBackup { path: self.files[0].path.clone() });
        }
        let mut before = vec![None; self.files.len()];
        for backup in &chosen {
            let file = &self.files[backup.index];
            if !over_others && !backup.is_followed_by(file.bytes.as_deref()) {
                return Err(UserFileError::ChangedSince { path: file.path.clone() });
            }
            before[backup.index] = Some(backup.read(self.limit)?);
        }
        let contents: Vec<Content<'_>> = before
            .iter()
            .map(|content| match content {
                None => Content::Kept,
                Some(None) => Content::Absent,
                Some(Some(bytes)) => Content::Bytes(bytes),
            })
            .collect();
        let disk = self.disk.clone();
        let saved = self.save(&contents)?;
        for backup in chosen {
            // What it held is the file itself now. If this fails, it is kept once more, and no harm is done.
            let _ = disk.remove(&backup.path);
        }
        Ok(saved)
    }

    fn open_with(paths: &[&Path], limit: usize, wait: Duration, disk: Disk) -> Result<Self, UserFileError> {
        let resolved: Vec<PathBuf> = paths.iter().map(|path| resolve(path)).collect::<Result<_, _>>()?;
        let mut directories: Vec<&Path> = resolved.iter().map(|path| target::directory(path)).collect();
        // One order for all, so that two who want both do not wait for each other.
        directories.sort_unstable();
        directories.dedup();
        let mut locks = Vec::with_capacity(directories.len());
        for directory in directories {
            target::make_directory(directory)?;
            locks.push(lock(directory, wait, &disk)?);
        }
        let files = resolved.into_iter().map(|path| Target::read(path, limit)).collect::<Result<_, _>>()?;
        Ok(Self { files, limit, _locks: locks, disk })
    }

    /// One past the newest there is, if the clock was set back.
    fn next_stamp(&self) -> Result<u64, UserFileError> {
        let newest = self.backups()?.first().map_or(0, |backup| backup.stamp + 1);
        Ok(newest.max(disk::stamp()))
    }

    fn save_one(
        &self,
        file: &Target,
        new: Option<&[u8]>,
        (stamp, earlier): (u64, Earlier<'_>),
        saved: &mut Saved,
    ) -> Result<(), UserFileError> {
        file.check_replaceable()?;
        let backups = Backups::of(file)?;
        let kept = match earlier {
            Earlier::Kept => Some(backups.keep(file, new, stamp, &self.disk)?),
            Earlier::Forgotten(_) => None,
        };
        let written = match new {
            Some(bytes) => file.replace(bytes, &self.disk),
            None => file.remove(&self.disk),
        };
        if let Err(error) = written {
            // Of a change that was not made, nothing is to be undone.
            if let (Some(kept), false) = (&kept, matches!(error, UserFileError::Unconfirmed { .. })) {
                let _ = self.disk.remove(kept);
            }
            return Err(error);
        }
        backups.prune(&self.disk);
        saved.written.push(file.path.clone());
        if file.bytes.is_none() {
            saved.created.push(file.path.clone());
        }
        saved.backups.extend(kept);
        Ok(())
    }

    /// Removes the copies that hold one of the secrets.
    fn forget(&self, secrets: &[&[u8]]) -> Result<Vec<PathBuf>, UserFileError> {
        let mut forgotten = Vec::new();
        for backup in self.backups()? {
            let bytes = backup.read(self.limit)?.unwrap_or_default();
            let holds = |secret: &&[u8]| bytes.windows(secret.len().max(1)).any(|part| part == *secret);
            if secrets.iter().any(holds) {
                self.disk.remove(&backup.path).map_err(|source| error::of_file(&backup.path, source))?;
                forgotten.push(backup.path);
            }
        }
        Ok(forgotten)
    }
}

impl<'a> Content<'a> {
    /// The file and its new content, unless that is its old one.
    fn of<'t>(self, file: &'t Target) -> Option<(&'t Target, Option<&'a [u8]>)> {
        let new = match self {
            Self::Kept => return None,
            Self::Bytes(bytes) => Some(bytes),
            Self::Absent => None,
        };
        (new != file.bytes.as_deref()).then_some((file, new))
    }
}

/// The lock file stands beside the files, where every user of the directory finds it.
fn lock(directory: &Path, wait: Duration, disk: &Disk) -> Result<Lock, UserFileError> {
    let path = directory.join(LOCK);
    let mut waited = Duration::ZERO;
    loop {
        match Lock::acquire(&path) {
            Ok(lock) => {
                target::give_to_owner(lock.file(), directory);
                return Ok(lock);
            }
            Err(LockError::Held { pid, .. }) if waited >= wait => {
                return Err(UserFileError::Busy { directory: directory.to_owned(), pid, waited });
            }
            Err(LockError::Held { .. }) => {
                disk.pause(PAUSE);
                waited += PAUSE;
            }
            Err(LockError::Unusable { source, .. }) if path.symlink_metadata().is_ok() => {
                return Err(UserFileError::Lock { path, source });
            }
            Err(LockError::Unusable { source, .. }) => {
                return Err(error::of_directory(directory, source));
            }
        }
    }
}

const LOCK: &str = ".linklocal.lock";
/// How often a lock that is held is tried again: shorter than anybody notices.
const PAUSE: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests;
