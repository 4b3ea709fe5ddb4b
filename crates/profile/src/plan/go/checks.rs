//! Values that make the SDK for Go fail when it loads its configuration, whatever source it would use.
//!
//! Rule: env_config.go and shared_config.go of config 1.17.10; an empty variable is not looked at, an empty key is.

use crate::Place;
use crate::plan::Ground;
use crate::plan::fault::{self, Fault};
use crate::plan::merged::Merged;
use crate::settings::{self, Scope};

/// Variables with a value that is none of those known.
pub(super) fn environment(scope: &Scope<'_>) -> Result<(), Fault> {
    for &(name, kind) in VARIABLES {
        let value = scope.view.environment.filled(name);
        if let Some(value) = value.filter(|value| !kind.accepts(value)) {
            return Err(refused(name, value, kind).at([Place::variable(name)]));
        }
    }
    settings::imds::imds(scope).map(|_| ()).map_err(|error| fault::setting(error).ending())
}

/// Keys of a profile, likewise.
pub(super) fn profile(ground: &Ground<'_>, profile: Merged<'_>) -> Result<(), Fault> {
    for &(key, kind) in KEYS {
        let passes = |value: &&str| kind.accepts(value) || is_merged_number(ground, profile.name, key, kind);
        if let Some(value) = profile.text(key).filter(|value| !passes(value)) {
            return Err(refused(key, value, kind).at(profile.place(key)));
        }
    }
    Ok(())
}

/// Where both files have the profile, a number of the credentials file is merged, and what is none counts as 0.
fn is_merged_number(ground: &Ground<'_>, name: &str, key: &str, kind: Kind) -> bool {
    let in_both = ground.profiles().is_some_and(|profiles| {
        let merged = profiles.credentials.get(name).and_then(|section| section.text(key));
        merged.is_some() && profiles.config.contains_key(name)
    });
    matches!(kind, Kind::Whole) && in_both
}

/// What may stand there.
#[derive(Clone, Copy)]
enum Kind {
    Switch,
    SwitchOrAuto,
    Whole,
    RetryMode,
    DefaultsMode,
    EndpointMode,
}

impl Kind {
    fn accepts(self, value: &str) -> bool {
        let any = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(value));
        match self {
            Self::Switch => any(&["true", "false"]),
            Self::SwitchOrAuto => any(&["true", "false", "auto"]),
            Self::Whole => value.parse::<i64>().is_ok(),
            Self::RetryMode => matches!(value, "standard" | "adaptive"),
            Self::DefaultsMode => value.is_empty() || any(DEFAULTS_MODES),
            Self::EndpointMode => value.is_empty() || any(&["ipv4", "ipv6"]),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Switch => "true or false",
            Self::SwitchOrAuto => "true, false or auto",
            Self::Whole => "a whole number",
            Self::RetryMode => "standard or adaptive",
            Self::DefaultsMode => "auto, cross-region, in-region, legacy, mobile or standard",
            Self::EndpointMode => "IPv4 or IPv6",
        }
    }
}

fn refused(name: &str, value: &str, kind: Kind) -> Fault {
    let why = format!("{name} is {value:?}, at which the SDK fails as a whole");
    Fault::fatal(why, format!("set it to {}, or remove it", kind.words()))
}

const VARIABLES: &[(&str, Kind)] = &[
    ("AWS_ENABLE_ENDPOINT_DISCOVERY", Kind::SwitchOrAuto),
    ("AWS_S3_USE_ARN_REGION", Kind::Switch),
    ("AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS", Kind::Switch),
    ("AWS_USE_DUALSTACK_ENDPOINT", Kind::Switch),
    ("AWS_USE_FIPS_ENDPOINT", Kind::Switch),
    ("AWS_DEFAULTS_MODE", Kind::DefaultsMode),
    ("AWS_MAX_ATTEMPTS", Kind::Whole),
    ("AWS_RETRY_MODE", Kind::RetryMode),
];
const KEYS: &[(&str, Kind)] = &[
    ("ec2_metadata_service_endpoint_mode", Kind::EndpointMode),
    ("defaults_mode", Kind::DefaultsMode),
    ("max_attempts", Kind::Whole),
    ("retry_mode", Kind::RetryMode),
];
const DEFAULTS_MODES: &[&str] = &["auto", "cross-region", "in-region", "legacy", "mobile", "standard"];
