//! `configure sso-session`: asks for an IAM Identity Center session, as `aws configure sso-session` does.

use profile::edit::{Edit, Section, Target};
use types::Secret;

use super::ask::ask;
use super::change;
use super::ground::Desk;
use crate::arguments::SsoSessionArguments;
use crate::failure::Failure;

pub(super) fn run(desk: &Desk, arguments: &SsoSessionArguments) -> Result<(), Failure> {
    let name = name(arguments)?;
    let ground = desk.own_ground()?;
    let session = ground.profiles().and_then(|profiles| profiles.sso_sessions.get(&name));
    let current = |key: &str| session.and_then(|session| session.text(key));
    let start_url = question("SSO start URL", current("sso_start_url"), None)?;
    let region = question("SSO region", current("sso_region"), None)?;
    let scopes = current("sso_registration_scopes");
    let scopes = question("SSO registration scopes", scopes, Some(USUAL_SCOPE))?;
    let answers = [("sso_start_url", start_url), ("sso_region", region), ("sso_registration_scopes", scopes)];
    let edit = |(key, value): (&str, Option<Secret<String>>)| {
        let target = Target::new(Section::SsoSession(name.clone()), key);
        value.map(|value| Edit::Set { target, value })
    };
    let edits: Vec<Edit> = answers.into_iter().filter_map(edit).collect();
    change::make(desk, &edits, arguments.trial)
}

fn name(arguments: &SsoSessionArguments) -> Result<String, Failure> {
    let typed = match &arguments.name {
        Some(name) => Some(name.clone()),
        None => ask("SSO session name", "None")?.map(|name| name.expose().trim().to_owned()),
    };
    typed.ok_or_else(|| {
        Failure::new("a session needs a name; nothing was changed").hint("profiles name it as sso_session")
    })
}

/// The answer, where it is new. A session is nothing without its address and region.
fn question(
    question: &str,
    current: Option<&str>,
    usual: Option<&str>,
) -> Result<Option<Secret<String>>, Failure> {
    let answer = ask(question, current.or(usual).unwrap_or("None"))?;
    let value =
        answer.or_else(|| usual.filter(|_| current.is_none()).map(|usual| Secret::new(usual.to_owned())));
    if value.is_none() && current.is_none() {
        return Err(Failure::new(format!("{question} has no usual value; nothing was changed"))
            .hint("whoever runs IAM Identity Center knows it"));
    }
    Ok(value.filter(|value| Some(value.expose().as_str()) != current))
}

/// What the AWS CLI asks for.
const USUAL_SCOPE: &str = "sso:account:access";
