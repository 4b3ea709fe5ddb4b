//! Settings that an edit does not speak of, before and after it.

use std::collections::BTreeMap;
use std::fmt;

use super::look::{lines, text};
use crate::edit::{Intent, Section, name};
use crate::reader::{FileKind, Profile, Profiles, Sections, Setting, Value};
use crate::{Place, Sdk};

/// The settings that are other than before, or gone, and where they stood. A section that is new does not count: its maker asked
/// for it, and for botocore it has what `[DEFAULT]` says.
pub(super) fn changed(sdk: Sdk, old: &Profiles, new: &Profiles, intents: &[Intent]) -> Vec<(String, Place)> {
    let mut found = BTreeMap::new();
    for ((of, old), (_, new)) in maps(sdk, old).into_iter().zip(maps(sdk, new)) {
        for (section, before) in old {
            let after = new.get(section);
            if after.is_some_and(|after| same(before, after)) {
                continue;
            }
            for (path, place) in differing(kind(of, section), before, after) {
                if !intents.iter().any(|intent| path.is_of(intent)) {
                    found.entry(path).or_insert_with(|| place.clone());
                }
            }
        }
    }
    found.into_iter().map(|(path, place)| (path.to_string(), place)).collect()
}

/// What an SDK holds, by kind of section: what is merged, and what each file says.
fn maps(sdk: Sdk, profiles: &Profiles) -> Vec<(&'static str, &Sections)> {
    let mut maps = vec![
        ("profile", &profiles.config),
        ("profile", &profiles.credentials),
        ("sso-session", &profiles.sso_sessions),
        ("services", &profiles.services),
        ("", &profiles.other),
    ];
    // Once the config file has a profile too, the SDK for Go passes over keys of the credentials file that mean nothing to it.
    if sdk != Sdk::Go {
        maps.push(("profile", &profiles.merged));
    }
    maps
}

/// Whether two sections say the same, wherever.
fn same(one: &Profile, other: &Profile) -> bool {
    one.settings.len() == other.settings.len()
        && one
            .settings
            .iter()
            .zip(&other.settings)
            .all(|((key, one), (other_key, other))| key == other_key && same_value(&one.value, &other.value))
}

fn same_value(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => one == other,
        (Value::Nested(one), Value::Nested(other)) => {
            let mut pairs = one.iter().zip(other);
            let same = |((key, one), (other_key, other)): ((&String, &Setting), (&String, &Setting))| {
                key == other_key && same_value(&one.value, &other.value)
            };
            one.len() == other.len() && pairs.all(same)
        }
        _ => false,
    }
}

/// The settings in which two sections differ.
fn differing<'p>(
    (of, section): (&'static str, &str),
    before: &'p Profile,
    after: Option<&'p Profile>,
) -> Vec<(Path, &'p Place)> {
    let flat = |profile: &'p Profile| -> BTreeMap<(&'p str, Option<String>), (&'p str, &'p Place)> {
        let settings = profile.settings.iter();
        let parts = settings.flat_map(|(key, setting)| {
            parts(key, setting).into_iter().map(|(key, nested, text)| ((key, nested), (text, &setting.place)))
        });
        parts.collect()
    };
    let (before, after) = (flat(before), after.map(flat).unwrap_or_default());
    let keys = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key)));
    let differ = keys.filter_map(|key| {
        let (one, other) = (before.get(key), after.get(key));
        let differs = one.map(|(text, _)| text) != other.map(|(text, _)| text);
        let (_, place) = one.or(other).filter(|_| differs)?;
        let path = Path { of, section: section.to_owned(), key: key.0.to_owned(), nested: key.1.clone() };
        Some((path, *place))
    });
    differ.collect()
}

/// A setting in one of an SDK's maps.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Path {
    /// `profile`, `sso-session`, `services`, or nothing for sections of other kinds.
    of: &'static str,
    section: String,
    key: String,
    nested: Option<String>,
}

impl Path {
    /// Whether the section is `section`, as some SDKs call it: with quotes (Go), with the blanks of its brackets (JavaScript).
    fn is_in(&self, section: &str) -> bool {
        let own = self.section.trim();
        own == section || name::unquoted(own.as_bytes()).as_deref() == Some(section.as_bytes())
    }

    /// Whether the intent speaks of this setting. One of a key speaks of the block under it, one of a block's setting of the key.
    fn is_of(&self, intent: &Intent) -> bool {
        let target = &intent.target;
        let here = match &target.section {
            section if self.of.is_empty() => {
                name::matches(FileKind::Config, self.section.as_bytes(), section)
            }
            Section::Profile(name) => self.of == "profile" && self.is_in(name),
            Section::SsoSession(name) => self.of == "sso-session" && self.is_in(name),
            Section::Services(name) => self.of == "services" && self.is_in(name),
            Section::Other(_) => false,
        };
        let parts = [&self.nested, &target.nested];
        let nested = parts.iter().any(|part| part.is_none()) || self.nested == target.nested;
        here && (intent.whole_section || (nested && self.key.eq_ignore_ascii_case(&target.key)))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        if let Some(nested) = &self.nested {
            write!(f, ".{nested}")?;
        }
        match self.of {
            "" => write!(f, " of {}", self.section),
            of => write!(f, " of {of} {}", self.section),
        }
    }
}

/// The SDKs for JavaScript and Go keep all sections in one map.
fn kind<'s>(of: &'static str, section: &'s str) -> (&'static str, &'s str) {
    let prefixed = |kind: &'static str| Some((kind, section.strip_prefix(kind)?.strip_prefix(['.', ' '])?));
    prefixed("sso-session").or_else(|| prefixed("services")).unwrap_or((of, section))
}

/// A setting's texts, by the three ways in which SDKs hold a block.
fn parts<'s>(key: &'s str, setting: &'s Setting) -> Vec<(&'s str, Option<String>, &'s str)> {
    match &setting.value {
        Value::Text(block) if block.starts_with('\n') => {
            lines(block).map(|(inner, value)| (key, Some(inner.to_owned()), value)).collect()
        }
        Value::Text(text) => match key.split_once('.') {
            Some((key, nested)) => vec![(key, Some(nested.to_owned()), text.as_str())],
            None => vec![(key, None, text.as_str())],
        },
        Value::Nested(block) => {
            let inner = block.iter().filter_map(|(inner, setting)| Some((inner, text(&setting.value)?)));
            inner.map(|(inner, value)| (key, Some(inner.clone()), value)).collect()
        }
    }
}
