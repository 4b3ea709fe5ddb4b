//! What every model stands on: the view, and both files as the SDK reads them.
//!
//! Rule: files are read once per SDK. A changed environment that names the same files is planned on the same reading.

use std::sync::Arc;

use crate::reader::{self, Location, Locations, Profile, Profiles, ReadError};
use crate::{FileState, Place, Sdk, View};

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
        let locations = reader::locations(sdk, view.environment, view.platform);
        let profiles = Arc::new(match &locations {
            Some(locations) => read(view, sdk, locations),
            None => Ok(Profiles::default()),
        });
        Self { view: *view, sdk, locations, profiles }
    }

    /// The same files under another view; they are read again only where the view names others.
    pub fn under<'b>(&self, view: &View<'b>) -> Ground<'b> {
        let locations = reader::locations(self.sdk, view.environment, view.platform);
        if locations == self.locations {
            return Ground { view: *view, sdk: self.sdk, locations, profiles: Arc::clone(&self.profiles) };
        }
        Ground::new(view, self.sdk)
    }

    /// The profiles, where the files can be read.
    pub fn profiles(&self) -> Option<&Profiles> {
        self.profiles.as_ref().as_ref().ok()
    }

    /// A profile after the SDK's way of merging both files.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles()?.merged.get(name)
    }

    /// Where the config file is, for sentences.
    pub fn config_place(&self) -> Place {
        self.locations.as_ref().map_or(Place::File("~/.aws/config".into()), |both| file(&both.config))
    }

    /// Where the credentials file is, for sentences.
    pub fn credentials_place(&self) -> Place {
        self.locations
            .as_ref()
            .map_or(Place::File("~/.aws/credentials".into()), |both| file(&both.credentials))
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
