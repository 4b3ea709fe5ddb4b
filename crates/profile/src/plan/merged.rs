//! A profile as those SDKs see it that merge both files before they look for credentials: Rust, JavaScript, Java, Go.
//!
//! Rule: of the kinds of credentials in one profile an SDK takes the first in its own order, and tries no other when that
//! one fails.

use types::{AccessKeyId, Secret};

use super::chain::{Chain, Finding, Look};
use super::counterfactual::masked;
use super::{Ground, Process, Provider, Source, StaticKeys};
use crate::Place;
use crate::reader::Profile;

/// A profile and its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Merged<'a> {
    pub(super) name: &'a str,
    profile: &'a Profile,
}

/// A kind of credentials and what the SDK makes of it in this profile; nothing where the profile has none of it.
pub(super) type Kind = (Source, Option<Look>);

impl<'a> Merged<'a> {
    pub(super) fn new(name: &'a str, profile: &'a Profile) -> Self {
        Self { name, profile }
    }

    /// The profile of that name, where the SDK finds one.
    pub(super) fn of(ground: &'a Ground<'_>, name: &'a str) -> Option<Self> {
        Some(Self::new(name, ground.profile(name)?))
    }

    /// The key's text; an empty one is there.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.profile.text(key)
    }

    /// The key's text unless it is empty.
    pub(super) fn filled(&self, key: &str) -> Option<&'a str> {
        self.text(key).filter(|text| !text.is_empty())
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.text(key).is_some()
    }

    pub(super) fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.has(key))
    }

    /// Where those of the keys stand that are there.
    pub(super) fn places(&self, keys: &[&str]) -> Vec<Place> {
        keys.iter().filter_map(|key| self.profile.place(key).cloned()).collect()
    }

    pub(super) fn place(&self, key: &str) -> Option<Place> {
        self.profile.place(key).cloned()
    }

    /// Where the profile's header stands.
    pub(super) fn header(&self) -> Option<Place> {
        self.profile.header.clone()
    }

    /// Both keys and what goes with them, as they stand; nothing unless both are there.
    pub(super) fn static_keys(&self) -> Option<StaticKeys> {
        Some(StaticKeys {
            access_key_id: self.text(KEY_ID)?.to_owned(),
            secret_access_key: Secret::new(self.text(SECRET_KEY)?.to_owned()),
            session_token: self.text(SESSION_TOKEN).map(|token| Secret::new(token.to_owned())),
            account_id: self.text(ACCOUNT_ID).map(str::to_owned),
            expiration: None,
        })
    }

    /// `credential_process`, read by a shell.
    pub(super) fn process(&self) -> Option<Process> {
        Some(Process {
            command: self.text("credential_process")?.to_owned(),
            shell: true,
            account_id: self.text(ACCOUNT_ID).map(str::to_owned),
            place: self.place("credential_process").unwrap_or(Place::Default),
        })
    }
}

/// Gives the kinds of one profile to the chain, in the SDK's order.
pub(super) fn look_at_kinds(chain: &mut Chain, kinds: Vec<Kind>) {
    let mut failed: Option<Source> = None;
    let (mut taken, mut goes_on) = (false, false);
    for (source, look) in kinds {
        let Some(look) = look else {
            chain.look(source, Look::not_set());
            continue;
        };
        if let Some(first) = failed {
            let why = format!("the SDK takes the profile's {} alone, and that one fails", first.name());
            chain.look(source, Look::skipped(why).at(look.places));
            continue;
        }
        // What is there in part is no kind to the SDK.
        let counts = !matches!(look.finding, Finding::Partial { fatal: false, .. });
        let passing = matches!(look.finding, Finding::Broken { fatal: false, .. });
        failed = (!taken && passing).then_some(source);
        goes_on |= !taken && look.goes_on;
        chain.look(source, if taken && goes_on { look.spared() } else { look });
        taken |= counts;
    }
}

/// Keys that stand somewhere, as a source.
pub(super) fn keys_look(keys: StaticKeys) -> Look {
    let token = keys.session_token.as_ref().is_some_and(|token| !token.expose().is_empty());
    let with = if token { "with" } else { "without" };
    let detail = format!("{}, {with} a session token", keys_detail(&keys));
    Look::ready(Provider::Static(keys)).saying(detail)
}

/// Whose keys they are, as far as the key id tells: its last four characters and the account.
pub(super) fn keys_detail(keys: &StaticKeys) -> String {
    let id = keys.access_key_id.as_str();
    let mut detail = match id {
        "" => "an empty key id".to_owned(),
        _ => format!("key id {}", masked(id)),
    };
    if let Some(account) = id.parse::<AccessKeyId>().ok().and_then(|id| id.account()) {
        detail.push_str(&format!(" of account {account}"));
    }
    detail
}

pub(super) const KEY_ID: &str = "aws_access_key_id";
pub(super) const SECRET_KEY: &str = "aws_secret_access_key";
pub(super) const SESSION_TOKEN: &str = "aws_session_token";
pub(super) const ACCOUNT_ID: &str = "aws_account_id";
/// When a session ends whose keys stand in a file: written by tools that get sessions, read by shell prompts and by us
/// (saml2aws, okta tools and starship have the name).
pub const SESSION_END: &str = "x_security_token_expires";
/// What makes static keys.
pub(super) const STATIC_KEYS: &[&str] = &[KEY_ID, SECRET_KEY, SESSION_TOKEN, ACCOUNT_ID];
/// What makes a role.
pub(super) const ROLE_KEYS: &[&str] = &[
    "role_arn",
    "source_profile",
    "credential_source",
    "role_session_name",
    "external_id",
    "mfa_serial",
    "duration_seconds",
];
pub(super) const WEB_IDENTITY_KEYS: &[&str] = &["web_identity_token_file", "role_arn", "role_session_name"];
pub(super) const SSO_KEYS: &[&str] =
    &["sso_session", "sso_start_url", "sso_region", "sso_account_id", "sso_role_name"];
