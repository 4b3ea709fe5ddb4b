//! The metadata of one instance as a tree of values, menus and places for live documents.
//!
//! Rendered once, when the instance changes. A look-up walks names, honours the build at each, and returns bytes that are
//! already there: it copies nothing and allocates nothing.

mod blob;
mod draft;
mod shape;

use std::sync::Arc;

use bytes::Bytes;
use types::Instance;

use self::blob::{Blob, BlobBuilder};
use self::draft::Draft;
use self::shape::{Kind, Shape};
use crate::{Live, Path, Version, categories};

pub use shape::Shapes;

/// An instance's metadata in all builds that it answers for.
#[derive(Clone, Debug)]
pub struct Tree {
    shape: Arc<Shape>,
    blob: Blob,
}

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Text(Bytes),
    /// `user-data`, which has a content type of its own.
    UserData(Bytes),
    /// The menu of a directory.
    Menu(Bytes),
    /// A document that others make.
    Live(Live),
}

impl Tree {
    /// Renders `instance`. Its build is [`Version::as_of`] its `metadata_version`, the newest if it has none.
    pub fn render(instance: &Instance, shapes: &mut Shapes) -> Self {
        let ceiling = instance.metadata_version.as_deref().map_or(Version::NEWEST, Version::as_of);
        let mut draft = Draft::default();
        for entry in categories::entries(instance) {
            if entry.since <= ceiling || entry.path == categories::IDENTITY_DOCUMENT {
                draft.add(entry);
            }
        }
        let mut blob = BlobBuilder::default();
        let root = draft.finish("", &mut blob);
        Self { shape: shapes.shape(Shape { ceiling, root }), blob: blob.finish() }
    }

    /// What stands at `path`, which begins with a build or `latest`; the root lists the builds.
    pub fn find(&self, path: &Path<'_>) -> Option<Item> {
        let mut segments = path.segments();
        let Some(build) = segments.next() else {
            return Some(Item::Menu(self.versions()));
        };
        self.descend(self.version(build)?, segments)
    }

    /// The newest build that this instance answers for.
    pub fn ceiling(&self) -> Version {
        self.shape.ceiling
    }

    /// The bytes that are signed, whichever builds show them.
    pub fn identity_document(&self) -> Bytes {
        let segments = categories::IDENTITY_DOCUMENT.split('/');
        match self.descend(Version::NEWEST, segments) {
            Some(Item::Text(document)) => document,
            other => unreachable!("every instance has an identity document, found {other:?}"),
        }
    }

    /// Bytes on the heap that are this tree's alone; what it shares with other trees is not counted.
    pub fn heap_size(&self) -> usize {
        self.blob.heap_size()
    }

    fn versions(&self) -> Bytes {
        self.shape.ceiling.list()
    }

    fn version(&self, name: &str) -> Option<Version> {
        if name == "latest" {
            return Some(self.shape.ceiling);
        }
        Version::find(name).filter(|version| *version <= self.shape.ceiling)
    }

    fn descend<'a>(&self, version: Version, segments: impl Iterator<Item = &'a str>) -> Option<Item> {
        let mut directory = &self.shape.root;
        let mut segments = segments;
        while let Some(name) = segments.next() {
            let node = directory.child(name, &self.blob).filter(|node| node.since <= version)?;
            let item = match &node.kind {
                Kind::Directory(next) => {
                    directory = next;
                    continue;
                }
                Kind::Text(slot) => Item::Text(self.blob.bytes(*slot)),
                Kind::UserData(slot) => Item::UserData(self.blob.bytes(*slot)),
                Kind::Live(live) => Item::Live(*live),
            };
            return segments.next().is_none().then_some(item);
        }
        directory.menu(version, &self.blob).map(Item::Menu)
    }
}
