//! Public keys: read in the forms that `ImportKeyPair` takes, written in OpenSSH's.
//!
//! Source: EC2 user guide, "Create a key pair using a third-party tool" (OpenSSH, RFC 4716, Base64 of DER) and "Verify the
//! fingerprint of your key pair". An imported RSA key has the MD5 of its DER form, which is what EC2 answers with, whatever RFC 4716
//! says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha2::{Digest as _, Sha256};

use super::super::refusal::invalid_value;
use super::{der, ssh};
use crate::ServiceError;

/// A public key of a kind that EC2 takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// Both big-endian, without leading zeros.
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    Ed25519([u8; 32]),
}

impl PublicKey {
    /// Reads a key as it was imported.
    ///
    /// # Errors
    /// `InvalidKey.Format`, `InvalidParameterValue`
    pub fn read(material: &[u8]) -> Result<Self, ServiceError> {
        if material.len() > MAX_MATERIAL {
            return Err(invalid_value(format!(
                "Value for parameter PublicKeyMaterial is invalid. Length exceeds maximum of {MAX_MATERIAL}."
            )));
        }
        let key = std::str::from_utf8(material).ok().and_then(|text| read(text.trim()));
        key.filter(Self::is_of_a_length).ok_or_else(|| {
            ServiceError::new("InvalidKey.Format", 400, "Key is not in valid OpenSSH public key format")
        })
    }

    /// `rsa` or `ed25519`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Rsa { .. } => "rsa",
            Self::Ed25519(_) => "ed25519",
        }
    }

    /// Algorithm and Base64, without comment.
    pub fn openssh(&self) -> String {
        format!("{} {}", self.algorithm(), STANDARD.encode(self.blob()))
    }

    /// As `DescribeKeyPairs` has it of an imported key, and of any Ed25519 key.
    pub fn fingerprint(&self) -> String {
        match self {
            Self::Rsa { .. } => colons(&Md5::digest(self.subject_public_key_info())),
            Self::Ed25519(_) => STANDARD.encode(Sha256::digest(self.blob())),
        }
    }

    pub(super) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa { .. } => RSA,
            Self::Ed25519(_) => ED25519,
        }
    }

    /// RFC 4253 section 6.6, RFC 8709 section 4.
    pub(super) fn blob(&self) -> Vec<u8> {
        let blob = ssh::Writer::new().string(self.algorithm().as_bytes());
        match self {
            Self::Rsa { modulus, exponent } => blob.mpint(exponent).mpint(modulus).finish(),
            Self::Ed25519(key) => blob.string(key).finish(),
        }
    }

    fn subject_public_key_info(&self) -> Vec<u8> {
        let Self::Rsa { modulus, exponent } = self else { return Vec::new() };
        let key = der::sequence(&[der::integer(modulus), der::integer(exponent)]);
        der::sequence(&[der::sequence(&[der::RSA_ALGORITHM.to_vec()]), der::bit_string(&key)])
    }

    /// RSA keys of 1024 bits and more.
    fn is_of_a_length(&self) -> bool {
        match self {
            Self::Rsa { modulus, exponent } => {
                (MIN_MODULUS..=MAX_MODULUS).contains(&modulus.len()) && exponent.len() <= MAX_EXPONENT
            }
            Self::Ed25519(_) => true,
        }
    }
}

/// Pairs of hexadecimal digits with colons between.
pub(super) fn colons(digest: &[u8]) -> String {
    let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(":")
}

fn read(text: &str) -> Option<PublicKey> {
    if let Some(rest) = text.strip_prefix("---- BEGIN SSH2 PUBLIC KEY ----") {
        return of_blob(
            &STANDARD.decode(rfc4716_body(rest.strip_suffix("---- END SSH2 PUBLIC KEY ----")?)).ok()?,
        );
    }
    let mut words = text.split_ascii_whitespace();
    let first = words.next()?;
    if [RSA, ED25519].contains(&first) {
        // A second line would be another key in somebody's authorized_keys.
        let body = words.next().filter(|_| !text.contains(['\n', '\r']))?;
        return of_blob(&STANDARD.decode(body).ok()?).filter(|key| key.algorithm() == first);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
    of_der(&STANDARD.decode(lines.collect::<String>()).ok()?)
}

/// What remains without headers, which a backslash continues (RFC 4716 section 3.3).
fn rfc4716_body(text: &str) -> String {
    let mut continued = false;
    let mut is_body = |line: &str| {
        let is_header = continued || line.contains(':');
        continued = is_header && line.ends_with('\\');
        !is_header
    };
    text.lines().map(str::trim).filter(|line| is_body(line)).collect()
}

fn of_blob(blob: &[u8]) -> Option<PublicKey> {
    let mut reader = ssh::Reader::new(blob);
    let algorithm = reader.string()?;
    let key = if algorithm == RSA.as_bytes() {
        let (exponent, modulus) = (reader.mpint()?.to_vec(), reader.mpint()?.to_vec());
        PublicKey::Rsa { modulus, exponent }
    } else if algorithm == ED25519.as_bytes() {
        PublicKey::Ed25519(reader.string()?.try_into().ok()?)
    } else {
        return None;
    };
    reader.is_empty().then_some(key)
}

/// An RSA key as SubjectPublicKeyInfo (RFC 5280 section 4.1).
fn of_der(bytes: &[u8]) -> Option<PublicKey> {
    let mut whole = der::Reader::new(bytes);
    let mut info = whole.sequence()?;
    let mut algorithm = info.sequence()?;
    let key = info.bit_string()?;
    let is_rsa = algorithm.value(0x06)? == &der::RSA_ALGORITHM[2..11];
    let mut numbers = der::Reader::new(key).sequence()?;
    let (modulus, exponent) = (numbers.integer()?.to_vec(), numbers.integer()?.to_vec());
    let is_whole = whole.is_empty() && info.is_empty() && numbers.is_empty();
    (is_rsa && is_whole).then_some(PublicKey::Rsa { modulus, exponent })
}

const RSA: &str = "ssh-rsa";
const ED25519: &str = "ssh-ed25519";

/// Bytes.
const MAX_MATERIAL: usize = 2048;
const MIN_MODULUS: usize = 128;
const MAX_MODULUS: usize = 1024;
const MAX_EXPONENT: usize = 8;
