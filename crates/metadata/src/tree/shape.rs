//! The structure of a tree: names, builds and menus, without an instance's values.
//!
//! Instances with the same categories have the same shape and share it, so that it costs a fleet next to nothing.
//! Names that differ from instance to instance (addresses, tags, roles) are slots of the instance's blob.

use std::collections::HashSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use bytes::Bytes;

use super::blob::{Blob, Slot};
use crate::rendered::Surroundings;
use crate::{Live, Version};

/// What instances of one process share.
#[derive(Debug, Default)]
pub struct Shapes {
    shapes: Pool<Shape>,
    surroundings: Pool<Surroundings>,
}

/// The structure of one or more trees.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    /// The newest build that answers; also what `latest` means.
    pub(super) ceiling: Version,
    /// What stands under each build: `dynamic`, `meta-data`, `user-data`.
    pub(super) root: Directory,
}

/// A name and what it stands for.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Node {
    pub(super) name: Name,
    /// The build that first has it. A directory is as old as the oldest thing in it.
    pub(super) since: Version,
    pub(super) kind: Kind,
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Name {
    Fixed(&'static str),
    Own(Slot),
}

#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Text(Slot),
    UserData(Slot),
    Live(Live),
    Directory(Directory),
}

/// Nodes in the byte order of their names, and the menu that lists them.
#[derive(Debug, Eq)]
pub(super) struct Directory {
    pub(super) children: Box<[Node]>,
    pub(super) menu: Menu,
}

/// The body of a directory.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Menu {
    /// One per build that changed it, oldest first; the same on every instance.
    Shared(Box<[(Version, Bytes)]>),
    /// It has names of the instance's own. All are of one age, so there is one menu.
    Own(Slot),
}

impl Directory {
    /// The child named `name`. One after the other: lengths tell most names apart, and a directory has few enough for
    /// that to beat a search by order.
    pub(super) fn child(&self, name: &str, blob: &Blob) -> Option<&Node> {
        self.children.iter().find(|child| child.name.text(blob) == name.as_bytes())
    }

    pub(super) fn menu(&self, version: Version, blob: &Blob) -> Option<Bytes> {
        match &self.menu {
            Menu::Own(slot) => Some(blob.bytes(*slot)),
            Menu::Shared(menus) => {
                menus.iter().rev().find(|(since, _)| *since <= version).map(|(_, menu)| menu.clone())
            }
        }
    }
}

impl Name {
    #[inline]
    fn text<'a>(&'a self, blob: &'a Blob) -> &'a [u8] {
        match self {
            Self::Fixed(name) => name.as_bytes(),
            Self::Own(slot) => blob.text(*slot),
        }
    }
}

impl PartialEq for Directory {
    fn eq(&self, other: &Self) -> bool {
        self.children == other.children && self.menu == other.menu
    }
}

/// Shared menus follow from the children, so hashing the children is enough.
impl Hash for Directory {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.children.hash(state);
    }
}

impl Shapes {
    pub(super) fn shape(&mut self, shape: Shape) -> Arc<Shape> {
        self.shapes.share(shape)
    }

    pub(crate) fn surroundings(&mut self, surroundings: Surroundings) -> Arc<Surroundings> {
        self.surroundings.share(surroundings)
    }
}

/// Equal values kept once, for as long as somebody holds them.
#[derive(Debug)]
struct Pool<T> {
    known: HashSet<Arc<T>>,
    /// Size at which values that nobody holds are let go: twice what the last sweep left, so that sweeps stay cheap.
    sweep_at: usize,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { known: HashSet::new(), sweep_at: SMALLEST_SWEEP }
    }
}

impl<T: Eq + Hash> Pool<T> {
    fn share(&mut self, value: T) -> Arc<T> {
        if let Some(known) = self.known.get(&value) {
            return Arc::clone(known);
        }
        if self.known.len() >= self.sweep_at {
            self.known.retain(|value| Arc::strong_count(value) > 1);
            self.sweep_at = (self.known.len() * 2).max(SMALLEST_SWEEP);
        }
        let value = Arc::new(value);
        self.known.insert(Arc::clone(&value));
        value
    }
}

const SMALLEST_SWEEP: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pool_shares_equals_and_lets_go_of_what_nobody_holds() {
        let mut pool = Pool::default();
        let held = pool.share(u32::MAX);
        for value in 0..1000 {
            pool.share(value);
        }
        assert!(Arc::ptr_eq(&held, &pool.share(u32::MAX)));
        assert!(pool.known.len() <= SMALLEST_SWEEP, "{}", pool.known.len());
    }
}
