//! `linklocal credentials login`: a login to IAM Identity Center.
//!
//! Rule: nothing is asked of anybody before the configuration is known to be whole.

use ::credentials::sso::{self, LoggedIn, Session};
use profile::plan::Ground;
use profile::settings::{self, SsoLogin};
use profile::{Place, Sdk};
use serde::Serialize;
use sys::Env;
use types::Timestamp;

use super::Snapshot;
use crate::arguments::{KeyArguments, LoginArguments};
use crate::commands::event_loop;
use crate::failure::Failure;
use crate::output::Output;

/// The object of `--json`.
#[derive(Serialize)]
struct Object<'a> {
    sso_session: Option<&'a str>,
    start_url: &'a str,
    region: &'a str,
    expiration: Timestamp,
    renewable: bool,
    token_file: &'a str,
}

pub(super) fn run(env: &Env, output: Output, arguments: &LoginArguments) -> Result<(), Failure> {
    let profile = arguments.profile.clone();
    let keys = KeyArguments { access_key_id: None, secret_access_key: None, session_token: None, profile };
    let snapshot = Snapshot::of_keys(env, &keys);
    let login = configured(&snapshot, arguments)?;
    let done = log_in(&snapshot, &login, !arguments.no_browser)?;
    output.result(&object(&login, &done), || text(&login, &done))
}

/// The login that is meant.
fn configured(snapshot: &Snapshot, arguments: &LoginArguments) -> Result<SsoLogin, Failure> {
    let view = snapshot.view();
    let ground = Ground::new(&view, Sdk::Linklocal);
    if let Err(error) = ground.profiles.as_ref() {
        return Err(Failure::new(error.to_string()).hint(&error.remedy));
    }
    let scope = ground.scope(&snapshot.plan().profile.name);
    let session = arguments.sso_session.as_deref();
    if let Some(kept) =
        scope.setting("login_session").filter(|_| session.is_none() && !has_sso(&ground, &scope))
    {
        let what = format!(
            "profile {:?} has a console session ({}), which only the AWS CLI begins",
            scope.profile, kept.place
        );
        return Err(Failure::new(what).hint(format!("run `aws login --profile {}`", scope.profile)));
    }
    settings::sso_login(&scope, session).map_err(|error| match error.place {
        Place::Default => Failure::new(error.what).hint(error.remedy),
        _ => Failure::new(error.to_string()).hint(error.remedy),
    })
}

fn has_sso(ground: &Ground<'_>, scope: &settings::Scope<'_>) -> bool {
    let has = |key: &str| ground.profile(scope.profile).is_some_and(|profile| profile.text(key).is_some());
    has("sso_session") || has("sso_start_url")
}

fn log_in(snapshot: &Snapshot, login: &SsoLogin, browse: bool) -> Result<LoggedIn, Failure> {
    let context = super::search::context(snapshot);
    let (runtime, session) = (event_loop()?, Session::from(login));
    let done =
        runtime.block_on(sso::login(&context, &session, &mut |page| sso::invite(&context, page, browse)));
    runtime.shutdown_background();
    done.map_err(|error| Failure::new(error.what).hint(error.remedy))
}

fn object<'a>(login: &'a SsoLogin, done: &LoggedIn) -> Object<'a> {
    Object {
        sso_session: login.session.as_deref(),
        start_url: &login.start_url.value,
        region: &login.region.value,
        expiration: done.expires,
        renewable: done.renewable,
        token_file: &login.token_file,
    }
}

fn text(login: &SsoLogin, done: &LoggedIn) -> String {
    let of = login.session.as_ref().map(|name| format!("sso-session {name}, ")).unwrap_or_default();
    let then = if done.renewable { "renewed by itself after that" } else { "then log in again" };
    format!("logged in to {of}{} until {}, {then}\n", login.start_url.value, done.expires.iso8601())
}
