//! The chain of the AWS SDK for Java 2.x, as its source has it; it was not run (facts/credentials.md 1.1, 1.2, 11).
//!
//! Rule: every fault is passed over and the next source is asked. System properties come before the variables of the
//! same meaning, and web identity before the profile.

use types::Secret;

use super::chain::Finding;
use super::fault::{self, Fault};
use super::merged::{self, Kind, Merged, keys_look, look_at_kinds};
use super::sources::{self, Portal, result_look};
use super::visited::Visited;
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
    let mut look = |source, look| chain.look(source, passing(look));
    look(Source::SystemProperties, model.keys(PROPERTIES, |name| model.scope.property(name)));
    look(Source::Environment, model.keys(VARIABLES, |name| model.scope.variable(name)));
    look(Source::WebIdentity, model.web_identity_of_settings());
    model.look_at_profile(&mut chain, &profile);
    chain.look(Source::Container, model.container());
    chain.look(Source::InstanceMetadata, passing(sources::imds(&scope)));
    let (region, profile) = (model.region.clone(), profile.clone());
    let mut plan = chain.into_plan(Plan { profile, region, ..Plan::empty(ground) });
    plan.warnings = warnings(ground, &plan);
    plan
}

struct Model<'a, 'v> {
    ground: &'a Ground<'v>,
    scope: Scope<'a>,
    region: Option<Found<String>>,
}

/// A variable set to nothing names the profile of no name.
fn choose(ground: &Ground<'_>) -> ChosenProfile {
    let argument = ground.view.arguments.profile.as_deref().map(|name| (name, Place::flag("--profile")));
    let property = ground.view.arguments.java_properties.get("aws.profile");
    let property = property.map(|name| (name.trim(), Place::Property("aws.profile".into())));
    let variable = ground.variable("AWS_PROFILE").map(|name| (name.trim(), Place::variable("AWS_PROFILE")));
    let (name, place) = argument.or(property).or(variable).unwrap_or(("default", Place::Default));
    ChosenProfile { name: name.to_owned(), place, exists: ground.profile(name).is_some() }
}

/// Nothing ends the search.
fn passing(mut look: Look) -> Look {
    if let Finding::Broken { fatal, .. } | Finding::Partial { fatal, .. } = &mut look.finding {
        *fatal = false;
    }
    look.going_on()
}

impl<'a> Model<'a, '_> {
    /// Keys of one kind of setting; white space round them is cut off.
    fn keys(&self, names: [&'static str; 4], find: impl Fn(&str) -> Option<Found<&'a str>>) -> Look {
        let trimmed =
            |name: &str| find(name).map(|found| found.map(str::trim)).filter(|found| !found.value.is_empty());
        let [id, secret, token, account] = names.map(trimmed);
        let places: Vec<Place> =
            [&id, &secret, &token].into_iter().flatten().map(|found| found.place.clone()).collect();
        let look = match (id, secret) {
            (None, None) => return Look::not_set(),
            (Some(_), None) => Look::partial(&[names[1]]),
            (None, Some(_)) => Look::partial(&[names[0]]),
            (Some(id), Some(secret)) => keys_look(StaticKeys {
                access_key_id: id.value.to_owned(),
                secret_access_key: Secret::new(secret.value.to_owned()),
                session_token: token.map(|token| Secret::new(token.value.to_owned())),
                account_id: account.map(|account| account.value.to_owned()),
                expiration: None,
            }),
        };
        look.at(places)
    }

    /// A system property, or the variable of the same meaning; white space is cut off.
    fn setting(&self, property: &str, variable: &str) -> Option<Found<&'a str>> {
        let found = self.scope.property(property).or_else(|| self.scope.variable(variable));
        found.map(|found| found.map(str::trim))
    }

    fn web_identity_of_settings(&self) -> Look {
        let token_file = self.setting("aws.webIdentityTokenFile", "AWS_WEB_IDENTITY_TOKEN_FILE");
        let role_arn = self.setting("aws.roleArn", "AWS_ROLE_ARN");
        let session = self.setting("aws.roleSessionName", "AWS_ROLE_SESSION_NAME");
        let places: Vec<Place> = [&token_file, &role_arn, &session]
            .into_iter()
            .flatten()
            .map(|found| found.place.clone())
            .collect();
        match (token_file, role_arn) {
            (Some(token_file), Some(role_arn)) => {
                let session = session.map(|session| session.value);
                result_look(self.web_identity(role_arn.value, token_file.value, session), places)
            }
            (Some(_), None) => Look::partial(&["AWS_ROLE_ARN"]).at(places),
            (None, Some(_)) => Look::partial(&["AWS_WEB_IDENTITY_TOKEN_FILE"]).at(places),
            (None, None) => Look::not_set(),
        }
    }

    fn look_at_profile(&self, chain: &mut Chain, chosen: &'a ChosenProfile) {
        if let Some(profile) = Merged::of(self.ground, &chosen.name) {
            let kinds = self.kinds(profile).into_iter();
            return look_at_kinds(chain, kinds.map(|(source, look)| (source, look.map(passing))).collect());
        }
        let missing = (chosen.place != Place::Default).then(|| fault::missing_profile(self.ground, chosen));
        let look = fault::unreadable(self.ground).or(missing).map_or_else(Look::not_set, Fault::look);
        chain.look(Source::Profile, passing(look));
    }

    fn kinds(&self, profile: Merged<'a>) -> Vec<Kind> {
        let look = |keys: &[&str], result| result_look(result, profile.places(keys));
        let web_identity = is_web_identity(profile);
        let sso = profile.has_any(merged::SSO_KEYS);
        vec![
            (
                Source::WebIdentity,
                web_identity.then(|| look(merged::WEB_IDENTITY_KEYS, self.web_identity_of(profile))),
            ),
            (Source::Sso, sso.then(|| look(merged::SSO_KEYS, self.sso_of(profile)))),
            (Source::AssumeRole, is_role(profile).then(|| look(merged::ROLE_KEYS, self.role(profile)))),
            (
                Source::Login,
                profile.has("login_session").then(|| look(&["login_session"], self.login_of(profile))),
            ),
            (Source::Process, sources::process_look(profile)),
            (Source::Profile, static_look(profile)),
        ]
    }

    /// Follows `source_profile` to the credentials at its end. Keys beside a role are not looked at on the way.
    fn role(&self, root: Merged<'a>) -> Result<Provider, Fault> {
        let mut roles = Vec::new();
        let mut visited = Visited::default();
        let mut profile = root;
        let base = loop {
            if profile.has("source_profile") && profile.has("credential_source") {
                return Err(fault::two_sources(profile));
            }
            let Some(name) = profile.text("source_profile") else {
                roles.push(profile);
                break self.named_source(profile)?;
            };
            if !visited.insert(profile.name) {
                return Err(fault::circle(self.ground, visited.names(), profile.name));
            }
            roles.push(profile);
            let next = Merged::of(self.ground, name).ok_or_else(|| fault::missing_source(profile, name))?;
            if is_web_identity(next) || next.has_any(merged::SSO_KEYS) || !is_role(next) {
                break self.base(next)?;
            }
            profile = next;
        };
        roles.into_iter().rev().try_fold(base, |base, profile| self.assume(profile, base))
    }

    /// Credentials of a profile that is no role.
    fn base(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        if is_web_identity(profile) {
            return self.web_identity_of(profile);
        }
        if profile.has_any(merged::SSO_KEYS) {
            return self.sso_of(profile);
        }
        if profile.has("login_session") {
            return self.login_of(profile);
        }
        if let Some(process) = profile.process() {
            return Ok(Provider::Process(process));
        }
        static_keys(profile).map(Provider::Static)
    }

    /// Any spelling of the case; properties count as the environment.
    fn named_source(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        let name = profile.text("credential_source").unwrap_or_default();
        let look = match name.to_ascii_lowercase().as_str() {
            "environment" => {
                let properties = self.keys(PROPERTIES, |name| self.scope.property(name));
                match properties.finding {
                    Finding::Ready(_) => properties,
                    _ => self.keys(VARIABLES, |name| self.scope.variable(name)),
                }
            }
            "ecscontainer" => self.container(),
            "ec2instancemetadata" => sources::imds(&self.scope),
            _ => return Err(fault::unknown_source(profile, name)),
        };
        fault::provider_of(profile, name, look)
    }

    /// `mfa_serial` and `duration_seconds` are not looked at; the region is that of the role's own profile.
    fn assume(&self, profile: Merged<'a>, base: Provider) -> Result<Provider, Fault> {
        let own = profile.text("region").zip(profile.place("region"));
        let own = own.map(|(region, place)| Found::new(region.to_owned(), place));
        Ok(Provider::AssumeRole(Box::new(AssumeRole {
            base,
            profile: profile.name.to_owned(),
            role_arn: profile.text("role_arn").unwrap_or_default().to_owned(),
            role_session_name: profile.text("role_session_name").map(str::to_owned),
            external_id: profile.text("external_id").map(str::to_owned),
            duration_seconds: None,
            mfa_serial: None,
            mfa_source: MfaSource::Any,
            details: SessionDetails::default(),
            sts: self.sts(own.as_ref().or(self.region.as_ref()))?,
        })))
    }

    fn sts(&self, region: Option<&Found<String>>) -> Result<StsTarget, Fault> {
        sources::sts(&self.scope, region)
    }

    fn web_identity_of(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        let text = |key| profile.text(key).unwrap_or_default();
        self.web_identity(
            text("role_arn"),
            text("web_identity_token_file"),
            profile.text("role_session_name"),
        )
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
            sts: self.sts(self.region.as_ref())?,
        }))
    }

    fn sso_of(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        let session = profile.text("sso_session");
        let section = match session {
            Some(name) => sources::sso_session(self.ground, profile, name)?,
            None => profile,
        };
        let own = ["sso_account_id", "sso_role_name"];
        let of_section = ["sso_region", "sso_start_url"];
        let [Some(account_id), Some(role_name)] = own.map(|key| profile.text(key)) else {
            return Err(fault::missing_keys(profile, &own));
        };
        let [Some(region), Some(start_url)] = of_section.map(|key| section.text(key)) else {
            return Err(fault::missing_keys(section, &of_section));
        };
        sources::sso(self.ground, &self.scope, Portal { session, start_url, region, account_id, role_name })
    }

    fn login_of(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        let session = profile.text("login_session").unwrap_or_default();
        sources::login(self.ground, &self.scope, session, self.region.clone())
    }

    fn container(&self) -> Look {
        match sources::authorization_fault(&self.scope) {
            Some(fault) if sources::is_ready(&sources::container(&self.scope)) => passing(fault.look()),
            _ => passing(sources::container(&self.scope)),
        }
    }
}

fn is_web_identity(profile: Merged<'_>) -> bool {
    profile.has("role_arn") && profile.has("web_identity_token_file")
}

/// A role without either source is not one: the SDK looks for other credentials in the profile.
fn is_role(profile: Merged<'_>) -> bool {
    profile.has("role_arn") && profile.has_any(&["source_profile", "credential_source"])
}

/// A token makes session credentials, a key id basic ones; what is missing beside them is a fault.
fn static_keys(profile: Merged<'_>) -> Result<StaticKeys, Fault> {
    let names = [merged::KEY_ID, merged::SECRET_KEY];
    if !profile.has_any(&[merged::KEY_ID, merged::SESSION_TOKEN]) {
        return Err(fault::no_credentials(profile));
    }
    let blank = |key: &&str| profile.text(key).is_none_or(|text| text.trim().is_empty());
    if names.iter().any(blank) {
        return Err(fault::missing_keys(profile, &names));
    }
    profile.static_keys().ok_or_else(|| fault::missing_keys(profile, &names))
}

fn static_look(profile: Merged<'_>) -> Option<Look> {
    let places = profile.places(merged::STATIC_KEYS);
    let there = profile.has_any(merged::STATIC_KEYS);
    there.then(|| match static_keys(profile) {
        Ok(keys) => keys_look(keys).at(places),
        Err(fault) => fault.at(places).look(),
    })
}

fn warnings(ground: &Ground<'_>, plan: &Plan) -> Vec<Warning> {
    let mut warnings = warning::warnings(ground, plan);
    if let Some(provider) = plan.winner().and_then(|winner| winner.provider.as_ref()) {
        warnings.extend(warning::unread_role_keys(ground, provider, warning::MFA_AND_DURATION));
    }
    warnings
}

const PROPERTIES: [&str; 4] = ["aws.accessKeyId", "aws.secretAccessKey", "aws.sessionToken", "aws.accountId"];
const VARIABLES: [&str; 4] =
    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCOUNT_ID"];
