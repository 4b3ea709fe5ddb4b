//! What may have been signed instead: each hypothesis is one change of what should have been.
//!
//! Rule: a hypothesis is data that can be applied and recomputed; its words say what whoever made the signature did. The
//! order within a part is the order of likelihood: the first that fits is told.

mod change;
mod date;
mod field_values;
mod graft;
mod headers;
mod key;
mod names;
mod path;
mod payload;
mod query;
mod scope;
mod token;

use super::grounds::Grounds;
use super::view::View;
use super::{Cause, Work};

pub(super) use change::{Change, Place, ScopePart};

/// One way in which a signature may have been made differently.
#[derive(Clone)]
pub(super) struct Hypothesis {
    pub(super) cause: Cause,
    /// A clause without its subject, in the past tense: `took the path encoded once more`.
    pub(super) said: String,
    pub(super) changes: Vec<Change>,
    /// Whether it is tried together with others.
    pub(super) common: bool,
}

/// The list while it is made.
pub(super) struct Hypotheses<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) grounds: &'a Grounds<'a>,
    /// The text of the other side, where there is one.
    pub(super) other: Option<&'a View<'a>>,
    pub(super) list: Vec<Hypothesis>,
    /// Bodies are hashed while the list is made.
    pub(super) work: Work,
}

/// No more hypotheses than these are made.
const MOST: usize = 8192;

/// All hypotheses that change something, the likeliest first; `other` is the text of the other side.
pub(super) fn all<'a>(
    view: &'a View<'a>,
    grounds: &'a Grounds<'a>,
    other: Option<&'a View<'a>>,
    work: &mut Work,
) -> Vec<Hypothesis> {
    let mut made = Hypotheses { view, grounds, other, list: Vec::new(), work: *work };
    token::add(&mut made);
    path::add(&mut made);
    query::add(&mut made);
    headers::add(&mut made);
    payload::add(&mut made);
    date::add(&mut made);
    key::add(&mut made);
    scope::add(&mut made);
    if let Some(other) = other {
        graft::add(&mut made, other);
    }
    *work = made.work;
    made.list
}

impl Hypotheses<'_> {
    /// One that is tried alone and in pairs.
    pub(super) fn common(&mut self, cause: Cause, said: impl Into<String>, change: Change) {
        self.push(cause, said.into(), vec![change], true);
    }

    /// One that is tried alone.
    pub(super) fn rare(&mut self, cause: Cause, said: impl Into<String>, change: Change) {
        self.push(cause, said.into(), vec![change], false);
    }

    pub(super) fn push(&mut self, cause: Cause, said: String, changes: Vec<Change>, common: bool) {
        if self.list.len() < MOST && changes.iter().any(|change| change.alters(self.view)) {
            self.list.push(Hypothesis { cause, said, changes, common });
        }
    }
}

impl Hypothesis {
    pub(super) fn touches_text(&self) -> bool {
        self.changes.iter().any(Change::touches_text)
    }

    pub(super) fn touches_key(&self) -> bool {
        self.changes.iter().any(Change::touches_key)
    }

    pub(super) fn apply<'a>(&'a self, view: &mut View<'a>) {
        self.changes.iter().for_each(|change| change.apply(view));
    }

    /// Whether the two change the same part, so that one would undo the other.
    pub(super) fn collides(&self, other: &Self) -> bool {
        self.changes.iter().any(|one| other.changes.iter().any(|two| one.slot() == two.slot()))
    }
}

/// Whether hops and libraries add, drop or change this field.
pub(super) fn is_fragile(name: &str) -> bool {
    name.starts_with("x-forwarded-") || field_values::FRAGILE.contains(&name)
}
