//! Identifiers that encode the account number, as AWS's do.
//!
//! Four letters of kind, then 16 Base32 characters = 10 bytes. Read as big-endian, bits 7 to 46 of the first six bytes
//! hold the account number (`(n & 0x7fff_ffff_ff80) >> 7`; facts/account.md section 4.3), the rest is free.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::AccountId;

/// An access key id: `AKIA…` for a user's key, `ASIA…` for a temporary one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccessKeyId(String);

/// A unique id of an IAM entity, such as `AROA…` of a role or `AIPA…` of an instance profile.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UniqueId(String);

/// What the first four letters say (IAM User Guide, "Understanding unique ID prefixes").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// `AKIA`
    LongTerm,
    /// `ASIA`
    Temporary,
}

/// The text is not an access key id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("access key id is not AKIA or ASIA and 16 to 124 capital letters and digits")]
pub struct AccessKeyIdError;

impl AccessKeyId {
    /// The id of a temporary key of `account`; `random` fills the free bits.
    pub fn temporary(account: AccountId, random: [u8; 10]) -> Self {
        Self(encode("ASIA", account, random))
    }

    /// The id of a long-term key of `account`.
    pub fn long_term(account: AccountId, random: [u8; 10]) -> Self {
        Self(encode("AKIA", account, random))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn kind(&self) -> KeyKind {
        if self.0.starts_with("ASIA") { KeyKind::Temporary } else { KeyKind::LongTerm }
    }

    /// The account encoded in the id; `None` where the id is of another length or alphabet, or was issued before accounts
    /// were encoded (those begin with `AKIAI`, `AKIAJ` and the like).
    pub fn account(&self) -> Option<AccountId> {
        decode(&self.0)
    }
}

impl UniqueId {
    /// The id of an instance profile of `account`.
    pub fn instance_profile(account: AccountId, random: [u8; 10]) -> Self {
        Self(encode("AIPA", account, random))
    }

    /// The id of a role of `account`.
    pub fn role(account: AccountId, random: [u8; 10]) -> Self {
        Self(encode("AROA", account, random))
    }

    /// The id of a user of `account`.
    pub fn user(account: AccountId, random: [u8; 10]) -> Self {
        Self(encode("AIDA", account, random))
    }

    /// The id of a group of `account`.
    pub fn group(account: AccountId, random: [u8; 10]) -> Self {
        Self(encode("AGPA", account, random))
    }

    /// The id of a customer managed policy of `account`.
    pub fn managed_policy(account: AccountId, random: [u8; 10]) -> Self {
        Self(encode("ANPA", account, random))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UniqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for UniqueId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for AccessKeyId {
    type Err = AccessKeyIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let prefixed = text.starts_with("AKIA") || text.starts_with("ASIA");
        let sized = (20..=128).contains(&text.len());
        let spelled = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if prefixed && sized && spelled { Ok(Self(text.to_owned())) } else { Err(AccessKeyIdError) }
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AccessKeyId {
    type Error = AccessKeyIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AccessKeyId> for String {
    fn from(id: AccessKeyId) -> Self {
        id.0
    }
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Bits of the first six bytes that carry the account number.
const ACCOUNT_MASK: u64 = 0x7fff_ffff_ff80;
const ACCOUNT_SHIFT: u32 = 7;
/// The bit that today's ids have set; clear ones are keys from before the account was encoded.
const TODAYS: u64 = 1 << 47;

fn encode(prefix: &str, account: AccountId, mut bytes: [u8; 10]) -> String {
    let mut head = [0u8; 8];
    head[2..].copy_from_slice(&bytes[..6]);
    let free = (u64::from_be_bytes(head) & !ACCOUNT_MASK) | TODAYS;
    let word = free | (account.number() << ACCOUNT_SHIFT);
    bytes[..6].copy_from_slice(&word.to_be_bytes()[2..]);

    let mut text = String::with_capacity(20);
    text.push_str(prefix);
    for half in bytes.chunks_exact(5) {
        let bits = half.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        text.extend((0..8).rev().map(|i| char::from(ALPHABET[(bits >> (5 * i)) as usize & 31])));
    }
    text
}

fn decode(id: &str) -> Option<AccountId> {
    let body = id.as_bytes().get(4..)?;
    if body.len() != 16 {
        return None;
    }
    // 10 characters are 50 bits: six bytes and two bits over.
    let bits = body.iter().take(10).try_fold(0u64, |bits, c| {
        let digit = ALPHABET.iter().position(|a| a == c)?;
        Some(bits << 5 | digit as u64)
    })?;
    let word = bits >> 2;
    if word & TODAYS == 0 {
        return None;
    }
    AccountId::from_number((word & ACCOUNT_MASK) >> ACCOUNT_SHIFT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn published_key_decodes_to_its_account() {
        // The worked example of "A short note on AWS KEY ID" (T. Be'ery).
        let id: AccessKeyId = "ASIAQNZGKIQY56JQ7WML".parse().unwrap();
        assert_eq!(id.account().unwrap().to_string(), "029608264753");
        let older: AccessKeyId = "AKIAIOSFODNN7EXAMPLE".parse().unwrap();
        assert_eq!(older.account(), None);
    }

    proptest! {
        #[test]
        fn account_survives_the_round_trip(number in 0u64..1_000_000_000_000, random: [u8; 10]) {
            let account = AccountId::from_number(number).unwrap();
            let id = AccessKeyId::temporary(account, random);
            prop_assert_eq!(id.account(), Some(account));
            prop_assert_eq!(id.as_str().len(), 20);
            prop_assert_eq!(id.as_str().parse::<AccessKeyId>(), Ok(id.clone()));
        }
    }
}
