//! `configure set`, `unset` and `get`: one setting.

use profile::Sdk;
use profile::edit::{self, Edit, Section, Target};
use profile::reader::{Profile, Profiles, Setting, Value};
use serde::Serialize;
use types::Secret;

use super::change;
use super::ground::Desk;
use super::name::Names;
use crate::arguments::{GetSettingArguments, SectionArguments, SetSettingArguments, UnsetSettingArguments};
use crate::failure::Failure;
use crate::output::Output;

/// The object of `get --json`.
#[derive(Serialize)]
struct Object<'a> {
    name: String,
    value: &'a str,
    location: String,
    /// Tools that read something else, or nothing, for it.
    read_otherwise_by: Vec<&'static str>,
}

pub(super) fn set(desk: &Desk, arguments: &SetSettingArguments) -> Result<(), Failure> {
    let target = to_change(desk, &arguments.name, &arguments.section)?;
    change::make(desk, &[Edit::Set { target, value: arguments.value.clone() }], arguments.trial)
}

pub(super) fn unset(desk: &Desk, arguments: &UnsetSettingArguments) -> Result<(), Failure> {
    let target = to_change(desk, &arguments.name, &arguments.section)?;
    change::make(desk, &[Edit::Unset { target }], arguments.trial)
}

pub(super) fn get(desk: &Desk, arguments: &GetSettingArguments) -> Result<(), Failure> {
    let ground = desk.own_ground()?;
    let profiles = ground.profiles();
    let names = Names { profile: &desk.profile.value, profiles, section: &arguments.section };
    let target = names.to_read(&arguments.name)?;
    let found = profiles.and_then(|profiles| look(profiles, &target));
    let (value, place) = match found {
        Some(setting) => (text(setting, &target)?, &setting.place),
        None => return Err(Failure::new(format!("{target} is not set"))),
    };
    let others = read_otherwise(desk, &target, value);
    if !others.is_empty() {
        let titles: Vec<&str> = others.iter().map(|sdk| sdk.title()).collect();
        Output::note(&format!("note: read otherwise, or not at all, by {}", titles.join(", ")));
    }
    if !desk.output.json {
        return Output::text(&format!("{value}\n"));
    }
    Output::object(&Object {
        name: arguments.name.clone(),
        value,
        location: place.to_string(),
        read_otherwise_by: others.iter().map(|sdk| sdk.name()).collect(),
    })
}

fn to_change(desk: &Desk, name: &str, section: &SectionArguments) -> Result<Target, Failure> {
    // Files that cannot be read have no profiles to be taken for something else; the change itself says what is wrong.
    let ground = desk.ground(Sdk::Linklocal);
    Names { profile: &desk.profile.value, profiles: ground.profiles(), section }.to_change(name)
}

/// Keys are found however they are written.
fn look<'a>(profiles: &'a Profiles, target: &Target) -> Option<&'a Setting> {
    let section = section(profiles, target)?;
    let setting = find(section, &target.key)?;
    let Some(nested) = &target.nested else { return Some(setting) };
    match &setting.value {
        Value::Nested(block) => block.get(nested).or_else(|| {
            block.iter().find(|(key, _)| key.eq_ignore_ascii_case(nested)).map(|(_, setting)| setting)
        }),
        Value::Text(_) => None,
    }
}

fn find<'a>(section: &'a Profile, key: &str) -> Option<&'a Setting> {
    let settings = &section.settings;
    settings.get(key).or_else(|| settings.get(&key.to_ascii_lowercase()))
}

fn section<'a>(profiles: &'a Profiles, target: &Target) -> Option<&'a Profile> {
    match &target.section {
        Section::Profile(name) => profiles.merged.get(name),
        Section::SsoSession(name) => profiles.sso_sessions.get(name),
        Section::Services(name) => profiles.services.get(name),
        Section::Other(_) => None,
    }
}

fn text<'a>(setting: &'a Setting, target: &Target) -> Result<&'a str, Failure> {
    match &setting.value {
        Value::Text(text) => Ok(text),
        Value::Nested(block) => {
            let names: Vec<String> = block.keys().map(|key| format!("{}.{key}", target.key)).collect();
            Err(Failure::new(format!("{target} is a block of settings at {}", setting.place))
                .hint(format!("name one of them: {}", names.join(", "))))
        }
    }
}

/// Tools that do not read this value there.
fn read_otherwise(desk: &Desk, target: &Target, value: &str) -> Vec<Sdk> {
    let asked = Secret::new(value.to_owned());
    let agrees = |sdk: &Sdk| {
        let ground = desk.ground(*sdk);
        let profiles = ground.profiles();
        let read = profiles.and_then(|profiles| edit::look(*sdk, profiles, target));
        read.is_some_and(|(text, _)| Secret::new(text) == asked)
    };
    Sdk::OTHERS.into_iter().filter(|sdk| edit::is_known(*sdk, target) && !agrees(sdk)).collect()
}
