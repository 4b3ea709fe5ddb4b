//! The three kinds of private key behind one face: what they sign with, and how they are written down.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use dsa::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};
use dsa::signature::SignatureEncoding;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::rng::SeededRng;
use super::rsa1024::Rsa1024;
use super::{der, oid};

/// A private key.
pub(super) enum Key {
    Rsa1024(Box<Rsa1024>),
    /// 1024 bits, with SHA-1: the kind that AWS signs `pkcs7` with, unfit for anything that is not public.
    Dsa(Box<dsa::SigningKey>),
    Rsa2048(RsaKeyPair),
}

/// Which kind a key is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    Rsa1024,
    Dsa,
    Rsa2048,
}

impl Key {
    /// Makes a new key. RSA-2048 is made by aws-lc, which takes its randomness from the system itself.
    pub(super) fn generate(kind: KeyKind, rng: &mut SeededRng) -> Self {
        match kind {
            KeyKind::Rsa1024 => Self::Rsa1024(Box::new(Rsa1024::generate(rng))),
            KeyKind::Dsa => Self::Dsa(Box::new(generate_dsa(rng))),
            KeyKind::Rsa2048 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048);
                Self::Rsa2048(pair.expect("a key pair of 2048 bits can be made while memory lasts"))
            }
        }
    }

    /// The signature of `message`, as `AlgorithmIdentifier`s [`digest_algorithm`](Self::digest_algorithm) and
    /// [`signature_algorithm`](Self::signature_algorithm) describe it. The same message gets the same bytes: PKCS #1
    /// version 1.5 is without chance, and the DSA nonce follows RFC 6979.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Rsa1024(key) => key.sign(message),
            Self::Dsa(key) => {
                let signature = key.sign_prehashed_rfc6979::<Sha1>(&Sha1::digest(message));
                signature.expect("a nonce that gives r = 0 or s = 0 has a chance of 2^-159").to_vec()
            }
            Self::Rsa2048(pair) => sign_rsa2048(pair, message),
        }
    }

    pub(super) fn digest(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Dsa(_) => Sha1::digest(message).to_vec(),
            Self::Rsa1024(_) | Self::Rsa2048(_) => Sha256::digest(message).to_vec(),
        }
    }

    /// SHA-1 carries a NULL, SHA-256 nothing (RFC 5754 section 2): only so do bodies have the lengths seen on EC2.
    pub(super) fn digest_algorithm(&self) -> Vec<u8> {
        match self {
            Self::Dsa(_) => der::sequence(&[&der::oid(oid::SHA1), der::NULL]),
            Self::Rsa1024(_) | Self::Rsa2048(_) => der::sequence(&[&der::oid(oid::SHA256)]),
        }
    }

    pub(super) fn signature_algorithm(&self) -> Vec<u8> {
        match self {
            Self::Dsa(_) => der::sequence(&[&der::oid(oid::DSA_WITH_SHA1)]),
            Self::Rsa1024(_) | Self::Rsa2048(_) => {
                der::sequence(&[&der::oid(oid::SHA256_WITH_RSA_ENCRYPTION), der::NULL])
            }
        }
    }

    /// `SubjectPublicKeyInfo`
    pub(super) fn public_key_der(&self) -> Vec<u8> {
        match self {
            Self::Rsa1024(key) => key.public_key_der(),
            Self::Dsa(key) => {
                let document = key.verifying_key().to_public_key_der();
                document.expect("numbers of 1024 bits can be encoded").into_vec()
            }
            Self::Rsa2048(pair) => {
                let der = pair.public_key().as_der();
                der.expect("a key pair has a public key").as_ref().to_vec()
            }
        }
    }

    /// PKCS #8 `PrivateKeyInfo`
    pub(super) fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Rsa1024(key) => key.to_pkcs8_der(),
            Self::Dsa(key) => {
                let document = key.to_pkcs8_der();
                document.expect("numbers of 1024 bits can be encoded").to_bytes()
            }
            Self::Rsa2048(pair) => {
                let der = pair.as_der().expect("a key pair has a private key");
                Zeroizing::new(der.as_ref().to_vec())
            }
        }
    }

    /// Reads a key of this kind; `None` for anything else.
    pub(super) fn from_pkcs8_der(kind: KeyKind, bytes: &[u8]) -> Option<Self> {
        match kind {
            KeyKind::Rsa1024 => Rsa1024::from_pkcs8_der(bytes).map(Box::new).map(Self::Rsa1024),
            KeyKind::Dsa => dsa::SigningKey::from_pkcs8_der(bytes).ok().map(Box::new).map(Self::Dsa),
            KeyKind::Rsa2048 => RsaKeyPair::from_pkcs8(bytes)
                .ok()
                .filter(|pair| pair.public_modulus_len() == 256)
                .map(Self::Rsa2048),
        }
    }
}

#[allow(deprecated, reason = "AWS signs `pkcs7` with a key of this size, and clients check it with one")]
fn generate_dsa(rng: &mut SeededRng) -> dsa::SigningKey {
    let Ok(components) =
        dsa::Components::try_generate_from_rng_with_key_size(rng, dsa::KeySize::DSA_1024_160);
    let Ok(key) = dsa::SigningKey::try_generate_from_rng_with_components(rng, components);
    key
}

fn sign_rsa2048(pair: &RsaKeyPair, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; pair.public_modulus_len()];
    let random = aws_lc_rs::rand::SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
        .expect("a key of 2048 bits has room for a SHA-256 digest");
    signature
}
