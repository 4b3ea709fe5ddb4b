//! Profiles as they would be without some lines, told without reading the files again.
//!
//! Rule: only for files too large to read once more for each question. A line that hid another of the same file, or a key
//! of `[DEFAULT]`, uncovers it in the file and not here.

use std::sync::Arc;

use super::{Profile, Profiles, Sections};
use crate::Place;

impl Profiles {
    /// The profiles of these names alone, and the sections that any profile may name, without the settings at these
    /// places.
    pub(crate) fn without(&self, names: &[&str], places: &[Place]) -> Self {
        let pick = |from: &Sections| {
            let mut picked = Sections::default();
            for &name in names {
                if let Some(section) = from.get(name) {
                    picked.insert(name.to_owned(), Arc::new(left_of(section, places)));
                }
            }
            picked
        };
        let (config, credentials) = (pick(&self.config), pick(&self.credentials));
        let mut merged = pick(&self.merged);
        for &name in names {
            uncover(&mut merged, name, self.merged.get(name), config.get(name));
        }
        let (sso_sessions, services) = (self.sso_sessions.clone(), self.services.clone());
        Self { merged, config, credentials, sso_sessions, services, ..Self::default() }
    }
}

fn left_of(section: &Profile, places: &[Place]) -> Profile {
    let left = section.settings.iter().filter(|(_, setting)| !places.contains(&setting.place));
    let settings = left.map(|(key, setting)| (key.clone(), setting.clone())).collect();
    Profile { settings, header: section.header.clone() }
}

/// A key of the credentials file that is gone leaves that of the config file.
fn uncover(merged: &mut Sections, name: &str, before: Option<&Profile>, config: Option<&Profile>) {
    let (Some(before), Some(config)) = (before, config) else {
        return;
    };
    let now = merged.entry(name, Profile::default);
    for key in before.settings.keys() {
        if let (None, Some(setting)) = (now.settings.get(key), config.settings.get(key)) {
            now.settings.insert(key.clone(), setting.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::reader::{self, Location, Profiles};
    use crate::{FileState, Place, Sdk};

    fn read(config: &str, credentials: &str) -> Profiles {
        let state = |text: &str| FileState::Bytes(text.as_bytes().into());
        let files = (Location::new("config"), Location::new("credentials"));
        reader::read(Sdk::Boto3, (&files.0, &state(config)), (&files.1, &state(credentials))).unwrap()
    }

    #[test]
    fn a_removed_line_is_as_one_that_was_never_there() {
        let config = "[default]\nregion = eu-west-1\naws_access_key_id = B\n[profile a]\nregion = x\n";
        let all = read(config, "[default]\naws_access_key_id = A\naws_secret_access_key = s\n");
        let line = Place::Line { path: "credentials".into(), line: 2 };
        let left = all.without(&["default"], &[line]);
        let really = read(config, "[default]\n\naws_secret_access_key = s\n");
        assert_eq!(left.merged.get("default"), really.merged.get("default"));
        assert_eq!(left.credentials.get("default"), really.credentials.get("default"));
        assert_eq!(left.merged.get("a"), None);
    }
}
