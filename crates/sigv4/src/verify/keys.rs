//! Who knows the keys that signatures are checked with.

use std::fmt;
use std::sync::OnceLock;

use subtle::ConstantTimeEq as _;
use types::{Secret, Timestamp};

use crate::v4a::{EcdsaKey, EcdsaPublicKey};
use crate::{KeyCache, Scope, SigningKey};

/// Answers with keys. An answer should cost the same whether or not a key is known: derive one in either case.
pub trait Keys {
    /// The key of exactly this scope.
    fn signing_key(&self, wanted: &Wanted<'_>) -> Result<SigningKey, KeyRefusal>;

    /// The public half of the pair for SigV4a. Keys that never answer so know nobody.
    fn ecdsa_key(&self, wanted: &Wanted<'_>) -> Result<EcdsaPublicKey, KeyRefusal> {
        let _ = wanted;
        Err(KeyRefusal::UnknownKey)
    }

    /// The secret itself, which signatures of version 2 are made with. Keys that never answer so know nobody.
    fn secret_access_key(&self, wanted: &Wanted<'_>) -> Result<Secret<String>, KeyRefusal> {
        let _ = wanted;
        Err(KeyRefusal::UnknownKey)
    }
}

/// Which key is wanted. All of it is what the client says; the scope is the endpoint's and of the request's day.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub access_key_id: &'a str,
    /// As sent. A key of a session without its token is [`KeyRefusal::UnknownKey`], as on AWS; a token with a key that needs none
    /// is [`KeyRefusal::InvalidToken`].
    pub session_token: Option<&'a str>,
    /// The region is empty for SigV4a.
    pub scope: Scope<'a>,
    pub now: Timestamp,
}

/// There is no key, or it must not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    #[error("the access key id is not known, or belongs to a session whose token is missing")]
    UnknownKey,
    #[error("the session token is not that of the access key id")]
    InvalidToken,
    #[error("the session has ended")]
    ExpiredToken,
    #[error("keys cannot be looked up now; try again")]
    Unavailable,
}

/// A handful of credentials, searched one after the other, with the keys derived from them.
#[derive(Debug, Default)]
pub struct KeyRing {
    entries: Vec<(RingEntry, OnceLock<EcdsaPublicKey>)>,
    cache: KeyCache,
}

/// One set of credentials.
#[derive(Clone)]
pub struct RingEntry {
    pub access_key_id: String,
    pub secret_access_key: Secret<String>,
    pub session_token: Option<Secret<String>>,
    /// When the session ends.
    pub expires: Option<Timestamp>,
}

impl KeyRing {
    /// Of entries with the same access key id the first one counts.
    pub fn new(entries: impl IntoIterator<Item = RingEntry>) -> Self {
        let entries = entries.into_iter().map(|entry| (entry, OnceLock::new())).collect();
        Self { entries, cache: KeyCache::default() }
    }

    fn find(&self, wanted: &Wanted<'_>) -> Result<&(RingEntry, OnceLock<EcdsaPublicKey>), KeyRefusal> {
        let known = self.entries.iter().find(|(entry, _)| entry.access_key_id == wanted.access_key_id);
        let found = known.ok_or(KeyRefusal::UnknownKey)?;
        match (&found.0.session_token, wanted.session_token) {
            (Some(_), None) => Err(KeyRefusal::UnknownKey),
            (None, Some(_)) => Err(KeyRefusal::InvalidToken),
            (Some(held), Some(sent)) if !is_same(held, sent) => Err(KeyRefusal::InvalidToken),
            _ if found.0.expires.is_some_and(|end| wanted.now >= end) => Err(KeyRefusal::ExpiredToken),
            _ => Ok(found),
        }
    }
}

impl Keys for KeyRing {
    fn signing_key(&self, wanted: &Wanted<'_>) -> Result<SigningKey, KeyRefusal> {
        match self.find(wanted) {
            Ok((entry, _)) => Ok(self.cache.key(&entry.secret_access_key, &wanted.scope)),
            Err(refused) => {
                drop(self.cache.key(&Secret::new(NOBODY.to_owned()), &wanted.scope));
                Err(refused)
            }
        }
    }

    fn secret_access_key(&self, wanted: &Wanted<'_>) -> Result<Secret<String>, KeyRefusal> {
        self.find(wanted).map(|(entry, _)| entry.secret_access_key.clone())
    }

    fn ecdsa_key(&self, wanted: &Wanted<'_>) -> Result<EcdsaPublicKey, KeyRefusal> {
        let (entry, key) = self.find(wanted)?;
        let derive = || EcdsaKey::derive(&entry.access_key_id, &entry.secret_access_key).verifying_key();
        Ok(*key.get_or_init(derive))
    }
}

/// Without the token.
impl fmt::Debug for Wanted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wanted")
            .field("access_key_id", &self.access_key_id)
            .field("scope", &self.scope)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RingEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RingEntry").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

fn is_same(held: &Secret<String>, sent: &str) -> bool {
    held.expose().as_bytes().ct_eq(sent.as_bytes()).into()
}

/// A secret as long as those of AWS, which nobody has.
const NOBODY: &str = "0000000000000000000000000000000000000000";
