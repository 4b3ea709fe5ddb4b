//! Settings beside credentials, each with where it came from: region, output, pager, CA bundle, endpoint URLs, and the
//! endpoints of STS, of IAM Identity Center, of the instance metadata service and of container agents.
//!
//! Rule: each SDK's own order and own idea of *empty*, as its source has them (facts/credentials.md 1.2, 1.5, 4.1, 4.2).
//! Nothing is resolved, asked or read here but what the view and the profiles hold.

mod boolean;
mod ca_bundle;
pub mod container;
mod endpoint_url;
mod iam;
pub mod imds;
mod mfa;
mod partition;
mod presentation;
mod region;
pub mod rules;
mod sso;
mod sso_login;
mod sts;
mod url;

pub use ca_bundle::ca_bundle;
pub use endpoint_url::{configured_endpoint_url, endpoint_url, ignores_configured_endpoints};
pub use iam::iam_target;
pub use mfa::{mfa_session, mfa_source};
pub use partition::{PartitionRow, partition};
pub use presentation::{Pager, output, pager};
pub use region::{LAST_RESORT_REGION, asks_imds_for_region, is_region_name, region};
pub use sso::sso_endpoint;
pub use sso_login::{SsoLogin, sso_login};
pub use sts::{sts_target, sts_use_global_endpoint};

use crate::reader::{Profile, Profiles};
use crate::{Place, Sdk, View};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T> {
    pub value: T,
    pub place: Place,
}

/// Whose settings are looked for, and in what.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    pub view: &'a View<'a>,
    pub sdk: Sdk,
    /// What this SDK read; nothing where it read nothing or failed.
    pub profiles: Option<&'a Profiles>,
    /// The name of the profile in use.
    pub profile: &'a str,
}

/// A setting is there and cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct SettingError {
    pub place: Place,
    /// What is wrong with it; never the value of a secret.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl<T> Found<T> {
    pub fn new(value: T, place: Place) -> Self {
        Self { value, place }
    }

    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Found<U> {
        Found { value: change(self.value), place: self.place }
    }

    /// A value that nobody named.
    pub fn by_default(value: T) -> Self {
        Self { value, place: Place::Default }
    }
}

impl<'a> Scope<'a> {
    /// The profile in use, merged as this SDK merges.
    pub fn merged(&self) -> Option<&'a Profile> {
        self.profiles?.merged.get(self.profile)
    }

    /// A key of the profile; an empty value is there, a block is not a text.
    ///
    /// JavaScript's configuration lets the config file override the credentials file, but for the region.
    pub fn setting(&self, key: &str) -> Option<Found<&'a str>> {
        let config_first = self.sdk == Sdk::Js && key != "region";
        let config = config_first.then(|| self.profiles?.config.get(self.profile)).flatten();
        let own = |profile: &'a Profile| Some(Found::new(profile.text(key)?, profile.place(key)?.clone()));
        config.and_then(own).or_else(|| self.merged().and_then(own))
    }

    /// A variable; an empty one is there.
    pub fn variable(&self, name: &str) -> Option<Found<&'a str>> {
        self.view.environment.get(name).map(|value| Found::new(value, Place::variable(name)))
    }

    /// A variable unless it is empty.
    pub fn filled(&self, name: &str) -> Option<Found<&'a str>> {
        self.variable(name).filter(|found| !found.value.is_empty())
    }

    /// A system property of Java.
    pub fn property(&self, name: &str) -> Option<Found<&'a str>> {
        let value = self.view.arguments.java_properties.get(name)?;
        Some(Found::new(value, Place::Property(name.into())))
    }

    /// What the program itself was told, by the flag of that name.
    fn flag(&self, name: &str, value: Option<&'a String>) -> Option<Found<&'a str>> {
        value.map(|value| Found::new(value.as_str(), Place::flag(name)))
    }
}

impl SettingError {
    pub(crate) fn new(place: Place, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { place, what: what.into(), remedy: remedy.into() }
    }
}

/// Owned, for whoever keeps it.
impl From<Found<&str>> for Found<String> {
    fn from(found: Found<&str>) -> Self {
        found.map(str::to_owned)
    }
}
