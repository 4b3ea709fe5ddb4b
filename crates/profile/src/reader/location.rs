//! Where an SDK looks for the two files (facts/credentials.md section 2.1).

use crate::{Environment, Place, Platform, Sdk};

/// A path and who named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    pub path: String,
    /// The variable, or [`Place::Default`].
    pub named_by: Place,
}

/// Both files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locations {
    pub config: Location,
    pub credentials: Location,
}

/// The paths that `sdk` reads; nothing where there is no home directory and a path needs one.
pub fn locations(sdk: Sdk, environment: &Environment, platform: Platform) -> Option<Locations> {
    let _ = (sdk, platform);
    let home = environment.filled("HOME")?;
    let file = |variable: &str, name: &str| match environment.filled(variable) {
        Some(path) => Location { path: path.to_owned(), named_by: Place::variable(variable) },
        None => Location { path: format!("{home}/.aws/{name}"), named_by: Place::Default },
    };
    Some(Locations {
        config: file("AWS_CONFIG_FILE", "config"),
        credentials: file("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    })
}
