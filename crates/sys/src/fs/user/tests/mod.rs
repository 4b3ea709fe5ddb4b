//! What a change leaves behind, however it goes.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

mod planted;

#[test]
fn a_change_keeps_permissions_and_the_earlier_content() {
    let home = Home::new();
    home.put("config", b"old", 0o640);
    let inode = home.path("config").metadata().unwrap().ino();
    let saved = home.change(&[("config", Content::Bytes(b"new"))]).unwrap();
    assert_eq!(home.text("config").as_deref(), Some("new"));
    assert_eq!(home.mode("config"), 0o640);
    assert_ne!(home.path("config").metadata().unwrap().ino(), inode, "replaced, not written over");
    assert_eq!((saved.written.len(), saved.created.len()), (1, 0));
    assert_eq!(super::super::read(&saved.backups[0], 10).unwrap(), b"old");
    assert_eq!(saved.backups[0].metadata().unwrap().mode() & 0o777, 0o600);
    assert_eq!(saved.backups[0].parent().unwrap().metadata().unwrap().mode() & 0o777, 0o700);
}

#[test]
fn new_files_are_private_and_so_is_their_new_directory() {
    let home = Home::new();
    let path = home.path("new/.aws/config");
    let files = UserFiles::open(&[&path], LIMIT, Duration::ZERO).unwrap();
    assert_eq!((files.bytes(0), files.mode(0)), (None, None));
    let saved = files.save(&[Content::Bytes(b"[default]\n")]).unwrap();
    assert_eq!(saved.created, [path.as_path()]);
    assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
    for directory in ["new", "new/.aws"] {
        assert_eq!(home.path(directory).metadata().unwrap().mode() & 0o777, 0o700);
    }
}

#[test]
fn secrets_that_leave_the_files_leave_their_copies_too() {
    let home = Home::new();
    home.put("credentials", b"secret", 0o600);
    home.change(&[("credentials", Content::Bytes(b"secret, another"))]).unwrap();
    home.change(&[("credentials", Content::Bytes(b"another"))]).unwrap();
    home.change(&[("credentials", Content::Bytes(b"another, more"))]).unwrap();
    let path = home.path("credentials");
    let open = || UserFiles::open(&[&path], LIMIT, Duration::ZERO).unwrap();
    let saved = open().save_forgetting(&[Content::Bytes(b"more")], &[b"secret"]).unwrap();
    assert_eq!((saved.forgotten.len(), saved.backups.len()), (2, 0));
    assert_eq!(home.text("credentials").as_deref(), Some("more"));
    let copies = open().backups().unwrap();
    assert_eq!(copies.len(), 1, "those without the secret stay");
    let error = open().undo(None, false).unwrap_err();
    assert!(matches!(error, UserFileError::ChangedSince { .. }), "nothing is undone by halves: {error}");
}

#[test]
fn what_is_not_changed_is_not_touched() {
    let home = Home::new();
    home.put("config", b"same", 0o644);
    let inode = home.path("config").metadata().unwrap().ino();
    for content in [Content::Bytes(b"same"), Content::Kept] {
        assert_eq!(home.change(&[("config", content)]).unwrap(), Saved::default());
    }
    assert_eq!(home.change(&[("credentials", Content::Absent)]).unwrap(), Saved::default());
    assert_eq!(home.path("config").metadata().unwrap().ino(), inode);
}

#[test]
fn undo_brings_both_files_back_and_can_be_undone() {
    let home = Home::new();
    home.put("config", b"old", 0o600);
    home.change(&[("config", Content::Bytes(b"older change"))]).unwrap();
    let both = [("config", Content::Bytes(b"new")), ("credentials", Content::Bytes(b"created"))];
    home.change(&both).unwrap();
    for (config, credentials) in
        [("older change", None), ("new", Some("created")), ("older change", None), ("new", Some("created"))]
    {
        home.open(&["config", "credentials"]).undo(None, false).unwrap();
        assert_eq!(home.text("config").as_deref(), Some(config));
        assert_eq!(home.text("credentials").as_deref(), credentials);
    }
    let files = home.open(&["config", "credentials"]);
    let oldest = files.backups().unwrap().last().unwrap().stamp;
    files.undo(Some(oldest), true).unwrap();
    assert_eq!(home.text("config").as_deref(), Some("old"));
}

#[test]
fn undo_leaves_the_work_of_other_programs_alone() {
    let home = Home::new();
    home.put("config", b"old", 0o600);
    assert!(matches!(home.open(&["config"]).undo(None, false), Err(UserFileError::NoBackup { .. })));
    home.change(&[("config", Content::Bytes(b"new"))]).unwrap();
    home.put("config", b"theirs", 0o600);
    let error = home.open(&["config"]).undo(None, false).unwrap_err();
    assert!(matches!(error, UserFileError::ChangedSince { .. }), "{error}");
    assert_eq!(home.text("config").as_deref(), Some("theirs"));
    home.open(&["config"]).undo(None, true).unwrap();
    assert_eq!(home.text("config").as_deref(), Some("old"));
    home.open(&["config"]).undo(None, false).unwrap();
    assert_eq!(home.text("config").as_deref(), Some("theirs"));
}

#[test]
fn a_bounded_number_of_copies_is_kept() {
    let home = Home::new();
    for round in 0..15 {
        home.change(&[("config", Content::Bytes(round.to_string().as_bytes()))]).unwrap();
    }
    let files = home.open(&["config"]);
    let backups = files.backups().unwrap();
    assert_eq!(backups.len(), 10);
    assert_eq!(backups[0].read(LIMIT).unwrap().unwrap(), b"13");
}

#[test]
fn links_are_followed_and_stay() {
    let home = Home::new();
    fs::create_dir(home.path("dotfiles")).unwrap();
    symlink("dotfiles/aws-config", home.path("link")).unwrap();
    symlink("link", home.path("config")).unwrap();
    for text in ["first", "second"] {
        home.change(&[("config", Content::Bytes(text.as_bytes()))]).unwrap();
        assert_eq!(home.text("dotfiles/aws-config").as_deref(), Some(text));
        assert!(home.path("config").symlink_metadata().unwrap().is_symlink());
    }
    symlink("nowhere/config", home.path("dangling")).unwrap();
    symlink("circle", home.path("circle")).unwrap();
    let open = |name: &str| UserFiles::open(&[&home.path(name)], LIMIT, Duration::ZERO).unwrap_err();
    assert!(matches!(open("dangling"), UserFileError::Dangling { .. }));
    assert!(matches!(open("circle"), UserFileError::Loop { .. }));
}

#[test]
fn what_cannot_be_replaced_is_said_and_kept() {
    let home = Home::new();
    home.put("config", b"old", 0o600);
    fs::hard_link(home.path("config"), home.path("other")).unwrap();
    let error = home.change(&[("config", Content::Bytes(b"new"))]).unwrap_err();
    assert!(matches!(error, UserFileError::HardLinked { names: 2, .. }), "{error}");
    assert_eq!(home.text("config").as_deref(), Some("old"));
    let open = |path: &Path| UserFiles::open(&[path], 2, Duration::ZERO).unwrap_err();
    fs::create_dir(home.path("directory")).unwrap();
    assert!(matches!(open(&home.path("directory")), UserFileError::NotAFile { what: "a directory", .. }));
    assert!(matches!(open(&home.path("config/below")), UserFileError::NotAFile { .. }));
    assert!(matches!(open(&home.path("config")), UserFileError::TooLarge { limit: 2, .. }));
    let pipe = home.path("pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    assert!(matches!(open(&pipe), UserFileError::NotAFile { .. }));
}

#[test]
fn a_file_that_changes_meanwhile_is_not_written_over() {
    let home = Home::new();
    home.put("config", b"old", 0o600);
    let files = home.open(&["config"]);
    home.put("config", b"theirs", 0o600);
    let error = files.save(&[Content::Bytes(b"new")]).unwrap_err();
    assert!(matches!(error, UserFileError::Changed { .. }), "{error}");
    assert_eq!(home.text("config").as_deref(), Some("theirs"));
    assert_eq!(home.open(&["config"]).backups().unwrap(), []);
}

#[test]
fn whoever_waits_too_long_learns_for_whom() {
    let home = Home::new();
    let _first = home.open(&["config"]);
    let error = UserFiles::open(&[&home.path("config")], LIMIT, Duration::from_millis(20)).unwrap_err();
    assert!(error.to_string().contains(&format!("locked by process {}", std::process::id())), "{error}");
}

#[test]
fn one_file_under_two_names_is_not_changed_twice() {
    let home = Home::new();
    home.put("config", b"old", 0o600);
    symlink("config", home.path("credentials")).unwrap();
    let both = [("config", Content::Bytes(b"new")), ("credentials", Content::Bytes(b"other"))];
    let error = home.change(&both).unwrap_err();
    assert!(matches!(error, UserFileError::SameFile { .. }), "{error}");
    assert_eq!(home.text("config").as_deref(), Some("old"));
    home.change(&[("config", Content::Bytes(b"new")), ("credentials", Content::Kept)]).unwrap();
}

#[test]
fn what_root_makes_in_anothers_directory_is_that_ones() {
    let home = Home::new();
    if !rustix::process::geteuid().is_root() {
        println!("not root: nothing to give away");
        return;
    }
    std::os::unix::fs::chown(home.0.path(), Some(1234), Some(1234)).unwrap();
    home.change(&[("config", Content::Bytes(b"new"))]).unwrap();
    for name in ["config", ".linklocal.lock", ".linklocal-backups"] {
        assert_eq!(home.path(name).metadata().unwrap().uid(), 1234, "{name}");
    }
    std::os::unix::fs::chown(home.path("config"), Some(4321), Some(4321)).unwrap();
    home.change(&[("config", Content::Bytes(b"newer"))]).unwrap();
    assert_eq!(home.path("config").metadata().unwrap().uid(), 4321, "an old file keeps its owner");
}

#[test]
fn extended_attributes_come_along() {
    let home = Home::new();
    home.put("config", b"old", 0o600);
    let flags = rustix::fs::XattrFlags::empty();
    if rustix::fs::setxattr(home.path("config"), "user.note", b"mine", flags).is_err() {
        println!("this disk has no extended attributes");
        return;
    }
    home.change(&[("config", Content::Bytes(b"new"))]).unwrap();
    let mut value = Vec::with_capacity(10);
    let spare = rustix::buffer::spare_capacity(&mut value);
    rustix::fs::getxattr(home.path("config"), "user.note", spare).unwrap();
    assert_eq!(value, b"mine");
}

/// With a list, the group's bits of the mode are a mask: without it, they would let the group in.
#[test]
fn access_lists_come_along_and_none_is_inherited() {
    let home = Home::new();
    home.put("config", b"old", 0o600);
    home.put("credentials", b"old", 0o640);
    if !home.set_list("config", "system.posix_acl_access") {
        println!("this disk has no access control lists");
        return;
    }
    assert!(home.set_list("", "system.posix_acl_default"));
    let mode = home.mode("config");
    let both = [("config", Content::Bytes(b"new")), ("credentials", Content::Bytes(b"new"))];
    home.change(&both).unwrap();
    let list = |name: &str| {
        let mut value = Vec::with_capacity(100);
        let spare = rustix::buffer::spare_capacity(&mut value);
        rustix::fs::getxattr(home.path(name), "system.posix_acl_access", spare).ok().map(|_| value)
    };
    assert_eq!((list("config").as_deref(), home.mode("config")), (Some(LIST), mode));
    assert_eq!((list("credentials"), home.mode("credentials")), (None, 0o640));
}

/// A program that ends between two calls does nothing after the first of them, not even tidy up.
#[test]
fn after_a_stop_between_any_two_calls_each_file_is_old_or_new() {
    let calls = count_calls();
    assert!(calls >= 14, "two files, seven calls each: {calls}");
    for stop in 0..calls {
        let home = Home::with_old_files();
        let gate = AtomicUsize::new(0);
        let disk = Disk::behind(move |_| match gate.fetch_add(1, Ordering::Relaxed) {
            passed if passed < stop => Ok(()),
            _ => Err(io::Error::other("the program ended")),
        });
        // The last calls only tidy up, and their failure is nobody's.
        let _ = home.change_both(disk);
        home.check_old_or_new(stop);
        home.change(&[("config", Content::Bytes(b"next"))]).unwrap();
        assert_eq!(home.leftovers(), 0, "stop {stop}");
    }
}

#[test]
fn a_call_that_fails_leaves_old_or_new_and_nothing_else() {
    for failing in 0..count_calls() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::PermissionDenied, io::ErrorKind::ResourceBusy]
        {
            let home = Home::with_old_files();
            let gate = AtomicUsize::new(0);
            let failed = std::sync::Arc::new(Mutex::new(None));
            let seen = std::sync::Arc::clone(&failed);
            let disk = Disk::behind(move |call| {
                if gate.fetch_add(1, Ordering::Relaxed) != failing {
                    return Ok(());
                }
                *seen.lock().unwrap() = Some(call);
                Err(kind.into())
            });
            let result = home.change_both(disk);
            home.check_old_or_new(failing);
            assert_eq!(home.leftovers(), 0, "{:?} {kind:?}", failed.lock().unwrap());
            if kind == io::ErrorKind::StorageFull && *failed.lock().unwrap() == Some("write") {
                assert!(matches!(result, Err(UserFileError::NoRoom { .. })), "{result:?}");
            }
        }
    }
}

/// Content reaches the disk before its name does, and the name before the change counts as made; the copy before all.
#[test]
fn calls_come_in_the_order_that_survives_a_power_cut() {
    let home = Home::with_old_files();
    let calls = std::sync::Arc::new(Mutex::new(Vec::new()));
    let seen = std::sync::Arc::clone(&calls);
    let disk = Disk::behind(move |call| {
        seen.lock().unwrap().push(call);
        Ok(())
    });
    home.change_with(&[("config", Content::Bytes(b"new"))], disk).unwrap();
    let copy = ["create", "write", "sync", "rename", "sync directory"];
    let file = ["create", "write", "adjust", "sync", "rename", "sync directory"];
    assert_eq!(*calls.lock().unwrap(), [&copy[..], &file].concat());
}

fn count_calls() -> usize {
    let home = Home::with_old_files();
    let count = std::sync::Arc::new(AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&count);
    let disk = Disk::behind(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    home.change_both(disk).unwrap();
    count.load(Ordering::Relaxed)
}

/// A directory that stands for `~/.aws`.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with_old_files() -> Self {
        let home = Self::new();
        home.put("config", b"old", 0o600);
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8], mode: u32) {
        super::super::replace(&self.path(name), bytes, mode).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn set_list(&self, name: &str, attribute: &str) -> bool {
        rustix::fs::setxattr(self.path(name), attribute, LIST, rustix::fs::XattrFlags::empty()).is_ok()
    }

    fn text(&self, name: &str) -> Option<String> {
        super::super::read_text(&self.path(name), LIMIT).ok()
    }

    fn mode(&self, name: &str) -> u32 {
        self.path(name).metadata().unwrap().mode() & 0o777
    }

    fn open(&self, names: &[&str]) -> UserFiles {
        self.open_with(names, Disk::system())
    }

    fn open_with(&self, names: &[&str], disk: Disk) -> UserFiles {
        let paths: Vec<PathBuf> = names.iter().map(|name| self.path(name)).collect();
        let paths: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        UserFiles::open_with(&paths, LIMIT, Duration::ZERO, disk).unwrap()
    }

    fn change(&self, contents: &[(&str, Content<'_>)]) -> Result<Saved, UserFileError> {
        self.change_with(contents, Disk::system())
    }

    fn change_with(&self, contents: &[(&str, Content<'_>)], disk: Disk) -> Result<Saved, UserFileError> {
        let (names, contents): (Vec<&str>, Vec<Content<'_>>) = contents.iter().copied().unzip();
        self.open_with(&names, disk).save(&contents)
    }

    fn change_both(&self, disk: Disk) -> Result<Saved, UserFileError> {
        let both = [("credentials", Content::Bytes(b"created")), ("config", Content::Bytes(b"new"))];
        self.change_with(&both, disk)
    }

    fn check_old_or_new(&self, at: usize) {
        let (credentials, config) = (self.text("credentials"), self.text("config").unwrap());
        assert!([None, Some("created")].contains(&credentials.as_deref()), "{at}: {credentials:?}");
        assert!(["old", "new"].contains(&config.as_str()), "{at}: {config}");
        assert!(config == "old" || credentials.is_some(), "{at}: in order");
    }

    /// Files that nobody asked for.
    fn leftovers(&self) -> usize {
        let directories = [self.0.path().to_owned(), self.path(".linklocal-backups")];
        let names =
            directories.iter().flat_map(|directory| super::super::names(directory).unwrap_or_default());
        let unasked = |name: &std::ffi::OsString| {
            let name = name.to_string_lossy();
            name.starts_with(".linklocal-edit-") || name.starts_with(".new-")
        };
        names.filter(unasked).count()
    }
}

const LIMIT: usize = 1000;
/// Owner rw, user 1000 r, group none, mask r, others none, as the kernel stores it (acl(5), `linux/posix_acl_xattr.h`).
const LIST: &[u8] = &[
    2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 4, 0, 232, 3, 0, 0, 4, 0, 0, 0, 255, 255, 255, 255, 16,
    0, 4, 0, 255, 255, 255, 255, 32, 0, 0, 0, 255, 255, 255, 255,
];
