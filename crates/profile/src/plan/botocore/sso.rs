//! Roles of IAM Identity Center: keys of the profile, with those of an `[sso-session]` or without.
//!
//! Rule: an account or a role name makes the source; the token is one that somebody logged in for, in the cache of the
//! AWS CLI. One of a session can be renewed, one of a start URL cannot [B `SSOProvider`, tokens.py].

use serde::Deserialize;
use serde::de::IgnoredAny;
use types::Timestamp;

use super::cached::sha1_hex;
use super::expiry::Expiry;
use super::sts::check_url;
use super::{Model, fault_of, places, text};
use crate::Sdk;
use crate::plan::fault::Fault;
use crate::plan::merged::SSO_KEYS;
use crate::plan::{Look, Provider, Sso};
use crate::reader::{Profile, Setting};
use crate::settings::rules::Service;
use crate::settings::{self, Found};

/// What can be told of a cached token without its secret.
enum Token {
    Missing(String),
    Valid(Timestamp),
    /// It ended, or ends soon, and can be renewed.
    Renewable(Timestamp),
    Ended(Timestamp),
}

/// A file of the token cache.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenFile {
    access_token: Option<IgnoredAny>,
    expires_at: Option<String>,
    refresh_token: Option<IgnoredAny>,
    client_id: Option<IgnoredAny>,
    client_secret: Option<IgnoredAny>,
    registration_expires_at: Option<String>,
}

impl Model<'_> {
    pub(super) fn sso(&self, name: &str, asked: bool) -> Look {
        let Some(profile) = self.profile(name) else {
            return Look::not_set();
        };
        let here = places(profile, SSO_KEYS);
        if !["sso_account_id", "sso_role_name"].iter().any(|key| profile.settings.contains_key(*key)) {
            // A token alone is for services that take tokens.
            return Look::not_set();
        }
        let look = match self.portal_role(name, profile) {
            Ok(sso) => self.with_token(name, sso, asked),
            Err(look) => *look,
        };
        look.at(here)
    }

    /// All that is configured; a look that is not ready where something is missing.
    fn portal_role(&self, name: &str, profile: &Profile) -> Result<Sso, Box<Look>> {
        let fatal = |fault: Fault| Box::new(fault.look());
        let session = text(profile, "sso_session").map_err(fatal)?;
        let section = match session {
            Some(session) => Some(self.session_section(name, session).map_err(fatal)?),
            None => None,
        };
        if let Some((section, session)) = section.zip(session) {
            same_in_both(name, profile, session, section).map_err(fatal)?;
        }
        let find = |key: &str| match profile.text(key) {
            Some(text) => Some(text.to_owned()),
            None => section.and_then(|section| section.text(key)).map(str::to_owned),
        };
        let required = ["sso_role_name", "sso_account_id", "sso_start_url", "sso_region"];
        let missing: Vec<&str> = required.into_iter().filter(|key| find(key).is_none()).collect();
        if !missing.is_empty() {
            let message = format!("profile {name:?} has no {}", missing.join(" and no "));
            let remedy = "`aws configure sso` writes all of it".to_owned();
            return Err(Box::new(Look::partial_fatal(&missing, message, remedy)));
        }
        self.check_client_settings().map_err(fatal)?;
        if let Some((section, session)) = section.zip(session) {
            renewal_settings(section, session).map_err(fatal)?;
        }
        let [role_name, account_id, start_url, region] = required.map(|key| find(key).unwrap_or_default());
        let scopes = find("sso_registration_scopes").unwrap_or_default();
        let token_name = format!("{}.json", sha1_hex(session.unwrap_or(&start_url)));
        Ok(Sso {
            token_file: self.ground.below_home(&[".aws", "sso", "cache", &token_name]).unwrap_or(token_name),
            session: session.map(str::to_owned),
            endpoint_url: self.endpoint(Service::Sso, &region).map_err(fatal)?,
            oidc_endpoint_url: self.endpoint(Service::SsoOidc, &region).map_err(fatal)?,
            registration_scopes: scopes
                .split(',')
                .map(str::trim)
                .filter(|s| !s.is_empty())
                .map(str::to_owned)
                .collect(),
            start_url,
            region,
            account_id,
            role_name,
        })
    }

    /// Where the service is called, if not at its usual place.
    fn endpoint(&self, service: Service, region: &str) -> Result<Option<Found<String>>, Fault> {
        let url = settings::sso_endpoint(&self.scope, service, region).map_err(|error| fault_of(&error))?;
        url.as_ref().map_or(Ok(()), check_url)?;
        Ok(url)
    }

    /// The section that the profile names.
    pub(super) fn session_section(&self, name: &str, session: &str) -> Result<&Profile, Fault> {
        let section = self.ground.profiles().and_then(|profiles| profiles.sso_sessions.get(session));
        section.ok_or_else(|| {
            let why =
                format!("profile {name:?} names [sso-session {session}], which is not in the config file");
            Fault::fatal(why, "add the section: `aws configure sso-session` writes it")
        })
    }

    fn with_token(&self, name: &str, sso: Sso, asked: bool) -> Look {
        let who = format!("role {} of account {} at {}", sso.role_name, sso.account_id, sso.start_url);
        let of = match &sso.session {
            Some(session) => ("sessionName", session.as_str()),
            None => ("startUrl", sso.start_url.as_str()),
        };
        if !asked {
            return Look::ready(Provider::Sso(sso)).saying(who);
        }
        // Sources of roles are not kept.
        let kept = || self.cached_sso_role(&sso.account_id, &sso.role_name, of);
        if let Some(end) = (name == self.name()).then(kept).flatten() {
            return Look::ready(Provider::Sso(sso)).saying(format!("{who}, kept until {end}"));
        }
        if !settings::is_region_name(&sso.region) {
            return Look::fatal(
                format!("sso_region of profile {name:?} cannot be the name of a region"),
                "write a region like us-east-1",
            );
        }
        let state = self.token(&sso);
        let problem = match state {
            Token::Valid(end) => {
                return Look::ready(Provider::Sso(sso)).saying(format!("{who}, logged in until {end}"));
            }
            Token::Renewable(end) => {
                let detail = format!("{who}, with a token that ends at {end} and is renewed");
                return Look::ready(Provider::Sso(sso)).saying(detail);
            }
            Token::Ended(end) => format!("the login ended at {end}"),
            Token::Missing(problem) => problem,
        };
        if self.ground.sdk == Sdk::Linklocal && self.ground.view.arguments.terminal {
            let detail = format!("{who}, after a login in the browser: {problem}");
            return Look::ready(Provider::Sso(sso)).saying(detail);
        }
        let login = match (&sso.session, self.ground.sdk) {
            (Some(session), Sdk::Linklocal) => format!("linklocal credentials login --sso-session {session}"),
            (None, Sdk::Linklocal) => format!("linklocal credentials login --profile {name}"),
            (Some(session), _) => format!("aws sso login --sso-session {session}"),
            (None, _) => format!("aws sso login --profile {name}"),
        };
        Look::fatal(format!("{who}: {problem}"), format!("run `{login}`"))
    }

    fn token(&self, sso: &Sso) -> Token {
        let text = match self.ground.text_of(&sso.token_file) {
            Ok(text) => text,
            Err(problem) => {
                return Token::Missing(format!("nobody is logged in ({}: {problem})", sso.token_file));
            }
        };
        let Ok(file) = serde_json::from_str::<TokenFile>(&text) else {
            return Token::Missing(format!("{} is no token file", sso.token_file));
        };
        let end = match file.expires_at.as_deref().map(Expiry::read) {
            Some(Expiry::At(end)) if file.access_token.is_some() => end,
            _ => return Token::Missing(format!("{} holds no token with an end", sso.token_file)),
        };
        let now = self.ground.view.now;
        let renewable = sso.session.is_some() && file.is_renewable(now);
        if renewable && end.since(now).as_secs() < RENEWED_BEFORE {
            return Token::Renewable(end);
        }
        if end > now { Token::Valid(end) } else { Token::Ended(end) }
    }
}

impl TokenFile {
    fn is_renewable(&self, now: Timestamp) -> bool {
        let parts = [&self.refresh_token, &self.client_id, &self.client_secret];
        let registered = self.registration_expires_at.as_deref().map(Expiry::read);
        parts.iter().all(|part| part.is_some()) && matches!(registered, Some(Expiry::At(end)) if end > now)
    }
}

/// A key that both have must be the same in both.
fn same_in_both(name: &str, profile: &Profile, session: &str, section: &Profile) -> Result<(), Fault> {
    let differs = |(key, setting): &(&String, &Setting)| {
        profile.settings.get(*key).is_some_and(|own| own.value != setting.value)
    };
    let Some((key, setting)) = section.settings.iter().find(differs) else {
        return Ok(());
    };
    let why = format!("{key} of profile {name:?} is not that of [sso-session {session}]");
    let both = profile.place(key).cloned().into_iter().chain([setting.place.clone()]);
    Err(Fault::fatal(why, "let both say the same, or remove one").at(both))
}

/// The token is renewed by what the section says, not the profile.
pub(super) fn renewal_settings(section: &Profile, session: &str) -> Result<(), Fault> {
    let missing: Vec<&str> =
        ["sso_start_url", "sso_region"].into_iter().filter(|key| section.text(key).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let why = format!("[sso-session {session}] has no {}", missing.join(" and no "));
    Err(Fault::fatal(why, "write it into the section, and not into the profile").at(section.header.clone()))
}

/// A token is renewed in its last 15 minutes; in seconds.
const RENEWED_BEFORE: u64 = 15 * 60;
