//! The part of the file that anybody can read: which format, and how the passphrase becomes keys.
//!
//! `magic (8) | memory KiB (4) | passes (4) | lanes (4) | salt (16) | proof of the passphrase (16) | nonce (12) | checksum (8)`,
//! numbers with their first byte first. The checksum tells a damaged header from a wrong passphrase; all of it is
//! authenticated with the content.
//!
//! Rule: what a header asks for is bounded before anything is done for it.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::FileError;

/// What one guess at the passphrase costs: Argon2id's parameters (RFC 9106).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(super) cost: Cost,
    pub(super) salt: [u8; SALT],
    /// Bytes that come of the passphrase and say nothing of the key.
    pub(super) proof: [u8; PROOF],
    pub(super) nonce: [u8; NONCE],
}

impl Cost {
    /// As little as Argon2 can do, for tests: no protection.
    pub const LEAST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    fn is_bearable(self) -> bool {
        (1..=8).contains(&self.lanes)
            && (1..=10).contains(&self.passes)
            && (8 * self.lanes..=MAX_MEMORY).contains(&self.memory_kib)
    }
}

/// RFC 9106's second recommendation: three passes over 64 MiB in four lanes.
impl Default for Cost {
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3, lanes: 4 }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} KiB of memory, {} passes, {} lanes", self.memory_kib, self.passes, self.lanes)
    }
}

impl Header {
    /// Of a file to be made.
    pub(super) fn new(cost: Cost, salt: [u8; SALT]) -> Self {
        Self { cost, salt, proof: [0; PROOF], nonce: [0; NONCE] }
    }

    /// The header of a file and what follows it.
    pub(super) fn parse(bytes: &[u8]) -> Result<(Self, &[u8]), FileError> {
        let magic = bytes.first_chunk::<8>().filter(|magic| magic.starts_with(MAGIC));
        let format = magic.ok_or(FileError::Foreign)?[MAGIC.len()];
        if format != FORMAT {
            return Err(FileError::Format { format });
        }
        let (header, rest) = bytes.split_first_chunk::<HEADER>().ok_or(FileError::HeaderDamaged)?;
        let (summed, sum) = header.split_at(HEADER - SUM);
        if checksum(summed) != *sum {
            return Err(FileError::HeaderDamaged);
        }
        let number = |at: usize| u32::from_be_bytes(std::array::from_fn(|i| header[at + i]));
        let cost = Cost { memory_kib: number(8), passes: number(12), lanes: number(16) };
        if !cost.is_bearable() {
            return Err(FileError::Cost { cost });
        }
        let (salt, proof) =
            (std::array::from_fn(|i| header[20 + i]), std::array::from_fn(|i| header[36 + i]));
        Ok((Self { cost, salt, proof, nonce: std::array::from_fn(|i| header[52 + i]) }, rest))
    }

    pub(super) fn write(&self) -> [u8; HEADER] {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend(MAGIC);
        bytes.push(FORMAT);
        for number in [self.cost.memory_kib, self.cost.passes, self.cost.lanes] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(self.salt);
        bytes.extend(self.proof);
        bytes.extend(self.nonce);
        bytes.extend(checksum(&bytes));
        bytes.try_into().expect("the parts have the header's length")
    }
}

fn checksum(bytes: &[u8]) -> [u8; SUM] {
    let hash = Sha256::digest(bytes);
    std::array::from_fn(|i| hash[i])
}

const MAGIC: &[u8] = b"LLVAULT";
const FORMAT: u8 = 1;
pub(super) const SALT: usize = 16;
pub(super) const PROOF: usize = 16;
pub(super) const NONCE: usize = 12;
const SUM: usize = 8;
pub(super) const HEADER: usize = 8 + 3 * 4 + SALT + PROOF + NONCE + SUM;
/// KiB: four times what a new file asks for.
const MAX_MEMORY: u32 = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn header(cost: Cost) -> Header {
        Header { cost, salt: [1; SALT], proof: [2; PROOF], nonce: [3; NONCE] }
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = header(Cost::default()).write();
        let (read, rest) = Header::parse(&bytes).unwrap();
        assert_eq!((read, rest), (header(Cost::default()), &[][..]));
    }

    #[test]
    fn no_header_asks_for_more_than_is_bearable() {
        let cost = |memory_kib, passes, lanes| Cost { memory_kib, passes, lanes };
        for (cost, taken) in [
            (Cost::LEAST, true),
            (cost(256 * 1024, 10, 8), true),
            (cost(256 * 1024 + 1, 1, 1), false),
            (cost(u32::MAX, 1, 1), false),
            (cost(1024, 11, 1), false),
            (cost(1024, 0, 1), false),
            (cost(1024, 1, 9), false),
            (cost(1024, 1, 0), false),
            (cost(15, 1, 2), false),
        ] {
            let read = Header::parse(&header(cost).write()).map(drop);
            assert_eq!(read.is_ok(), taken, "{cost}");
            assert!(taken || matches!(read, Err(FileError::Cost { .. })));
        }
    }

    #[test]
    fn damage_is_told_from_other_files_and_other_versions() {
        let whole = header(Cost::LEAST).write();
        for at in 0..HEADER {
            let mut bytes = whole;
            bytes[at] ^= 1;
            let error = Header::parse(&bytes).unwrap_err();
            match at {
                0..7 => assert!(matches!(error, FileError::Foreign), "{at}"),
                7 => assert!(matches!(error, FileError::Format { format: 0 }), "{at}"),
                _ => assert!(matches!(error, FileError::HeaderDamaged), "{at}"),
            }
            Header::parse(&whole[..at]).unwrap_err();
        }
    }
}
