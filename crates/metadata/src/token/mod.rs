//! Session tokens of version 2: 56 characters that any process with the same key can check.
//!
//! 40 bytes, which URL-safe Base64 renders as 54 characters and `==`:
//!
//! | bytes | content |
//! |---|---|
//! | 4 | `01 00 04 00`, so that the text starts with `AQAEA` as EC2's does |
//! | 1 | number of the key |
//! | 6 | expiry, milliseconds since the epoch, big-endian |
//! | 2 | time to live, seconds, big-endian: with the expiry it says when the token was issued |
//! | 11 | random |
//! | 16 | HMAC-SHA256 over the bytes before and the instance id, cut to 128 bits |
//!
//! A MAC and not an AEAD: nothing in a token is confidential, and a MAC has no nonce whose reuse by two replicas with one
//! key would break it. `docs/adr/0001-session-tokens.md` has the comparison. The form is facts/imds.md section 1.3.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use types::{InstanceId, Secret, Timestamp};

use crate::request::Field;

/// A key by which tokens are made and checked. Its two hash states after the key are kept, so that a token costs two
/// compressions.
#[derive(Clone)]
pub struct TokenKey {
    number: u8,
    keyed: Hmac<Sha256>,
}

/// The key that makes tokens, and older ones whose tokens are still accepted.
#[derive(Clone, Debug)]
pub struct TokenKeys {
    current: TokenKey,
    earlier: Vec<TokenKey>,
}

/// Why a token is not accepted. All get the same answer, 401; the reason is for logs and tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("session token is not 56 characters of URL-safe Base64")]
    Malformed,
    #[error("session token was made with a key that is not in use here")]
    UnknownKey,
    #[error("session token is forged or belongs to another instance")]
    Forged,
    #[error("session token has expired")]
    Expired,
}

impl TokenKey {
    /// A key under its number. The number is public and goes into each token; the secret has 256 random bits.
    pub fn new(number: u8, secret: &Secret<[u8; 32]>) -> Self {
        let keyed = Hmac::new_from_slice(secret.expose()).expect("HMAC takes keys of any length");
        Self { number, keyed }
    }

    fn mac(&self, body: &[u8], instance_id: &InstanceId) -> Hmac<Sha256> {
        // The body has a fixed length, so what follows it cannot be confused with it.
        self.keyed.clone().chain_update(body).chain_update(instance_id.as_str())
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKey").field("number", &self.number).finish_non_exhaustive()
    }
}

impl TokenKeys {
    /// Tokens are made with `current`; those made with `earlier` keys stay good until they expire. Where numbers repeat,
    /// the first key counts.
    pub fn new(current: TokenKey, earlier: Vec<TokenKey>) -> Self {
        Self { current, earlier }
    }

    /// A token for `instance_id`, good until `ttl_secs` after `now`. One with a TTL of 0 is never good; EC2 issues it
    /// all the same.
    pub fn issue(
        &self,
        instance_id: &InstanceId,
        ttl_secs: u32,
        now: Timestamp,
        random: [u8; 11],
    ) -> [u8; 56] {
        let expiry = now.millis().saturating_add(i64::from(ttl_secs) * 1000);
        let mut raw = [0; RAW_LEN];
        raw[..4].copy_from_slice(&PREFIX);
        raw[4] = self.current.number;
        raw[5..11].copy_from_slice(&expiry.to_be_bytes()[2..]);
        // At most six hours, as it was asked for.
        raw[11..13].copy_from_slice(&u16::try_from(ttl_secs).unwrap_or(u16::MAX).to_be_bytes());
        raw[13..BODY_LEN].copy_from_slice(&random);
        let mac = self.current.mac(&raw[..BODY_LEN], instance_id).finalize().into_bytes();
        raw[BODY_LEN..].copy_from_slice(&mac[..MAC_LEN]);

        let mut text = [0; TEXT_LEN];
        URL_SAFE.encode_slice(raw, &mut text).expect("40 bytes are 56 characters");
        text
    }

    /// The seconds that the token has left, rounded up: 1 to 21,600.
    ///
    /// The length is checked before anything is decoded, the MAC before the content is believed, in constant time.
    pub fn verify(&self, text: &[u8], instance_id: &InstanceId, now: Timestamp) -> Result<u32, TokenError> {
        let body = self.opened(text, instance_id)?;
        let left = expiry(&body).saturating_sub(now.millis());
        if left <= 0 {
            return Err(TokenError::Expired);
        }
        // More than was asked for is left where the clock of another replica is ahead.
        Ok(u32::try_from(left.saturating_add(999) / 1000).unwrap_or(MAX_TTL).min(MAX_TTL))
    }

    /// When the token was issued; one that has expired says it as well.
    pub fn issued_at(&self, text: &[u8], instance_id: &InstanceId) -> Result<Timestamp, TokenError> {
        let body = self.opened(text, instance_id)?;
        let ttl = u16::from_be_bytes([body[11], body[12]]);
        Ok(Timestamp::from_millis(expiry(&body) - i64::from(ttl) * 1000))
    }

    /// The token's content, which somebody with a key in use wrote for this instance.
    fn opened(&self, text: &[u8], instance_id: &InstanceId) -> Result<[u8; BODY_LEN], TokenError> {
        let raw = decode(text).ok_or(TokenError::Malformed)?;
        let (body, mac) = raw.split_first_chunk().expect("a token is longer than its content");
        let key = self.key(body[4]).ok_or(TokenError::UnknownKey)?;
        key.mac(body, instance_id).verify_truncated_left(mac).map_err(|_| TokenError::Forged)?;
        Ok(*body)
    }

    fn key(&self, number: u8) -> Option<&TokenKey> {
        std::iter::once(&self.current).chain(&self.earlier).find(|key| key.number == number)
    }
}

/// The seconds asked for by `X-aws-ec2-metadata-token-ttl-seconds`: 0 to 21,600 in one to nine decimal digits. `None`
/// for anything else, a missing or repeated header among it: the answer is 400.
pub(crate) fn parse_ttl(field: Field<'_>) -> Option<u32> {
    let Field::One(digits) = field else { return None };
    let digits = digits.trim_ascii();
    if !(1..=9).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let ttl = digits.iter().fold(0, |ttl, digit| ttl * 10 + u32::from(digit - b'0'));
    (ttl <= MAX_TTL).then_some(ttl)
}

/// Milliseconds since the epoch.
fn expiry(body: &[u8; BODY_LEN]) -> i64 {
    body[5..11].iter().fold(0, |millis, byte| millis << 8 | i64::from(*byte))
}

fn decode(text: &[u8]) -> Option<[u8; RAW_LEN]> {
    if text.len() != TEXT_LEN {
        return None;
    }
    let mut raw = [0; RAW_LEN];
    // Bits left over in the last character must be zero, so each token has one spelling.
    let len = URL_SAFE.decode_slice(text, &mut raw).ok()?;
    (len == RAW_LEN && raw[..4] == PREFIX).then_some(raw)
}

/// Six hours (EC2 user guide, "How Instance Metadata Service Version 2 works").
const MAX_TTL: u32 = 21_600;
const PREFIX: [u8; 4] = [0x01, 0x00, 0x04, 0x00];
const MAC_LEN: usize = 16;
const BODY_LEN: usize = 24;
const RAW_LEN: usize = BODY_LEN + MAC_LEN;
const TEXT_LEN: usize = 56;

#[cfg(test)]
mod tests;
