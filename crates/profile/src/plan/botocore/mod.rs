//! The chain of botocore: boto3, the AWS CLI v2's fork of it, and ours, which follows the CLI's order.
//!
//! Rule: one model, as botocore 1.44.5 behaves (facts/credentials.md 1.1 to 1.4, 3.1), with each place where the CLI or
//! we differ marked by the SDK's name. A source that raises an error ends the search; only one that has nothing lets the
//! next be asked.

mod cached;
mod expiry;
mod keys;
mod legacy;
mod login;
mod mfa;
mod remote;
mod role;
mod sso;
mod sts;
mod warnings;
mod web_identity;

#[cfg(test)]
mod tests;

use super::fault::{self, Fault};
use super::{Chain, ChosenProfile, Ground, Look, Plan, Source, warning};
use crate::reader::{Profile, Profiles, Sections, Value};
use crate::settings::imds::ImdsSettings;
use crate::settings::{self, Found, Scope, SettingError};
use crate::{Place, Sdk};

pub(super) fn plan(ground: &Ground<'_>) -> Plan {
    let profile = choose(ground);
    let scope = ground.scope(&profile.name);
    let imds = settings::imds::imds(&scope);
    let region = settings::region(&scope);
    let model = Model { ground, scope, explicit: ground.view.arguments.profile.is_some(), region, imds };
    let mut chain = Chain::default();
    if let Err(fault) = model.session(&profile) {
        chain.stop(fault.why, fault.remedy);
    }
    model.look_at_all(&mut chain);
    let warnings = model.warnings(&profile);
    let region = model.region.clone();
    let mut plan = chain.into_plan(Plan { region, warnings, profile, ..Plan::empty(ground) });
    plan.warnings.extend(warning::warnings(ground, &plan));
    plan.warnings.extend(warnings::of_winner(ground, &plan));
    plan
}

/// What botocore calls a session.
struct Model<'a> {
    ground: &'a Ground<'a>,
    scope: Scope<'a>,
    /// Whether the profile is named in code or by a flag, which switches the environment's keys off.
    explicit: bool,
    region: Option<Found<String>>,
    imds: Result<ImdsSettings, SettingError>,
}

/// An empty variable names a profile, too, which nobody has.
fn choose(ground: &Ground<'_>) -> ChosenProfile {
    let variables = match ground.sdk {
        Sdk::Boto3 => ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"],
        _ => ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"],
    };
    let named =
        || variables.into_iter().find_map(|name| Some((ground.variable(name)?, Place::variable(name))));
    let flag = ground.view.arguments.profile.as_deref().map(|name| (name, Place::flag("--profile")));
    let (name, place) = flag.or_else(named).unwrap_or(("default", Place::Default));
    ChosenProfile { name: name.to_owned(), place, exists: ground.profile(name).is_some() }
}

impl<'a> Model<'a> {
    /// What is read before any source is looked at.
    fn session(&self, profile: &ChosenProfile) -> Result<(), Fault> {
        if let Some(fault) = fault::unreadable(self.ground) {
            return Err(fault);
        }
        if !profile.exists && profile.place != Place::Default {
            return Err(self.no_such_profile(profile));
        }
        match &self.imds {
            // To us it is a matter of that one source.
            Err(error) if self.ground.sdk != Sdk::Linklocal => Err(fault_of(error)),
            _ => Ok(()),
        }
    }

    fn no_such_profile(&self, profile: &ChosenProfile) -> Fault {
        let (config, credentials) = (self.ground.config_place(), self.ground.credentials_place());
        let why = format!(
            "{} names the profile {:?}, which is neither in {config} nor in {credentials}",
            profile.place, profile.name
        );
        if profile.name.is_empty() {
            let remedy = format!("unset {}: an empty value is a name, too", profile.place);
            return Fault::fatal(why, remedy);
        }
        let known: Vec<&str> = match self.ground.profiles() {
            Some(profiles) => profiles.merged.keys().map(String::as_str).take(KNOWN_PROFILES + 1).collect(),
            None => Vec::new(),
        };
        let remedy = match known.as_slice() {
            [] => "neither file has a profile; make one with `linklocal configure`".to_owned(),
            some if some.len() <= KNOWN_PROFILES => format!("the profiles there are {}", some.join(", ")),
            _ => "`linklocal configure list-profiles` names those that there are".to_owned(),
        };
        Fault::fatal(why, remedy)
    }

    /// The sources in their order.
    fn look_at_all(&self, chain: &mut Chain) {
        let name = self.name();
        if self.ground.sdk == Sdk::Linklocal {
            chain.look(Source::Arguments, keys::of_arguments(self.ground.view.arguments));
        }
        chain.look(Source::Environment, self.environment_unless_switched_off());
        chain.look(Source::AssumeRole, self.role_of(name));
        for (source, look) in self.profile_sources(name, self.explicit, true) {
            chain.look(source, look);
        }
        chain.look(Source::LegacyCredentialFile, self.legacy_credential_file());
        chain.look(Source::BotoConfig, self.boto_config());
        chain.look(Source::Container, self.container());
        chain.look(Source::InstanceMetadata, self.instance_metadata());
    }

    /// The sources that a profile has beside a role, in their order; `asked` where somebody will ask them.
    fn profile_sources(&self, name: &str, without_environment: bool, asked: bool) -> [(Source, Look); 6] {
        let files = self.ground.profiles();
        let of = |file: fn(&Profiles) -> &Sections| files.and_then(|files| file(files).get(name));
        [
            (Source::WebIdentity, self.web_identity(name, without_environment, asked)),
            (Source::Sso, self.sso(name, asked)),
            (
                Source::SharedCredentialsFile,
                self.keys_or_session(name, keys::of_file(self.ground, name, of(|files| &files.credentials))),
            ),
            (Source::Login, self.login(name)),
            (Source::Process, self.process(name)),
            (
                Source::ConfigFile,
                self.keys_or_session(name, keys::of_file(self.ground, name, of(|files| &files.config))),
            ),
        ]
    }

    fn environment_unless_switched_off(&self) -> Look {
        let look = keys::of_environment(self.ground);
        let is_set = !look.places.is_empty();
        if self.explicit && is_set {
            let why = "--profile names a profile, and then the environment's keys are not looked at";
            return Look::skipped(why).at(look.places);
        }
        look
    }

    /// `credential_process`, which botocore splits into words itself.
    fn process(&self, name: &str) -> Look {
        let Some(profile) = self.profile(name) else {
            return Look::not_set();
        };
        match text(profile, "credential_process") {
            Err(fault) => fault.look(),
            Ok(None) => Look::not_set(),
            Ok(Some(command)) => self.keys_or_session(name, keys::process(profile, command)),
        }
    }

    /// The profile in use; nothing where nobody has one of that name.
    fn profile(&self, name: &str) -> Option<&'a Profile> {
        self.ground.profile(name)
    }

    /// The name of the profile in use.
    fn name(&self) -> &'a str {
        self.scope.profile
    }
}

/// A key's text. To a block of lines no source is equal: the SDK fails on it somewhere on its way.
fn text<'p>(profile: &'p Profile, key: &str) -> Result<Option<&'p str>, Fault> {
    let Some(setting) = profile.settings.get(key) else {
        return Ok(None);
    };
    match &setting.value {
        Value::Text(text) => Ok(Some(text)),
        Value::Nested(_) => {
            let why = format!("{}: {key} holds a block of lines where a value is expected", setting.place);
            Err(Fault::fatal(why, format!("write the value behind `{key} =` on the same line")))
        }
    }
}

/// Where those of the keys stand that are there.
fn places(profile: &Profile, keys: &[&str]) -> Vec<Place> {
    keys.iter().filter_map(|key| profile.place(key).cloned()).collect()
}

/// All faults of botocore's sources end the search.
fn fault_of(error: &SettingError) -> Fault {
    match &error.place {
        Place::Default => Fault::fatal(error.what.clone(), error.remedy.clone()),
        place => Fault::fatal(error.to_string(), error.remedy.clone()).at([place.clone()]),
    }
}

/// So many profiles are named where one is not found.
const KNOWN_PROFILES: usize = 12;
