//! Session credentials: issued, and opened again, without a store.
//!
//! A session token carries its claims sealed, so that every process with the same master keys checks it by itself. It
//! is opaque to clients, but starts as AWS's do today (`IQoJb3JpZ2luX2Vj`; facts/account.md section 4.3).

mod claims;
mod container;
mod token;

#[cfg(test)]
mod tests;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use types::{AccessKeyId, Credentials, Secret, Timestamp};
use zeroize::Zeroizing;

pub use claims::{RoleDelivery, SessionClaims, SessionPrincipal, SessionRole};

use crate::{Keyring, MasterKey};

/// Issues sessions and opens their tokens.
#[derive(Clone, Debug)]
pub struct SessionIssuer {
    keys: Keyring,
}

/// A session as its token tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub claims: SessionClaims,
    /// What the holder signs with; recomputed, since nothing was stored.
    pub secret_access_key: Secret<String>,
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

    /// Credentials for `claims`. The free bits of the key id come from `random`; the same claims and bytes give the
    /// same credentials.
    pub fn issue(&self, claims: &SessionClaims, random: [u8; 10]) -> Credentials {
        let access_key_id = AccessKeyId::temporary(claims.account_id, random);
        let (number, master) = self.keys.newest();
        Credentials {
            secret_access_key: secret_access_key(master, &access_key_id),
            session_token: Some(token::seal(number, master, &access_key_id, claims)),
            expiration: Some(claims.expires_at),
            access_key_id,
        }
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
        Ok(Session { claims, secret_access_key: secret_access_key(master, access_key_id) })
    }

    /// 32 bytes that follow from the newest master key; for what is derived beside keys.
    pub(crate) fn derive(&self, label: &str, context: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        self.keys.newest().1.derive(label, context)
    }
}

/// 40 characters of Base64, as AWS's: 30 bytes that follow from the key id.
fn secret_access_key(master: &MasterKey, id: &AccessKeyId) -> Secret<String> {
    let bytes = master.derive("secret access key", &[id.as_str().as_bytes()]);
    Secret::new(STANDARD.encode(&bytes[..30]))
}
