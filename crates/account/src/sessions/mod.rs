//! Session credentials: issued, and opened again, without a store.
//!
//! A session token carries its claims sealed, so that every process with the same master keys checks it by itself. It
//! is opaque to clients, but starts as AWS's do today (`IQoJb3JpZ2luX2Vj`; facts/account.md section 4.3).

mod claims;
mod container;
mod packed;
mod squeezed;
mod token;

#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use policy::{DocumentKind, Policy};
use types::{AccessKeyId, Credentials, Secret, Timestamp};
use zeroize::Zeroizing;

pub(crate) use claims::INSTANCE_IDENTITY;
pub use claims::{
    FederatedOrigin, InstanceOrigin, RoleDelivery, SessionClaims, SessionPrincipal, SessionRole, SessionTag,
    SessionUser,
};

use crate::{Keyring, MasterKey};

/// Issues sessions and opens their tokens.
#[derive(Clone, Debug)]
pub struct SessionIssuer {
    keys: Keyring,
}

/// A session as its token tells it.
#[derive(Clone, Debug)]
pub struct Session {
    pub claims: SessionClaims,
    /// What the holder signs with; recomputed, since nothing was stored.
    pub secret_access_key: Secret<String>,
    /// The inline session policy, read when it is first needed.
    policy: OnceLock<Option<Policy>>,
}

/// Credentials and how much of the token's room they took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    pub credentials: Credentials,
    /// `SessionTokenSize`, in bytes.
    pub token_size: usize,
    /// `SessionTokenUtilization`: percent of [`SessionIssuer::MAX_TOKEN`].
    pub token_utilization: u8,
    /// `PackedPolicySize`: percent of the room for session policies and tags; `None` where there are none.
    pub packed_policy_size: Option<u8>,
}

/// Session policies and tags do not fit into a token: `PackedPolicyTooLarge`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "session policies and tags take {percent}% of the room in a session token; pass fewer or shorter ones"
)]
pub struct PackedPolicyError {
    /// Above 100.
    pub percent: usize,
    /// There are tags and no policies.
    pub tags_alone: bool,
}

/// A session token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    #[error(
        "session token is malformed, was changed, or belongs to another key id or installation; fetch credentials again"
    )]
    Invalid,
    #[error("session token expired at {expired_at}; fetch credentials again")]
    Expired { expired_at: Timestamp },
}

impl SessionError {
    /// AWS's error code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Invalid => "InvalidClientTokenId",
            Self::Expired { .. } => "ExpiredToken",
        }
    }
}

impl SessionIssuer {
    pub fn new(keys: Keyring) -> Self {
        Self { keys }
    }

    /// Characters of the longest token: AWS's own bound (facts/account.md section 4.3).
    pub const MAX_TOKEN: usize = token::MAX_TOKEN;

    /// Credentials for `claims`, with a token of at least `minimum_size` characters (`MinimumSessionTokenSize`, rounded up to four).
    /// The free bits of the key id come from `random`; the same claims and bytes give the same credentials.
    ///
    /// # Errors
    /// Session policies and tags are too large for a token.
    pub fn issue(
        &self,
        claims: &SessionClaims,
        minimum_size: usize,
        random: [u8; 10],
    ) -> Result<Issued, PackedPolicyError> {
        let access_key_id = AccessKeyId::temporary(claims.account_id, random);
        let (number, master) = self.keys.newest();
        let (plain, packed) = packed::pack(claims);
        let percent = packed_percent(plain.len(), packed);
        if plain.len() > token::MAX_PLAIN {
            let tags_alone = !claims.has_policies();
            return Err(PackedPolicyError { percent: percent.max(101), tags_alone });
        }
        let session_token = token::seal(number, master, &access_key_id, plain, minimum_size);
        let token_size = session_token.expose().len();
        let credentials = Credentials {
            secret_access_key: secret_access_key(master, &access_key_id),
            session_token: Some(session_token),
            expiration: Some(claims.expires_at),
            access_key_id,
        };
        Ok(Issued {
            credentials,
            token_size,
            token_utilization: (token_size * 100).div_ceil(Self::MAX_TOKEN) as u8,
            packed_policy_size: (packed > 0).then_some(percent as u8),
        })
    }

    /// Credentials for claims without session policies or tags, which always fit.
    pub(crate) fn issue_plain(&self, claims: &SessionClaims, random: [u8; 10]) -> Credentials {
        self.issue(claims, 0, random).expect("names of an instance and a role fit into a token").credentials
    }

    /// The session behind `token`, presented with `access_key_id` at `now`.
    pub fn open(
        &self,
        token: &str,
        access_key_id: &AccessKeyId,
        now: Timestamp,
    ) -> Result<Session, SessionError> {
        let sealed = token::parse(token).ok_or(SessionError::Invalid)?;
        let master = self.keys.numbered(sealed.key_number).ok_or(SessionError::Invalid)?;
        let claims = sealed.open(master, access_key_id).ok_or(SessionError::Invalid)?;
        if now >= claims.expires_at {
            return Err(SessionError::Expired { expired_at: claims.expires_at });
        }
        Ok(Session::new(claims, secret_access_key(master, access_key_id)))
    }

    pub(crate) fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// 32 bytes that follow from the newest master key; for what is derived beside keys.
    pub(crate) fn derive(&self, label: &str, context: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        self.keys.newest().1.derive(label, context)
    }
}

impl Session {
    fn new(claims: SessionClaims, secret_access_key: Secret<String>) -> Self {
        Self { claims, secret_access_key, policy: OnceLock::new() }
    }

    /// The inline session policy. `None` also for a text that is no policy: whoever asks must have looked at the claims, and
    /// take it as one that allows nothing.
    pub fn policy(&self) -> Option<&Policy> {
        let read = || Policy::parse(self.claims.policy.as_deref()?, DocumentKind::Session).ok();
        self.policy.get_or_init(read).as_ref()
    }
}

impl PartialEq for Session {
    fn eq(&self, other: &Self) -> bool {
        self.claims == other.claims && self.secret_access_key == other.secret_access_key
    }
}

impl Eq for Session {}

/// How much of the room beside the other claims policies and tags take.
fn packed_percent(all: usize, packed: usize) -> usize {
    let room = token::MAX_PLAIN.saturating_sub(all - packed).max(1);
    (packed * 100).div_ceil(room)
}

/// 40 characters of Base64, as AWS's: 30 bytes that follow from the key id.
fn secret_access_key(master: &MasterKey, id: &AccessKeyId) -> Secret<String> {
    let bytes = master.derive("secret access key", &[id.as_str().as_bytes()]);
    Secret::new(STANDARD.encode(&bytes[..30]))
}
