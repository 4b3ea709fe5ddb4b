//! Other sources of credentials: processes, IAM Identity Center, and several of them in one profile.

use super::Finding;
use crate::reader::{Profile, Profiles};

pub(super) fn check(profiles: &Profiles, findings: &mut Vec<Finding>) {
    for (_, profile) in &profiles.merged {
        several(profile, findings);
        process(profile, findings);
        sso(profiles, profile, findings);
        services(profiles, profile, findings);
    }
}

fn several(profile: &Profile, findings: &mut Vec<Finding>) {
    let kinds = [
        ("static keys", "aws_access_key_id"),
        ("a role", "role_arn"),
        ("IAM Identity Center", "sso_account_id"),
        ("a login", "login_session"),
        ("a process", "credential_process"),
    ];
    let there: Vec<(&str, &str)> =
        kinds.into_iter().filter(|(_, key)| profile.place(key).is_some()).collect();
    let names: Vec<&str> = there.iter().map(|(name, _)| *name).collect();
    // A role may stand beside keys that are its own source.
    let own_source = profile.place("source_profile").is_some() && names == ["static keys", "a role"];
    if let [_, (_, second), ..] = there[..]
        && !own_source
        && let Some(place) = profile.place(second)
    {
        let text = format!("the profile has {}: SDKs take different ones", names.join(" and "));
        let remedy = "make a profile of each; `linklocal credentials explain --as all` shows who takes what";
        findings.push(Finding::new("several-sources", place.clone(), text, remedy));
    }
}

/// boto3 and the AWS CLI split the command themselves; everybody else gives it to a shell.
fn process(profile: &Profile, findings: &mut Vec<Finding>) {
    let (Some(command), Some(place)) =
        (profile.text("credential_process"), profile.place("credential_process"))
    else {
        return;
    };
    let mut quote = None;
    let shell = command.chars().any(|letter| {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), closing) if open == closing => quote = None,
            _ => {}
        }
        let expanded = matches!(letter, '$' | '`') && quote != Some('\'');
        expanded || (quote.is_none() && matches!(letter, '|' | '&' | ';' | '<' | '>' | '*' | '~'))
    });
    if shell {
        let text = "the command relies on a shell: boto3 and the AWS CLI start it without one, so that variables, `~`, pipes and the like stay as they are";
        let remedy = "write full paths, or put the command into a script and name that";
        findings.push(Finding::new("process-shell", place.clone(), text, remedy));
    }
}

fn sso(profiles: &Profiles, profile: &Profile, findings: &mut Vec<Finding>) {
    let keys = ["sso_session", "sso_start_url", "sso_account_id", "sso_role_name"];
    let Some(place) = keys.iter().find_map(|key| profile.place(key)) else { return };
    let session = match profile.text("sso_session") {
        Some(name) => match profiles.sso_sessions.get(name) {
            None => {
                let text = format!("there is no [sso-session {name}] in the config file");
                let remedy = "linklocal configure sso-session writes one";
                return findings.push(Finding::new("sso-session-missing", place.clone(), text, remedy));
            }
            session => session,
        },
        None => None,
    };
    let has = |key: &str| {
        profile.place(key).is_some() || session.is_some_and(|session| session.place(key).is_some())
    };
    // A session alone gives a token, and no role.
    let token_only = session.is_some() && !has("sso_account_id") && !has("sso_role_name");
    let needed: &[&str] = match token_only {
        true => &["sso_start_url", "sso_region"],
        false => &["sso_start_url", "sso_region", "sso_account_id", "sso_role_name"],
    };
    let missing: Vec<&str> = needed.iter().copied().filter(|key| !has(key)).collect();
    if !missing.is_empty() {
        let text = format!("{} missing", missing.join(", "));
        findings.push(Finding::new(
            "sso-incomplete",
            place.clone(),
            text,
            "add what is missing, or remove the others",
        ));
    }
}

fn services(profiles: &Profiles, profile: &Profile, findings: &mut Vec<Finding>) {
    if let (Some(name), Some(place)) = (profile.text("services"), profile.place("services"))
        && !profiles.services.contains_key(name)
    {
        let text = format!("there is no [services {name}] in the config file");
        findings.push(Finding::new(
            "services-missing",
            place.clone(),
            text,
            "add the section, or remove the line",
        ));
    }
}
