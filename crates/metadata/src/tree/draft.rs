//! From categories to a tree: names are sorted, values go into the blob, menus are written.
//!
//! Menus list what answers and nothing else: entries in byte order, separated by newlines, none at the end, directories
//! with a slash (facts/imds.md section 1.6).

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;

use super::blob::{BlobBuilder, Slot};
use super::shape::{Directory, Kind, Menu, Name, Node};
use crate::Version;
use crate::categories::{Entry, Value};

/// A directory on the way to its final form.
#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    children: BTreeMap<Cow<'a, str>, Child<'a>>,
}

#[derive(Debug)]
struct Child<'a> {
    spelling: Spelling<'a>,
    content: Content<'a>,
}

/// How a name is looked up and listed; the forms of [`Entry::path`].
#[derive(Debug)]
enum Spelling<'a> {
    Fixed(&'static str),
    Hidden(&'static str),
    Own(Cow<'a, str>),
    /// Looked up as the first, listed as the second.
    Labelled(&'static str, String),
}

#[derive(Debug)]
enum Content<'a> {
    Leaf(Version, Value<'a>),
    Directory(Draft<'a>),
}

impl<'a> Draft<'a> {
    /// Adds a value. Where two have one path, as with two interfaces of the same address, the first stays.
    pub(super) fn add(&mut self, entry: Entry<'a>) {
        let mut names = entry.names.into_iter().flatten();
        let mut content = Some(Content::Leaf(entry.since, entry.value));
        let mut segments = entry.path.split('/').peekable();
        let mut directory = self;
        while let Some(segment) = segments.next() {
            let spelling = Spelling::of(segment, &mut names);
            let inner = segments.peek().is_some();
            let next = if inner { None } else { content.take() };
            let next = next.unwrap_or_else(|| Content::Directory(Draft::default()));
            let child = directory.children.entry(spelling.key());
            match &mut child.or_insert(Child { spelling, content: next }).content {
                Content::Directory(next) => directory = next,
                Content::Leaf(..) => return,
            }
        }
    }

    /// The finished directory; its values and own names go into `blob`. `slash` is what marks directories in its menu.
    pub(super) fn finish(self, slash: &str, blob: &mut BlobBuilder) -> Directory {
        let mut own = false;
        let mut lines = Vec::with_capacity(self.children.len());
        let mut children = Vec::with_capacity(self.children.len());
        for Child { spelling, content } in self.children.into_values() {
            own |= matches!(spelling, Spelling::Own(_) | Spelling::Labelled(..));
            let (since, kind) = content.finish(blob);
            let slash = if matches!(kind, Kind::Directory(_)) { slash } else { "" };
            lines.extend(spelling.line(slash).map(|line| (since, line)));
            children.push(Node { name: spelling.finish(blob), since, kind });
        }
        let menu = if own { own_menu(&lines, blob) } else { shared_menus(&lines) };
        Directory { children: children.into(), menu }
    }
}

impl<'a> Spelling<'a> {
    fn of(segment: &'static str, names: &mut impl Iterator<Item = Cow<'a, str>>) -> Self {
        let mut own = || names.next().expect("an entry has a name for each * in its path");
        if segment == "*" {
            return Self::Own(own());
        }
        if let Some((name, _)) = segment.split_once("=*") {
            return Self::Labelled(name, format!("{name}={}", own()));
        }
        let hidden = segment.strip_prefix('(').and_then(|name| name.strip_suffix(')'));
        hidden.map_or(Self::Fixed(segment), Self::Hidden)
    }

    fn key(&self) -> Cow<'a, str> {
        match self {
            Self::Fixed(name) | Self::Hidden(name) | Self::Labelled(name, _) => Cow::Borrowed(name),
            Self::Own(name) => name.clone(),
        }
    }

    /// The entry in the directory's menu. A label stands as it is: `0=name` is a directory without a slash.
    fn line(&self, slash: &str) -> Option<String> {
        match self {
            Self::Hidden(_) => None,
            Self::Fixed(name) => Some(format!("{name}{slash}")),
            Self::Own(name) => Some(format!("{name}{slash}")),
            Self::Labelled(_, label) => Some(label.clone()),
        }
    }

    fn finish(self, blob: &mut BlobBuilder) -> Name {
        match self {
            Self::Fixed(name) | Self::Hidden(name) | Self::Labelled(name, _) => Name::Fixed(name),
            Self::Own(name) => Name::Own(blob.add(name.as_bytes())),
        }
    }
}

impl Content<'_> {
    fn finish(self, blob: &mut BlobBuilder) -> (Version, Kind) {
        match self {
            Self::Leaf(since, Value::Text(text)) => (since, Kind::Text(blob.add(text.as_bytes()))),
            Self::Leaf(since, Value::UserData(data)) => (since, Kind::UserData(blob.add(data))),
            Self::Leaf(since, Value::Live(live)) => (since, Kind::Live(live)),
            Self::Directory(draft) => {
                let directory = draft.finish("/", blob);
                let oldest = directory.children.iter().map(|child| child.since).min();
                (oldest.expect("directories are made for what is in them"), Kind::Directory(directory))
            }
        }
    }
}

fn own_menu(lines: &[(Version, String)], blob: &mut BlobBuilder) -> Menu {
    debug_assert!(lines.iter().all(|(since, _)| *since == lines[0].0), "{lines:?}");
    let lines: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
    let slot: Slot = blob.add(lines.join("\n").as_bytes());
    Menu::Own(slot)
}

/// A menu for each build that added a line.
fn shared_menus(lines: &[(Version, String)]) -> Menu {
    let mut builds: Vec<Version> = lines.iter().map(|(since, _)| *since).collect();
    builds.sort_unstable();
    builds.dedup();
    let menu = |build: Version| {
        let known: Vec<&str> =
            lines.iter().filter(|(since, _)| *since <= build).map(|(_, line)| line.as_str()).collect();
        (build, Bytes::from(known.join("\n")))
    };
    Menu::Shared(builds.into_iter().map(menu).collect())
}
