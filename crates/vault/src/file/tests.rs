//! The encrypted file on a disk.

use std::sync::Arc;

use super::*;
use crate::backend::{Backend, Choice};
use crate::name::Kind;
use crate::settings::Desktop;

fn name(id: &str) -> Name {
    Name::new(Kind::MfaSeed, id).unwrap()
}

fn secret(text: &str) -> Secret<Vec<u8>> {
    Secret::new(text.as_bytes().to_vec())
}

fn file(path: &Path, passphrase: &str) -> EncryptedFile {
    EncryptedFile::new(
        path.to_owned(),
        &settings(Passphrase::Known(Secret::new(passphrase.to_owned())), None),
    )
}

fn settings(passphrase: Passphrase, remember: Option<Duration>) -> Settings {
    Settings {
        choice: Choice::Only(Backend::File),
        file: None,
        passphrase,
        cost: Cost::LEAST,
        entropy: Entropy::system(),
        desktop: Desktop::default(),
        remember,
    }
}

/// A directory as a user has one, and the file's path in it.
fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("linklocal").join("vault");
    (dir, path)
}

fn source(error: VaultError) -> FileError {
    match error {
        VaultError::File { source, .. } => source,
        other => panic!("{other}"),
    }
}

#[test]
fn what_is_put_is_got_by_whoever_has_the_passphrase() {
    let (_dir, path) = place();
    let first = file(&path, "open sesame");
    assert_eq!(first.get(&name("a")).unwrap(), None);
    assert!(!first.remove(&name("a")).unwrap() && !path.exists(), "nothing is made for nothing");
    first.put(&name("a"), &secret("one")).unwrap();
    first.put(&name("b"), &secret("")).unwrap();
    first.put(&name("a"), &secret("two")).unwrap();
    let second = file(&path, "open sesame");
    assert_eq!(second.get(&name("a")).unwrap(), Some(secret("two")));
    assert_eq!(second.list().unwrap(), [name("a"), name("b")]);
    assert!(second.remove(&name("a")).unwrap());
    assert_eq!(first.list().unwrap(), [name("b")]);
    assert_eq!(sys::fs::inode(&path).unwrap().mode, 0o600);
}

#[test]
fn a_wrong_passphrase_is_told_from_damage() {
    let (_dir, path) = place();
    file(&path, "right").put(&name("a"), &secret("one")).unwrap();
    assert!(matches!(source(file(&path, "wrong").get(&name("a")).unwrap_err()), FileError::WrongPassphrase));
    assert!(matches!(
        source(file(&path, "wrong").put(&name("a"), &secret("x")).unwrap_err()),
        FileError::WrongPassphrase
    ));
    let whole = sys::fs::read(&path, 4096).unwrap();
    for at in header::HEADER..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        sys::fs::replace(&path, &bytes, 0o600).unwrap();
        let error = source(file(&path, "right").get(&name("a")).unwrap_err());
        assert!(matches!(error, FileError::ContentDamaged), "{at}: {error}");
    }
    sys::fs::replace(&path, &whole[..whole.len() - 1], 0o600).unwrap();
    assert!(matches!(source(file(&path, "right").list().unwrap_err()), FileError::ContentDamaged));
    sys::fs::replace(&path, b"[default]\n", 0o600).unwrap();
    assert!(matches!(source(file(&path, "right").list().unwrap_err()), FileError::Foreign));
}

#[test]
fn neither_names_nor_secrets_can_be_read() {
    let (_dir, path) = place();
    let vault = file(&path, "open sesame");
    vault.put(&name("arn:aws:iam::123456789012:mfa/alice"), &secret("hunter2hunter2")).unwrap();
    let bytes = sys::fs::read(&path, 4096).unwrap();
    for clear in ["alice", "mfa", "hunter2", "sesame"] {
        assert!(!bytes.windows(clear.len()).any(|part| part == clear.as_bytes()), "{clear}");
    }
    let shown = format!("{vault:?} {:?}", vault.read().unwrap());
    assert!(!shown.contains("hunter2") && !shown.contains("sesame"), "{shown}");
}

#[test]
fn fifty_writers_lose_nothing() {
    let (_dir, path) = place();
    let path = Arc::new(path);
    let writers: Vec<_> = (0..50)
        .map(|n| {
            let path = Arc::clone(&path);
            std::thread::spawn(move || {
                let vault = file(&path, "open sesame");
                vault.put(&name(&format!("device {n}")), &secret(&n.to_string())).unwrap();
                assert_eq!(vault.get(&name(&format!("device {n}"))).unwrap(), Some(secret(&n.to_string())));
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    assert_eq!(file(&path, "open sesame").list().unwrap().len(), 50);
}

/// What is written is whole at every moment: a reader between two writers finds one or the other.
#[test]
fn readers_beside_a_writer_find_it_whole() {
    let (_dir, path) = place();
    let vault = file(&path, "open sesame");
    vault.put(&name("a"), &secret("0")).unwrap();
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let vault = file(&path, "open sesame");
            (0..200).for_each(|_| assert!(vault.get(&name("a")).unwrap().is_some()));
        });
        (0..20).for_each(|n| vault.put(&name("a"), &secret(&n.to_string())).unwrap());
        reader.join().unwrap();
    });
}

#[test]
fn a_directory_that_others_may_write_is_no_place() {
    let (dir, path) = place();
    std::fs::create_dir(dir.path().join("linklocal")).unwrap();
    sys::fs::set_mode(&dir.path().join("linklocal"), 0o777).unwrap();
    let error = source(file(&path, "x").put(&name("a"), &secret("x")).unwrap_err());
    assert!(error.to_string().contains("can be written by others"), "{error}");
}

/// One passphrase for all, where its owner said so: the others ask a command that fails.
#[cfg(target_os = "linux")]
#[test]
fn an_opened_file_is_remembered_where_that_was_asked_for() {
    if crate::kernel::KernelKeyring::open().is_err() {
        eprintln!("skipped: the kernel's keys cannot be used here");
        return;
    }
    let (_dir, path) = place();
    file(&path, "right").put(&name("a"), &secret("one")).unwrap();
    let never = || Passphrase::Command("exit 1".to_owned());
    let known = Passphrase::Known(Secret::new("right".to_owned()));
    let day = Some(Duration::from_secs(60));
    let open = |passphrase, remember| EncryptedFile::new(path.clone(), &settings(passphrase, remember));
    assert!(open(never(), day).get(&name("a")).is_err(), "nobody has opened it");
    open(known, day).get(&name("a")).unwrap();
    assert_eq!(open(never(), day).get(&name("a")).unwrap(), Some(secret("one")));
    assert!(open(never(), None).get(&name("a")).is_err(), "whoever does not ask for it is not given it");
    // Another file in its place has other keys.
    sys::fs::remove(&path).unwrap();
    file(&path, "other").put(&name("a"), &secret("two")).unwrap();
    open(never(), day).get(&name("a")).unwrap_err();
}
