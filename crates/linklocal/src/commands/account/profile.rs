//! The profile that gets the administrator's keys.
//!
//! Rule: keys of somebody else are never written over. A profile of this name is ours if it is empty, or if it holds a key of
//! this very account beside an endpoint of this machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use profile::Sdk;
use profile::edit::{Edit, Keys, Section, Target};
use sys::Env;
use types::{AccessKeyId, AccountId, Region, Secret};

use crate::admin::Administrator;
use crate::arguments::KeyArguments;
use crate::commands::credentials::Snapshot;
use crate::commands::{configure, url};
use crate::failure::Failure;
use crate::output::Output;

/// The profile that is wanted.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) struct KeysProfile<'a> {
    pub(in crate::commands) name: &'a str,
    /// Of the account.
    pub(in crate::commands) endpoint: Option<SocketAddr>,
    pub(in crate::commands) region: &'a Region,
    pub(in crate::commands) account_id: AccountId,
}

/// What became of it.
#[derive(Debug)]
pub(in crate::commands) enum Kept {
    Written {
        profile: String,
    },
    Refused {
        reason: String,
    },
    /// Nobody asked for one.
    Unwanted,
}

impl Kept {
    /// The profile's name, where there is one.
    pub(in crate::commands) fn written(&self) -> Option<&str> {
        match self {
            Self::Written { profile } => Some(profile),
            Self::Refused { .. } | Self::Unwanted => None,
        }
    }
}

/// Writes the keys, where that is wanted and harms nobody. What cannot be written is told and no more: the keys are shown.
pub(in crate::commands) fn keep(
    env: &Env,
    output: Output,
    wanted: Option<&KeysProfile<'_>>,
    administrator: &Administrator,
) -> Kept {
    let Some(wanted) = wanted else { return Kept::Unwanted };
    let refused = |failure: Failure| Kept::Refused { reason: failure.message };
    if let Err(failure) = check(env, wanted) {
        return refused(failure);
    }
    match configure::write(env, output, &edits(wanted, administrator)) {
        Ok(written) => {
            written.tell();
            Kept::Written { profile: wanted.name.to_owned() }
        }
        Err(failure) => refused(failure),
    }
}

/// After a later start: the profile follows the account to another port. Left alone is a profile that is not ours, that has no keys
/// of the account, or that already leads to one of its endpoints.
pub(in crate::commands) fn follow(
    env: &Env,
    output: Output,
    wanted: &KeysProfile<'_>,
    served: &[SocketAddr],
) {
    let (Some(endpoint), Some(stale)) = (wanted.endpoint, configured(env, wanted.name)) else { return };
    let port = stale.parse::<http::Uri>().ok().and_then(|url| url.port_u16());
    if !is_local(&stale) || served.iter().any(|address| Some(address.port()) == port) {
        return;
    }
    match check(env, wanted) {
        Ok(holds_key) if holds_key => {}
        _ => return,
    }
    let edit = set(wanted.name, "endpoint_url", url(endpoint));
    match configure::write(env, output, &[edit]) {
        Ok(written) => {
            written.tell();
            let name = wanted.name;
            Output::note(&format!(
                "note: profile {name} leads to {} now, no longer to {stale}",
                url(endpoint)
            ));
        }
        Err(failure) => Output::note(&format!(
            "warning: profile {} leads to {stale}, where the account is not: {}",
            wanted.name, failure.message
        )),
    }
}

/// The endpoint that stands in a profile.
fn configured(env: &Env, name: &str) -> Option<String> {
    let snapshot = snapshot(env);
    let view = snapshot.view();
    let ground = profile::plan::Ground::new(&view, Sdk::Linklocal);
    ground.profile(name)?.text("endpoint_url").map(str::to_owned)
}

fn snapshot(env: &Env) -> Snapshot {
    let keys =
        KeyArguments { access_key_id: None, secret_access_key: None, session_token: None, profile: None };
    Snapshot::of_keys(env, &keys)
}

/// Whether the profile holds a key of the account; an error where it is somebody else's.
fn check(env: &Env, wanted: &KeysProfile<'_>) -> Result<bool, Failure> {
    let snapshot = snapshot(env);
    let view = snapshot.view();
    let ground = profile::plan::Ground::new(&view, Sdk::Linklocal);
    let Some(profiles) = ground.profiles() else { return Ok(false) };
    let name = wanted.name;
    let mut holds_key = false;
    let found = [profiles.credentials.get(name), profiles.config.get(name)];
    for own in found.into_iter().flatten() {
        if let Some(key) = own.text("aws_access_key_id") {
            let account = key.parse::<AccessKeyId>().ok().and_then(|id| id.account());
            if account != Some(wanted.account_id) {
                return Err(Failure::new(format!("profile {name} holds a key of another account")));
            }
            holds_key = true;
        }
        if let Some(endpoint) = own.text("endpoint_url").filter(|endpoint| !is_local(endpoint)) {
            return Err(Failure::new(format!("profile {name} is for {endpoint}")));
        }
        let others =
            ["role_arn", "credential_process", "sso_session", "sso_start_url", "web_identity_token_file"];
        if let Some(key) = others.iter().find(|key| own.text(key).is_some()) {
            return Err(Failure::new(format!("profile {name} has {key}")));
        }
    }
    Ok(holds_key)
}

/// Whether a URL leads to this machine.
fn is_local(endpoint: &str) -> bool {
    let rest = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let by_address = authority.parse::<SocketAddr>().map(|address| address.ip().is_loopback());
    let host = authority.split(':').next().unwrap_or_default();
    by_address
        .unwrap_or_else(|_| host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback()))
}

fn edits(wanted: &KeysProfile<'_>, administrator: &Administrator) -> Vec<Edit> {
    let keys = Keys {
        access_key_id: administrator.access_key_id.clone(),
        secret_access_key: Secret::new(administrator.secret_access_key.clone()),
        session_token: None,
        account_id: None,
        expiration: None,
    };
    let mut edits = vec![Edit::Keys { profile: wanted.name.to_owned(), keys }];
    edits.push(set(wanted.name, "region", wanted.region.as_str().to_owned()));
    if let Some(endpoint) = wanted.endpoint {
        edits.push(set(wanted.name, "endpoint_url", url(reachable(endpoint))));
    }
    edits
}

/// Where a server that listens at every address is reached from here.
fn reachable(endpoint: SocketAddr) -> SocketAddr {
    let ip = match endpoint.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, endpoint.port())
}

fn set(profile: &str, key: &str, value: String) -> Edit {
    let target = Target::new(Section::Profile(profile.to_owned()), key);
    Edit::Set { target, value: Secret::new(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_of_this_machine_are_told_apart() {
        for (endpoint, expected) in [
            ("http://127.0.0.1:4566", true),
            ("https://localhost:4566/", true),
            ("http://[::1]:4566", true),
            ("127.0.0.1", true),
            ("https://sts.amazonaws.com", false),
            ("http://127.0.0.1.example:4566", false),
            ("http://localhost@example.org", false),
        ] {
            assert_eq!(is_local(endpoint), expected, "{endpoint}");
        }
    }
}
