//! The chain of the AWS SDK for Rust, aws-config 1.13.0 with its default features (facts/credentials.md 1.1 to 1.4, 3.1).
//!
//! Rule: keys in the environment beat a profile, even one that is named in code; any error but *not loaded* ends the
//! search.

use types::Secret;

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
    let model = Model { ground, scope, region: region(ground, &profile.name) };
    let mut chain = Chain::default();
    if let Err(fault) = retries(&scope) {
        chain.stop(fault.why, fault.remedy);
    }
    chain.look(Source::Environment, environment(ground));
    model.look_at_profile(&mut chain, &profile);
    chain.look(Source::WebIdentity, model.web_identity_of_environment());
    chain.look(Source::Container, model.container());
    chain.look(Source::InstanceMetadata, sources::ending(sources::imds(&scope)));
    let region = model.region.clone();
    let mut plan = chain.into_plan(Plan { profile, region, ..Plan::empty(ground) });
    plan.warnings = warnings(ground, &plan);
    plan
}

/// What the chain needs again and again.
struct Model<'a, 'v> {
    ground: &'a Ground<'v>,
    scope: Scope<'a>,
    region: Option<Found<String>>,
}

/// A variable set to nothing names the profile of no name.
fn choose(ground: &Ground<'_>) -> ChosenProfile {
    let (name, place) = match (&ground.view.arguments.profile, ground.variable("AWS_PROFILE")) {
        (Some(name), _) => (name.as_str(), Place::flag("--profile")),
        (None, Some(name)) => (name, Place::variable("AWS_PROFILE")),
        (None, None) => ("default", Place::Default),
    };
    ChosenProfile { name: name.to_owned(), place, exists: ground.profile(name).is_some() }
}

/// The SDK looks for a region along `source_profile`, too.
fn region(ground: &Ground<'_>, profile: &str) -> Option<Found<String>> {
    let mut name = profile;
    let mut visited = Visited::default();
    loop {
        if let Some(found) = settings::region(&ground.scope(name)) {
            return Some(found);
        }
        visited.insert(name);
        name = Merged::of(ground, name)?.text("source_profile").filter(|next| !visited.contains(next))?;
    }
}

/// Settings of retries that are none make a program panic when it loads its configuration; an empty one is none.
fn retries(scope: &Scope<'_>) -> Result<(), Fault> {
    let found = |variable, key| scope.variable(variable).or_else(|| scope.setting(key));
    let whole = |text: &str| text.parse::<u32>().is_ok_and(|number| number > 0);
    let mode =
        |text: &str| ["standard", "adaptive"].iter().any(|mode| text.trim().eq_ignore_ascii_case(mode));
    let attempts = found("AWS_MAX_ATTEMPTS", "max_attempts").filter(|found| !whole(found.value));
    let modes = found("AWS_RETRY_MODE", "retry_mode").filter(|found| !mode(found.value));
    let remedy = if attempts.is_some() { "a number from 1" } else { "standard or adaptive" };
    match attempts.or(modes) {
        None => Ok(()),
        Some(bad) => {
            let why = format!("the program panics at {}, which says {:?}", bad.place, bad.value);
            Err(Fault::fatal(why, format!("set it to {remedy}, or remove it")).at([bad.place]))
        }
    }
}

/// White space alone is as nothing; the keys themselves stay as they are, token and account are trimmed.
fn environment(ground: &Ground<'_>) -> Look {
    let blank = |name: &&str| ground.variable(name).is_none_or(|value| value.trim().is_empty());
    let text = |name: &str| ground.variable(name).filter(|value| !value.trim().is_empty());
    let trimmed = |name: &str| text(name).map(|value| value.trim().to_owned());
    if ground.view.environment.not_unicode.iter().any(|name| name == "AWS_ACCESS_KEY_ID") {
        let why = "the value of AWS_ACCESS_KEY_ID is not UTF-8";
        return Look::fatal(why, "set AWS_ACCESS_KEY_ID anew, or unset it")
            .at([Place::variable("AWS_ACCESS_KEY_ID")]);
    }
    let secret = SECRETS.into_iter().find(|name| !blank(name));
    let names = [Some("AWS_ACCESS_KEY_ID"), secret, Some("AWS_SESSION_TOKEN"), Some("AWS_ACCOUNT_ID")];
    let places = names.into_iter().flatten().filter(|name| !blank(name)).map(Place::variable);
    let look = match (text("AWS_ACCESS_KEY_ID"), secret.and_then(text)) {
        (None, None) => return Look::not_set(),
        (Some(_), None) => Look::partial(&["AWS_SECRET_ACCESS_KEY"]),
        (None, Some(_)) => Look::partial(&["AWS_ACCESS_KEY_ID"]),
        (Some(id), Some(secret)) => keys_look(StaticKeys {
            access_key_id: id.to_owned(),
            secret_access_key: Secret::new(secret.to_owned()),
            session_token: trimmed("AWS_SESSION_TOKEN").map(Secret::new),
            account_id: trimmed("AWS_ACCOUNT_ID"),
            expiration: None,
        }),
    };
    look.at(places)
}

impl<'a> Model<'a, '_> {
    fn look_at_profile(&self, chain: &mut Chain, chosen: &'a ChosenProfile) {
        match Merged::of(self.ground, &chosen.name) {
            Some(profile) => look_at_kinds(chain, self.kinds(profile)),
            None => chain.look(Source::Profile, self.no_profile(chosen)),
        }
    }

    /// A file that cannot be read ends the search; a profile that is missing does not.
    fn no_profile(&self, chosen: &ChosenProfile) -> Look {
        if let Some(fault) = fault::unreadable(self.ground) {
            return fault.look();
        }
        let nothing = self.ground.profiles().is_none_or(|profiles| profiles.merged.is_empty());
        if nothing || chosen.name == "default" {
            return Look::not_set();
        }
        fault::missing_profile(self.ground, chosen).look()
    }

    fn kinds(&self, profile: Merged<'a>) -> Vec<Kind> {
        let look = |keys: &[&str], result| result_look(result, profile.places(keys));
        let role = is_role(profile) || profile.has("credential_source");
        let web_identity = profile.has("web_identity_token_file");
        let sso = profile.has_any(merged::SSO_KEYS);
        vec![
            (Source::AssumeRole, role.then(|| look(merged::ROLE_KEYS, self.chain_of(profile)))),
            (
                Source::WebIdentity,
                web_identity.then(|| look(merged::WEB_IDENTITY_KEYS, self.web_identity_of(profile))),
            ),
            (Source::Sso, sso.then(|| look(merged::SSO_KEYS, self.sso_of(profile)))),
            (Source::Login, profile.has("login_session").then(|| login_fault(profile).look())),
            (Source::Process, sources::process_look(profile)),
            (Source::Profile, static_look(profile)),
        ]
    }

    /// Follows `source_profile` to the credentials at its end, and comes back through the roles.
    fn chain_of(&self, root: Merged<'a>) -> Result<Provider, Fault> {
        let mut roles = Vec::new();
        let mut visited = Visited::default();
        visited.insert(root.name);
        let mut profile = root;
        let base = loop {
            let deeper = visited.names().len() > 1;
            if let Some(keys) = profile.static_keys().filter(|_| deeper) {
                break Provider::Static(keys);
            }
            if !is_role(profile) {
                let wrapped = deeper && !self.is_for_tokens(profile);
                break self.base(profile).map_err(|fault| nested(fault, wrapped))?;
            }
            roles.push(profile);
            let Some(name) = next(profile)? else {
                break self.base(profile)?;
            };
            profile = Merged::of(self.ground, name).ok_or_else(|| fault::missing_source(profile, name))?;
            if !visited.insert(name) {
                return Err(fault::circle(self.ground, visited.names(), name).ending());
            }
        };
        self.assume(base, roles)
    }

    /// All calls go where the profile in use says.
    fn assume(&self, base: Provider, roles: Vec<Merged<'a>>) -> Result<Provider, Fault> {
        if roles.is_empty() {
            return Ok(base);
        }
        fault::region_is_a_name(self.region.as_ref())?;
        signs(&base)?;
        let sts = sources::sts(&self.scope, self.region.as_ref()).map_err(Fault::ending)?;
        Ok(roles.into_iter().rev().fold(base, |base, profile| role(profile, base, sts.clone())))
    }

    /// Credentials of one profile without its role.
    fn base(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        if let Some(source) = profile.text("credential_source") {
            return self.named_source(profile, source);
        }
        if profile.has("web_identity_token_file") {
            return self.web_identity_of(profile);
        }
        if profile.has_any(merged::SSO_KEYS) {
            return self.sso_of(profile);
        }
        if profile.has("login_session") {
            return Err(login_fault(profile));
        }
        if let Some(process) = profile.process() {
            return Ok(Provider::Process(process));
        }
        static_keys(profile).map(Provider::Static)
    }

    /// A portal without account and role is there for bearer tokens, which is no fault, wherever it is found.
    fn is_for_tokens(&self, profile: Merged<'a>) -> bool {
        let before = ["credential_source", "web_identity_token_file", "sso_account_id", "sso_role_name"];
        let session = profile.text("sso_session");
        let section = session.and_then(|name| sources::sso_session(self.ground, profile, name).ok());
        let section = section.unwrap_or(profile);
        !profile.has_any(&before) && section.has("sso_region") && section.has("sso_start_url")
    }

    /// Any spelling of the case is understood; a source that has nothing ends the search.
    fn named_source(&self, profile: Merged<'a>, name: &str) -> Result<Provider, Fault> {
        let look = match name.to_ascii_lowercase().as_str() {
            "environment" => environment(self.ground),
            "ecscontainer" => self.container(),
            "ec2instancemetadata" => sources::imds(&self.scope),
            _ => return Err(fault::unknown_source(profile, name).ending()),
        };
        fault::provider_of(profile, name, look).map_err(Fault::ending)
    }

    /// The token is read before the SDK asks itself whether there is an agent.
    fn container(&self) -> Look {
        match sources::authorization_fault(&self.scope) {
            Some(fault) => fault.ending().look(),
            None => sources::ending(sources::container(&self.scope)),
        }
    }

    fn web_identity_of(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        let token_file = profile.text("web_identity_token_file").unwrap_or_default();
        let Some(role_arn) = profile.text("role_arn") else {
            let why = format!("profile {:?} has web_identity_token_file but no role_arn", profile.name);
            let remedy = "add role_arn to the profile, or remove web_identity_token_file";
            return Err(Fault::fatal(why, remedy).at(profile.place("web_identity_token_file")));
        };
        self.web_identity(role_arn, token_file, profile.text("role_session_name"))
    }

    fn web_identity(
        &self,
        role_arn: &str,
        token_file: &str,
        session: Option<&str>,
    ) -> Result<Provider, Fault> {
        sources::token_file(self.ground, token_file)?;
        fault::region_is_a_name(self.region.as_ref())?;
        Ok(Provider::WebIdentity(WebIdentity {
            role_arn: role_arn.to_owned(),
            token_file: token_file.to_owned(),
            role_session_name: session.map(str::to_owned),
            duration_seconds: None,
            details: SessionDetails::default(),
            sts: sources::unsigned_sts(&self.scope, self.region.as_ref()).map_err(Fault::ending)?,
        }))
    }

    /// Both variables must be set, be it to nothing.
    fn web_identity_of_environment(&self) -> Look {
        let names = ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME"];
        let places = sources::variables(self.ground, &names);
        match names.map(|name| self.ground.variable(name)) {
            [Some(token_file), Some(role_arn), session] => {
                result_look(self.web_identity(role_arn, token_file, session), places)
            }
            [Some(_), None, _] => Look::partial(&["AWS_ROLE_ARN"]).at(places),
            [None, Some(_), _] => Look::partial(&["AWS_WEB_IDENTITY_TOKEN_FILE"]).at(places),
            [None, None, _] => Look::not_set(),
        }
    }

    fn sso_of(&self, profile: Merged<'a>) -> Result<Provider, Fault> {
        let session = profile.text("sso_session");
        let mut section = profile;
        if let Some(name) = session {
            if let Some(key) = ["sso_start_url", "sso_region"].into_iter().find(|key| profile.has(key)) {
                let why = format!("profile {:?} has sso_session beside {key}", profile.name);
                let remedy = format!("write {key} into [sso-session {name}] alone");
                return Err(Fault::fatal(why, remedy).at(profile.place(key)));
            }
            section = sources::sso_session(self.ground, profile, name)?;
        }
        let both = ["sso_account_id", "sso_role_name"];
        if both.map(|key| profile.has(key)).iter().filter(|there| **there).count() == 1 {
            return Err(fault::missing_keys(profile, &both).ending());
        }
        let (Some(region), Some(start_url)) = (section.text("sso_region"), section.text("sso_start_url"))
        else {
            return Err(fault::missing_keys(section, &["sso_region", "sso_start_url"]));
        };
        let (Some(account_id), Some(role_name)) =
            (profile.text("sso_account_id"), profile.text("sso_role_name"))
        else {
            return Err(fault::missing_keys(profile, &both));
        };
        if account_id.is_empty() || role_name.is_empty() {
            return Err(fault::missing_keys(profile, &both).ending());
        }
        let place = section.place("sso_region").unwrap_or(Place::Default);
        fault::region_is_a_name(Some(&Found::new(region.to_owned(), place)))?;
        let portal = Portal { session, start_url, region, account_id, role_name };
        sources::sso(self.ground, &self.scope, portal).map_err(Fault::ending)
    }
}

/// With a token file the role is one of web identity.
fn is_role(profile: Merged<'_>) -> bool {
    profile.has("role_arn") && !profile.has("web_identity_token_file")
}

/// The profile that `source_profile` names, unless the role stands on its own profile.
fn next(profile: Merged<'_>) -> Result<Option<&str>, Fault> {
    match (profile.text("source_profile"), profile.has("credential_source")) {
        (Some(_), true) => Err(fault::two_sources(profile).ending()),
        (None, false) => Err(fault::no_source(profile).ending()),
        (Some(name), false) if name != profile.name => Ok(Some(name)),
        _ => Ok(None),
    }
}

/// `mfa_serial` and `duration_seconds` are not looked at.
fn role(profile: Merged<'_>, base: Provider, sts: StsTarget) -> Provider {
    Provider::AssumeRole(Box::new(AssumeRole {
        base,
        profile: profile.name.to_owned(),
        role_arn: profile.text("role_arn").unwrap_or_default().to_owned(),
        role_session_name: profile.text("role_session_name").map(str::to_owned),
        external_id: profile.text("external_id").map(str::to_owned),
        duration_seconds: None,
        mfa_serial: None,
        mfa_source: MfaSource::Any,
        details: SessionDetails::default(),
        sts,
    }))
}

fn static_keys(profile: Merged<'_>) -> Result<StaticKeys, Fault> {
    if !profile.has_any(&[merged::KEY_ID, merged::SECRET_KEY, merged::SESSION_TOKEN]) {
        return Err(fault::no_credentials(profile));
    }
    let names = [merged::KEY_ID, merged::SECRET_KEY];
    profile.static_keys().ok_or_else(|| fault::missing_keys(profile, &names).ending())
}

fn static_look(profile: Merged<'_>) -> Option<Look> {
    let places = profile.places(merged::STATIC_KEYS);
    match static_keys(profile) {
        Ok(keys) => Some(keys_look(keys).at(places)),
        Err(fault) if fault.fatal => {
            let missing = [merged::KEY_ID, merged::SECRET_KEY].into_iter().filter(|key| !profile.has(key));
            let missing: Vec<&str> = missing.collect();
            Some(Look::partial_fatal(&missing, fault.why, fault.remedy).at(places))
        }
        Err(_) => None,
    }
}

/// Keys that hold a line break cannot be sent, and the program panics.
fn signs(base: &Provider) -> Result<(), Fault> {
    let Provider::Static(keys) = base else {
        return Ok(());
    };
    let token = keys.session_token.as_ref().map(|token| token.expose().as_str());
    let texts = [Some(keys.access_key_id.as_str()), token];
    if texts.into_iter().flatten().all(|text| !text.contains(|c: char| c.is_ascii_control() && c != '\t')) {
        return Ok(());
    }
    let why = "the program panics: the key id or the token holds a character that no header may hold";
    Err(Fault::fatal(why, "write each key in one line"))
}

/// What goes wrong behind `source_profile` ends the search, be it only that nothing is there.
fn nested(fault: Fault, deeper: bool) -> Fault {
    if deeper { fault.ending() } else { fault }
}

fn login_fault(profile: Merged<'_>) -> Fault {
    let why =
        format!("profile {:?} has login_session, for which the SDK is not built by default", profile.name);
    let remedy = "build the program with feature credentials-login of aws-config, or use other credentials";
    Fault::fatal(why, remedy).at(profile.place("login_session"))
}

/// What the SDK leaves out without a word.
fn warnings(ground: &Ground<'_>, plan: &Plan) -> Vec<Warning> {
    let mut warnings = warning::warnings(ground, plan);
    if let Some(provider) = plan.winner().and_then(|winner| winner.provider.as_ref()) {
        warnings.extend(warning::unread_role_keys(ground, provider, warning::MFA_AND_DURATION));
    }
    warnings
}

const SECRETS: [&str; 2] = ["AWS_SECRET_ACCESS_KEY", "SECRET_ACCESS_KEY"];
