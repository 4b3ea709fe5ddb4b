//! The reader of botocore 1.44.5, and with it of boto3 and of the AWS CLI, whose fork reads alike.
//!
//! Rule: Python's `configparser` first ([`configparser`]), then botocore's own reading of blocks and of section names.
//! Any fault in either file fails everything.

mod configparser;
mod python;
mod shlex;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::input::{self, Input, shown};
use super::{Dropped, Profile, Profiles, ReadError, Sections, Setting};
use configparser::RawSection;

pub(super) use shlex::split as split_words;

pub(super) fn read(config: &Input<'_>, credentials: &Input<'_>) -> Result<Profiles, ReadError> {
    let mut profiles = Profiles::default();
    for section in raw_sections(config, &mut profiles.dropped)? {
        place_section(config, section, &mut profiles);
    }
    let mut plain = Sections::default();
    for section in raw_sections(credentials, &mut profiles.dropped)? {
        if section.name.starts_with("profile ") {
            let why = format!("is read as a profile that is named {}, prefix and all", shown(section.name));
            profiles.dropped.push(credentials.dropped(section.line, why));
        }
        plain.insert(section.name.to_owned(), Arc::new(section.profile));
    }
    profiles.merged = profiles.config.clone();
    profiles.merged.overlay(&plain);
    profiles.credentials = plain;
    Ok(profiles)
}

/// Sections of a file with `[DEFAULT]` handed down.
fn raw_sections<'a>(input: &Input<'a>, dropped: &mut Vec<Dropped>) -> Result<Vec<RawSection<'a>>, ReadError> {
    let sections = faulty_sections(input, dropped);
    // One message for every fault, with the path and nothing else.
    sections.map_err(|error| ReadError {
        said: Some(format!("Unable to parse config file: {}", input.location.path)),
        ..error
    })
}

fn faulty_sections<'a>(
    input: &Input<'a>,
    dropped: &mut Vec<Dropped>,
) -> Result<Vec<RawSection<'a>>, ReadError> {
    let Some(bytes) = input.bytes(dropped)? else { return Ok(Vec::new()) };
    let text = input::strict_text(bytes).map_err(|line| {
        input.fault(line, input::encoding(bytes), "save the file as UTF-8 without a byte order mark")
    })?;
    let parsed = configparser::parse(input, text)?;
    let mut sections = parsed.sections;
    inherit(input, &mut sections, &parsed.defaults, dropped)?;
    Ok(sections)
}

/// Every section has the keys of `[DEFAULT]` that it does not set itself.
fn inherit(
    input: &Input<'_>,
    sections: &mut [RawSection<'_>],
    defaults: &BTreeMap<String, Setting>,
    dropped: &mut Vec<Dropped>,
) -> Result<(), ReadError> {
    if defaults.len().saturating_mul(sections.len()) > MOST_INHERITED {
        let what = "hands more keys of [DEFAULT] down to its sections than anybody can hold";
        return Err(input.whole_fault(what, "rename [DEFAULT]: in most programs it means nothing"));
    }
    if let Some(first) = defaults.values().next() {
        let why = "every profile of this file inherits the keys of [DEFAULT]; no other SDK does that";
        dropped.push(Dropped { place: first.place.clone(), why: why.to_owned() });
    }
    for section in sections {
        for (key, setting) in defaults {
            section.profile.settings.entry(key.clone()).or_insert_with(|| setting.clone());
        }
    }
    Ok(())
}

/// Puts a section of the config file where its name says; of two with one name the later replaces the earlier.
fn place_section(input: &Input<'_>, section: RawSection<'_>, profiles: &mut Profiles) {
    let target = match section.name {
        name if name.starts_with("profile") => &mut profiles.config,
        name if name.starts_with("sso-session") => &mut profiles.sso_sessions,
        name if name.starts_with("services") => &mut profiles.services,
        "default" => {
            let replaced = profiles.config.remove("default");
            profiles.dropped.extend(replaced.and_then(|earlier| replaced_by(input, &earlier, section.line)));
            profiles.config.insert("default".to_owned(), Arc::new(section.profile));
            return;
        }
        name => {
            if !OTHER_SECTIONS.contains(&name) {
                let why = format!("[{name}] is no profile: write [profile {name}]");
                profiles.dropped.push(input.dropped(section.line, why));
            }
            profiles.other.insert(name.to_owned(), Arc::new(section.profile));
            return;
        }
    };
    match shlex::split(section.name).as_deref() {
        Some([_, name]) => {
            let replaced = target.remove(name);
            profiles.dropped.extend(replaced.and_then(|earlier| replaced_by(input, &earlier, section.line)));
            target.insert(name.clone(), Arc::new(section.profile));
        }
        _ => {
            let why = "its name is not two words, or has an open quote";
            profiles.dropped.push(input.dropped(section.line, why));
        }
    }
}

fn replaced_by(input: &Input<'_>, earlier: &Profile, line: usize) -> Option<Dropped> {
    let place = earlier.header.clone()?;
    Some(Dropped { place, why: format!("is replaced as a whole by the section at {}", input.line(line)) })
}

/// Sections that the AWS CLI knows beside profiles.
const OTHER_SECTIONS: [&str; 2] = ["plugins", "preview"];

/// Keys handed down, over all sections: far beyond what anybody writes, and a bound on memory.
const MOST_INHERITED: usize = 1_000_000;
