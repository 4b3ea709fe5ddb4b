//! Who is served what: the rules that keep web pages, other users and other machines away from credentials.
//!
//! Rule: a rule looks at a request, or at who sends it, and says no or nothing; each has its own setting and none makes
//! up for another. Nothing is kept from one request to the next: who asks is asked of the kernel for every connection.

mod host;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::net::IpAddr;

use http::Uri;
use net::{Caller, Place};

use crate::head::Fields;

pub use host::{KnownHost, KnownHostError};

/// The rules in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessRules {
    pub hosts: HostRule,
    /// Whether requests are served that a web page has caused.
    pub browsers: bool,
    pub users: UserRule,
    pub remote: RemoteRule,
}

/// As what the service may be addressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostRule {
    Any,
    /// By its own names and addresses, and by these.
    Known(Vec<KnownHost>),
}

/// Whose processes on this machine are given credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserRule {
    Any,
    /// Those of users with these numbers. Root is not among them unless it is named.
    Only(BTreeSet<u32>),
}

/// Which clients elsewhere are given credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RemoteRule {
    None,
    /// Those whose address an instance names among its `sources`.
    #[default]
    Declared,
    Any,
}

/// A rule that said no, named by its key in `[access]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    Hosts,
    Browsers,
    Users,
    Remote,
}

impl AccessRules {
    /// Every rule on, with credentials for the processes of one user.
    pub fn for_user(id: u32) -> Self {
        Self {
            hosts: HostRule::Known(Vec::new()),
            browsers: false,
            users: UserRule::Only(BTreeSet::from([id])),
            remote: RemoteRule::default(),
        }
    }

    /// The rule against which a request is that arrived at `local`, whatever it asks for.
    pub(crate) fn screen(&self, fields: &Fields<'_>, target: &Uri, local: IpAddr) -> Option<Rule> {
        if fields.from_browser && !self.browsers {
            return Some(Rule::Browsers);
        }
        let HostRule::Known(more) = &self.hosts else { return None };
        // Of a target in absolute form both count: neither a proxy nor a page gets past one by the other.
        let authority = target.authority().map(|authority| authority.as_str().as_bytes());
        // An empty field is what a client without a name for the service sends (RFC 9112 section 3.2).
        let host = fields.host.filter(|host| !host.is_empty());
        let is_known = |named: &[u8]| host::is_known(named, local, more);
        let known = authority.into_iter().chain(host).all(is_known);
        (!known).then_some(Rule::Hosts)
    }

    /// The rule against which it is to give credentials to whoever asks.
    pub(crate) fn withhold(&self, asking: &Asking<'_>) -> Option<Rule> {
        if asking.is_introduced {
            return None;
        }
        let user = asking.caller.and_then(|caller| caller.user.as_ref());
        let place = asking.caller.map_or(Place::ThisMachine, |caller| caller.place);
        let by_user = self.users.withholds(user.map(|user| user.id));
        let by_address = self.remote.withholds(asking.is_declared);
        match place {
            Place::ThisMachine => by_user.then_some(Rule::Users),
            // Either will do: an address can stand for a container as it does for a guest, but none of this machine's
            // own, which all its users share.
            Place::Container => (by_user && by_address).then_some(Rule::Users),
            Place::Elsewhere => by_address.then_some(Rule::Remote),
        }
    }
}

/// Who asks for credentials.
#[derive(Debug)]
pub(crate) struct Asking<'a> {
    pub(crate) caller: Option<&'a Caller>,
    /// Whether somebody trusted has vouched for the caller.
    pub(crate) is_introduced: bool,
    /// Whether the instance names the caller's address among its own.
    pub(crate) is_declared: bool,
}

impl UserRule {
    /// A process of nobody knows whom gets nothing.
    fn withholds(&self, user: Option<u32>) -> bool {
        match self {
            Self::Any => false,
            Self::Only(users) => !user.is_some_and(|id| users.contains(&id)),
        }
    }
}

impl RemoteRule {
    fn withholds(self, is_declared: bool) -> bool {
        match self {
            Self::None => true,
            Self::Declared => !is_declared,
            Self::Any => false,
        }
    }
}

impl Rule {
    pub const ALL: [Self; 4] = [Self::Hosts, Self::Browsers, Self::Users, Self::Remote];

    /// Its key in `[access]`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Hosts => "hosts",
            Self::Browsers => "browsers",
            Self::Users => "users",
            Self::Remote => "remote",
        }
    }

    /// How somebody who wants to be served is let in.
    pub(crate) fn way_in(self) -> &'static str {
        match self {
            Self::Hosts => "name the host in `hosts` of [access] if it is yours",
            Self::Browsers => "a web page may have caused it; `browsers = true` in [access] lets it through",
            Self::Users => {
                "credentials are for the server's own user and those in `users` of [access], or of --allow-user with \
                 `credentials serve`; root has to be named too"
            }
            Self::Remote => {
                "credentials leave this machine only to addresses among an instance's `sources`, or to all with `remote = \
                 true` in [access], or --allow-remote with `credentials serve`"
            }
        }
    }
}
