//! What every command here stands on: the view of this process, and where the two files are.

use profile::plan::Ground;
use profile::reader::Locations;
use profile::settings::Found;
use profile::{Place, Sdk};
use sys::Env;

use crate::arguments::{ChainArguments, KeyArguments};
use crate::commands::credentials::Snapshot;
use crate::failure::Failure;
use crate::output::Output;

/// This process, and which profile is meant.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) snapshot: Snapshot,
    pub(super) output: Output,
    pub(super) profile: Found<String>,
}

impl Desk {
    pub(super) fn take(env: &Env, output: Output, typed: Option<String>) -> Self {
        let keys = KeyArguments {
            access_key_id: None,
            secret_access_key: None,
            session_token: None,
            profile: typed,
        };
        let snapshot = Snapshot::of_keys(env, &keys);
        let profile = chosen(&snapshot);
        Self { snapshot, output, profile }
    }

    /// As `credentials` takes them.
    pub(super) fn chain(&self) -> ChainArguments {
        let keys = KeyArguments {
            access_key_id: None,
            secret_access_key: None,
            session_token: None,
            profile: self.snapshot.arguments.profile.clone(),
        };
        ChainArguments { keys, region: None }
    }

    /// The files as `sdk` reads them.
    pub(super) fn ground(&self, sdk: Sdk) -> Ground<'_> {
        Ground::new(&self.snapshot.view(), sdk)
    }

    /// The files as we read them.
    ///
    /// # Errors
    /// There is no home directory, or the files cannot be read at all.
    pub(super) fn own_ground(&self) -> Result<Ground<'_>, Failure> {
        let ground = self.ground(Sdk::Linklocal);
        located(&ground)?;
        match ground.profiles.as_ref() {
            Err(error) => Err(Failure::new(error.to_string()).hint(error.remedy.clone())),
            Ok(_) => Ok(ground),
        }
    }
}

/// Where the files are.
pub(super) fn located<'a>(ground: &'a Ground<'_>) -> Result<&'a Locations, Failure> {
    ground.locations.as_ref().ok_or_else(|| {
        Failure::new("there is no home directory, so nothing says where the config and credentials files are")
            .hint("set HOME, or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE")
    })
}

/// As the AWS CLI chooses; a variable set to nothing names no profile that could be changed.
fn chosen(snapshot: &Snapshot) -> Found<String> {
    let flag = snapshot.arguments.profile.clone().map(|name| Found::new(name, Place::flag("--profile")));
    let variable = |name: &str| {
        let value = snapshot.environment.filled(name)?;
        Some(Found::new(value.to_owned(), Place::variable(name)))
    };
    flag.or_else(|| variable("AWS_PROFILE"))
        .or_else(|| variable("AWS_DEFAULT_PROFILE"))
        .unwrap_or_else(|| Found::by_default("default".to_owned()))
}
