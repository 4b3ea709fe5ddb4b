//! The chain of the AWS SDK for JavaScript v3, credential-provider-node 3.972.97 (facts/credentials.md 1.1 to 1.4, 3.1).
//!
//! Rule: a profile that is named switches the environment's keys off; most faults are swallowed and the next source is
//! asked, so that a role may silently not be assumed.

use types::{Secret, Timestamp};

mod agent;
mod warnings;

use super::chain::Finding;
use super::fault::{self, Fault};
use super::merged::{self, Kind, Merged, keys_look, look_at_kinds};
use super::sources::{self, Portal, result_look};
use super::visited::Visited;
use super::{
    AssumeRole, Chain, ChosenProfile, Ground, Look, MfaSource, Plan, Provider, SessionDetails, Source,
    StaticKeys, StsTarget, WebIdentity,
};
use crate::Place;
use crate::settings::{self, Found, Scope};

pub(super) fn plan(ground: &Ground<'_>) -> Plan {
    let profile = choose(ground);
    let selected = selected(ground);
    let scope = ground.scope(&profile.name);
    let model = Model { ground, scope, inner: ground.scope(&selected.name) };
    let mut chain = Chain::default();
    chain.look(Source::Environment, environment(ground));
    model.look_at_profile(&mut chain, &profile);
    chain.look(Source::WebIdentity, model.web_identity_of_environment());
    model.look_around(&mut chain);
    let region = settings::region(&model.inner);
    let profile = profile.clone();
    let mut plan = chain.into_plan(Plan { profile, region, ..Plan::empty(ground) });
    plan.warnings = model.warnings(&plan);
    plan
}

struct Model<'a, 'v> {
    ground: &'a Ground<'v>,
    scope: Scope<'a>,
    /// What the SDK's own clients look at: the profile of the environment, whatever code says.
    inner: Scope<'a>,
}

/// Set to nothing is as not set, in code as in the environment.
fn choose(ground: &Ground<'_>) -> ChosenProfile {
    match ground.view.arguments.profile.as_ref().filter(|name| !name.is_empty()) {
        Some(name) => ChosenProfile {
            name: name.clone(),
            place: Place::flag("--profile"),
            exists: ground.profile(name).is_some(),
        },
        None => selected(ground),
    }
}

/// The profile of the environment.
fn selected(ground: &Ground<'_>) -> ChosenProfile {
    let variable = ground.filled("AWS_PROFILE");
    let name = variable.unwrap_or("default");
    ChosenProfile {
        name: name.to_owned(),
        place: variable.map_or(Place::Default, |_| Place::variable("AWS_PROFILE")),
        exists: ground.profile(name).is_some(),
    }
}

fn environment(ground: &Ground<'_>) -> Look {
    let named = ground.view.arguments.profile.as_deref().or_else(|| ground.variable("AWS_PROFILE"));
    let look = environment_keys(ground);
    if named.is_some_and(|name| !name.is_empty()) && !matches!(look.finding, Finding::NotSet) {
        return Look::skipped("a profile is named, which switches the keys of the environment off")
            .at(look.places);
    }
    look
}

fn environment_keys(ground: &Ground<'_>) -> Look {
    let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    let optional = ["AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_ACCOUNT_ID"];
    let places =
        names.into_iter().chain(optional).filter(|name| ground.filled(name).is_some()).map(Place::variable);
    match names.map(|name| ground.filled(name)) {
        [None, None] => Look::not_set(),
        [Some(_), None] => Look::partial(&[names[1]]).at(places),
        [None, Some(_)] => Look::partial(&[names[0]]).at(places),
        [Some(id), Some(secret)] => keys_look(StaticKeys {
            access_key_id: id.to_owned(),
            secret_access_key: Secret::new(secret.to_owned()),
            session_token: ground.filled("AWS_SESSION_TOKEN").map(|token| Secret::new(token.to_owned())),
            account_id: ground.filled("AWS_ACCOUNT_ID").map(str::to_owned),
            expiration: ground
                .filled("AWS_CREDENTIAL_EXPIRATION")
                .and_then(|text| text.parse::<Timestamp>().ok()),
        })
        .at(places),
    }
}

impl<'a> Model<'a, '_> {
    fn look_at_profile(&self, chain: &mut Chain, chosen: &'a ChosenProfile) {
        let Some(profile) = Merged::of(self.ground, &chosen.name) else {
            let nobody_named = chosen.place == Place::Default;
            let look = || fault::missing_profile(self.ground, chosen).look();
            chain.look(Source::Profile, if nobody_named { Look::not_set() } else { look() });
            return;
        };
        look_at_kinds(chain, self.kinds(profile));
        // What the profile's own kind does not give, its process does.
        if chain.is_open()
            && let Some(look) = sources::process_look(profile)
        {
            chain.look(Source::Process, look.going_on());
        }
    }

    fn kinds(&self, profile: Merged<'a>) -> Vec<Kind> {
        let look = |keys: &[&str], result| result_look(result, profile.places(keys));
        let role = is_role(profile);
        let web_identity = profile.has("web_identity_token_file") && profile.has("role_arn");
        let sso = profile.has_any(merged::SSO_KEYS);
        let login = profile.filled("login_session");
        vec![
            (Source::AssumeRole, role.then(|| look(merged::ROLE_KEYS, self.role(profile)))),
            (Source::Profile, static_look(profile)),
            (
                Source::WebIdentity,
                web_identity.then(|| look(merged::WEB_IDENTITY_KEYS, self.web_identity_of(profile))),
            ),
            (Source::Process, sources::process_look(profile).map(Look::going_on)),
            (Source::Sso, sso.then(|| look(merged::SSO_KEYS, self.sso_of(profile)))),
            (Source::Login, login.map(|_| look(&["login_session"], self.login_of(profile)))),
        ]
    }

    /// Follows `source_profile` to the credentials at its end, and comes back through the roles.
    ///
    /// At each role the code is asked for before anything behind it comes to light.
    fn role(&self, root: Merged<'a>) -> Result<Provider, Fault> {
        let mut roles = Vec::new();
        let mut visited = Visited::default();
        let mut profile = root;
        let base = loop {
            let source = profile.filled("source_profile");
            if let Some(name) = source.filter(|name| visited.contains(name)) {
                return Err(fault::circle(self.ground, visited.names(), name));
            }
            if source.is_none() {
                known_source(profile)?;
            }
            if !is_named_source(profile) {
                asks_for_no_code(profile)?;
                roles.push(profile);
            }
            let Some(name) = source else {
                break self.named_source(profile)?;
            };
            visited.insert(name);
            let next = Merged::of(self.ground, name).ok_or_else(|| fault::missing_source(profile, name))?;
            if static_keys(next).is_some() || !(is_named_source(next) || is_role(next)) {
                break self.base(next)?;
            }
            profile = next;
        };
        roles.into_iter().rev().try_fold(base, |base, profile| self.assume(profile, base))
    }

    /// Credentials of one profile without its role.
    fn base(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        if let Some(keys) = static_keys(profile) {
            return Ok(Provider::Static(keys));
        }
        if profile.has("web_identity_token_file") && profile.has("role_arn") {
            return self.web_identity_of(profile);
        }
        if let Some(process) = profile.process() {
            return Ok(Provider::Process(process));
        }
        if profile.has_any(merged::SSO_KEYS) {
            return self.sso_of(profile);
        }
        if profile.filled("login_session").is_some() {
            return self.login_of(profile);
        }
        Err(fault::no_credentials(profile))
    }

    /// One client makes all calls of a chain, in the region of its first role.
    fn assume(&self, profile: Merged<'a>, base: Provider) -> Result<Provider, Fault> {
        let sts = self.sts(self.role_region())?;
        Ok(Provider::AssumeRole(Box::new(AssumeRole {
            base,
            profile: profile.name.to_owned(),
            role_arn: profile.text("role_arn").unwrap_or_default().to_owned(),
            role_session_name: profile.filled("role_session_name").map(str::to_owned),
            external_id: profile.filled("external_id").map(str::to_owned),
            duration_seconds: duration(profile),
            mfa_serial: None,
            mfa_source: MfaSource::Any,
            details: SessionDetails::default(),
            sts,
        })))
    }

    fn role_region(&self) -> Option<Found<String>> {
        let own = self.scope.setting("region").map(Found::from);
        own.or_else(|| inner_region(&self.inner))
    }

    /// A region that is no label of a host name ends the search.
    fn sts(&self, region: Option<Found<String>>) -> Result<StsTarget, Fault> {
        fault::region_is_a_name(region.as_ref())?;
        settings::sts_target(&self.inner, region.as_ref()).map_err(|error| fault::setting(error).ending())
    }

    fn named_source(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        let name = profile.text("credential_source").unwrap_or_default();
        let look = match name {
            "Environment" => environment_keys(self.ground),
            "EcsContainer" => self.container(),
            _ => self.instance_without_switch(),
        };
        fault::provider_of(profile, name, look)
    }

    /// Without a session name in the profile the environment's is taken.
    fn web_identity_of(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        let session =
            profile.text("role_session_name").or_else(|| self.ground.variable("AWS_ROLE_SESSION_NAME"));
        let text = |key| profile.text(key).unwrap_or_default();
        self.web_identity(text("role_arn"), text("web_identity_token_file"), session)
    }

    /// The profile's own region is not looked at, but for the one that the environment names.
    fn web_identity(
        &self,
        role_arn: &str,
        token_file: &str,
        session: Option<&str>,
    ) -> Result<Provider, Fault> {
        sources::token_file_exists(self.ground, token_file)?;
        let sts = self.sts(inner_region(&self.inner))?;
        Ok(Provider::WebIdentity(WebIdentity {
            role_arn: role_arn.to_owned(),
            token_file: token_file.to_owned(),
            role_session_name: session.map(str::to_owned),
            duration_seconds: None,
            details: SessionDetails::default(),
            sts,
        }))
    }

    fn web_identity_of_environment(&self) -> Look {
        let names = ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"];
        let places = sources::variables(self.ground, &[names[0], names[1], "AWS_ROLE_SESSION_NAME"]);
        match names.map(|name| self.ground.filled(name)) {
            [Some(token_file), Some(role_arn)] => {
                let session = self.ground.variable("AWS_ROLE_SESSION_NAME");
                result_look(self.web_identity(role_arn, token_file, session), places)
            }
            [Some(_), None] => Look::partial(&[names[1]]).at(places),
            [None, Some(_)] => Look::partial(&[names[0]]).at(places),
            [None, None] => Look::not_set(),
        }
    }

    /// Everything wrong with a portal ends the search.
    fn sso_of(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        let session = profile.filled("sso_session");
        let section = match session {
            Some(name) => sources::sso_session(self.ground, profile, name)?,
            None => profile,
        };
        let portal = || {
            Some(Portal {
                session,
                start_url: section.filled("sso_start_url")?,
                region: section.filled("sso_region")?,
                account_id: profile.filled("sso_account_id")?,
                role_name: profile.filled("sso_role_name")?,
            })
        };
        let Some(portal) = portal() else {
            let lacks = |of: Merged<'a>, keys: &[&str]| keys.iter().any(|key| of.filled(key).is_none());
            let (of_section, own) = (["sso_start_url", "sso_region"], ["sso_account_id", "sso_role_name"]);
            let fault = if lacks(section, &of_section) {
                fault::missing_keys(section, &of_section)
            } else {
                fault::missing_keys(profile, &own)
            };
            return Err(fault.ending());
        };
        sources::sso(self.ground, &self.inner, portal).map_err(Fault::ending)
    }

    fn login_of(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        let region = profile.place("region").zip(profile.text("region"));
        let region = region.map(|(place, region)| Found::new(region.to_owned(), place));
        let region = region.or_else(|| {
            self.ground
                .variable("AWS_REGION")
                .map(|region| Found::new(region.to_owned(), Place::variable("AWS_REGION")))
        });
        let session = profile.text("login_session").unwrap_or_default();
        sources::login(self.ground, &self.inner, session, region).map_err(Fault::ending)
    }
}

/// What the SDK's clients take for a region where code names none.
fn inner_region(scope: &Scope<'_>) -> Option<Found<String>> {
    let variable = scope.variable("AWS_REGION");
    variable.or_else(|| scope.setting("region")).map(Found::from)
}

/// Exactly these spellings.
fn known_source(profile: Merged<'_>) -> Result<(), Fault> {
    match profile.text("credential_source").unwrap_or_default() {
        "Environment" | "EcsContainer" | "Ec2InstanceMetadata" => Ok(()),
        name => Err(fault::unknown_source(profile, name)),
    }
}

fn asks_for_no_code(profile: Merged<'_>) -> Result<(), Fault> {
    let Some(serial) = profile.filled("mfa_serial") else {
        return Ok(());
    };
    let why = format!("profile {:?} asks for MFA with {serial}, and no code callback is given", profile.name);
    let remedy = "give the SDK an mfaCodeProvider, or use credentials that were made with MFA";
    Err(Fault::fatal(why, remedy).at(profile.place("mfa_serial")))
}

fn is_role(profile: Merged<'_>) -> bool {
    profile.has("role_arn") && profile.has("source_profile") != profile.has("credential_source")
}

/// Credentials of another kind for whoever names this profile as a source.
fn is_named_source(profile: Merged<'_>) -> bool {
    profile.filled("role_arn").is_none() && profile.filled("credential_source").is_some()
}

/// Values that are empty were not read at all.
fn static_keys(profile: Merged<'_>) -> Option<StaticKeys> {
    let filled = profile.filled(merged::KEY_ID).is_some() && profile.filled(merged::SECRET_KEY).is_some();
    profile.static_keys().filter(|_| filled)
}

fn static_look(profile: Merged<'_>) -> Option<Look> {
    let places = profile.places(merged::STATIC_KEYS);
    let names = [merged::KEY_ID, merged::SECRET_KEY];
    let missing: Vec<&str> = names.into_iter().filter(|key| profile.filled(key).is_none()).collect();
    match static_keys(profile) {
        Some(keys) => Some(keys_look(keys).at(places)),
        None if missing.len() == 1 => Some(Look::partial(&missing).at(places)),
        None => None,
    }
}

/// The number at the start of the text, an hour where there is no text.
fn duration(profile: Merged<'_>) -> Option<u32> {
    leading_number(profile.filled("duration_seconds").unwrap_or("3600"))
}

fn leading_number(text: &str) -> Option<u32> {
    let text = text.trim_start();
    let text = text.strip_prefix('+').unwrap_or(text);
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}
