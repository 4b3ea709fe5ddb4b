//! Sections by name. A section that both files make up alike is kept once.

use std::collections::{BTreeMap, HashMap, btree_map};
use std::sync::Arc;

use super::Profile;

/// Profiles, or other sections, by the name that an SDK gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sections(BTreeMap<String, Arc<Profile>>);

impl Sections {
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.0.get(name).map(Arc::as_ref)
    }

    pub fn contains_key(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }

    pub fn values(&self) -> impl Iterator<Item = &Profile> {
        self.0.values().map(Arc::as_ref)
    }

    pub fn iter(&self) -> Iter<'_> {
        self.into_iter()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts a section in the place of whatever bears its name.
    pub(super) fn insert(&mut self, name: String, section: Arc<Profile>) {
        self.0.insert(name, section);
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<Arc<Profile>> {
        self.0.remove(name)
    }

    /// The section of that name to write into, made at need.
    pub(super) fn entry(&mut self, name: &str, make: impl FnOnce() -> Profile) -> &mut Profile {
        if !self.0.contains_key(name) {
            self.0.insert(name.to_owned(), Arc::new(make()));
        }
        Arc::make_mut(self.0.get_mut(name).expect("it was there or has just been put there"))
    }

    /// The sections as they are kept, for another collection to share.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&String, &Arc<Profile>)> {
        self.0.iter()
    }

    pub(super) fn into_entries(self) -> impl Iterator<Item = (String, Arc<Profile>)> {
        self.0.into_iter()
    }

    /// Lays `over` upon these, key by key; the later value wins and the earlier header stays.
    pub(super) fn overlay(&mut self, over: &Self) {
        for (name, section) in &over.0 {
            match self.0.entry(name.clone()) {
                btree_map::Entry::Vacant(entry) => {
                    entry.insert(Arc::clone(section));
                }
                btree_map::Entry::Occupied(mut entry) => {
                    let settings =
                        section.settings.iter().map(|(key, setting)| (key.clone(), setting.clone()));
                    Arc::make_mut(entry.get_mut()).settings.extend(settings);
                }
            }
        }
    }
}

/// Sections while a file is read: the one that is being written to is at hand without a search.
#[derive(Clone, Debug, Default)]
pub(super) struct Builder {
    sections: Vec<(String, Profile)>,
    by_name: HashMap<String, usize>,
}

impl Builder {
    /// The number of the section of that name, made at need, and whether it was there.
    pub(super) fn open(&mut self, name: &str, make: impl FnOnce() -> Profile) -> (usize, bool) {
        if let Some(at) = self.by_name.get(name) {
            return (*at, true);
        }
        let at = self.sections.len();
        self.sections.push((name.to_owned(), make()));
        self.by_name.insert(name.to_owned(), at);
        (at, false)
    }

    pub(super) fn section(&mut self, at: usize) -> &mut Profile {
        &mut self.sections[at].1
    }

    /// Forgets what the section of that name holds; it stays where it is.
    pub(super) fn clear(&mut self, name: &str) -> Option<Profile> {
        let at = *self.by_name.get(name)?;
        Some(std::mem::take(&mut self.sections[at].1))
    }

    pub(super) fn finish(self) -> Sections {
        self.sections.into_iter().map(|(name, section)| (name, Arc::new(section))).collect()
    }
}

/// The sections in the order of their names.
#[derive(Clone, Debug)]
pub struct Iter<'a>(btree_map::Iter<'a, String, Arc<Profile>>);

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a String, &'a Profile);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|(name, section)| (name, section.as_ref()))
    }
}

impl<'a> IntoIterator for &'a Sections {
    type Item = (&'a String, &'a Profile);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        Iter(self.0.iter())
    }
}

impl FromIterator<(String, Arc<Profile>)> for Sections {
    fn from_iter<I: IntoIterator<Item = (String, Arc<Profile>)>>(sections: I) -> Self {
        Self(sections.into_iter().collect())
    }
}
