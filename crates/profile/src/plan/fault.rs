//! Why a profile, or what it leads to, gives no credentials: the faults that several SDKs find alike.
//!
//! Rule: what and where, whose consequence it is, and what to do; no value that could be a secret.

use super::chain::{Finding, Look};
use super::merged::Merged;
use super::{ChosenProfile, Ground, Provider};
use crate::Place;
use crate::settings::{self, Found, SettingError};

/// Why a profile gives no credentials.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) why: String,
    pub(super) remedy: String,
    /// Whether the SDK stops.
    pub(super) fatal: bool,
    pub(super) places: Vec<Place>,
}

impl Fault {
    /// The SDK stops.
    pub(super) fn fatal(why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { why: why.into(), remedy: remedy.into(), fatal: true, places: Vec::new() }
    }

    /// The SDK goes on to its next source.
    pub(super) fn passing(why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { fatal: false, ..Self::fatal(why, remedy) }
    }

    /// The same, where the SDK stops at it.
    pub(super) fn ending(self) -> Self {
        Self { fatal: true, ..self }
    }

    pub(super) fn at(mut self, places: impl IntoIterator<Item = Place>) -> Self {
        self.places.extend(places);
        self
    }

    pub(super) fn look(self) -> Look {
        let look =
            if self.fatal { Look::fatal(self.why, self.remedy) } else { Look::broken(self.why, self.remedy) };
        look.at(self.places)
    }
}

/// The files cannot be read as a whole.
pub(super) fn unreadable(ground: &Ground<'_>) -> Option<Fault> {
    let error = ground.profiles.as_ref().as_ref().err()?;
    Some(Fault::fatal(error.to_string(), error.remedy.clone()).at([error.place.clone()]))
}

/// The profile in use is in neither file.
pub(super) fn missing_profile(ground: &Ground<'_>, chosen: &ChosenProfile) -> Fault {
    let why = format!(
        "profile {:?} is neither in {} nor in {}",
        chosen.name,
        ground.config_place(),
        ground.credentials_place()
    );
    Fault::passing(why, "write the name of a profile that is there, or add the profile")
        .at([chosen.place.clone()])
}

/// `source_profile` names nobody.
pub(super) fn missing_source(profile: Merged<'_>, name: &str) -> Fault {
    let why =
        format!("source_profile of profile {:?} names {name:?}, which is in neither file", profile.name);
    Fault::passing(why, format!("add profile {name:?}, or name another source"))
        .at(profile.place("source_profile"))
}

/// The profiles name one another in a circle.
pub(super) fn circle(ground: &Ground<'_>, visited: &[&str], name: &str) -> Fault {
    let last = visited.last().and_then(|last| Merged::of(ground, last));
    let place = last.and_then(|last| last.place("source_profile"));
    let at = place.as_ref().map_or_else(String::new, |place| format!(", which {place} closes"));
    let why = format!("source_profile runs in a circle: {} -> {name}{at}", visited.join(" -> "));
    Fault::passing(why, "let one of these profiles have keys of its own, or name another source").at(place)
}

/// Both keys that say whose credentials the role is assumed with.
pub(super) fn two_sources(profile: Merged<'_>) -> Fault {
    let why = format!("profile {:?} has both source_profile and credential_source", profile.name);
    Fault::passing(why, "remove one of the two").at(profile.places(&["source_profile", "credential_source"]))
}

/// Neither of them.
pub(super) fn no_source(profile: Merged<'_>) -> Fault {
    let why =
        format!("profile {:?} has role_arn, but neither source_profile nor credential_source", profile.name);
    Fault::passing(why, "add source_profile, with the name of the profile whose credentials assume the role")
        .at(profile.place("role_arn"))
}

/// `credential_source` has a value that the SDK does not know.
pub(super) fn unknown_source(profile: Merged<'_>, name: &str) -> Fault {
    let why =
        format!("credential_source of profile {:?} is {name:?}, which the SDK does not know", profile.name);
    Fault::passing(why, "write Environment, Ec2InstanceMetadata or EcsContainer")
        .at(profile.place("credential_source"))
}

/// Some keys of a group are there, others not.
pub(super) fn missing_keys(profile: Merged<'_>, keys: &[&str]) -> Fault {
    let missing: Vec<&str> = keys.iter().copied().filter(|key| profile.filled(key).is_none()).collect();
    let missing = missing.join(" and ");
    Fault::passing(
        format!("profile {:?} lacks {missing}", profile.name),
        format!("add {missing}, or remove the keys that go with it"),
    )
    .at(profile.header())
}

/// Nothing that could be credentials.
pub(super) fn no_credentials(profile: Merged<'_>) -> Fault {
    let why = format!("profile {:?} has no credentials", profile.name);
    Fault::passing(why, "add credentials of any kind to it").at(profile.header())
}

/// A setting that the source depends on.
pub(super) fn setting(error: SettingError) -> Fault {
    let place = Some(error.place).filter(|place| *place != Place::Default);
    Fault::passing(error.what, error.remedy).at(place)
}

/// The region, unless it cannot be a part of a host name.
pub(super) fn region_is_a_name(region: Option<&Found<String>>) -> Result<(), Fault> {
    let bad = |region: &&Found<String>| region.value.is_empty() || !settings::is_region_name(&region.value);
    match region.filter(bad) {
        None => Ok(()),
        Some(region) => {
            let why = format!("the region {:?} is no part of a host name", region.value);
            Err(Fault::fatal(why, "write the name of a region").at([region.place.clone()]))
        }
    }
}

/// What a look found, as a source of a role: its provider, or why it has none.
pub(super) fn provider_of(profile: Merged<'_>, name: &str, look: Look) -> Result<Provider, Fault> {
    let start = format!("credential_source of profile {:?} is {name}, and", profile.name);
    let (why, remedy, fatal) = match look.finding {
        Finding::Ready(provider) => return Ok(provider),
        Finding::Broken { why, remedy, fatal } => (why, remedy, fatal),
        Finding::Skipped(why) => (why, "let the source be asked, or name another".to_owned(), false),
        Finding::Partial { missing, .. } => {
            let missing = missing.join(" and ");
            (format!("{missing} is not set"), format!("set {missing}"), false)
        }
        Finding::NotSet => (
            "there is nothing to be had from it".to_owned(),
            "set its variables, or name another source".to_owned(),
            false,
        ),
    };
    Err(Fault { why: format!("{start} {why}"), remedy, fatal, places: look.places }
        .at(profile.place("credential_source")))
}
