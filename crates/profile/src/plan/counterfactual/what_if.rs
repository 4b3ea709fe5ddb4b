//! A view that differs from the real one, and the plan that is made on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Change;
use crate::plan::{Ground, Plan, plan_on};
use crate::{FileState, Files, Place, View};

/// Changes that are not made yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::plan) struct WhatIf {
    unset: Vec<String>,
    set: Vec<(String, String)>,
    flags: Vec<String>,
    /// The profile that is named by a flag, or in code.
    profile: Option<String>,
    lines: Vec<Place>,
}

/// Files of which some have other text.
#[derive(Debug)]
struct Overlay<'a> {
    below: &'a dyn Files,
    texts: BTreeMap<String, Arc<[u8]>>,
}

impl WhatIf {
    pub(in crate::plan) fn naming(profile: &str) -> Self {
        Self { profile: Some(profile.to_owned()), ..Self::default() }
    }

    pub(in crate::plan) fn setting(name: &str, value: &str) -> Self {
        Self { set: vec![(name.to_owned(), value.to_owned())], ..Self::default() }
    }

    /// Variables and flags among the places; lines stay.
    pub(in crate::plan) fn remove_settings(&mut self, places: &[Place]) {
        for place in places {
            match place {
                Place::Variable(name) if !self.unset.iter().any(|unset| **unset == **name) => {
                    self.unset.push(name.to_string());
                }
                Place::Flag(flag) => self.drop_flag(flag),
                _ => {}
            }
        }
    }

    pub(in crate::plan) fn drop_flag(&mut self, flag: &str) {
        if !self.flags.iter().any(|dropped| dropped == flag) {
            self.flags.push(flag.to_owned());
        }
    }

    pub(in crate::plan) fn remove_lines(&mut self, places: &[Place]) {
        let new = places.iter().filter(|place| !self.lines.contains(place)).cloned().collect::<Vec<_>>();
        self.lines.extend(new);
    }

    pub(in crate::plan) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The plan after the changes; nothing where they cannot be made.
    pub(in crate::plan) fn plan(&self, ground: &Ground<'_>) -> Option<Plan> {
        let mut environment = ground.view.environment.clone();
        self.unset.iter().for_each(|name| environment.unset(name));
        self.set.iter().for_each(|(name, value)| environment.set(name, value));
        let mut arguments = ground.view.arguments.clone();
        for flag in &self.flags {
            match flag.as_str() {
                "--profile" => arguments.profile = None,
                "--access-key-id" => arguments.access_key_id = None,
                "--secret-access-key" => arguments.secret_access_key = None,
                "--session-token" => arguments.session_token = None,
                _ => return None,
            }
        }
        if let Some(profile) = &self.profile {
            arguments.profile = Some(profile.clone());
        }
        let overlay = Overlay { below: ground.view.files, texts: self.texts(ground)? };
        let view = View { environment: &environment, arguments: &arguments, files: &overlay, ..ground.view };
        if self.lines.is_empty() {
            return Some(plan_on(&ground.under(&view)));
        }
        if size(ground) > LARGEST_READ_AGAIN {
            return Some(plan_on(&ground.under(&view).without(&self.lines)));
        }
        Some(plan_on(&Ground::new(&view, ground.sdk)))
    }

    pub(in crate::plan) fn changes(&self) -> Vec<Change> {
        let mut changes = Vec::new();
        changes.extend(self.flags.iter().map(|flag| Change::Drop(flag.clone())));
        if !self.unset.is_empty() {
            changes.push(Change::Unset(self.unset.clone()));
        }
        let set = self.set.iter().cloned();
        changes.extend(set.map(|(name, value)| Change::Set { name, value }));
        changes.extend(self.profile.iter().cloned().map(Change::NameProfile));
        if !self.lines.is_empty() {
            changes.push(Change::Remove(self.lines.clone()));
        }
        changes
    }

    /// The files whose lines are removed; the lines stay as empty ones, so that the others keep their numbers.
    fn texts(&self, ground: &Ground<'_>) -> Option<BTreeMap<String, Arc<[u8]>>> {
        let mut texts: BTreeMap<String, Arc<[u8]>> = BTreeMap::new();
        for place in &self.lines {
            let Place::Line { path, line } = place else {
                return None;
            };
            let text = match texts.get(&**path) {
                Some(text) => Arc::clone(text),
                None => match ground.view.files.read(path) {
                    FileState::Bytes(bytes) => bytes,
                    _ => return None,
                },
            };
            texts.insert(path.to_string(), without_line(&text, *line)?);
        }
        Some(texts)
    }
}

impl Files for Overlay<'_> {
    fn read(&self, path: &str) -> FileState {
        match self.texts.get(path) {
            Some(text) => FileState::Bytes(Arc::clone(text)),
            None => self.below.read(path),
        }
    }
}

/// Of both files, in bytes.
fn size(ground: &Ground<'_>) -> usize {
    let of = |path: &str| ground.view.files.read(path).bytes().map_or(0, <[u8]>::len);
    ground.locations.as_ref().map_or(0, |both| of(&both.config.path) + of(&both.credentials.path))
}

fn without_line(text: &[u8], line: usize) -> Option<Arc<[u8]>> {
    let mut lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let removed = lines.get_mut(line.checked_sub(1)?)?;
    *removed = if removed.ends_with(b"\n") { b"\n" } else { b"" };
    Some(lines.concat().into())
}

/// In bytes: what can be read again for each question in a fraction of a millisecond.
const LARGEST_READ_AGAIN: usize = 64 * 1024;
