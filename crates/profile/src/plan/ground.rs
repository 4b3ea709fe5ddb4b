//! What every model stands on: the view, and both files as the SDK reads them.
//!
//! Rule: files are read once per SDK. A changed environment that names the same files is planned on the same reading.

use std::sync::Arc;

use super::plan_on;
use crate::reader::{self, Location, Locations, Profile, Profiles, ReadError};
use crate::settings::Scope;
use crate::{FileState, Place, Platform, Sdk, View};

/// A view and what `sdk` reads from its files.
#[derive(Clone, Debug)]
pub struct Ground<'a> {
    pub view: View<'a>,
    pub sdk: Sdk,
    /// `None` where there is no home directory and no variable names the files.
    pub locations: Option<Locations>,
    /// The profiles, or why the SDK fails on the files as a whole.
    pub profiles: Arc<Result<Profiles, ReadError>>,
}

impl<'a> Ground<'a> {
    /// Reads the files of `view` as `sdk` does.
    pub fn new(view: &View<'a>, sdk: Sdk) -> Self {
        let locations = reader::locations(sdk, view);
        let profiles = Arc::new(match &locations {
            Some(locations) => read(view, sdk, locations),
            None => Ok(Profiles::default()),
        });
        Self { view: *view, sdk, locations, profiles }
    }

    /// The same files under another view; they are read again only where the view names others.
    pub fn under<'b>(&self, view: &View<'b>) -> Ground<'b> {
        let locations = reader::locations(self.sdk, view);
        if locations == self.locations {
            return Ground { view: *view, sdk: self.sdk, locations, profiles: Arc::clone(&self.profiles) };
        }
        Ground::new(view, self.sdk)
    }

    /// The profile in use and its sources, without the settings at these places; the files are not read again.
    pub(super) fn without(&self, places: &[Place]) -> Self {
        let mut names = vec![plan_on(self).profile.name];
        while let Some(next) =
            self.profile(&names[names.len() - 1]).and_then(|last| last.text("source_profile"))
        {
            if names.iter().any(|name| name == next) {
                break;
            }
            names.push(next.to_owned());
        }
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let left = self.profiles.as_ref().as_ref().map(|profiles| profiles.without(&names, places));
        Self { profiles: Arc::new(left.map_err(Clone::clone)), locations: self.locations.clone(), ..*self }
    }

    /// The profiles, where the files can be read.
    pub fn profiles(&self) -> Option<&Profiles> {
        self.profiles.as_ref().as_ref().ok()
    }

    /// A profile after the SDK's way of merging both files.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles()?.merged.get(name)
    }

    /// Where settings are looked for, with that profile in use.
    pub fn scope<'b>(&'b self, profile: &'b str) -> Scope<'b> {
        Scope { view: &self.view, sdk: self.sdk, profiles: self.profiles(), profile }
    }

    /// Where the config file is, for sentences.
    pub fn config_place(&self) -> Place {
        let unknown = || Place::File("~/.aws/config".into());
        self.locations.as_ref().map_or_else(unknown, |both| file(&both.config))
    }

    /// Where the credentials file is, for sentences.
    pub fn credentials_place(&self) -> Place {
        let unknown = || Place::File("~/.aws/credentials".into());
        self.locations.as_ref().map_or_else(unknown, |both| file(&both.credentials))
    }

    /// The home directory, as this SDK finds it.
    pub fn home(&self) -> Option<String> {
        reader::home(self.sdk, &self.view)
    }

    /// A file below the home directory; the parts are joined as the platform does.
    pub fn below_home(&self, parts: &[&str]) -> Option<String> {
        let separator = match self.view.platform {
            Platform::Unix => "/",
            Platform::Windows => "\\",
        };
        let home = self.home()?;
        Some(format!("{}{separator}{}", home.trim_end_matches(['/', '\\']), parts.join(separator)))
    }

    /// The text of a file, or why there is none, in words that go behind its name.
    pub fn text_of(&self, path: &str) -> Result<String, String> {
        match self.view.files.read(path) {
            FileState::Bytes(bytes) => {
                String::from_utf8(bytes.to_vec()).map_err(|_| "its content is not UTF-8".to_owned())
            }
            FileState::Absent => Err("there is no such file".to_owned()),
            FileState::Directory => Err("it is a directory".to_owned()),
            FileState::Unreadable(why) => Err(format!("it cannot be read: {why}")),
            FileState::TooLarge { limit } => Err(format!("it has more than {limit} bytes")),
        }
    }

    /// A variable's text, even an empty one.
    pub fn variable(&self, name: &str) -> Option<&'a str> {
        self.view.environment.get(name)
    }

    /// A variable's text unless it is empty.
    pub fn filled(&self, name: &str) -> Option<&'a str> {
        self.view.environment.filled(name)
    }
}

fn read(view: &View<'_>, sdk: Sdk, locations: &Locations) -> Result<Profiles, ReadError> {
    let config: FileState = view.files.read(&locations.config.path);
    let credentials: FileState = view.files.read(&locations.credentials.path);
    reader::read(sdk, (&locations.config, &config), (&locations.credentials, &credentials))
}

fn file(location: &Location) -> Place {
    Place::File(location.path.as_str().into())
}
