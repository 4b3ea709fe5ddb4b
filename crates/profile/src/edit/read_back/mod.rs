//! What every SDK makes of an edit: both texts are read as each of them reads, and whatever is not as asked is named.
//!
//! Rule: no values, neither asked nor read; an SDK that stumbled before is told apart from one that stumbles now.

mod look;
mod others;

use std::fmt;

pub use look::{is_known, look};

use super::{Intent, Target, Texts};
use crate::reader::{self, Locations, Profiles, ReadError};
use crate::{FileState, Place, Sdk};
use look::{place_of, same, section_of};

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
    let changed = old.map(|old| others::changed(sdk, old, new, intents)).unwrap_or_default();
    found.extend(changed.into_iter().map(|(setting, place)| Disagreement {
        sdk,
        reading: Reading::Changed { setting, place },
        standing: false,
    }));
    found
}

/// Whether a section that went was made anew by a later edit.
fn is_refilled(gone: &Intent, intents: &[Intent]) -> bool {
    let refills = |intent: &Intent| intent.value.is_some() && intent.target.section == gone.target.section;
    gone.whole_section && intents.iter().any(refills)
}

/// How the SDK reads the setting, where that is not as asked.
fn reading(sdk: Sdk, profiles: &Profiles, intent: &Intent) -> Option<Reading> {
    let target = intent.target.clone();
    if intent.whole_section {
        let section = section_of(profiles, &target.section)?;
        let place = section.header.clone().unwrap_or(Place::Default);
        return Some(Reading::Left { target, place });
    }
    let Some(asked) = &intent.value else {
        let place = place_of(sdk, profiles, &target)?;
        return Some(Reading::Left { target, place });
    };
    let Some((text, place)) = look(sdk, profiles, &target) else { return Some(Reading::Missing { target }) };
    match text.as_str() {
        same if same == asked.expose() => None,
        cut if asked.expose().starts_with(cut) => Some(Reading::Cut { target, place }),
        _ => Some(Reading::Other { target, place }),
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
