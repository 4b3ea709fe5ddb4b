//! The whole tree, followed from listing to listing as cloud-init follows it.
//!
//! Rule: bounded. Credentials are not read: who crawls has no use for them.

use super::check::Finding;
use super::subject::Subject;

/// What listings name, and what came of asking for it.
pub(crate) struct Crawl {
    pub(crate) entries: Vec<Entry>,
    /// Whether the tree was longer than the crawl.
    pub(crate) is_cut: bool,
}

pub(crate) struct Entry {
    /// From the root, as a crawler asks for it.
    pub(crate) path: String,
    pub(crate) status: u16,
    /// The body of a directory: the listing.
    pub(crate) listing: Option<String>,
}

impl Crawl {
    pub(super) fn of(subject: &Subject) -> Result<Self, Finding> {
        let mut crawl = Self { entries: Vec::new(), is_cut: false };
        let mut waiting: Vec<String> = TREES.map(str::to_owned).into();
        while let Some(path) = waiting.pop() {
            if crawl.entries.len() >= MAX_ENTRIES {
                crawl.is_cut = true;
                break;
            }
            let answer = subject.get(&path)?;
            let is_directory = path.ends_with('/') && answer.status == 200;
            let listing = is_directory.then(|| answer.text());
            let children = listing.iter().flat_map(|listing| listing.lines());
            waiting.extend(children.filter_map(|entry| child(&path, entry)));
            crawl.entries.push(Entry { path, status: answer.status, listing });
        }
        Ok(crawl)
    }

    /// What listings named: all but the trees themselves.
    pub(super) fn listed(&self) -> Vec<&Entry> {
        self.entries.iter().filter(|entry| !TREES.contains(&entry.path.as_str())).collect()
    }
}

/// The path of a listed entry. `0=name` is how public keys are listed; `0/` is where they are.
fn child(directory: &str, entry: &str) -> Option<String> {
    let is_key = directory.ends_with("/public-keys/");
    let name = match entry.split_once('=') {
        Some((number, _)) if is_key => format!("{number}/"),
        _ => entry.to_owned(),
    };
    let secret = directory.ends_with("/security-credentials/") || directory.ends_with("/instance-identity/");
    let usable = !entry.is_empty() && entry.bytes().all(|byte| byte.is_ascii_graphic());
    (usable && !secret && directory.len() < MAX_PATH).then(|| format!("{directory}{name}"))
}

const TREES: [&str; 2] = ["/latest/dynamic/", "/latest/meta-data/"];
/// A real instance has about eighty.
const MAX_ENTRIES: usize = 400;
/// A service that lists itself under itself must end, too.
const MAX_PATH: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_become_paths() {
        let path = |directory, entry| child(directory, entry);
        assert_eq!(path("/latest/meta-data/", "iam/").as_deref(), Some("/latest/meta-data/iam/"));
        assert_eq!(path("/m/public-keys/", "0=my-key").as_deref(), Some("/m/public-keys/0/"));
        assert_eq!(path("/m/tags/instance/", "a=b").as_deref(), Some("/m/tags/instance/a=b"));
        assert_eq!(path("/m/iam/security-credentials/", "role"), None);
        assert_eq!(path("/m/", "two words"), None);
        assert_eq!(path("/m/", ""), None);
    }
}
