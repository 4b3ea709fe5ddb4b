//! What `.linklocal.toml` says, each rule with its place.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use toml_source::{Fault, Guide, Place, Position, Span, offset_of};
use types::AccountId;

use super::pattern::Pattern;

/// A rule and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Rule<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// `[guard]`. What is not there allows anything.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) accounts: Option<Rule<Vec<AccountId>>>,
    pub(super) roles: Option<Rule<Vec<Role>>>,
    pub(super) regions: Option<Rule<Vec<Pattern>>>,
    pub(super) max_lifetime: Option<Rule<Duration>>,
    pub(super) long_term_keys: Option<Rule<bool>>,
}

/// Roles by their names, in any account or in one. Names are unique in an account, whatever path stands before them.
#[derive(Clone, Debug)]
pub(super) struct Role {
    account: Option<Pattern>,
    name: Pattern,
    text: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct RawFile {
    guard: RawGuard,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct RawGuard {
    accounts: Option<Vec<AccountId>>,
    roles: Option<Vec<String>>,
    regions: Option<Vec<String>>,
    max_lifetime: Option<Span>,
    long_term_keys: Option<bool>,
}

impl Rules {
    pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Self, Fault> {
        let text = toml_source::decode(path, bytes)?;
        let RawFile { guard } = toml_source::read(path, text, &GUIDE)?;
        let place = |key: &str| {
            let (offset, _) = offset_of(text, &format!("guard.{key}"));
            let Position { line, column } = Position::of(text, offset);
            Place { path: path.to_owned(), line, column }
        };
        let roles = guard.roles.map(|roles| {
            let read =
                |(nth, role): (usize, &String)| Role::read(role).ok_or_else(|| wrong_role(path, text, nth));
            let value = roles.iter().enumerate().map(read).collect::<Result<Vec<_>, Fault>>()?;
            Ok::<_, Fault>(Rule { value, place: place("roles") })
        });
        let patterns = |names: Vec<String>| names.iter().map(|name| Pattern::new(name)).collect();
        Ok(Self {
            accounts: guard.accounts.map(|value| Rule { value, place: place("accounts") }),
            roles: roles.transpose()?,
            regions: guard.regions.map(|names| Rule { value: patterns(names), place: place("regions") }),
            max_lifetime: guard.max_lifetime.map(|span| Rule { value: span.0, place: place("max-lifetime") }),
            long_term_keys: guard.long_term_keys.map(|value| Rule { value, place: place("long-term-keys") }),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        let Self { accounts, roles, regions, max_lifetime, long_term_keys } = self;
        accounts.is_none()
            && roles.is_none()
            && regions.is_none()
            && max_lifetime.is_none()
            && long_term_keys.is_none()
    }
}

impl<T> Rule<T> {
    pub(super) fn allows(&self, what: &str) -> String {
        format!("{} allows {what}", self.place)
    }
}

impl Role {
    /// A name, or an ARN; either with stars.
    fn read(text: &str) -> Option<Self> {
        let whole = || text.to_owned();
        if !text.starts_with("arn:") {
            let plain = !text.is_empty() && !text.contains([':', '/']);
            return plain.then(|| Self { account: None, name: Pattern::new(text), text: whole() });
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let [_, _, "iam", _, account, resource] = parts[..] else { return None };
        let name = resource.strip_prefix("role/")?.rsplit('/').next().filter(|name| !name.is_empty())?;
        Some(Self { account: Some(Pattern::new(account)), name: Pattern::new(name), text: whole() })
    }

    /// Whether this is the role of `arn`: the role's own, or that of a session of it.
    pub(super) fn admits(&self, arn: &str) -> bool {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let [_, _, _, _, account, resource] = parts[..] else { return false };
        let name = match resource.split_once('/') {
            Some(("role", path)) => path.rsplit('/').next(),
            Some(("assumed-role", rest)) => rest.split('/').next(),
            _ => None,
        };
        name.is_some_and(|name| self.name.matches(name))
            && self.account.as_ref().is_none_or(|pattern| pattern.matches(account))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn wrong_role(path: &Path, text: &str, nth: usize) -> Fault {
    let (offset, _) = offset_of(text, &format!("guard.roles[{nth}]"));
    let problem = "roles: neither a role's name nor its ARN";
    let hint = "write Deploy*, or arn:aws:iam::111122223333:role/Deploy".to_owned();
    Fault::at(path, Position::of(text, offset), problem).with_hint(Some(hint))
}

const GUIDE: Guide = Guide { lists: &[], reference: "docs/credentials.md lists the keys" };
