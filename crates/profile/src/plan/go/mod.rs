//! The chain of the AWS SDK for Go v2 in its release of November 2022, config 1.17.10 (facts/credentials.md 1.1 to 1.4,
//! 3.1).
//!
//! Rule: one source is chosen from what is configured, and no other is asked when it fails. Files are loaded and checked
//! before that, so that a fault in the profile ends the search even where the environment has keys.

mod checks;
mod links;

use links::Link;
use types::Secret;

use super::fault::{self, Fault};
use super::merged::{self, Merged, keys_look};
use super::sources::{self, Portal, result_look};
use super::warning;
use super::{
    AssumeRole, Chain, ChosenProfile, Ground, Look, MfaSource, Plan, Provider, SessionDetails, Source,
    StaticKeys, StsTarget, Warning, WebIdentity,
};
use crate::Place;
use crate::settings::{self, Found, Scope};

pub(super) fn plan(ground: &Ground<'_>) -> Plan {
    let profile = choose(ground);
    let scope = ground.scope(&profile.name);
    let model = Model { ground, scope, region: settings::region(&scope) };
    let mut chain = Chain::default();
    let links = model.load(&profile.name);
    if let Some(fault) = checks::environment(&scope).err().or_else(|| links.as_ref().err().cloned()) {
        chain.stop(fault.why, fault.remedy);
    }
    let named_in_code = profile.place == Place::flag("--profile");
    chain.look(Source::Environment, unless(named_in_code, environment(ground)));
    chain.look(Source::WebIdentity, unless(named_in_code, model.web_identity_of_environment()));
    model.look_at_profile(&mut chain, &profile, &links.unwrap_or_default());
    let region = model.region.clone();
    let profile = profile.clone();
    let mut plan = chain.into_plan(Plan { profile, region, ..Plan::empty(ground) });
    plan.warnings = warnings(ground, &plan);
    plan
}

struct Model<'a, 'v> {
    ground: &'a Ground<'v>,
    scope: Scope<'a>,
    region: Option<Found<String>>,
}

/// What is set to nothing is not set.
fn choose(ground: &Ground<'_>) -> ChosenProfile {
    let argument = ground.view.arguments.profile.as_deref().filter(|name| !name.is_empty());
    let variable = |name: &'static str| ground.filled(name).map(|value| (value, Place::variable(name)));
    let named = argument.map(|name| (name, Place::flag("--profile")));
    let named = named.or_else(|| variable("AWS_PROFILE")).or_else(|| variable("AWS_DEFAULT_PROFILE"));
    let (name, place) = named.unwrap_or(("default", Place::Default));
    ChosenProfile { name: name.to_owned(), place, exists: ground.profile(name).is_some() }
}

fn unless(skipped: bool, look: Look) -> Look {
    if skipped && !matches!(look.finding, super::chain::Finding::NotSet) {
        return Look::skipped("a profile is named in code, which switches the environment off")
            .at(look.places);
    }
    look
}

/// Either name of each variable; values stay as they are.
fn environment(ground: &Ground<'_>) -> Look {
    let first = |names: [&'static str; 2]| names.into_iter().find(|name| ground.filled(name).is_some());
    let id = first(["AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"]);
    let secret = first(["AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"]);
    let token = ground.filled("AWS_SESSION_TOKEN");
    let places = [id, secret, token.map(|_| "AWS_SESSION_TOKEN")].into_iter().flatten().map(Place::variable);
    let text = |name: &str| ground.filled(name).unwrap_or_default().to_owned();
    match (id, secret) {
        (None, None) => Look::not_set(),
        (Some(_), None) => Look::partial(&["AWS_SECRET_ACCESS_KEY"]).at(places),
        (None, Some(_)) => Look::partial(&["AWS_ACCESS_KEY_ID"]).at(places),
        (Some(id), Some(secret)) => keys_look(StaticKeys {
            access_key_id: text(id),
            secret_access_key: Secret::new(text(secret)),
            session_token: token.map(|token| Secret::new(token.to_owned())),
            account_id: None,
            expiration: None,
        })
        .at(places),
    }
}

impl<'a> Model<'a, '_> {
    fn look_at_profile(&self, chain: &mut Chain, chosen: &'a ChosenProfile, links: &[Link<'a>]) {
        let Some(top) = links.first() else {
            if !chosen.exists && chosen.place != Place::Default {
                chain.look(Source::Profile, fault::missing_profile(self.ground, chosen).look());
            }
            return self.look_around(chain);
        };
        let profile = top.profile;
        let role = profile.filled("role_arn").is_some() && !self.is_web_identity(*top);
        // One kind takes it: a chain of many roles is not copied.
        let mut result = Some(self.resolve(links));
        let mut look = |keys: &[&str]| {
            let result = result.take().map(|result| result_look(result, profile.places(keys)));
            result.unwrap_or_else(Look::not_set)
        };
        chain.look(Source::AssumeRole, if role { look(merged::ROLE_KEYS) } else { Look::not_set() });
        let keys = static_keys(profile).map(|keys| keys_look(keys).at(profile.places(merged::STATIC_KEYS)));
        chain.look(Source::Profile, keys.unwrap_or_else(Look::not_set));
        let web_identity = self.is_web_identity(*top);
        let mut kind = |there: bool, keys: &[&str]| if there { look(keys) } else { Look::not_set() };
        chain.look(Source::WebIdentity, kind(web_identity, merged::WEB_IDENTITY_KEYS));
        let sso = has_sso(profile) && !role && !web_identity;
        chain.look(Source::Sso, kind(sso, merged::SSO_KEYS));
        chain.look(Source::Process, sources::process_look(profile).unwrap_or_else(Look::not_set));
        self.look_around(chain);
    }

    fn look_around(&self, chain: &mut Chain) {
        chain.look(Source::Container, sources::ending(sources::container(&self.scope)));
        chain.look(Source::InstanceMetadata, sources::ending(sources::imds(&self.scope)));
    }

    /// Whether the profile's own credentials are those of its token file.
    fn is_web_identity(&self, link: Link<'a>) -> bool {
        let profile = link.profile;
        let before =
            link.sourced || static_keys(profile).is_some() || profile.filled("credential_source").is_some();
        profile.filled("web_identity_token_file").is_some() && !before
    }

    /// From the last link's credentials back through the roles.
    fn resolve(&self, links: &[Link<'a>]) -> Result<Provider, Fault> {
        let mut provider = None;
        for link in links.iter().rev() {
            let base = match provider.take() {
                Some(provider) => provider,
                None => self.base(*link)?,
            };
            let is_role =
                !link.again && link.profile.filled("role_arn").is_some() && !self.is_web_identity(*link);
            provider = Some(if is_role { self.assume(link.profile, base)? } else { base });
        }
        provider.ok_or_else(|| Fault::passing("there is no profile", "add one"))
    }

    fn base(&self, link: Link<'a>) -> Result<Provider, Fault> {
        let profile = link.profile;
        if let Some(keys) = static_keys(profile) {
            return Ok(Provider::Static(keys));
        }
        if let Some(source) = profile.filled("credential_source") {
            return self.named_source(profile, source);
        }
        if let Some(token_file) = profile.filled("web_identity_token_file") {
            let role = profile.filled("role_arn").filter(|_| !link.again);
            let role = role.ok_or_else(|| fault::missing_keys(profile, &["role_arn"]).ending())?;
            return self.web_identity(role, token_file, profile.filled("role_session_name"));
        }
        if has_sso(profile) {
            return self.sso_of(profile);
        }
        if let Some(process) = profile.process().filter(|process| !process.command.is_empty()) {
            return Ok(Provider::Process(process));
        }
        let around = sources::container(&self.scope);
        let around = match around.finding {
            super::chain::Finding::NotSet => sources::imds(&self.scope),
            _ => around,
        };
        fault::provider_of(profile, "not set", around).map_err(Fault::ending)
    }

    /// Exactly these spellings, and the agent by its relative URI alone.
    fn named_source(&self, profile: Merged<'a>, name: &str) -> Result<Provider, Fault> {
        let look = match name {
            "Environment" => environment(self.ground),
            "EcsContainer" => self.relative_container(),
            "Ec2InstanceMetadata" => sources::imds(&self.scope),
            _ => return Err(fault::unknown_source(profile, name).ending()),
        };
        fault::provider_of(profile, name, look).map_err(Fault::ending)
    }

    fn relative_container(&self) -> Look {
        let name = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
        if self.ground.filled(name).is_none() {
            return Look::broken(format!("{name} is not set"), format!("set {name}"));
        }
        let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
        let environment = self.scope.view.environment.iter().filter(|(name, _)| *name != full).collect();
        let view = crate::View { environment: &environment, ..*self.scope.view };
        sources::container(&Scope { view: &view, ..self.scope })
    }

    fn assume(&self, profile: Merged<'a>, base: Provider) -> Result<Provider, Fault> {
        if let Some(serial) = profile.filled("mfa_serial") {
            let why = format!(
                "profile {:?} asks for MFA with {serial}, and no token provider is given",
                profile.name
            );
            let remedy = "give the SDK a TokenProvider, or use credentials that were made with MFA";
            return Err(Fault::fatal(why, remedy).at(profile.place("mfa_serial")));
        }
        Ok(Provider::AssumeRole(Box::new(AssumeRole {
            base,
            profile: profile.name.to_owned(),
            role_arn: profile.text("role_arn").unwrap_or_default().to_owned(),
            role_session_name: profile.filled("role_session_name").map(str::to_owned),
            external_id: profile.filled("external_id").map(str::to_owned),
            duration_seconds: Some(duration(profile)),
            mfa_serial: None,
            mfa_source: MfaSource::Any,
            details: SessionDetails::default(),
            sts: self.sts()?,
        })))
    }

    fn sts(&self) -> Result<StsTarget, Fault> {
        fault::region_is_a_name(self.region.as_ref())?;
        let target = settings::sts_target(&self.scope, self.region.as_ref());
        target.map_err(|error| fault::setting(error).ending())
    }

    fn web_identity(
        &self,
        role_arn: &str,
        token_file: &str,
        session: Option<&str>,
    ) -> Result<Provider, Fault> {
        sources::token_file_exists(self.ground, token_file)?;
        Ok(Provider::WebIdentity(WebIdentity {
            role_arn: role_arn.to_owned(),
            token_file: token_file.to_owned(),
            role_session_name: session.map(str::to_owned),
            duration_seconds: None,
            details: SessionDetails::default(),
            sts: self.sts()?,
        }))
    }

    /// A token file without a role is an error.
    fn web_identity_of_environment(&self) -> Look {
        let names = ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"];
        let places = sources::variables(self.ground, &[names[0], names[1], "AWS_ROLE_SESSION_NAME"]);
        match names.map(|name| self.ground.filled(name)) {
            [Some(token_file), Some(role_arn)] => {
                let session = self.ground.filled("AWS_ROLE_SESSION_NAME");
                result_look(self.web_identity(role_arn, token_file, session), places)
            }
            [Some(_), None] => {
                let message = "AWS_WEB_IDENTITY_TOKEN_FILE is set, but not AWS_ROLE_ARN".to_owned();
                Look::partial_fatal(
                    &[names[1]],
                    message,
                    "set AWS_ROLE_ARN, or unset the token file".to_owned(),
                )
                .at(places)
            }
            [None, Some(_)] => Look::partial(&[names[0]]).at(places),
            [None, None] => Look::not_set(),
        }
    }

    /// Sections of sessions are not known yet: region and start URL must stand in the profile.
    fn sso_of(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        let (Some(region), Some(start_url)) = (profile.filled("sso_region"), profile.filled("sso_start_url"))
        else {
            return Err(fault::missing_keys(profile, &["sso_region", "sso_start_url"]).ending());
        };
        let text = |key| profile.text(key).unwrap_or_default();
        let (account_id, role_name) = (text("sso_account_id"), text("sso_role_name"));
        let portal = Portal { session: None, start_url, region, account_id, role_name };
        sources::sso(self.ground, &self.scope, portal).map_err(Fault::ending)
    }
}

fn has_credentials(profile: Merged<'_>) -> bool {
    let kinds = ["credential_source", "credential_process", "web_identity_token_file"];
    static_keys(profile).is_some()
        || has_sso(profile)
        || kinds.iter().any(|key| profile.filled(key).is_some())
}

fn has_sso(profile: Merged<'_>) -> bool {
    ["sso_account_id", "sso_region", "sso_role_name", "sso_start_url"]
        .iter()
        .any(|key| profile.filled(key).is_some())
}

/// Both keys with something in them.
fn static_keys(profile: Merged<'_>) -> Option<StaticKeys> {
    profile.filled(merged::KEY_ID)?;
    profile.filled(merged::SECRET_KEY)?;
    let mut keys = profile.static_keys()?;
    keys.account_id = None;
    if profile.filled(merged::SESSION_TOKEN).is_none() {
        keys.session_token = None;
    }
    Some(keys)
}

/// In seconds: what the profile says where that is 16 minutes or more, else a quarter of an hour.
fn duration(profile: Merged<'_>) -> u32 {
    let named = profile.text("duration_seconds").and_then(|text| text.parse::<u32>().ok());
    named.filter(|seconds| seconds / 60 > 15).unwrap_or(900)
}

fn warnings(ground: &Ground<'_>, plan: &Plan) -> Vec<Warning> {
    let mut warnings = warning::warnings(ground, plan);
    let Some(Provider::AssumeRole(role)) = plan.winner().and_then(|winner| winner.provider.as_ref()) else {
        return warnings;
    };
    let profile = Merged::of(ground, &role.profile);
    let named = profile.and_then(|profile| profile.text("duration_seconds"));
    if let Some(named) = named.filter(|named| named.parse() != Ok(role.duration_seconds.unwrap_or_default()))
    {
        let text = format!("duration_seconds is {named:?}, and {} asks for 900", ground.sdk.title());
        let place = profile.and_then(|profile| profile.place("duration_seconds"));
        warnings.push(Warning { code: "duration-not-sent", text, place });
    }
    warnings
}
