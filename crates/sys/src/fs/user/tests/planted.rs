//! What somebody else put beside the files, to have this user write or read it.

use super::*;

/// Whoever may write to the directory, as its owner may where root works, could send copies and the lock's number elsewhere.
#[test]
fn planted_links_are_not_followed() {
    let home = Home::new();
    home.put("config", b"old", 0o600);
    fs::create_dir(home.path("elsewhere")).unwrap();
    home.put("elsewhere/precious", b"keys", 0o600);
    for (link, to) in [(LOCK, "elsewhere/precious"), (".linklocal-backups", "elsewhere")] {
        symlink(home.path(to), home.path(link)).unwrap();
        let path = home.path("config");
        let opened = UserFiles::open(&[&path], LIMIT, Duration::ZERO);
        let error = opened.and_then(|files| files.save(&[Content::Bytes(b"new")])).unwrap_err();
        assert!(matches!(error, UserFileError::Backups { .. } | UserFileError::Lock { .. }), "{error}");
        fs::remove_file(home.path(link)).unwrap();
    }
    assert_eq!(home.text("elsewhere/precious").as_deref(), Some("keys"));
    assert_eq!(home.path("elsewhere").read_dir().unwrap().count(), 1);
    assert_eq!(home.text("config").as_deref(), Some("old"));
}

#[test]
fn backups_that_others_could_have_written_are_not_restored() {
    let home = Home::new();
    home.put("config", b"old", 0o600);
    home.change(&[("config", Content::Bytes(b"new"))]).unwrap();
    let directory = home.path(".linklocal-backups");
    fs::set_permissions(&directory, fs::Permissions::from_mode(0o777)).unwrap();
    let error = home.open(&["config"]).undo(None, false).unwrap_err();
    assert!(error.to_string().ends_with("can be written by others; move it away"), "{error}");
    assert_eq!(home.text("config").as_deref(), Some("new"));
}
