//! Why a file of the user's was not changed, and what to do.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file was not changed: it is as it was, unless the error says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum UserFileError {
    #[error(
        "directory {} has been locked by {} for {} s; wait until that has ended, or stop it",
        directory.display(), holder(*pid), waited.as_secs()
    )]
    Busy { directory: PathBuf, pid: Option<u32>, waited: Duration },
    #[error(
        "lock file {} cannot be opened; remove it if nobody is changing files there, or let its owner do this",
        path.display()
    )]
    Lock {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{} is to be changed under two names at once; change one thing at a time", path.display())]
    SameFile { path: PathBuf },
    #[error("{} is {what}; name a file", path.display())]
    NotAFile { path: PathBuf, what: &'static str },
    #[error("link {} leads to {}, whose directory does not exist; mend the link", link.display(), to.display())]
    Dangling { link: PathBuf, to: PathBuf },
    #[error("link {} leads back to itself; mend the link", link.display())]
    Loop { link: PathBuf },
    #[error(
        "link {} to {} was made by user {maker}, to whom that does not belong; name the file itself if it is meant",
        link.display(), to.display()
    )]
    LinkOfAnother { link: PathBuf, to: PathBuf, maker: u32 },
    #[error("directory {} for backups {what}; move it away", path.display())]
    Backups { path: PathBuf, what: &'static str },
    #[error("file {} cannot be read; check that this user may read it", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("file {} is larger than {limit} bytes; make it smaller or name another", path.display())]
    TooLarge { path: PathBuf, limit: usize },
    #[error(
        "file {} has {names} names (hard links), of which the others would keep the old content; make it a link of its own \
         with `cp {} {}.new && mv {}.new {}`",
        path.display(), path.display(), path.display(), path.display(), path.display()
    )]
    HardLinked { path: PathBuf, names: u64 },
    #[error("file {} is write-protected (mode {mode:04o}); run `chmod u+w {}`", path.display(), path.display())]
    WriteProtected { path: PathBuf, mode: u32 },
    #[error("file {} belongs to user {owner}, not to user {user}; let that user change it", path.display())]
    OwnedByAnother { path: PathBuf, owner: u32, user: u32 },
    #[error("file {} is immutable; run `chattr -i {}` first", path.display(), path.display())]
    Immutable { path: PathBuf },
    #[error("file {} is a mount point and cannot be replaced; mount its directory instead", path.display())]
    MountPoint { path: PathBuf },
    #[error("file {} was changed by another program meanwhile; nothing was written, so try again", path.display())]
    Changed { path: PathBuf },
    #[error("directory {} cannot be written by this user, or is on a read-only disk", path.display())]
    ReadOnlyDirectory {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("no room to write {}: the disk or this user's share of it is full; nothing was lost", path.display())]
    NoRoom {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("file {} cannot be written; it is as it was", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("file {} was written, but the disk does not confirm that it keeps it; look at the disk", path.display())]
    Unconfirmed {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("of {} no earlier content is kept; there is nothing to undo", path.display())]
    NoBackup { path: PathBuf },
    #[error(
        "file {} was changed by another program since; undoing would lose that, so look at it first",
        path.display()
    )]
    ChangedSince { path: PathBuf },
}

/// What a failed call says about writing `path`.
pub(super) fn of_file(path: &Path, source: io::Error) -> UserFileError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            UserFileError::NoRoom { path, source }
        }
        io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices => UserFileError::MountPoint { path },
        io::ErrorKind::ReadOnlyFilesystem => UserFileError::ReadOnlyDirectory { path, source },
        _ => UserFileError::Write { path, source },
    }
}

/// What a failed call says about putting something into `directory`.
pub(super) fn of_directory(directory: &Path, source: io::Error) -> UserFileError {
    match source.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            UserFileError::ReadOnlyDirectory { path: directory.to_owned(), source }
        }
        _ => of_file(directory, source),
    }
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}
