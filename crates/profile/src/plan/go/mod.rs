//! The chain of the AWS SDK for Go v2 in its release of November 2022, config 1.17.10 (facts/credentials.md 1.1 to 1.4,
//! 3.1).
//!
//! Rule: one source is chosen from what is configured, and no other is asked when it fails. Files are loaded and checked
//! before that, so that a fault in the profile ends the search even where the environment has keys.

mod checks;

use types::Secret;

use super::fault::{self, Fault};
use super::merged::{self, Merged, keys_look};
use super::sources::{self, Portal, result_look};
use super::warning;
use super::{
    AssumeRole, Chain, ChosenProfile, Ground, Look, Plan, Provider, Source, StaticKeys, StsTarget, Warning,
    WebIdentity,
};
use crate::Place;
use crate::settings::{self, Found, Scope};

pub(super) fn plan(ground: &Ground<'_>) -> Plan {
    let profile = choose(ground);
    let scope = sources::scope(ground, &profile.name);
    let model = Model { ground, scope, region: settings::region(&scope) };
    let mut chain = Chain::default();
    let links = model.load(&profile.name);
    if let Err(fault) = checks::environment(&scope).and(links.as_ref().map(|_| ()).map_err(Fault::clone)) {
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

/// One profile of a chain of sources.
#[derive(Clone, Copy)]
struct Link<'a> {
    profile: Merged<'a>,
    /// It was there before, and is read again without its role.
    again: bool,
    /// Its credentials are those of the next link.
    sourced: bool,
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
    /// The profile and the sources that it leads to; nothing where the profile in use is in no file.
    fn load(&self, root: &'a str) -> Result<Vec<Link<'a>>, Fault> {
        if let Some(fault) = fault::unreadable(self.ground) {
            return Err(fault);
        }
        let mut links: Vec<Link<'a>> = Vec::new();
        let mut name = root;
        loop {
            let Some(profile) = Merged::of(self.ground, name) else {
                let from = links.last().map(|link| link.profile);
                return from.map_or(Ok(Vec::new()), |from| Err(fault::missing_source(from, name).ending()));
            };
            let again = links.iter().any(|link| link.profile.name == name);
            let link = self.link(profile, again, links.is_empty())?;
            links.push(link);
            match profile.filled("source_profile").filter(|_| link.sourced) {
                Some(next) => name = next,
                None if links.len() > 1 && !has_credentials(profile) => {
                    return Err(fault::no_credentials(profile).ending());
                }
                None => return Ok(links),
            }
        }
    }

    /// Checks one profile as the SDK does when it loads it.
    fn link(&self, profile: Merged<'a>, again: bool, first: bool) -> Result<Link<'a>, Fault> {
        self.has_no_half_of_keys(profile)?;
        checks::profile(self.ground, profile)?;
        if !again {
            needs_role(profile)?;
        }
        if !first && static_keys(profile).is_some() {
            return Ok(Link { profile, again, sourced: false });
        }
        let sourced = !again && profile.filled("source_profile").is_some();
        one_kind(profile, sourced)?;
        if let Some(name) = profile.filled("sso_session") {
            let section = sources::sso_session(self.ground, profile, name.trim())?;
            let keys = ["sso_region", "sso_start_url"];
            if keys.iter().any(|key| section.filled(key).is_none()) {
                return Err(fault::missing_keys(section, &keys).ending());
            }
        }
        Ok(Link { profile, again, sourced })
    }

    /// One key without the other in the same file is an error, unless the other file has the profile, too.
    fn has_no_half_of_keys(&self, profile: Merged<'a>) -> Result<(), Fault> {
        let section = self.ground.profiles().and_then(|profiles| {
            let (config, credentials) =
                (profiles.config.get(profile.name), profiles.credentials.get(profile.name));
            credentials.or(config)
        });
        let keys = [merged::KEY_ID, merged::SECRET_KEY];
        let missing = section.and_then(|section| match keys.map(|key| section.text(key).is_some()) {
            [true, false] => Some(merged::SECRET_KEY),
            [false, true] => Some(merged::KEY_ID),
            _ => None,
        });
        let Some(missing) = missing else {
            return Ok(());
        };
        let why = format!("profile {:?} lacks {missing} in the file that has the other key", profile.name);
        Err(Fault::fatal(why, "keep both keys of a profile in one file").at(profile.places(&keys)))
    }

    fn look_at_profile(&self, chain: &mut Chain, chosen: &'a ChosenProfile, links: &[Link<'a>]) {
        let Some(top) = links.first() else {
            if !chosen.exists && chosen.place != Place::Default {
                chain.look(Source::Profile, fault::missing_profile(self.ground, chosen).look());
            }
            return self.look_around(chain);
        };
        let profile = top.profile;
        let role = profile.filled("role_arn").is_some() && !self.is_web_identity(*top);
        let result = self.resolve(links);
        let look = |keys: &[&str]| result_look(result.clone(), profile.places(keys));
        chain.look(Source::AssumeRole, if role { look(merged::ROLE_KEYS) } else { Look::not_set() });
        let keys = static_keys(profile).map(|keys| keys_look(keys).at(profile.places(merged::STATIC_KEYS)));
        chain.look(Source::Profile, keys.unwrap_or_else(Look::not_set));
        let web_identity = self.is_web_identity(*top);
        let kind = |there: bool, keys: &[&str]| if there { look(keys) } else { Look::not_set() };
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

/// What names a source for a role needs the role.
fn needs_role(profile: Merged<'_>) -> Result<(), Fault> {
    let kinds = ["source_profile", "credential_source", "web_identity_token_file"];
    let kind = kinds.into_iter().find(|key| profile.filled(key).is_some());
    match kind.filter(|_| profile.filled("role_arn").is_none()) {
        None => Ok(()),
        Some(kind) => {
            let why = format!("profile {:?} has {kind} but no role_arn", profile.name);
            Err(Fault::fatal(why, format!("add role_arn, or remove {kind}")).at(profile.place(kind)))
        }
    }
}

fn one_kind(profile: Merged<'_>, sourced: bool) -> Result<(), Fault> {
    let kinds = ["source_profile", "credential_source", "credential_process", "web_identity_token_file"];
    let counts = |key: &&str| profile.filled(key).is_some() && (*key != "source_profile" || sourced);
    let there: Vec<&str> = kinds.into_iter().filter(counts).collect();
    if there.len() < 2 {
        return Ok(());
    }
    let why = format!("profile {:?} has {}, of which the SDK accepts one", profile.name, there.join(" and "));
    Err(Fault::fatal(why, "keep one of them").at(profile.places(&there)))
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
    profile.filled(merged::KEY_ID).and(profile.filled(merged::SECRET_KEY))?;
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
