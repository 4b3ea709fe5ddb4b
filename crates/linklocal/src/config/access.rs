//! `[access]`: who is served what. Every rule is on unless it is set off here.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use imds::{AccessRules, HostRule, KnownHost, RemoteRule, UserRule};
use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use super::error::ConfigError;
use super::source::{ReadFile, Source};

/// `[access]`, names of users resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessConfig {
    pub hosts: HostRule,
    pub browsers: bool,
    pub users: AllowedUsers,
    pub remote: RemoteRule,
}

/// Whose processes are given credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedUsers {
    Any,
    /// The user who runs the server, and those with these numbers.
    OwnAnd(BTreeSet<u32>),
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RawAccess {
    hosts: Option<AnyOr<String>>,
    browsers: Option<bool>,
    users: Option<AnyOr<RawUser>>,
    remote: Option<RawRemote>,
}

/// `"any"`, or a list.
#[derive(Debug)]
enum AnyOr<T> {
    Any,
    These(Vec<T>),
}

/// A user by number or name.
#[derive(Debug)]
enum RawUser {
    Id(u32),
    Name(String),
}

#[derive(Debug)]
struct RawRemote(RemoteRule);

impl AccessConfig {
    /// The rules of a server that this user runs.
    pub fn rules(&self, owner: u32) -> AccessRules {
        let users = match &self.users {
            AllowedUsers::Any => UserRule::Any,
            AllowedUsers::OwnAnd(more) => UserRule::Only(more.iter().copied().chain([owner]).collect()),
        };
        AccessRules { hosts: self.hosts.clone(), browsers: self.browsers, users, remote: self.remote }
    }
}

impl Default for AccessConfig {
    fn default() -> Self {
        Self {
            hosts: HostRule::Known(Vec::new()),
            browsers: false,
            users: AllowedUsers::OwnAnd(BTreeSet::new()),
            remote: RemoteRule::default(),
        }
    }
}

impl RawAccess {
    pub(super) fn checked(self, source: Source<'_>, read: ReadFile<'_>) -> Result<AccessConfig, ConfigError> {
        let defaults = AccessConfig::default();
        Ok(AccessConfig {
            hosts: self.hosts.map_or(Ok(defaults.hosts), |hosts| known_hosts(hosts, source))?,
            browsers: self.browsers.unwrap_or(defaults.browsers),
            users: self.users.map_or(Ok(defaults.users), |users| allowed_users(users, source, read))?,
            remote: self.remote.map_or(defaults.remote, |remote| remote.0),
        })
    }
}

fn known_hosts(hosts: AnyOr<String>, source: Source<'_>) -> Result<HostRule, ConfigError> {
    let AnyOr::These(hosts) = hosts else { return Ok(HostRule::Any) };
    let parse = |(nth, text): (usize, String)| {
        let wrong = |error| source.wrong(&format!("access.hosts[{nth}]"), format!("hosts: {error}"));
        text.parse::<KnownHost>().map_err(wrong)
    };
    Ok(HostRule::Known(hosts.into_iter().enumerate().map(parse).collect::<Result<_, _>>()?))
}

fn allowed_users(
    users: AnyOr<RawUser>,
    source: Source<'_>,
    read: ReadFile<'_>,
) -> Result<AllowedUsers, ConfigError> {
    let AnyOr::These(users) = users else { return Ok(AllowedUsers::Any) };
    let mut ids = BTreeSet::new();
    for (nth, user) in users.into_iter().enumerate() {
        let id = match user {
            RawUser::Id(id) => id,
            RawUser::Name(name) => {
                let wrong = |problem: String| {
                    source.wrong(&format!("access.users[{nth}]"), format!("users: {problem}"))
                };
                let database = read(Path::new(USER_DATABASE), MAX_USER_DATABASE)
                    .map_err(|error| wrong(error.to_string()))?;
                user_id(&database, &name).ok_or_else(|| unknown_user(&name, wrong))?
            }
        };
        ids.insert(id);
    }
    Ok(AllowedUsers::OwnAnd(ids))
}

fn unknown_user(name: &str, wrong: impl FnOnce(String) -> ConfigError) -> ConfigError {
    wrong(format!("{USER_DATABASE} has no user {name:?}")).with_hint(
        "a user of a directory service is named by number, without quotes, as `id -u NAME` prints it",
    )
}

/// The number of the user called `name` (passwd(5)). Lines that are not of its form are passed over, as the C library
/// does.
fn user_id(database: &[u8], name: &str) -> Option<u32> {
    let of_line = |line: &[u8]| {
        let mut fields = str::from_utf8(line).ok()?.split(':');
        let found = fields.next()? == name;
        let id = fields.nth(1)?.parse().ok()?;
        found.then_some(id)
    };
    database.split(|byte| *byte == b'\n').find_map(of_line)
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for AnyOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = AnyOr<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"any\" or a list in brackets")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<AnyOr<T>, E> {
                match text {
                    "any" => Ok(AnyOr::Any),
                    _ => Err(E::custom("expected \"any\" or a list in brackets, found another text")),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<AnyOr<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(AnyOr::These(list))
            }
        }

        deserializer.deserialize_any(Either(std::marker::PhantomData))
    }
}

impl<'de> Deserialize<'de> for RawUser {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NumberOrName;

        impl Visitor<'_> for NumberOrName {
            type Value = RawUser;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a user's name in quotes or its number")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<RawUser, E> {
                Ok(RawUser::Name(name.to_owned()))
            }

            fn visit_i64<E: Error>(self, id: i64) -> Result<RawUser, E> {
                // The last number says "no user" to the kernel (chown(2)).
                let id = u32::try_from(id).ok().filter(|id| *id != u32::MAX);
                id.map(RawUser::Id).ok_or_else(|| E::custom("the number is no user's"))
            }
        }

        deserializer.deserialize_any(NumberOrName)
    }
}

impl<'de> Deserialize<'de> for RawRemote {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SwitchOrDeclared;

        impl Visitor<'_> for SwitchOrDeclared {
            type Value = RawRemote;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false or \"declared\"")
            }

            fn visit_bool<E: Error>(self, any: bool) -> Result<RawRemote, E> {
                Ok(RawRemote(if any { RemoteRule::Any } else { RemoteRule::None }))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<RawRemote, E> {
                match text {
                    "declared" => Ok(RawRemote(RemoteRule::Declared)),
                    _ => Err(E::custom("expected true, false or \"declared\", found another text")),
                }
            }
        }

        deserializer.deserialize_any(SwitchOrDeclared)
    }
}

const USER_DATABASE: &str = "/etc/passwd";
/// Some ten thousand users.
const MAX_USER_DATABASE: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_whole_name() {
        let database = b"root:x:0:0:root:/root:/bin/sh\n\nbroken\n# note:x:7\n\xff:x:8:8\nalice:x:1000:1000::/:/bin/sh\n\
                         bob:x:-1:1\n+::::::\nalice:x:2000:1::/:";
        for (name, id) in [
            ("root", Some(0)),
            ("alice", Some(1000)),
            ("ali", None),
            ("bob", None),
            ("", None),
            ("x", None),
            ("broken", None),
        ] {
            assert_eq!(user_id(database, name), id, "{name}");
        }
    }

    #[test]
    fn the_server_s_own_user_is_always_among_them() {
        let rules = AccessConfig::default().rules(1000);
        assert_eq!(rules, AccessRules::for_user(1000));
        let more = AccessConfig { users: AllowedUsers::OwnAnd([1001].into()), ..AccessConfig::default() };
        assert_eq!(more.rules(1000).users, UserRule::Only([1000, 1001].into()));
        let any = AccessConfig { users: AllowedUsers::Any, ..AccessConfig::default() };
        assert_eq!(any.rules(1000).users, UserRule::Any);
    }
}
