//! The user whose long-term keys ask for a session, and what is configured of the user's device.
//!
//! Rule: keys of a session cannot ask for one; that is said before anybody is asked for a code.

use credentials::mfa::Serial;
use profile::plan::{Ground, MfaSource, Outcome, Plan, Provider, Source, Step, StsTarget};
use profile::settings::{self, Found};
use profile::{Place, Sdk};
use sys::Env;
use types::Secret;

use crate::arguments::{ChainArguments, KeyArguments};
use crate::commands::credentials::Snapshot;
use crate::failure::Failure;

/// What was typed of it.
pub(super) struct Typed<'a> {
    pub(super) profile: Option<&'a str>,
    pub(super) region: Option<&'a str>,
    pub(super) serial: Option<&'a str>,
    pub(super) code: Option<&'a str>,
}

/// A user.
pub(super) struct User {
    pub(super) snapshot: Snapshot,
    /// The profile that leads to the keys.
    pub(super) profile: String,
    /// The profile that the keys stand in; `None` where they stand in none.
    pub(super) source_profile: Option<String>,
    pub(super) keys: Provider,
    pub(super) sts: StsTarget,
    pub(super) region: Found<String>,
    pub(super) source: MfaSource,
    /// The device, where somebody names it, and who.
    pub(super) serial: Option<(Serial, Named)>,
    /// The profile with an earlier session, where it was named in place of the user's own.
    pub(super) renewed: Option<String>,
}

/// Who named a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Typed,
    /// A line, a variable.
    Configured(Place),
    /// IAM lists no other.
    Listed,
    /// Somebody agreed to a guess.
    Agreed,
}

impl User {
    /// The user whose keys the profile has, or its role is had with, or its session was had with.
    pub(super) fn find(env: &Env, typed: &Typed<'_>) -> Result<Self, Failure> {
        let snapshot = snapshot(env, typed, typed.profile);
        let chosen = snapshot.plan().profile.name.clone();
        match source_of_session(&snapshot, &chosen) {
            Some(source) if source != chosen => {
                let snapshot = self::snapshot(env, typed, Some(&source));
                let user = Self::of(snapshot, typed, Some(&chosen))?;
                Ok(Self { renewed: Some(chosen), ..user })
            }
            _ => Self::of(snapshot, typed, None),
        }
    }

    /// `session` is the profile that is renewed: the device that it was had with comes before all others.
    fn of(snapshot: Snapshot, typed: &Typed<'_>, session: Option<&str>) -> Result<Self, Failure> {
        let plan = snapshot.plan();
        let chosen = plan.profile.name.clone();
        let way = Way::down(plan)?;
        let ground = snapshot.ground(Sdk::Linklocal);
        let profile = way.profile.as_deref().and_then(|role| source_profile(&ground, role));
        let profile = profile.unwrap_or_else(|| chosen.clone());
        let serial = match typed.serial {
            Some(serial) => Some((parse(serial)?, Named::Typed)),
            None => device(&ground, session.into_iter().chain([chosen.as_str(), &profile]))?,
        };
        let setting = |error: settings::SettingError| Failure::new(error.to_string()).hint(error.remedy);
        let source = match typed.code {
            Some(code) => MfaSource::Given(Secret::new(code.to_owned())),
            None => match settings::mfa_source(&ground.scope(&chosen)).map_err(setting)? {
                MfaSource::Any => settings::mfa_source(&ground.scope(&profile)).map_err(setting)?,
                named => named,
            },
        };
        let region =
            plan.region.clone().unwrap_or_else(|| Found::by_default(settings::LAST_RESORT_REGION.to_owned()));
        let sts = settings::sts_target(&ground.scope(&profile), Some(&region)).map_err(setting)?;
        let stands = |step: &Step| !matches!(step.source, Source::Environment | Source::Arguments);
        let source_profile = plan.winner().is_some_and(stands).then(|| profile.clone());
        let keys = way.keys;
        Ok(Self { profile, source_profile, keys, sts, region, source, serial, renewed: None, snapshot })
    }
}

/// From the profile in use to the keys at the end of its roles.
struct Way {
    keys: Provider,
    /// The role that is had with the keys themselves.
    profile: Option<String>,
}

impl Way {
    fn down(plan: &Plan) -> Result<Self, Failure> {
        let found = plan.winner().and_then(|step| step.provider.clone());
        let Some(mut provider) = found else {
            return Err(match &plan.outcome {
                Outcome::Error { message, remedy, .. } => Failure::new(message).hint(remedy),
                _ => Failure::new(format!("profile {:?} has no credentials", plan.profile.name))
                    .hint("name the profile with the user's keys (--profile); `linklocal configure list-profiles` shows all"),
            });
        };
        let mut profile = None;
        loop {
            provider = match provider {
                Provider::AssumeRole(role) => {
                    profile = Some(role.profile);
                    role.base
                }
                Provider::MfaSession(session) => session.base,
                Provider::Static(keys) if keys.session_token.is_none() => {
                    return Ok(Self { keys: Provider::Static(keys), profile });
                }
                Provider::Process(process) => return Ok(Self { keys: Provider::Process(process), profile }),
                Provider::Static(_) => return Err(no_keys(plan, "are a session's")),
                Provider::Sso(_) => return Err(no_keys(plan, "are IAM Identity Center's")),
                Provider::Login(_) => return Err(no_keys(plan, "are a console session's")),
                Provider::WebIdentity(_) | Provider::Container(_) | Provider::Imds(_) => {
                    return Err(no_keys(plan, "are a role's"));
                }
            };
        }
    }
}

fn no_keys(plan: &Plan, whose: &str) -> Failure {
    let profile = &plan.profile;
    let source = plan.winner().map_or("", |step| step.source.name());
    Failure::new(format!(
        "the credentials of profile {:?} ({source}) {whose}, and STS gives sessions with MFA to a user's long-term keys alone",
        profile.name
    ))
    .hint("name the profile with the user's own keys: --profile")
}

fn snapshot(env: &Env, typed: &Typed<'_>, profile: Option<&str>) -> Snapshot {
    let profile = profile.map(str::to_owned);
    let keys = KeyArguments { access_key_id: None, secret_access_key: None, session_token: None, profile };
    let mut snapshot = Snapshot::take(env, &ChainArguments { keys, region: typed.region.map(str::to_owned) });
    // Nobody has to be asked for a code that was given.
    snapshot.arguments.terminal |= typed.code.is_some();
    snapshot
}

/// The profile whose keys the session of this one was had with, as `mfa login` writes it.
fn source_of_session(snapshot: &Snapshot, profile: &str) -> Option<String> {
    let ground = snapshot.ground(Sdk::Linklocal);
    ground.profile(profile)?.text(SOURCE_KEY).map(str::to_owned)
}

fn source_profile(ground: &Ground<'_>, role: &str) -> Option<String> {
    ground.profile(role)?.text("source_profile").map(str::to_owned)
}

/// The device of the profiles themselves, else of the roles that are had with their keys, where these name a single one.
fn device<'a>(
    ground: &Ground<'_>,
    profiles: impl IntoIterator<Item = &'a str>,
) -> Result<Option<(Serial, Named)>, Failure> {
    let profiles: Vec<&str> = profiles.into_iter().collect();
    if let Some(found) = profiles.iter().find_map(|profile| configured_serial(ground, profile)) {
        return found.map(Some);
    }
    let Some(all) = ground.profiles() else { return Ok(None) };
    let roles = all
        .merged
        .iter()
        .filter(|(_, role)| role.text("source_profile").is_some_and(|source| profiles.contains(&source)));
    let mut devices: Vec<(String, Place)> = Vec::new();
    for (_, role) in roles {
        if let (Some(serial), Some(place)) = (role.text("mfa_serial"), role.place("mfa_serial"))
            && devices.iter().all(|(known, _)| known != serial)
        {
            devices.push((serial.to_owned(), place.clone()));
        }
    }
    match devices.as_slice() {
        [] => Ok(None),
        [(serial, place)] => parse(serial).map(|serial| Some((serial, Named::Configured(place.clone())))),
        several => {
            let list: Vec<String> =
                several.iter().map(|(serial, place)| format!("{serial} ({place})")).collect();
            Err(Failure::new(format!("roles of these keys name several MFA devices: {}", list.join(", ")))
                .hint("name the one to use: --serial-number"))
        }
    }
}

fn configured_serial(ground: &Ground<'_>, profile: &str) -> Option<Result<(Serial, Named), Failure>> {
    let profile = ground.profile(profile)?;
    let (serial, place) = (profile.text("mfa_serial")?, profile.place("mfa_serial")?);
    let named = |serial| (serial, Named::Configured(place.clone()));
    Some(parse(serial).map(named).map_err(|failure| failure.named(&place.to_string())))
}

fn parse(serial: &str) -> Result<Serial, Failure> {
    Serial::parse(serial).map_err(|error| Failure::new(error.to_string()).hint(error.remedy()))
}

/// In the profile of a session: whose keys it was had with.
pub(super) const SOURCE_KEY: &str = "mfa_source_profile";
