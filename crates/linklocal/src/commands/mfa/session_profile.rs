//! The profile that a session is written to.
//!
//! Rule: what an earlier session left is replaced; long-term keys and profiles of another kind are never written over.

use credentials::Resolved;
use credentials::mfa::Serial;
use profile::edit::{Edit, Keys, Section, Target};
use profile::plan::Ground;
use profile::reader::Profile;
use profile::{Place, Sdk};
use types::Secret;

use super::user::{SOURCE_KEY, User};
use crate::failure::Failure;

/// Whether a session may be written to the profile.
pub(in crate::commands) fn check(ground: &Ground<'_>, name: &str) -> Result<(), Failure> {
    let Some(profiles) = ground.profiles() else { return Ok(()) };
    let refused = |what: &str, place: &Place| {
        Err(Failure::new(format!(
            "profile {name:?} {what} ({place}), and a session would take their place; nothing was asked"
        ))
        .hint("name another profile for the session: --profile-out"))
    };
    for own in [profiles.credentials.get(name), profiles.config.get(name)].into_iter().flatten() {
        if let Some(place) = long_term(own) {
            return refused("has long-term keys", place);
        }
        let other = OTHER_KINDS.iter().find_map(|key| own.place(key));
        if let Some(place) = other.or_else(|| foreign_process(own)) {
            return refused("has credentials of another kind", place);
        }
    }
    Ok(())
}

/// The session and what else belongs to its profile, as edits.
pub(super) fn edits(name: &str, user: &User, serial: &Serial, session: &Resolved) -> Vec<Edit> {
    let keys = Keys {
        access_key_id: session.access_key_id.clone(),
        secret_access_key: session.secret_access_key.clone(),
        session_token: session.session_token.clone(),
        account_id: None,
        expiration: session.expiration,
    };
    let mut edits = vec![Edit::Keys { profile: name.to_owned(), keys }, unset(name, "credential_process")];
    edits.extend(settings(name, user, serial));
    edits
}

/// The same for a session that stays in the vault: a program is asked for it.
pub(super) fn process_edits(name: &str, user: &User, serial: &Serial, command: String) -> Vec<Edit> {
    let mut edits =
        vec![Edit::ForgetKeys { profile: name.to_owned() }, set(name, "credential_process", command)];
    edits.extend(settings(name, user, serial));
    edits
}

/// The region, where somebody names one, the endpoints of the user's own profile, and what a renewal needs.
fn settings(name: &str, user: &User, serial: &Serial) -> Vec<Edit> {
    let mut edits = Vec::new();
    if user.region.place != Place::Default {
        edits.push(set(name, "region", user.region.value.clone()));
    }
    edits.extend(endpoints(&user.snapshot.ground(Sdk::Linklocal), &user.profile, name));
    edits.push(set(name, "mfa_serial", serial.as_str().to_owned()));
    if let Some(source) = &user.source_profile {
        edits.push(set(name, SOURCE_KEY, source.clone()));
    }
    edits
}

/// What sends the requests of one profile elsewhere than to AWS, for another with a session of its account: keys of a local account
/// are worth nothing at AWS, and are not to be sent there.
pub(in crate::commands) fn endpoints(ground: &Ground<'_>, source: &str, name: &str) -> Vec<Edit> {
    let Some(source) = ground.profile(source) else { return Vec::new() };
    let found = ["endpoint_url", "services"].into_iter().filter_map(|key| Some((key, source.text(key)?)));
    found.map(|(key, value)| set(name, key, value.to_owned())).collect()
}

/// Where a key stands that is no session's.
fn long_term(profile: &Profile) -> Option<&Place> {
    let place = profile.place("aws_access_key_id").or_else(|| profile.place("aws_secret_access_key"))?;
    let token = ["aws_session_token", "aws_security_token"].iter().any(|key| profile.text(key).is_some());
    (!token).then_some(place)
}

/// A `credential_process` that this command did not write.
fn foreign_process(profile: &Profile) -> Option<&Place> {
    let place = profile.place("credential_process")?;
    profile.text(SOURCE_KEY).is_none().then_some(place)
}

fn set(profile: &str, key: &str, value: String) -> Edit {
    Edit::Set { target: target(profile, key), value: Secret::new(value) }
}

fn unset(profile: &str, key: &str) -> Edit {
    Edit::Unset { target: target(profile, key) }
}

fn target(profile: &str, key: &str) -> Target {
    Target::new(Section::Profile(profile.to_owned()), key)
}

/// Keys by which a profile has credentials of another kind; a session beside them would be taken by some SDKs only.
const OTHER_KINDS: &[&str] =
    &["role_arn", "sso_session", "sso_start_url", "web_identity_token_file", "login_session"];
