//! CIDR blocks (RFC 4632, RFC 4291 section 2.3). Host bits must be zero, as EC2 demands.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A block of IPv4 addresses, `10.0.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ipv4Block {
    first: Ipv4Addr,
    length: u8,
}

/// A block of IPv6 addresses, `2600:1f18::/56`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ipv6Block {
    first: Ipv6Addr,
    length: u8,
}

/// The text is not a block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    #[error("block {0:?} is not an address and a prefix length, like {1}")]
    Form(String, &'static str),
    #[error("block {0:?} has bits set behind its prefix; {1} is the block it lies in")]
    HostBits(String, String),
}

impl Ipv4Block {
    /// A block known to have no host bits.
    pub(super) const fn fixed(first: Ipv4Addr, length: u8) -> Self {
        Self { first, length }
    }

    /// The block of this prefix length around an address; lengths above 32 are 32.
    pub fn around(address: Ipv4Addr, length: u8) -> Self {
        let length = length.min(32);
        Self { first: Ipv4Addr::from(u32::from(address) & mask(length)), length }
    }

    pub fn contains(&self, address: Ipv4Addr) -> bool {
        u32::from(address) & mask(self.length) == u32::from(self.first)
    }

    /// Whether all of `other` lies in this block.
    pub fn covers(&self, other: &Self) -> bool {
        other.length >= self.length && self.contains(other.first)
    }

    /// The first address.
    pub fn first(&self) -> Ipv4Addr {
        self.first
    }

    /// The prefix length.
    pub fn length(&self) -> u8 {
        self.length
    }

    /// Addresses that EC2 gives to interfaces: all but the first four and the last (VPC user guide, "Subnet CIDR
    /// blocks"). Zero in blocks smaller than /29, which EC2 does not make.
    pub fn capacity(&self) -> u32 {
        let size = 1u64 << (32 - u32::from(self.length));
        u32::try_from(size.saturating_sub(5)).unwrap_or(u32::MAX)
    }

    /// The address at a place below [`Self::capacity`].
    pub fn usable(&self, place: u32) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.first).saturating_add(4).saturating_add(place))
    }
}

impl Ipv6Block {
    /// The block of this prefix length around an address; lengths above 128 are 128.
    pub fn around(address: Ipv6Addr, length: u8) -> Self {
        let length = length.min(128);
        Self { first: Ipv6Addr::from(u128::from(address) & mask6(length)), length }
    }

    /// The prefix length.
    pub fn length(&self) -> u8 {
        self.length
    }

    pub fn contains(&self, address: Ipv6Addr) -> bool {
        u128::from(address) & mask6(self.length) == u128::from(self.first)
    }
}

impl FromStr for Ipv4Block {
    type Err = BlockError;

    fn from_str(text: &str) -> Result<Self, BlockError> {
        let (address, length) = parts(text, 32, "10.0.0.0/16")?;
        let IpAddr::V4(address) = address else {
            return Err(BlockError::Form(shown(text), "10.0.0.0/16"));
        };
        let block = Self::around(address, length);
        if block.first == address {
            Ok(block)
        } else {
            Err(BlockError::HostBits(shown(text), block.to_string()))
        }
    }
}

impl FromStr for Ipv6Block {
    type Err = BlockError;

    fn from_str(text: &str) -> Result<Self, BlockError> {
        let (address, length) = parts(text, 128, "2600:1f18:1234:5600::/56")?;
        let IpAddr::V6(address) = address else {
            return Err(BlockError::Form(shown(text), "2600:1f18:1234:5600::/56"));
        };
        let block = Self::around(address, length);
        if block.first == address {
            Ok(block)
        } else {
            Err(BlockError::HostBits(shown(text), block.to_string()))
        }
    }
}

impl fmt::Display for Ipv4Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.length)
    }
}

impl fmt::Display for Ipv6Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.length)
    }
}

impl TryFrom<String> for Ipv4Block {
    type Error = BlockError;

    fn try_from(text: String) -> Result<Self, BlockError> {
        text.parse()
    }
}

impl TryFrom<String> for Ipv6Block {
    type Error = BlockError;

    fn try_from(text: String) -> Result<Self, BlockError> {
        text.parse()
    }
}

impl From<Ipv4Block> for String {
    fn from(block: Ipv4Block) -> Self {
        block.to_string()
    }
}

impl From<Ipv6Block> for String {
    fn from(block: Ipv6Block) -> Self {
        block.to_string()
    }
}

fn parts(text: &str, longest: u8, example: &'static str) -> Result<(IpAddr, u8), BlockError> {
    let wrong = || BlockError::Form(shown(text), example);
    let (address, length) = text.split_once('/').ok_or_else(wrong)?;
    let plain = !length.is_empty() && length.len() <= 3 && length.bytes().all(|b| b.is_ascii_digit());
    let length: u8 = plain.then(|| length.parse().ok()).flatten().ok_or_else(wrong)?;
    let address = address.parse().map_err(|_| wrong())?;
    if length <= longest { Ok((address, length)) } else { Err(wrong()) }
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

fn mask(length: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0)
}

fn mask6(length: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contains_what_lies_behind_the_prefix() {
        let block: Ipv4Block = "172.31.16.0/20".parse().unwrap();
        for (address, inside) in [("172.31.16.0", true), ("172.31.31.255", true), ("172.31.32.0", false)] {
            assert_eq!(block.contains(address.parse().unwrap()), inside, "{address}");
        }
        assert!(Ipv4Block::around(block.first(), 0).covers(&block));
        let block: Ipv6Block = "2600:1f18::/32".parse().unwrap();
        assert!(block.contains("2600:1f18:ffff::1".parse().unwrap()));
    }

    #[test]
    fn capacity_leaves_five_addresses_to_the_vpc() {
        for (text, capacity) in [("10.0.0.0/28", 11), ("10.0.0.0/20", 4091), ("10.0.0.0/31", 0)] {
            assert_eq!(text.parse::<Ipv4Block>().unwrap().capacity(), capacity, "{text}");
        }
    }

    #[test]
    fn names_the_block_that_was_meant() {
        let error = "10.0.1.7/24".parse::<Ipv4Block>().unwrap_err();
        assert!(error.to_string().ends_with("10.0.1.0/24 is the block it lies in"), "{error}");
        for text in ["", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/+8", "10.0.0/8", "::/0", "10.0.0.0/"] {
            assert!(text.parse::<Ipv4Block>().is_err(), "{text}");
        }
    }
}
