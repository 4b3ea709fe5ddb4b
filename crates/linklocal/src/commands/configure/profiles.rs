//! `configure list-profiles`: names, in the order in which the files have them.

use profile::Place;
use profile::reader::{FileKind, Profiles};
use serde::Serialize;

use super::ground::Desk;
use crate::failure::Failure;

/// The object of `--json`.
#[derive(Serialize)]
struct Object<'a> {
    profiles: Vec<Named<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    /// Where its header stands in the config file.
    config: Option<String>,
    credentials: Option<String>,
}

pub(super) fn run(desk: &Desk) -> Result<(), Failure> {
    let ground = desk.own_ground()?;
    let empty = Profiles::default();
    let profiles = ground.profiles().unwrap_or(&empty);
    let names = in_order(profiles);
    let header = |file: FileKind, name: &str| line(profiles, file, name).map(|(place, _)| place.to_string());
    let named = names.iter().map(|name| Named {
        name,
        config: header(FileKind::Config, name),
        credentials: header(FileKind::Credentials, name),
    });
    let object = Object { profiles: named.collect() };
    desk.output.result(&object, || names.iter().map(|name| format!("{name}\n")).collect())
}

/// Those of the config file first, as the AWS CLI has them.
fn in_order(profiles: &Profiles) -> Vec<&str> {
    let mut names: Vec<&str> = profiles.merged.keys().map(String::as_str).collect();
    names.sort_by_key(|name| {
        let at = |file| line(profiles, file, name).map(|(_, line)| line);
        match at(FileKind::Config) {
            Some(line) => (0, line),
            None => (1, at(FileKind::Credentials).unwrap_or(0)),
        }
    });
    names
}

fn line<'a>(profiles: &'a Profiles, file: FileKind, name: &str) -> Option<(&'a Place, usize)> {
    let map = match file {
        FileKind::Config => &profiles.config,
        FileKind::Credentials => &profiles.credentials,
    };
    let place = map.get(name)?.header.as_ref()?;
    match place {
        Place::Line { line, .. } => Some((place, *line)),
        _ => None,
    }
}
