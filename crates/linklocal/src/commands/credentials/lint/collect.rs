//! What the disk knows around the two files.
//!
//! Rule: everything is optional. What cannot be seen is not judged.

use std::path::{Path, PathBuf};

use profile::lint::{CacheFile, Item, ItemKind, StartupFile, Surroundings};
use profile::reader::{self, Locations};
use profile::{Sdk, View};
use serde::Deserialize;
use types::Timestamp;

pub(super) fn surroundings(view: &View<'_>, locations: &Locations) -> Surroundings {
    let home = reader::home(Sdk::Linklocal, view).map(PathBuf::from);
    let files =
        [(&locations.config.path, ItemKind::Config), (&locations.credentials.path, ItemKind::Credentials)];
    let mut items: Vec<Item> = Vec::new();
    for (path, kind) in files {
        let path = Path::new(path);
        items.extend(item(path, kind));
        if let Some(directory) = sys::fs::resolved(path).parent()
            && !items.iter().any(|item| Path::new(&item.path) == directory)
        {
            items.extend(item(directory, ItemKind::Directory));
        }
    }
    let caches = home.as_deref().map(caches).unwrap_or_default();
    items.extend(caches.iter().filter_map(|cache| item(Path::new(&cache.path), ItemKind::Cache)));
    Surroundings {
        items,
        startup_files: home.as_deref().map(startup_files).unwrap_or_default(),
        caches,
        user: sys::fs::user(),
        now: Some(view.now),
    }
}

fn item(path: &Path, kind: ItemKind) -> Option<Item> {
    let found = sys::fs::inode(path)?;
    let is_kind = if kind == ItemKind::Directory { found.is_directory } else { found.is_file };
    if !is_kind {
        return None;
    }
    let real = sys::fs::resolved(path);
    Some(Item {
        path: path.display().to_string(),
        kind,
        mode: found.mode,
        owner: found.owner,
        work_tree: work_tree(&real),
        synced_by: synced_by(&real),
    })
}

/// The git work tree around a file, unless its ignore files name the file or a directory above it.
fn work_tree(path: &Path) -> Option<String> {
    let top = path.ancestors().skip(1).find(|directory| sys::fs::inode(&directory.join(".git")).is_some())?;
    let below = path.strip_prefix(top).ok()?;
    let ignored = [".gitignore", ".git/info/exclude"].iter().any(|name| {
        let text = sys::fs::read_text(&top.join(name), LIMIT).unwrap_or_default();
        text.lines().any(|line| names(line, below))
    });
    (!ignored).then(|| top.display().to_string())
}

/// Whether a line of an ignore file, in one of its plain forms, names the path or what is above it.
fn names(line: &str, path: &Path) -> bool {
    let pattern = line
        .trim()
        .trim_start_matches('/')
        .trim_end_matches("/**")
        .trim_end_matches("/*")
        .trim_end_matches('/');
    match pattern {
        "" => false,
        "*" => true,
        _ => path.ancestors().any(|above| {
            above == Path::new(pattern)
                || above.file_name().is_some_and(|name| Path::new(name) == Path::new(pattern))
        }),
    }
}

fn synced_by(path: &Path) -> Option<&'static str> {
    let parts: Vec<String> =
        path.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    SERVICES
        .into_iter()
        .find(|(folder, _)| parts.iter().any(|part| part.starts_with(folder)))
        .map(|(_, service)| service)
}

fn startup_files(home: &Path) -> Vec<StartupFile> {
    let read = |name: &&str| {
        let path = home.join(name);
        let text = sys::fs::read_text(&path, LIMIT).ok()?;
        Some(StartupFile { path: path.display().to_string(), text })
    };
    STARTUP_FILES.iter().filter_map(read).collect()
}

/// A token's file, as far as its end goes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    expires_at: Option<String>,
    refresh_token: Option<serde::de::IgnoredAny>,
    registration_expires_at: Option<String>,
    access_token: Option<Inner>,
}

/// A token, or credentials in its place.
#[derive(Deserialize)]
#[serde(untagged)]
enum Inner {
    Credentials {
        #[serde(rename = "expiresAt")]
        expires_at: String,
    },
    Token(serde::de::IgnoredAny),
}

fn caches(home: &Path) -> Vec<CacheFile> {
    let mut caches = Vec::new();
    for directory in ["sso/cache", "login/cache"] {
        let directory = home.join(".aws").join(directory);
        let names = sys::fs::names(&directory).unwrap_or_default();
        let files = names.into_iter().map(|name| directory.join(name));
        caches.extend(
            files
                .filter(|path| path.extension().is_some_and(|end| end == "json"))
                .take(MOST_CACHES)
                .filter_map(|path| cache(&path)),
        );
    }
    caches
}

fn cache(path: &Path) -> Option<CacheFile> {
    let bytes = sys::fs::read(path, LIMIT).ok()?;
    let token: Token = serde_json::from_slice(&bytes).ok()?;
    let inner = match &token.access_token {
        Some(Inner::Credentials { expires_at }) => Some(expires_at.as_str()),
        _ => None,
    };
    let expires = time(token.expires_at.as_deref().or(inner)?)?;
    // A client whose registration has ended renews nothing.
    let registered = token.registration_expires_at.as_deref().and_then(time).is_none_or(|end| end > expires);
    let renewable = token.refresh_token.is_some() && registered;
    Some(CacheFile { path: path.display().to_string(), expires: Some(expires), renewable })
}

/// Older versions of the AWS CLI wrote `UTC` in place of `Z`.
fn time(text: &str) -> Option<Timestamp> {
    text.replace("UTC", "Z").parse().ok()
}

/// Bytes of a small file.
const LIMIT: usize = 256 * 1024;
const MOST_CACHES: usize = 200;

const STARTUP_FILES: [&str; 15] = [
    ".profile",
    ".bash_profile",
    ".bash_login",
    ".bashrc",
    ".zshenv",
    ".zprofile",
    ".zshrc",
    ".zlogin",
    ".kshrc",
    ".cshrc",
    ".tcshrc",
    ".login",
    ".pam_environment",
    ".config/fish/config.fish",
    ".config/environment.d/aws.conf",
];

const SERVICES: [(&str, &str); 8] = [
    ("Dropbox", "Dropbox"),
    ("OneDrive", "OneDrive"),
    ("Google Drive", "Google Drive"),
    ("GoogleDrive", "Google Drive"),
    ("Mobile Documents", "iCloud"),
    ("Nextcloud", "Nextcloud"),
    ("pCloudDrive", "pCloud"),
    ("Syncthing", "Syncthing"),
];
