//! The processes of this machine, as `/proc` shows them (proc(5)).
//!
//! Rule: a process may end between two looks at it, and others' may not be looked into; so what cannot be read is not
//! there, and why is nobody's business. On systems without `/proc` nothing is.

use std::fs::File;
use std::io::Read as _;
use std::ops::ControlFlow;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags, openat, readlinkat, statat};

/// A view of `/proc`. Paths are relative to it.
#[derive(Debug)]
pub struct Proc {
    /// Kept open: what is below it is found without walking from the root again.
    directory: Option<OwnedFd>,
}

impl Proc {
    /// This machine's, as far as this process's own view of it goes.
    pub fn system() -> Self {
        Self::at(Path::new("/proc"))
    }

    /// A directory that looks like it, for tests.
    pub fn at(path: &Path) -> Self {
        Self { directory: openat(CWD, path, DIRECTORY, Mode::empty()).ok() }
    }

    /// What stands in a file, cut off after `limit` bytes.
    pub fn read(&self, path: &str, limit: usize) -> Option<Vec<u8>> {
        let file = openat(self.directory.as_ref()?, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
        let mut bytes = Vec::with_capacity(limit.min(1024));
        let limit = u64::try_from(limit).unwrap_or(u64::MAX);
        File::from(file.ok()?).take(limit).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// What one read of a small file gives, cut off after `limit` bytes.
    pub fn glance(&self, path: &str, limit: usize) -> Option<Vec<u8>> {
        let file = openat(self.directory.as_ref()?, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
        let mut bytes = vec![0; limit];
        let length = rustix::io::read(file.ok()?, &mut bytes[..]).ok()?;
        bytes.truncate(length);
        Some(bytes)
    }

    /// Where a link points to.
    pub fn link(&self, path: &str) -> Option<PathBuf> {
        let target = readlinkat(self.directory.as_ref()?, path, Vec::new()).ok()?;
        Some(PathBuf::from(std::ffi::OsString::from_vec(target.into_bytes())))
    }

    /// The user that a file belongs to; of a process's directory, the user that it acts for, or root where it may not be
    /// looked into.
    pub fn owner(&self, path: &str) -> Option<u32> {
        Some(statat(self.directory.as_ref()?, path, AtFlags::empty()).ok()?.st_uid)
    }

    /// The ids of all processes, in no order.
    pub fn process_ids(&self) -> Vec<u32> {
        let mut ids = Vec::new();
        self.numbers(".", |_, id| {
            ids.push(id);
            ControlFlow::Continue(())
        });
        ids
    }

    /// The children of a process, theirs, and so on, in no order.
    pub fn descendants(&self, process_id: u32) -> Vec<u32> {
        let parents: Vec<(u32, u32)> =
            self.process_ids().into_iter().filter_map(|id| Some((id, self.parent(id)?))).collect();
        let mut family = vec![process_id];
        let mut next = 0;
        while let Some(parent) = family.get(next).copied() {
            let children =
                parents.iter().filter(|(id, its_parent)| *its_parent == parent && !family.contains(id));
            let children: Vec<u32> = children.map(|(id, _)| *id).collect();
            family.extend(children);
            next += 1;
        }
        family.split_off(1)
    }

    /// The fourth field of `stat`; the second is a name in brackets that may hold brackets and blanks.
    fn parent(&self, process_id: u32) -> Option<u32> {
        let stat = self.glance(&format!("{process_id}/stat"), 512)?;
        let after_name = stat.iter().rposition(|byte| *byte == b')')? + 1;
        let fields = std::str::from_utf8(&stat[after_name..]).ok()?;
        fields.split_ascii_whitespace().nth(1)?.parse().ok()
    }

    /// Which of the first `limit` descriptors of a process is what `target` says, such as `socket:[4711]`.
    pub fn descriptor(&self, process_id: u32, target: &str, limit: usize) -> Option<u32> {
        let (mut left, mut found) = (limit, None);
        let mut buffer = Vec::with_capacity(64);
        self.numbers(&format!("{process_id}/fd"), |directory, number| {
            if let Ok(link) = readlinkat(directory, number.to_string(), std::mem::take(&mut buffer)) {
                found = (link.as_bytes() == target.as_bytes()).then_some(number);
                buffer = link.into_bytes();
            }
            left = left.saturating_sub(1);
            if found.is_some() || left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        found
    }

    /// Shows the entries of a directory whose names are numbers.
    fn numbers(&self, path: &str, mut see: impl FnMut(&OwnedFd, u32) -> ControlFlow<()>) {
        let Some(root) = self.directory.as_ref() else { return };
        let Ok(directory) = openat(root, path, DIRECTORY, Mode::empty()) else { return };
        let Ok(entries) = Dir::read_from(&directory) else { return };
        for entry in entries.flatten() {
            let number = entry.file_name().to_str().ok().and_then(|name| name.parse().ok());
            if let Some(number) = number
                && see(&directory, number).is_break()
            {
                return;
            }
        }
    }
}

const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd as _;

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_is_there_with_its_files() {
        let (proc, me) = (Proc::system(), std::process::id());
        assert!(proc.process_ids().contains(&me));
        assert_eq!(proc.link(&format!("{me}/exe")), std::env::current_exe().ok());
        assert_eq!(proc.owner(&me.to_string()), Some(rustix::process::geteuid().as_raw()));
        let parent = proc.parent(me).unwrap();
        assert!(proc.descendants(parent).contains(&me) && !proc.descendants(me).contains(&me));
        let stat = format!("{me}/stat");
        assert_eq!(proc.glance(&stat, 4096).map(|bytes| bytes.len() > 50), Some(true));
        for cut_off in [proc.read(&stat, 4), proc.glance(&stat, 4)] {
            assert_eq!(cut_off.unwrap().len(), 4);
        }

        let (socket, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        let target = proc.link(&format!("{me}/fd/{}", socket.as_raw_fd())).unwrap();
        let descriptor = u32::try_from(socket.as_raw_fd()).ok();
        assert_eq!(proc.descriptor(me, target.to_str().unwrap(), 10_000), descriptor);
        assert_eq!(proc.descriptor(me, "socket:[0]", 10_000), None);
    }

    #[test]
    fn where_nothing_is_nothing_is_seen() {
        let proc = Proc::at(Path::new("/nonexistent"));
        assert_eq!((proc.read("1/stat", 9), proc.link("1/exe"), proc.owner("1")), (None, None, None));
        assert!(proc.process_ids().is_empty() && proc.descriptor(1, "", 9).is_none());
    }
}
