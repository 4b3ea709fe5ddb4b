//! One setting as an SDK reads it.

use types::Secret;

use crate::edit::target::ACCESS_KEY_ID;
use crate::edit::{Section, Target};
use crate::plan::SESSION_END;
use crate::reader::{Profile, Profiles, Value};
use crate::{Place, Sdk};

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

/// Where an SDK has anything for a setting, be it a block.
pub(super) fn place_of(sdk: Sdk, profiles: &Profiles, target: &Target) -> Option<Place> {
    if let Some((_, place)) = look(sdk, profiles, target) {
        return Some(place);
    }
    let section = section_of(profiles, &target.section).filter(|_| target.nested.is_none())?;
    let of_block = |key: &str| {
        key.strip_prefix(&target.key).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    section.settings.iter().find(|(key, _)| of_block(key)).map(|(_, setting)| setting.place.clone())
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

pub(super) fn section_of<'p>(profiles: &'p Profiles, section: &Section) -> Option<&'p Profile> {
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
        // No SDK looks for the end of a session, and that for Go drops it.
        Section::Profile(_) => sdk != Sdk::Go || (target.nested.is_none() && target.key != SESSION_END),
        Section::SsoSession(_) | Section::Services(_) => sdk != Sdk::Go,
        Section::Other(_) => matches!(sdk, Sdk::Boto3 | Sdk::Cli2),
    }
}

/// Whether two SDKs read the same.
pub(super) fn same(one: Option<(String, Place)>, other: Option<(String, Place)>) -> bool {
    one.map(|(text, _)| Secret::new(text)) == other.map(|(text, _)| Secret::new(text))
}

pub(super) fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Nested(_) => None,
    }
}

/// A block that an SDK holds as one text.
pub(super) fn lines(block: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = block.strip_prefix('\n').unwrap_or_default().lines();
    lines.map(|line| {
        line.split_once('=').map_or_else(|| (line.trim(), ""), |(key, value)| (key.trim(), value.trim()))
    })
}
