//! What the disk knows about the files, and what else holds secrets: taken by whoever has a disk, judged here.

use types::Timestamp;

use super::{Finding, Fix};
use crate::Place;
use crate::reader::Profiles;

/// Facts about the two files, their directory, start-up files of shells, and cached logins.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    pub items: Vec<Item>,
    pub startup_files: Vec<StartupFile>,
    pub caches: Vec<CacheFile>,
    /// The user who runs this.
    pub user: u32,
    pub now: Option<Timestamp>,
}

/// A file or directory with its permissions.
#[derive(Clone, Debug)]
pub struct Item {
    pub path: String,
    pub kind: ItemKind,
    pub mode: u32,
    pub owner: u32,
    /// The top of the git work tree in which it lies and is not ignored.
    pub work_tree: Option<String>,
    /// The service that copies its folder elsewhere.
    pub synced_by: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    Config,
    Credentials,
    /// The one in which a file stands.
    Directory,
    /// A cached login.
    Cache,
}

/// A file that a shell reads at its start, as lines.
#[derive(Clone)]
pub struct StartupFile {
    pub path: String,
    pub text: String,
}

/// A cached token of IAM Identity Center or of a login.
#[derive(Clone, Debug)]
pub struct CacheFile {
    pub path: String,
    pub expires: Option<Timestamp>,
    /// Whether it can be renewed without its user.
    pub renewable: bool,
}

pub(super) fn check(surroundings: &Surroundings, profiles: &Profiles, findings: &mut Vec<Finding>) {
    for item in &surroundings.items {
        permissions(item, profiles, findings);
        if item.owner != surroundings.user && item.owner != 0 {
            let text = format!("it belongs to user {}, who can change it at any time", item.owner);
            findings.push(whole("foreign-owner", item, text, "chown it to yourself"));
        }
        folder(item, profiles, findings);
    }
    for file in &surroundings.startup_files {
        exports(file, findings);
    }
    for cache in &surroundings.caches {
        dead(cache, surroundings.now, findings);
    }
}

fn permissions(item: &Item, profiles: &Profiles, findings: &mut Vec<Finding>) {
    let mode = item.mode & 0o7777;
    // In a directory with the sticky bit nobody replaces what is another's.
    let sticky = item.kind == ItemKind::Directory && mode & 0o1000 != 0;
    let writable = mode & 0o022 != 0 && !sticky;
    let readable = mode & 0o044 != 0 && holds_secrets(item, profiles);
    let (code, text) = match item.kind {
        ItemKind::Directory if writable => ("directory-writable", "other users can replace the files in it"),
        ItemKind::Directory => return,
        _ if writable => (
            "writable-by-others",
            "other users can change it, and so which programs run and whose keys are used",
        ),
        _ if readable => ("readable-by-others", "it holds secrets, and other users can read it"),
        _ => return,
    };
    let fixed = match item.kind {
        ItemKind::Directory => mode & !0o022,
        _ => mode & !0o077,
    };
    let remedy = format!("chmod {fixed:o} {}", item.path);
    let finding = whole(code, item, format!("{text} (mode {mode:04o})"), &remedy);
    findings.push(finding.fixed_by(Fix::Mode { path: item.path.clone(), mode: fixed }));
}

fn holds_secrets(item: &Item, profiles: &Profiles) -> bool {
    let secret = |profile: &crate::reader::Profile| {
        ["aws_secret_access_key", "aws_session_token"].iter().any(|key| profile.place(key).is_some())
    };
    match item.kind {
        ItemKind::Cache => true,
        ItemKind::Config => profiles.config.values().any(secret),
        // An unreadable one is as good as full.
        ItemKind::Credentials => true,
        ItemKind::Directory => false,
    }
}

fn folder(item: &Item, profiles: &Profiles, findings: &mut Vec<Finding>) {
    if !matches!(item.kind, ItemKind::Config | ItemKind::Credentials) || !holds_secrets(item, profiles) {
        return;
    }
    if let Some(tree) = &item.work_tree {
        let text = format!("it holds secrets, lies in the git work tree {tree} and is not ignored there");
        findings.push(whole(
            "in-work-tree",
            item,
            text,
            "move it out, or name it in .gitignore; make new keys if it was ever committed",
        ));
    }
    if let Some(service) = item.synced_by {
        let text = format!("it holds secrets, and {service} copies it elsewhere");
        findings.push(whole("in-synced-folder", item, text, "move it out, and name it in the variable"));
    }
}

fn whole(code: &str, item: &Item, text: String, remedy: &str) -> Finding {
    Finding::new(code, Place::File(item.path.as_str().into()), text, remedy)
}

/// Secrets that a start-up file sets. What only calls a program is none.
fn exports(file: &StartupFile, findings: &mut Vec<Finding>) {
    for (index, line) in file.text.lines().enumerate() {
        let line = line.trim_start();
        let Some(name) = SECRETS.iter().find(|name| sets(line, name)) else { continue };
        let place = Place::Line { path: file.path.as_str().into(), line: index + 1 };
        let text = format!(
            "{name} is set in every program that is started from this shell, and goes before every profile"
        );
        findings.push(Finding::new(
            "exported-secret",
            place,
            text,
            "put the keys into a profile: linklocal configure",
        ));
    }
}

fn sets(line: &str, name: &str) -> bool {
    if line.starts_with('#') {
        return false;
    }
    let words = line
        .strip_prefix("export ")
        .or_else(|| line.strip_prefix("set -gx "))
        .or_else(|| line.strip_prefix("set -x "));
    let words = words.or_else(|| line.strip_prefix("setenv ")).unwrap_or(line).trim_start();
    words.split([' ', '\t']).any(|word| {
        word.strip_prefix(name).is_some_and(|rest| {
            let value = rest.trim_start_matches('=').trim_matches(['"', '\'']);
            rest.starts_with('=') && !value.is_empty() && !value.starts_with('$') && !value.starts_with('`')
        })
    }) || fish(words, name)
}

/// `set -gx NAME value` and `setenv NAME value`.
fn fish(words: &str, name: &str) -> bool {
    let rest = words.strip_prefix(name).and_then(|rest| rest.strip_prefix([' ', '\t']));
    rest.map(|value| value.trim().trim_matches(['"', '\'']))
        .is_some_and(|value| !value.is_empty() && !value.starts_with(['$', '(', '`', '=']))
}

fn dead(cache: &CacheFile, now: Option<Timestamp>, findings: &mut Vec<Finding>) {
    let (Some(expires), Some(now)) = (cache.expires, now) else { return };
    if cache.renewable || expires > now {
        return;
    }
    let text = format!("the cached login ended at {} and cannot be renewed", expires.iso8601());
    let finding = Finding::new(
        "dead-cache",
        Place::File(cache.path.as_str().into()),
        text,
        "remove it, or log in again",
    );
    findings.push(finding.fixed_by(Fix::Remove { path: cache.path.clone() }));
}

/// Start-up files hold secrets of all kinds: the path only.
impl std::fmt::Debug for StartupFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StartupFile({})", self.path)
    }
}

const SECRETS: [&str; 3] = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"];
