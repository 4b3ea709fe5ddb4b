//! What a file held before each of its last changes.
//!
//! Rule: it is on the disk before the change is. Copies stand in a directory for this user alone, beside the file; a name
//! says when the change was, and what the file held after it, so that nobody else's work is undone.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::disk::Disk;
use super::error::{UserFileError, of_directory, of_file};
use super::target::{Target, directory, give_to_owner, make_directory};

/// The content of one file before one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Which of the opened files.
    pub index: usize,
    /// Nanoseconds since 1970; the same for all files of one change.
    pub stamp: u64,
    pub path: PathBuf,
    /// Whether the file was not there before.
    pub absent: bool,
    /// A digest of what the change wrote.
    after: u64,
}

/// The copies of one file.
pub(super) struct Backups {
    directory: PathBuf,
    /// The file's name.
    name: OsString,
}

impl Backup {
    /// The content; nothing where there was none.
    pub(super) fn read(&self, limit: usize) -> Result<Option<Vec<u8>>, UserFileError> {
        if self.absent {
            return Ok(None);
        }
        Ok(Target::read(self.path.clone(), limit)?.bytes)
    }

    /// Whether this is what the change wrote.
    pub(super) fn is_followed_by(&self, content: Option<&[u8]>) -> bool {
        self.after == digest(content)
    }
}

impl Backups {
    pub(super) fn of(file: &Target) -> Result<Self, UserFileError> {
        let name = file
            .path
            .file_name()
            .ok_or_else(|| UserFileError::NotAFile { path: file.path.clone(), what: "a directory" })?;
        Ok(Self { directory: directory(&file.path).join(DIRECTORY), name: name.to_owned() })
    }

    /// All copies of the file, in no order. What bears other names is somebody else's.
    pub(super) fn list(&self, index: usize) -> Result<Vec<Backup>, UserFileError> {
        if self.directory.symlink_metadata().is_ok() {
            self.checked()?;
        }
        let entries = match fs::read_dir(&self.directory) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|source| of_directory(&self.directory, source))?,
        };
        let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
        Ok(paths.filter_map(|path| self.parse(path, index)).collect())
    }

    /// Copies the file as it is, durably, before it becomes `after`.
    pub(super) fn keep(
        &self,
        file: &Target,
        after: Option<&[u8]>,
        stamp: u64,
        disk: &Disk,
    ) -> Result<PathBuf, UserFileError> {
        make_directory(&self.directory)?;
        give_to_owner(&self.checked()?, directory(&file.path));
        disk.sweep(&self.directory, TEMPORARY);
        let path = self.path(stamp, digest(after), file.bytes.is_none());
        let (mut copy, temporary) = disk
            .create(&self.directory, TEMPORARY)
            .map_err(|source| of_directory(&self.directory, source))?;
        give_to_owner(&copy, &self.directory);
        let content = file.bytes.as_deref().unwrap_or_default();
        let kept = disk
            .write(&mut copy, content)
            .and_then(|()| disk.sync(&copy))
            .and_then(|()| disk.rename(&temporary, &path))
            .and_then(|()| disk.sync_directory(&self.directory));
        kept.map_err(|source| {
            let _ = disk.remove(&temporary);
            of_file(&path, source)
        })?;
        Ok(path)
    }

    /// The directory, which nobody else may have put there: what stands in it becomes the file when a change is undone.
    fn checked(&self) -> Result<File, UserFileError> {
        let refused = |what| UserFileError::Backups { path: self.directory.clone(), what };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = rustix::fs::open(&self.directory, flags, Mode::empty()).map_err(|errno| match errno {
            Errno::NOTDIR | Errno::LOOP => refused("is a link or a file"),
            _ => of_directory(&self.directory, errno.into()),
        });
        let opened = File::from(opened?);
        let found = opened.metadata().map_err(|source| of_directory(&self.directory, source))?;
        let user = rustix::process::geteuid().as_raw();
        let above = self.directory.parent().and_then(super::super::owner);
        if found.uid() != user && (user != 0 || Some(found.uid()) != above) {
            return Err(refused("belongs to another user"));
        }
        if found.mode() & 0o022 != 0 {
            return Err(refused("can be written by others"));
        }
        Ok(opened)
    }

    /// Removes all but the newest. A failure costs room, nothing else.
    pub(super) fn prune(&self, disk: &Disk) {
        let Ok(mut all) = self.list(0) else { return };
        all.sort_by_key(|backup| std::cmp::Reverse(backup.stamp));
        for old in all.iter().skip(KEPT) {
            let _ = disk.remove(&old.path);
        }
    }

    /// `config.1763800000123456789-0123456789abcdef`, and `.absent` behind where there was no file.
    fn path(&self, stamp: u64, after: u64, absent: bool) -> PathBuf {
        let mut name = self.name.clone();
        name.push(format!(".{stamp:020}-{after:016x}{}", if absent { ABSENT } else { "" }));
        self.directory.join(name)
    }

    fn parse(&self, path: PathBuf, index: usize) -> Option<Backup> {
        let name = path.file_name()?.as_bytes();
        let rest = name.strip_prefix(self.name.as_bytes())?.strip_prefix(b".")?;
        let rest = std::str::from_utf8(rest).ok()?;
        let (numbers, absent) = rest.strip_suffix(ABSENT).map_or((rest, false), |numbers| (numbers, true));
        let (stamp, after) = numbers.split_once('-')?;
        let stamp = stamp.parse().ok()?;
        let after = u64::from_str_radix(after, 16).ok()?;
        (self.path(stamp, after, absent) == path).then_some(Backup { index, stamp, path, absent, after })
    }
}

/// FNV-1a, 64 bits (RFC 9923): it tells whether somebody wrote in between, not whether somebody forged it.
fn digest(content: Option<&[u8]>) -> u64 {
    let Some(content) = content else { return 0 };
    content.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

const DIRECTORY: &str = ".linklocal-backups";
const TEMPORARY: &str = ".new-";
const ABSENT: &str = ".absent";
/// Copies of one file; older ones go.
const KEPT: usize = 10;
