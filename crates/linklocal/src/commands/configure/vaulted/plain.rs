//! What the files hold of a profile's keys, and which program stands there for them.

use credentials::{KeptKeys, KeptKeysLine};
use profile::edit::Texts;
use profile::plan::Ground;
use profile::reader::{Locations, Profile};
use profile::{Place, Sdk};
use types::Secret;

use super::super::ground::Desk;
use super::readers;
use super::{ID, PROCESS, SECRET, TOKENS};
use crate::failure::Failure;

/// A profile as this program reads it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plain {
    id: Option<String>,
    pub(super) secret: Option<Secret<String>>,
    /// The file in which each of the two stands.
    files: [Option<String>; 2],
    has_token: bool,
    pub(super) account: Option<String>,
    process: Option<String>,
}

impl Plain {
    pub(super) fn read(desk: &Desk, profile: &str) -> Result<Self, Failure> {
        Ok(Self::of(desk.own_ground()?.profile(profile)))
    }

    fn of(profile: Option<&Profile>) -> Self {
        let Some(profile) = profile else { return Self::default() };
        let text = |key: &str| profile.text(key).filter(|text| !text.is_empty()).map(str::to_owned);
        let file = |key: &str| match profile.place(key) {
            Some(Place::Line { path, .. }) => Some(path.to_string()),
            _ => None,
        };
        Self {
            id: text(ID),
            secret: text(SECRET).map(Secret::new),
            files: [file(ID), file(SECRET)],
            has_token: TOKENS.iter().any(|key| text(key).is_some()),
            account: text("aws_account_id"),
            process: text(PROCESS),
        }
    }

    /// The long-term keys; nothing where the vault has them already.
    pub(super) fn keys(&self, profile: &str) -> Result<Option<KeptKeys>, Failure> {
        self.check_process(profile)?;
        let refused = |what: &str, hint: &str| Failure::new(format!("profile {profile:?} {what}")).hint(hint);
        let (id, secret) = match (&self.id, &self.secret) {
            (Some(id), Some(secret)) => (id, secret),
            (None, None) if self.line().is_some() => return Ok(None),
            (None, None) => {
                return Err(refused(
                    "has no keys in the plain files",
                    "`linklocal configure list-profiles` shows who has",
                ));
            }
            _ => return Err(refused("has half a key", "`linklocal credentials lint` says where")),
        };
        if self.has_token {
            let hint = "only a user's long-term keys are kept; temporary ones end by themselves";
            return Err(refused("has a session token beside its keys, so they are temporary", hint));
        }
        if self.files[0] != self.files[1] {
            let hint = "SDKs read such a pair in different ways; write both with `linklocal configure`";
            return Err(refused("has its key id in one file and the secret in the other", hint));
        }
        Ok(Some(KeptKeys {
            access_key_id: id.clone(),
            secret_access_key: secret.clone(),
            account_id: self.account.clone(),
        }))
    }

    /// Refuses to put a line over somebody else's.
    pub(super) fn check_process(&self, profile: &str) -> Result<(), Failure> {
        match &self.process {
            Some(_) if self.line().is_none() => Err(Failure::new(format!(
                "profile {profile:?} has a credential_process of another program; nothing was changed"
            ))
            .hint("unset one of the two first: `linklocal configure unset credential_process`")),
            _ => Ok(()),
        }
    }

    /// The line that stands for keys of the vault.
    pub(super) fn line(&self) -> Option<KeptKeysLine> {
        KeptKeysLine::parse(self.process.as_deref()?)
    }

    /// Whether the files hold these keys.
    pub(super) fn holds(&self, keys: &KeptKeys) -> bool {
        self.id.as_ref() == Some(&keys.access_key_id) && self.secret.as_ref() == Some(&keys.secret_access_key)
    }

    /// Refuses where somebody changed the profile since it was read: what the vault got are other keys.
    pub(super) fn check_unchanged(
        &self,
        desk: &Desk,
        locations: &Locations,
        texts: Texts<'_>,
        profile: &str,
    ) -> Result<(), Failure> {
        let files = readers::files(locations, texts);
        let view = profile::View { files: &files, ..desk.snapshot.view() };
        let now = Self::of(Ground::new(&view, Sdk::Linklocal).profile(profile));
        if now == *self {
            return Ok(());
        }
        Err(Failure::new(format!("profile {profile:?} was changed meanwhile; the files are as they were"))
            .hint("run it again"))
    }
}
