//! Keys of providers: JSON Web Key Sets (RFC 7517, RFC 7518 section 6), and which of them a token may be verified with.
//!
//! Rule: the key says what it is for, not the token: a key of one kind never verifies an algorithm of another, and there is no
//! algorithm but those of public keys.

use std::str::FromStr;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

/// How tokens are signed: those that AWS takes (captured).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    Rs384,
    Rs512,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    Es384,
    Es512,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    P256,
    P384,
    P521,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VerificationKey {
    /// Big-endian, without leading zeros.
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    /// The point, uncompressed: 4, x, y (SEC 1 section 2.3.3).
    Ec { curve: Curve, point: Vec<u8> },
}

/// Whether a signature over a message is by the holder of the key. Signatures of ECDSA are two numbers, one behind the other.
pub type SignatureVerifier = fn(Algorithm, &VerificationKey, message: &[u8], signature: &[u8]) -> bool;

/// A key set is none that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    #[error("key set has {0} bytes, at most {MAX_SET} are read; leave out keys that are not in use")]
    TooLong(usize),
    #[error("key set is no JSON Web Key Set: {0}; give a document like {{\"keys\":[{{\"kty\":\"RSA\",…}}]}}")]
    Json(String),
    #[error("key set has {0} keys, at most {MAX_KEYS} are read; leave out those that are not in use")]
    TooMany(usize),
    #[error(
        "key set holds no key to verify with: one has a kid, is of RSA with at least 2048 bits, or of EC on P-256, P-384 or P-521"
    )]
    NoKeys,
    #[error("key set has two keys with kid {0:?}; which is meant, no token could say")]
    Twice(String),
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Key>,
}

/// Other members, private ones among them, are not read.
#[derive(Deserialize)]
struct Key {
    #[serde(default)]
    kid: String,
    kty: String,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// Checks a key set that is to be kept.
pub(crate) fn check(set: &str) -> Result<(), KeySetError> {
    let keys = read(set)?;
    let usable: Vec<&Key> =
        keys.iter().filter(|key| ALL.into_iter().any(|algorithm| key.verifies(algorithm))).collect();
    for (at, key) in usable.iter().enumerate() {
        if usable[..at].iter().any(|other| other.kid == key.kid) {
            return Err(KeySetError::Twice(key.kid.clone()));
        }
    }
    if usable.is_empty() { Err(KeySetError::NoKeys) } else { Ok(()) }
}

/// The key of this id for this algorithm.
pub(super) fn find(set: &str, id: &str, algorithm: Algorithm) -> Option<VerificationKey> {
    let keys = read(set).ok()?;
    keys.iter().find(|key| key.kid == id && key.verifies(algorithm))?.public()
}

fn read(set: &str) -> Result<Vec<Key>, KeySetError> {
    if set.len() > MAX_SET {
        return Err(KeySetError::TooLong(set.len()));
    }
    let set: KeySet = serde_json::from_str(set).map_err(|error| KeySetError::Json(error.to_string()))?;
    if set.keys.len() > MAX_KEYS {
        return Err(KeySetError::TooMany(set.keys.len()));
    }
    Ok(set.keys)
}

impl Key {
    fn verifies(&self, algorithm: Algorithm) -> bool {
        let named = self.alg.as_deref().is_none_or(|name| name.parse() == Ok(algorithm));
        let signs = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        let fits = match self.public() {
            Some(VerificationKey::Rsa { .. }) => algorithm.curve().is_none(),
            Some(VerificationKey::Ec { curve, .. }) => algorithm.curve() == Some(curve),
            None => false,
        };
        !self.kid.is_empty() && named && signs && fits
    }

    fn public(&self) -> Option<VerificationKey> {
        match self.kty.as_str() {
            "RSA" => {
                let (modulus, exponent) = (number(&self.n)?, number(&self.e)?);
                (modulus.len() >= MIN_MODULUS).then_some(VerificationKey::Rsa { modulus, exponent })
            }
            "EC" => {
                let curve: Curve = self.crv.as_deref()?.parse().ok()?;
                let (x, y) = (coordinate(&self.x, curve)?, coordinate(&self.y, curve)?);
                Some(VerificationKey::Ec { curve, point: [&[4], &*x, &*y].concat() })
            }
            _ => None,
        }
    }
}

fn number(text: &Option<String>) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text.as_deref()?).ok()?;
    let start = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes[start..].to_vec())
}

fn coordinate(text: &Option<String>, curve: Curve) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text.as_deref()?).ok()?;
    (bytes.len() == curve.field()).then_some(bytes)
}

impl Algorithm {
    /// `None` for RSA.
    pub fn curve(self) -> Option<Curve> {
        match self {
            Self::Rs256 | Self::Rs384 | Self::Rs512 => None,
            Self::Es256 => Some(Curve::P256),
            Self::Es384 => Some(Curve::P384),
            Self::Es512 => Some(Curve::P521),
        }
    }
}

impl Curve {
    /// Bytes of a coordinate.
    fn field(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }
}

/// Another algorithm, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownAlgorithm;

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "RS256" => Ok(Self::Rs256),
            "RS384" => Ok(Self::Rs384),
            "RS512" => Ok(Self::Rs512),
            "ES256" => Ok(Self::Es256),
            "ES384" => Ok(Self::Es384),
            "ES512" => Ok(Self::Es512),
            _ => Err(UnknownAlgorithm),
        }
    }
}

impl FromStr for Curve {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "P-256" => Ok(Self::P256),
            "P-384" => Ok(Self::P384),
            "P-521" => Ok(Self::P521),
            _ => Err(UnknownAlgorithm),
        }
    }
}

const ALL: [Algorithm; 6] = [
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
];

const MAX_SET: usize = 64 * 1024;
const MAX_KEYS: usize = 100;
/// 2048 bits.
const MIN_MODULUS: usize = 256;
