//! What every SDK makes of an edit: both texts are read as each of them reads, and whatever is not as asked is named.
//!
//! Rule: no values, neither asked nor read; an SDK that stumbled before is told apart from one that stumbles now.

use std::collections::BTreeMap;
use std::fmt;

use types::Secret;

use super::target::ACCESS_KEY_ID;
use super::{Intent, Section, Target, Texts, name};
use crate::reader::{self, FileKind, Locations, Profile, Profiles, ReadError, Setting, Value};
use crate::{FileState, Place, Sdk};

/// An SDK reads something else than was asked, after an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    pub sdk: Sdk,
    pub reading: Reading,
    /// Whether it was so before the edit, which then did no harm and no good.
    pub standing: bool,
}

/// In which way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It refuses the files as a whole.
    Fails(ReadError),
    /// It does not see the setting.
    Missing { target: Target },
    /// It sees a setting that should be gone.
    Left { target: Target, place: Place },
    /// It reads the beginning of the value.
    Cut { target: Target, place: Place },
    /// It reads another value.
    Other { target: Target, place: Place },
    /// A setting that nobody asked to change is other than before, or gone.
    Changed { setting: String, place: Place },
}

impl Disagreement {
    /// Whether the edit takes something away that was not asked for.
    pub fn is_harm(&self) -> bool {
        !self.standing && matches!(self.reading, Reading::Fails(_) | Reading::Changed { .. })
    }
}

/// Reads both texts as every SDK does.
pub fn read_back(
    locations: &Locations,
    before: Texts<'_>,
    after: Texts<'_>,
    intents: &[Intent],
) -> Vec<Disagreement> {
    let [before, after] = [before, after].map(|texts| States::new(texts));
    let reference = before.read(Sdk::Linklocal, locations);
    let all = [Sdk::Linklocal].into_iter().chain(Sdk::OTHERS);
    all.flat_map(|sdk| {
        let old = before.read(sdk, locations);
        match after.read(sdk, locations) {
            Err(error) => {
                let reading = Reading::Fails(error);
                vec![Disagreement { sdk, reading, standing: old.is_err() }]
            }
            Ok(new) => compare(sdk, old.as_ref().ok(), reference.as_ref().ok(), &new, intents),
        }
    })
    .collect()
}

/// Both files as a reader takes them.
struct States {
    config: FileState,
    credentials: FileState,
}

impl States {
    fn new(texts: Texts<'_>) -> Self {
        let state =
            |text: Option<&[u8]>| text.map_or(FileState::Absent, |text| FileState::Bytes(text.into()));
        Self { config: state(texts.config), credentials: state(texts.credentials) }
    }

    fn read(&self, sdk: Sdk, locations: &Locations) -> Result<Profiles, ReadError> {
        reader::read(sdk, (&locations.config, &self.config), (&locations.credentials, &self.credentials))
    }
}

fn compare(
    sdk: Sdk,
    old: Option<&Profiles>,
    reference: Option<&Profiles>,
    new: &Profiles,
    intents: &[Intent],
) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for intent in
        intents.iter().filter(|intent| is_known(sdk, &intent.target) && !is_refilled(intent, intents))
    {
        let Some(reading) = reading(sdk, new, intent) else { continue };
        let as_others = |old| {
            same(
                look(sdk, old, &intent.target),
                reference.and_then(|all| look(Sdk::Linklocal, all, &intent.target)),
            )
        };
        found.push(Disagreement { sdk, reading, standing: !old.is_some_and(as_others) });
    }
    let Some(old) = old else { return found };
    let (old, new) = (flatten(sdk, old), flatten(sdk, new));
    let changed = old.keys().chain(new.keys().filter(|path| !old.contains_key(*path)));
    let changed = changed.filter(|path| !same_texts(old.get(*path), new.get(*path)));
    let unasked =
        changed.filter(|path| !intents.iter().any(|intent| path.is_of(intent)) && !is_inherited(&old, path));
    found.extend(unasked.map(|path| {
        let setting = old.get(path).or_else(|| new.get(path)).and_then(|settings| settings.first());
        let place = setting.map_or(Place::Default, |(_, place)| Place::clone(place));
        Disagreement { sdk, reading: Reading::Changed { setting: path.to_string(), place }, standing: false }
    }));
    found
}

/// Whether a section that went was made anew by a later edit.
fn is_refilled(gone: &Intent, intents: &[Intent]) -> bool {
    let refills = |intent: &Intent| intent.value.is_some() && intent.target.section == gone.target.section;
    gone.whole_section && intents.iter().any(refills)
}

/// Whether the setting is of a section that was not there: a new one has, for botocore, what `[DEFAULT]` says.
fn is_inherited(old: &BTreeMap<Path, Vec<Held<'_>>>, path: &Path) -> bool {
    !old.keys().any(|other| other.of == path.of && other.section == path.section)
}

/// How the SDK reads the setting, where that is not as asked.
fn reading(sdk: Sdk, profiles: &Profiles, intent: &Intent) -> Option<Reading> {
    let target = intent.target.clone();
    if intent.whole_section {
        let section = section_of(profiles, &target.section)?;
        let place = section.header.clone().unwrap_or(Place::Default);
        return Some(Reading::Left { target, place });
    }
    let read = look(sdk, profiles, &target);
    match (intent.value.as_ref(), read) {
        (None, None) => None,
        (None, Some((_, place))) => Some(Reading::Left { target, place }),
        (Some(_), None) => Some(Reading::Missing { target }),
        (Some(asked), Some((text, place))) => {
            let asked = asked.expose().as_str();
            match text.as_str() {
                same if same == asked => None,
                cut if asked.starts_with(cut) => Some(Reading::Cut { target, place }),
                _ => Some(Reading::Other { target, place }),
            }
        }
    }
}

/// What the SDK reads for a setting, and where.
pub fn look(sdk: Sdk, profiles: &Profiles, target: &Target) -> Option<(String, Place)> {
    let section = match &target.section {
        Section::Profile(name) if target.is_secret() => keys_of(sdk, profiles, name)?,
        section => section_of(profiles, section)?,
    };
    let Some(nested) = &target.nested else {
        let setting = section.settings.get(&target.key)?;
        return match &setting.value {
            Value::Text(text) => Some((text.clone(), setting.place.clone())),
            Value::Nested(_) => None,
        };
    };
    if let Some(setting) = section.settings.get(&format!("{}.{nested}", target.key)) {
        return Some((text(&setting.value)?.to_owned(), setting.place.clone()));
    }
    let setting = section.settings.get(&target.key)?;
    match &setting.value {
        Value::Nested(block) => {
            let inner = block.get(nested)?;
            Some((text(&inner.value)?.to_owned(), inner.place.clone()))
        }
        Value::Text(block) => {
            let inner = lines(block).filter(|(key, _)| *key == nested.as_str()).last()?;
            Some((inner.1.to_owned(), setting.place.clone()))
        }
    }
}

/// botocore takes all parts of a key from the file that has its id; other SDKs merge both first.
fn keys_of<'p>(sdk: Sdk, profiles: &'p Profiles, name: &str) -> Option<&'p Profile> {
    let alone = match sdk {
        Sdk::Linklocal | Sdk::Cli2 | Sdk::Boto3 => &[&profiles.credentials, &profiles.config][..],
        Sdk::Rust | Sdk::Js | Sdk::Java | Sdk::Go => &[],
    };
    let mut alone = alone.iter().filter_map(|file| file.get(name));
    alone.find(|profile| profile.settings.contains_key(ACCESS_KEY_ID)).or_else(|| profiles.merged.get(name))
}

fn section_of<'p>(profiles: &'p Profiles, section: &Section) -> Option<&'p Profile> {
    match section {
        Section::Profile(name) => profiles.merged.get(name),
        Section::SsoSession(name) => profiles.sso_sessions.get(name),
        Section::Services(name) => profiles.services.get(name),
        Section::Other(name) => profiles.other.get(name),
    }
}

/// The SDK for Go of 2022 knows neither blocks nor sections beside profiles; other sections are botocore's own affair.
pub fn is_known(sdk: Sdk, target: &Target) -> bool {
    match &target.section {
        Section::Profile(_) => sdk != Sdk::Go || target.nested.is_none(),
        Section::SsoSession(_) | Section::Services(_) => sdk != Sdk::Go,
        Section::Other(_) => matches!(sdk, Sdk::Boto3 | Sdk::Cli2),
    }
}

fn same_texts(one: Option<&Vec<Held<'_>>>, other: Option<&Vec<Held<'_>>>) -> bool {
    let [one, other] = [one, other].map(|held| held.into_iter().flatten().map(|(text, _)| text));
    one.eq(other)
}

fn same(one: Option<(String, Place)>, other: Option<(String, Place)>) -> bool {
    one.map(|(text, _)| Secret::new(text)) == other.map(|(text, _)| Secret::new(text))
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Nested(_) => None,
    }
}

/// A block that an SDK holds as one text.
fn lines(block: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = block.strip_prefix('\n').unwrap_or_default().lines();
    lines.map(|line| {
        line.split_once('=').map_or_else(|| (line.trim(), ""), |(key, value)| (key.trim(), value.trim()))
    })
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

/// A text and where it stands.
type Held<'p> = (&'p str, &'p Place);

/// All settings by path. One path may be there several times: in what is merged, and in each file.
fn flatten(sdk: Sdk, profiles: &Profiles) -> BTreeMap<Path, Vec<Held<'_>>> {
    // Once the config file has a profile too, the SDK for Go passes over keys of the credentials file that mean nothing to it.
    let merged = (sdk != Sdk::Go).then_some(("profile", &profiles.merged));
    let maps = [
        ("profile", &profiles.config),
        ("profile", &profiles.credentials),
        ("sso-session", &profiles.sso_sessions),
        ("services", &profiles.services),
        ("", &profiles.other),
    ];
    let mut flat: BTreeMap<Path, Vec<Held<'_>>> = BTreeMap::new();
    for (of, map) in maps.into_iter().chain(merged) {
        for (section, profile) in map {
            for (key, setting) in &profile.settings {
                for (key, nested, text) in parts(key, setting) {
                    let (of, section) = kind(of, section);
                    let path = Path { of, section: section.to_owned(), key: key.to_owned(), nested };
                    flat.entry(path).or_default().push((text, &setting.place));
                }
            }
        }
    }
    flat
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

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sdk = self.sdk.title();
        match &self.reading {
            Reading::Fails(error) => write!(f, "{sdk} refuses the files: {error}; {}", error.remedy),
            Reading::Missing { target } => write!(f, "{sdk} does not read {target}"),
            Reading::Left { target, place } => {
                write!(f, "{sdk} still reads {} at {place}", Whole(target))
            }
            Reading::Cut { target, place } => {
                write!(f, "{sdk} reads only the beginning of {target} at {place}")
            }
            Reading::Other { target, place } => {
                write!(f, "{sdk} reads another value for {target} at {place}")
            }
            Reading::Changed { setting, place } => {
                write!(f, "{sdk} would read {setting}, at {place}, otherwise than before")
            }
        }
    }
}

/// A target that may be a whole section.
struct Whole<'a>(&'a Target);

impl fmt::Display for Whole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.key.as_str() {
            "" => self.0.section.fmt(f),
            _ => self.0.fmt(f),
        }
    }
}
