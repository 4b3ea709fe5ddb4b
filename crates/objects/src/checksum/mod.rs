//! The checksums that S3 knows: their names, how they are computed, and how those of parts become one of the whole.
//!
//! Rule: a value is what stands in the header, Base64 of the big-endian bytes. Source: the model's `ChecksumAlgorithm` and
//! `ChecksumType`, "Checking object integrity in Amazon S3".

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::CrcAlgorithm;
use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use twox_hash::{XxHash3_64, XxHash3_128, XxHash64};

/// As in AWS's model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum ChecksumAlgorithm {
    Crc32,
    Crc32c,
    Crc64Nvme,
    Sha1,
    Sha256,
    Sha512,
    Md5,
    XxHash64,
    XxHash3,
    XxHash128,
}

/// Of what a checksum is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChecksumType {
    /// Of the checksums of the parts.
    #[serde(rename = "COMPOSITE")]
    Composite,
    /// Of all bytes.
    #[serde(rename = "FULL_OBJECT")]
    FullObject,
}

/// An object's or a part's checksum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checksum {
    pub algorithm: ChecksumAlgorithm,
    /// Base64, with `-` and the count of parts behind it where it is composite.
    pub value: String,
    #[serde(rename = "type")]
    pub kind: ChecksumType,
}

/// The text names no algorithm or type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no checksum that S3 knows")]
pub struct UnknownChecksum(String);

/// A checksum in the making.
#[derive(Debug)]
pub(crate) struct Hasher {
    algorithm: ChecksumAlgorithm,
    state: State,
}

enum State {
    // Boxed, as SHA-512 and XXH3 are: a draft holds many of these at once.
    Crc(Box<crc_fast::Digest>),
    Sha1(Box<Sha1>),
    Sha256(Box<Sha256>),
    Sha512(Box<Sha512>),
    Md5(Box<Md5>),
    XxHash64(Box<XxHash64>),
    XxHash3(Box<XxHash3_64>),
    XxHash128(Box<XxHash3_128>),
}

/// The checksum of an object whose parts' checksums come one after the other.
#[derive(Debug)]
pub(crate) struct Combined {
    algorithm: ChecksumAlgorithm,
    kind: ChecksumType,
    parts: u32,
    composite: Hasher,
    /// Of what came so far.
    full: Option<u64>,
}

impl ChecksumAlgorithm {
    pub const ALL: [Self; 10] = [
        Self::Crc32,
        Self::Crc32c,
        Self::Crc64Nvme,
        Self::Sha1,
        Self::Sha256,
        Self::Sha512,
        Self::Md5,
        Self::XxHash64,
        Self::XxHash3,
        Self::XxHash128,
    ];

    /// The model's name, such as `CRC64NVME`; `x-amz-checksum-` and this in lower case is the header's.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64Nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
            Self::Md5 => "MD5",
            Self::XxHash64 => "XXHASH64",
            Self::XxHash3 => "XXHASH3",
            Self::XxHash128 => "XXHASH128",
        }
    }

    /// Bytes of a value before Base64.
    pub const fn width(self) -> usize {
        match self {
            Self::Crc32 | Self::Crc32c => 4,
            Self::Crc64Nvme | Self::XxHash64 | Self::XxHash3 => 8,
            Self::Md5 | Self::XxHash128 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// Whether an upload in parts may have it of this type. Only those of cyclic codes can be had for the whole from those of the
    /// parts, and CRC64NVME is never had otherwise.
    pub const fn allows(self, kind: ChecksumType) -> bool {
        match kind {
            ChecksumType::FullObject => matches!(self, Self::Crc32 | Self::Crc32c | Self::Crc64Nvme),
            ChecksumType::Composite => !matches!(self, Self::Crc64Nvme),
        }
    }

    /// What an upload in parts gets that names an algorithm alone.
    pub const fn default_type(self) -> ChecksumType {
        match self {
            Self::Crc64Nvme => ChecksumType::FullObject,
            _ => ChecksumType::Composite,
        }
    }

    /// Whether `value` could be one: Base64 of as many bytes as it takes.
    pub fn accepts(self, value: &str) -> bool {
        STANDARD.decode(value).is_ok_and(|bytes| bytes.len() == self.width())
    }

    /// The checksum of bytes that are all there: Base64.
    pub fn of(self, bytes: &[u8]) -> String {
        let mut hasher = Hasher::new(self);
        hasher.update(bytes);
        hasher.value()
    }

    const fn crc(self) -> Option<CrcAlgorithm> {
        match self {
            Self::Crc32 => Some(CrcAlgorithm::Crc32IsoHdlc),
            Self::Crc32c => Some(CrcAlgorithm::Crc32Iscsi),
            Self::Crc64Nvme => Some(CrcAlgorithm::Crc64Nvme),
            _ => None,
        }
    }
}

impl ChecksumType {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Composite => "COMPOSITE",
            Self::FullObject => "FULL_OBJECT",
        }
    }
}

impl Checksum {
    pub(crate) fn full(algorithm: ChecksumAlgorithm, value: String) -> Self {
        Self { algorithm, value, kind: ChecksumType::FullObject }
    }
}

impl Hasher {
    pub(crate) fn new(algorithm: ChecksumAlgorithm) -> Self {
        let state = match algorithm {
            ChecksumAlgorithm::Sha1 => State::Sha1(Box::default()),
            ChecksumAlgorithm::Sha256 => State::Sha256(Box::default()),
            ChecksumAlgorithm::Sha512 => State::Sha512(Box::default()),
            ChecksumAlgorithm::Md5 => State::Md5(Box::default()),
            ChecksumAlgorithm::XxHash64 => State::XxHash64(Box::new(XxHash64::with_seed(0))),
            ChecksumAlgorithm::XxHash3 => State::XxHash3(Box::new(XxHash3_64::new())),
            ChecksumAlgorithm::XxHash128 => State::XxHash128(Box::new(XxHash3_128::new())),
            ChecksumAlgorithm::Crc32 => {
                State::Crc(Box::new(crc_fast::Digest::new(CrcAlgorithm::Crc32IsoHdlc)))
            }
            ChecksumAlgorithm::Crc32c => {
                State::Crc(Box::new(crc_fast::Digest::new(CrcAlgorithm::Crc32Iscsi)))
            }
            ChecksumAlgorithm::Crc64Nvme => {
                State::Crc(Box::new(crc_fast::Digest::new(CrcAlgorithm::Crc64Nvme)))
            }
        };
        Self { algorithm, state }
    }

    pub(crate) fn algorithm(&self) -> ChecksumAlgorithm {
        self.algorithm
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        use std::hash::Hasher as _;
        match &mut self.state {
            State::Crc(state) => state.update(bytes),
            State::Sha1(state) => state.update(bytes),
            State::Sha256(state) => state.update(bytes),
            State::Sha512(state) => state.update(bytes),
            State::Md5(state) => state.update(bytes),
            State::XxHash64(state) => state.write(bytes),
            State::XxHash3(state) => state.write(bytes),
            State::XxHash128(state) => state.write(bytes),
        }
    }

    /// The bytes of the checksum of what came so far.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        use std::hash::Hasher as _;
        match &self.state {
            State::Crc(state) => crc_bytes(self.algorithm, state.finalize()),
            State::Sha1(state) => state.clone().finalize().to_vec(),
            State::Sha256(state) => state.clone().finalize().to_vec(),
            State::Sha512(state) => state.clone().finalize().to_vec(),
            State::Md5(state) => state.clone().finalize().to_vec(),
            State::XxHash64(state) => state.finish().to_be_bytes().to_vec(),
            State::XxHash3(state) => state.finish().to_be_bytes().to_vec(),
            State::XxHash128(state) => state.finish_128().to_be_bytes().to_vec(),
        }
    }

    /// As it stands in the header.
    pub(crate) fn value(&self) -> String {
        STANDARD.encode(self.bytes())
    }
}

impl Combined {
    pub(crate) fn new(algorithm: ChecksumAlgorithm, kind: ChecksumType) -> Self {
        Self { algorithm, kind, parts: 0, composite: Hasher::new(algorithm), full: None }
    }

    /// Takes the next part's checksum and size; `None` where the checksum is none.
    pub(crate) fn push(&mut self, value: &str, size: u64) -> Option<()> {
        let bytes = STANDARD.decode(value).ok().filter(|bytes| bytes.len() == self.algorithm.width())?;
        self.parts += 1;
        match (self.kind, self.algorithm.crc()) {
            (ChecksumType::Composite, _) => self.composite.update(&bytes),
            (ChecksumType::FullObject, crc) => {
                let next = bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
                self.full = Some(match self.full {
                    None => next,
                    Some(before) => crc_fast::checksum_combine(crc?, before, next, size),
                });
            }
        }
        Some(())
    }

    pub(crate) fn finish(self) -> Checksum {
        let value = match self.kind {
            ChecksumType::Composite => format!("{}-{}", self.composite.value(), self.parts),
            ChecksumType::FullObject => {
                let none = Hasher::new(self.algorithm).bytes();
                STANDARD.encode(self.full.map_or(none, |full| crc_bytes(self.algorithm, full)))
            }
        };
        Checksum { algorithm: self.algorithm, value, kind: self.kind }
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State")
    }
}

impl fmt::Display for ChecksumAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ChecksumAlgorithm {
    type Err = UnknownChecksum;

    /// In whatever case, as headers and trailers name them too.
    fn from_str(text: &str) -> Result<Self, UnknownChecksum> {
        let found = Self::ALL.into_iter().find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(text));
        found.ok_or_else(|| UnknownChecksum(text.to_owned()))
    }
}

impl FromStr for ChecksumType {
    type Err = UnknownChecksum;

    fn from_str(text: &str) -> Result<Self, UnknownChecksum> {
        match text {
            "COMPOSITE" => Ok(Self::Composite),
            "FULL_OBJECT" => Ok(Self::FullObject),
            _ => Err(UnknownChecksum(text.to_owned())),
        }
    }
}

impl From<ChecksumAlgorithm> for String {
    fn from(algorithm: ChecksumAlgorithm) -> Self {
        algorithm.as_str().to_owned()
    }
}

impl TryFrom<String> for ChecksumAlgorithm {
    type Error = UnknownChecksum;

    fn try_from(text: String) -> Result<Self, UnknownChecksum> {
        text.parse()
    }
}

fn crc_bytes(algorithm: ChecksumAlgorithm, value: u64) -> Vec<u8> {
    value.to_be_bytes()[8 - algorithm.width()..].to_vec()
}

#[cfg(test)]
mod tests;
