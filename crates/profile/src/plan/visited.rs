//! Profiles that were come through, in order, each once.
//!
//! Rule: asked whether a name is among them in constant time: chains of thousands of profiles are somebody's generated files.

use std::collections::HashSet;

/// Names on the way along `source_profile`.
#[derive(Debug, Default)]
pub(super) struct Visited<'a> {
    order: Vec<&'a str>,
    known: HashSet<&'a str>,
}

impl<'a> Visited<'a> {
    /// Adds a name; says whether it is new.
    pub(super) fn insert(&mut self, name: &'a str) -> bool {
        let new = self.known.insert(name);
        if new {
            self.order.push(name);
        }
        new
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.known.contains(name)
    }

    pub(super) fn names(&self) -> &[&'a str] {
        &self.order
    }
}
