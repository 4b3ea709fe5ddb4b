//! One file: where it really is, whether it may be replaced, and the replacing.

use std::fs::{self, DirBuilder, File, Metadata, Permissions};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, XattrFlags};

use super::disk::Disk;
use super::error::{UserFileError, of_directory, of_file};

/// A file as it was found.
#[derive(Debug)]
pub(super) struct Target {
    /// Links followed.
    pub(super) path: PathBuf,
    pub(super) bytes: Option<Vec<u8>>,
    metadata: Option<Metadata>,
    limit: usize,
}

/// Where a path leads in the end, which need not be there. Links of others lead to their own files alone: whoever may write
/// to the directory could name any file of this user.
pub(in crate::fs) fn resolve(path: &Path) -> Result<PathBuf, UserFileError> {
    let mut end = path.to_owned();
    let mut makers = Vec::new();
    for _ in 0..LINKS {
        match fs::read_link(&end) {
            Ok(next) => {
                makers.extend(fs::symlink_metadata(&end).map(|link| link.uid()));
                end = directory(&end).join(next);
            }
            Err(_) if end == path || directory(&end).is_dir() => {
                check_links(path, &end, &makers, rustix::process::geteuid().as_raw())?;
                return Ok(end);
            }
            Err(_) => return Err(UserFileError::Dangling { link: path.to_owned(), to: end }),
        }
    }
    Err(UserFileError::Loop { link: path.to_owned() })
}

fn check_links(path: &Path, end: &Path, makers: &[u32], user: u32) -> Result<(), UserFileError> {
    let owner = super::super::owner(end);
    let foreign = |maker: &&u32| **maker != user && **maker != 0 && Some(**maker) != owner;
    match makers.iter().find(foreign) {
        Some(maker) => {
            Err(UserFileError::LinkOfAnother { link: path.to_owned(), to: end.to_owned(), maker: *maker })
        }
        None => Ok(()),
    }
}

pub(super) fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Makes `path` and what is missing above it for this user alone. One that is there stays as it is.
pub(super) fn make_directory(path: &Path) -> Result<(), UserFileError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            UserFileError::NotAFile { path: path.to_owned(), what: "no directory" }
        }
        _ => of_directory(path, source),
    })
}

/// What root puts into another user's directory is that user's. Where this fails, root alone can use it, and no harm is done.
/// By the open file, as what its name leads to may be another by now.
pub(super) fn give_to_owner(made: &File, directory: &Path) {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    if let Some(owner) = fs::metadata(directory).ok().filter(|owner| owner.uid() != 0) {
        let _ = std::os::unix::fs::fchown(made, Some(owner.uid()), Some(owner.gid()));
    }
}

impl Target {
    pub(super) fn read(path: PathBuf, limit: usize) -> Result<Self, UserFileError> {
        let unreadable = |source| UserFileError::Unreadable { path: path.clone(), source };
        let mut file = match open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { path, bytes: None, metadata: None, limit });
            }
            Err(source) => return Err(unreadable(source)),
        };
        let metadata = file.metadata().map_err(unreadable)?;
        if !metadata.is_file() {
            let what = if metadata.is_dir() { "a directory" } else { "a device or a pipe" };
            return Err(UserFileError::NotAFile { path, what });
        }
        let bytes = bounded(&mut file, limit).map_err(unreadable)?;
        if bytes.len() > limit {
            return Err(UserFileError::TooLarge { path, limit });
        }
        Ok(Self { path, bytes: Some(bytes), metadata: Some(metadata), limit })
    }

    pub(super) fn mode(&self) -> Option<u32> {
        self.metadata.as_ref().map(|metadata| metadata.mode() & 0o7777)
    }

    /// Refuses what would be torn from other names, or taken from another user.
    pub(super) fn check_replaceable(&self) -> Result<(), UserFileError> {
        let Some(metadata) = &self.metadata else { return Ok(()) };
        let path = self.path.clone();
        if metadata.nlink() > 1 {
            return Err(UserFileError::HardLinked { path, names: metadata.nlink() });
        }
        let user = rustix::process::geteuid().as_raw();
        if user != 0 && metadata.uid() != user {
            return Err(UserFileError::OwnedByAnother { path, owner: metadata.uid(), user });
        }
        if is_immutable(&self.path) {
            return Err(UserFileError::Immutable { path });
        }
        match rustix::fs::access(&self.path, Access::WRITE_OK) {
            Err(rustix::io::Errno::ACCESS) => {
                Err(UserFileError::WriteProtected { path, mode: metadata.mode() & 0o7777 })
            }
            _ => Ok(()),
        }
    }

    /// Puts `bytes` in the file's place, with its permissions and its owner; a new file is for this user alone.
    pub(super) fn replace(&self, bytes: &[u8], disk: &Disk) -> Result<(), UserFileError> {
        let directory = directory(&self.path);
        disk.sweep(directory, TEMPORARY);
        let (mut file, temporary) =
            disk.create(directory, TEMPORARY).map_err(|source| of_directory(directory, source))?;
        let placed = self.place(&mut file, &temporary, bytes, disk);
        if placed.is_err() {
            let _ = disk.remove(&temporary);
        }
        placed?;
        self.confirm(disk)
    }

    /// Takes the file away.
    pub(super) fn remove(&self, disk: &Disk) -> Result<(), UserFileError> {
        self.check_unchanged()?;
        disk.remove(&self.path).map_err(|source| of_file(&self.path, source))?;
        self.confirm(disk)
    }

    fn confirm(&self, disk: &Disk) -> Result<(), UserFileError> {
        let synced = disk.sync_directory(directory(&self.path));
        synced.map_err(|source| UserFileError::Unconfirmed { path: self.path.clone(), source })
    }

    fn place(
        &self,
        file: &mut File,
        temporary: &Path,
        bytes: &[u8],
        disk: &Disk,
    ) -> Result<(), UserFileError> {
        let failed = |source| of_file(&self.path, source);
        disk.write(file, bytes).map_err(failed)?;
        match &self.metadata {
            Some(metadata) => disk.adjust(|| self.resemble(file, metadata)).map_err(failed)?,
            None => give_to_owner(file, directory(&self.path)),
        }
        disk.sync(file).map_err(failed)?;
        // As late as can be: programs that know nothing of our lock may write too.
        self.check_unchanged()?;
        disk.rename(temporary, &self.path).map_err(failed)
    }

    /// Gives the new file owner, group, permissions and extended attributes of the old one. What cannot be given is left out in
    /// such a way that nobody may do more than before.
    fn resemble(&self, file: &File, old: &Metadata) -> io::Result<()> {
        let made = file.metadata()?;
        if made.uid() != old.uid() {
            std::os::unix::fs::fchown(file, Some(old.uid()), None)?;
        }
        let group = made.gid() == old.gid() || std::os::unix::fs::fchown(file, None, Some(old.gid())).is_ok();
        let listed = copy_attributes(&self.path, file);
        let mode = if group && listed { old.mode() & 0o777 } else { old.mode() & 0o707 };
        file.set_permissions(Permissions::from_mode(mode))
    }

    fn check_unchanged(&self) -> Result<(), UserFileError> {
        let changed = || UserFileError::Changed { path: self.path.clone() };
        let now = Self::read(self.path.clone(), self.limit).map_err(|_| changed())?;
        let same_file = match (&self.metadata, &now.metadata) {
            (Some(old), Some(new)) => old.ino() == new.ino() && old.dev() == new.dev(),
            (old, new) => old.is_none() && new.is_none(),
        };
        if same_file && self.bytes == now.bytes { Ok(()) } else { Err(changed()) }
    }
}

/// Without waiting for the other end, should it be a pipe.
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

/// One byte past `limit` shows that there is more.
fn bounded(file: &mut File, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(bound).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Access control lists and whatever else is attached to the old file; says whether its list, should it have one, came along. A
/// list that the directory gave to the new file goes.
fn copy_attributes(old: &Path, new: &File) -> bool {
    let mut buffer = Vec::with_capacity(ATTRIBUTES);
    if rustix::fs::listxattr(old, rustix::buffer::spare_capacity(&mut buffer)).is_err() {
        return true;
    }
    let names = buffer.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let mut has_list = false;
    let mut copied_list = true;
    for name in names {
        let mut value = Vec::with_capacity(ATTRIBUTES);
        let read = rustix::fs::getxattr(old, name, rustix::buffer::spare_capacity(&mut value));
        let copied = read.and_then(|_| rustix::fs::fsetxattr(new, name, &value, XattrFlags::empty())).is_ok();
        if name == ACCESS_LIST {
            has_list = true;
            copied_list = copied;
        }
    }
    if !has_list {
        let _ = rustix::fs::fremovexattr(new, ACCESS_LIST);
    }
    copied_list
}

#[cfg(target_os = "linux")]
fn is_immutable(path: &Path) -> bool {
    use rustix::fs::{IFlags, ioctl_getflags};
    let flags = File::open(path).ok().and_then(|file| ioctl_getflags(file).ok());
    flags.is_some_and(|flags| flags.intersects(IFlags::IMMUTABLE | IFlags::APPEND))
}

#[cfg(not(target_os = "linux"))]
fn is_immutable(_: &Path) -> bool {
    false
}

/// As many links as Linux follows.
const LINKS: usize = 40;
const TEMPORARY: &str = ".linklocal-edit-";
/// POSIX access control lists (acl(5)).
const ACCESS_LIST: &[u8] = b"system.posix_acl_access";
/// As much as Linux gives to one attribute, or to the list of names (xattr(7)).
const ATTRIBUTES: usize = 65536;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_others_lead_to_their_own_files_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        crate::fs::replace(&file, b"", 0o600).unwrap();
        let me = rustix::process::geteuid().as_raw();
        let check = |makers: &[u32], user| check_links(Path::new("/link"), &file, makers, user).is_ok();
        assert!(check(&[], me) && check(&[me, 0], me), "one's own, and the system's");
        assert!(check(&[me], me + 1), "the owner's own file, for root");
        assert!(!check(&[me + 7], me) && !check(&[me, me + 7], me), "somebody's link to this user's file");
        let error = check_links(Path::new("/link"), &file, &[me + 7], me).unwrap_err();
        assert!(error.to_string().contains("made by user"), "{error}");
    }
}
