//! AWS account numbers: twelve decimal digits (AWS Account Management guide, "View AWS account identifiers").

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A twelve-digit account number, leading zeros kept on output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(u64);

/// The text is not an account number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("account number {0:?} is not twelve digits")]
pub struct AccountIdError(String);

impl AccountId {
    /// One above the largest account number.
    const BOUND: u64 = 1_000_000_000_000;

    /// The account with this number; `None` above twelve digits.
    pub fn from_number(number: u64) -> Option<Self> {
        (number < Self::BOUND).then_some(Self(number))
    }

    /// The number, at most 999,999,999,999.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl FromStr for AccountId {
    type Err = AccountIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten().map(Self).ok_or_else(|| AccountIdError(text.to_owned()))
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl TryFrom<String> for AccountId {
    type Error = AccountIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_leading_zeros() {
        let id: AccountId = "000000000012".parse().unwrap();
        assert_eq!((id.number(), id.to_string().as_str()), (12, "000000000012"));
    }

    #[test]
    fn refuses_anything_but_twelve_digits() {
        for text in ["", "12345678901", "1234567890123", "12345678901a", "+23456789012", "１２３４"] {
            assert!(text.parse::<AccountId>().is_err(), "{text}");
        }
    }
}
