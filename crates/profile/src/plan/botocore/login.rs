//! Credentials of `aws login`, from its cache (facts/credentials.md 4.4).
//!
//! Rule: boto3 as pip installs it cannot: it lacks the part that makes the proof of possession. The CLI has it.

use std::fmt::Write;

use serde::Deserialize;
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};

use super::expiry::Expiry;
use super::{Model, fault_of, places, text};
use crate::plan::fault::Fault;
use crate::plan::{Login, Look, Provider};
use crate::reader::{self, Profile};
use crate::{Sdk, settings};

/// A file of the cache.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoginFile {
    access_token: Option<AccessToken>,
    refresh_token: Option<IgnoredAny>,
    dpop_key: Option<IgnoredAny>,
    client_id: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccessToken {
    expires_at: Option<String>,
}

impl Model<'_> {
    pub(super) fn login(&self, name: &str) -> Look {
        let Some(profile) = self.profile(name) else {
            return Look::not_set();
        };
        let look = match text(profile, "login_session") {
            Ok(None) => return Look::not_set(),
            Ok(Some(session)) => self.session_of(name, session).unwrap_or_else(Fault::look),
            Err(fault) => fault.look(),
        };
        look.at(places(profile, &["login_session"])).at(region_place(profile))
    }

    fn session_of(&self, name: &str, session: &str) -> Result<Look, Fault> {
        if self.ground.sdk == Sdk::Boto3 {
            let why = format!(
                "profile {name:?} has a login session, which boto3 reads only with the AWS CRT beside it"
            );
            return Err(Fault::fatal(why, "install it: `pip install \"boto3[crt]\"`"));
        }
        let token_file = self.login_file(session);
        let again = format!("run `aws login --profile {name}`");
        let text = self.ground.text_of(&token_file).map_err(|problem| {
            let why = format!("nobody is logged in as {session} ({token_file}: {problem})");
            Fault::fatal(why, again.clone())
        })?;
        let file: LoginFile = serde_json::from_str(&text)
            .map_err(|_| Fault::fatal(format!("{token_file} is no file of `aws login`"), again.clone()))?;
        let end = file.access_token.as_ref().and_then(|token| token.expires_at.as_deref()).map(Expiry::read);
        let whole = [&file.refresh_token, &file.dpop_key, &file.client_id].iter().all(|part| part.is_some());
        let Some(Expiry::At(end)) = end.filter(|_| whole) else {
            return Err(Fault::fatal(format!("{token_file} holds no whole session"), again));
        };
        let until = if end > self.ground.view.now { "until" } else { "renewed, for they ended at" };
        let endpoint =
            settings::configured_endpoint_url(&self.scope, "Signin").map_err(|error| fault_of(&error))?;
        Ok(Look::ready(Provider::Login(Login {
            session: session.to_owned(),
            token_file,
            region: self.region.clone(),
            endpoint_url: endpoint,
        }))
        .saying(format!("{session}, {until} {end}")))
    }

    fn login_file(&self, session: &str) -> String {
        let mut name = String::with_capacity(69);
        for byte in Sha256::digest(session.as_bytes()) {
            write!(name, "{byte:02x}").expect("a string takes all that is written");
        }
        name.push_str(".json");
        match self.ground.variable("AWS_LOGIN_CACHE_DIRECTORY") {
            Some(directory) => {
                let directory = reader::expand(self.ground.sdk, &self.ground.view, directory);
                format!("{}/{name}", directory.trim_end_matches('/'))
            }
            None => self.ground.below_home(&[".aws", "login", "cache", &name]).unwrap_or(name),
        }
    }
}

/// The session is renewed in the profile's region.
fn region_place(profile: &Profile) -> Option<crate::Place> {
    profile.place("region").cloned()
}
