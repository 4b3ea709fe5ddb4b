//! Private keys in the forms in which `CreateKeyPair` tells them: PKCS #1 and OpenSSH's in PEM, PuTTY's.
//!
//! Rule: what is made of a private key is secret, and written down nowhere. Source: EC2 user guide, "Verify the fingerprint of your key
//! pair"; RFC 8017 section A.1.2; OpenSSH's PROTOCOL.key; PuTTY manual, appendix C, "PPK file format" (version 2, which all of its
//! releases read).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::{Digest as _, Sha1};
use types::Secret;

use super::public_key::colons;
use super::{PublicKey, der, ssh};

/// A private key that was just made.
#[derive(Debug)]
pub enum PrivateKey {
    Rsa(RsaKey),
    Ed25519 { seed: Secret<[u8; 32]>, public: [u8; 32] },
}

/// An RSA key in PKCS #8, and what its other forms are made of.
#[derive(Debug)]
pub struct RsaKey {
    pkcs8: Secret<Vec<u8>>,
    public: PublicKey,
}

/// In which form a private key is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFormat {
    Pem,
    Ppk,
}

/// The numbers of PKCS #1, in its order.
struct RsaNumbers<'a> {
    modulus: &'a [u8],
    exponent: &'a [u8],
    private_exponent: &'a [u8],
    prime1: &'a [u8],
    prime2: &'a [u8],
    coefficient: &'a [u8],
}

impl PrivateKey {
    /// An RSA key in PKCS #8; `None` for bytes that are none.
    pub fn rsa(pkcs8: Vec<u8>) -> Option<Self> {
        let RsaNumbers { modulus, exponent, .. } = numbers(pkcs1(&pkcs8)?)?;
        let public = PublicKey::Rsa { modulus: modulus.to_vec(), exponent: exponent.to_vec() };
        Some(Self::Rsa(RsaKey { pkcs8: Secret::new(pkcs8), public }))
    }

    /// An Ed25519 key: its 32 secret bytes, and the public key that follows from them.
    pub fn ed25519(seed: [u8; 32], public: [u8; 32]) -> Self {
        Self::Ed25519 { seed: Secret::new(seed), public }
    }

    pub fn public_key(&self) -> PublicKey {
        match self {
            Self::Rsa(key) => key.public.clone(),
            Self::Ed25519 { public, .. } => PublicKey::Ed25519(*public),
        }
    }

    /// As EC2 tells it of a key that it made: of an RSA key the SHA-1 of PKCS #8.
    pub fn fingerprint(&self) -> String {
        match self {
            Self::Rsa(key) => colons(&Sha1::digest(key.pkcs8.expose())),
            Self::Ed25519 { .. } => self.public_key().fingerprint(),
        }
    }

    /// The key as a file. `check` is random: OpenSSH tells by it that a passphrase fits.
    pub fn material(&self, format: KeyFormat, key_name: &str, check: [u8; 4]) -> Secret<String> {
        Secret::new(match (format, self) {
            (KeyFormat::Ppk, _) => self.ppk(key_name),
            (KeyFormat::Pem, Self::Rsa(key)) => {
                let whole = pkcs1(key.pkcs8.expose()).expect("was read when the key was made");
                pem("RSA PRIVATE KEY", whole, 64)
            }
            (KeyFormat::Pem, Self::Ed25519 { seed, public }) => {
                let file = openssh(&self.public_key(), seed.expose(), public, check);
                // OpenSSH reads its own form only with the end of its last line.
                pem("OPENSSH PRIVATE KEY", &file, 70) + "\n"
            }
        })
    }

    fn ppk(&self, key_name: &str) -> String {
        let public = self.public_key();
        let (algorithm, blob) = (public.algorithm(), public.blob());
        let private = self.ppk_blob();
        let signed = ssh::Writer::new()
            .string(algorithm.as_bytes())
            .string(b"none")
            .string(key_name.as_bytes())
            .string(&blob)
            .string(&private)
            .finish();
        let key = Sha1::digest(b"putty-private-key-file-mac-key");
        let mac = Hmac::<Sha1>::new_from_slice(&key).expect("HMAC takes keys of any length");
        let mac = mac.chain_update(signed).finalize().into_bytes();
        let (public, private) = (STANDARD.encode(blob), STANDARD.encode(private));
        format!(
            "PuTTY-User-Key-File-2: {algorithm}\r\nEncryption: none\r\nComment: {key_name}\r\n\
             Public-Lines: {}\r\n{}\r\nPrivate-Lines: {}\r\n{}\r\nPrivate-MAC: {}\r\n",
            public.len().div_ceil(64),
            lines(&public, 64, "\r\n"),
            private.len().div_ceil(64),
            lines(&private, 64, "\r\n"),
            colons(&mac).replace(':', ""),
        )
    }

    fn ppk_blob(&self) -> Vec<u8> {
        match self {
            Self::Ed25519 { seed, .. } => ssh::Writer::new().string(seed.expose()).finish(),
            Self::Rsa(key) => {
                let whole = pkcs1(key.pkcs8.expose()).and_then(numbers);
                let key = whole.expect("was read when the key was made");
                ssh::Writer::new()
                    .mpint(key.private_exponent)
                    .mpint(key.prime1)
                    .mpint(key.prime2)
                    .mpint(key.coefficient)
                    .finish()
            }
        }
    }
}

/// PKCS #1 out of PKCS #8 (RFC 5208 section 5).
fn pkcs1(pkcs8: &[u8]) -> Option<&[u8]> {
    let mut info = der::Reader::new(pkcs8).sequence()?;
    let _version = info.value(0x02)?;
    let mut algorithm = info.sequence()?;
    let is_rsa = algorithm.value(0x06)? == &der::RSA_ALGORITHM[2..11];
    info.octet_string().filter(|_| is_rsa)
}

fn numbers(pkcs1: &[u8]) -> Option<RsaNumbers<'_>> {
    let mut key = der::Reader::new(pkcs1).sequence()?;
    let _version = key.value(0x02)?;
    let (modulus, exponent, private_exponent) = (key.integer()?, key.integer()?, key.integer()?);
    let (prime1, prime2) = (key.integer()?, key.integer()?);
    let (_exponent1, _exponent2, coefficient) = (key.integer()?, key.integer()?, key.integer()?);
    Some(RsaNumbers { modulus, exponent, private_exponent, prime1, prime2, coefficient })
}

/// One key without a passphrase. It has no comment, as EC2's have none.
fn openssh(key: &PublicKey, seed: &[u8; 32], public: &[u8; 32], check: [u8; 4]) -> Vec<u8> {
    let secret = ssh::Writer::new()
        .raw(&check)
        .raw(&check)
        .string(key.algorithm().as_bytes())
        .string(public)
        .string(&[&seed[..], public].concat())
        .string(b"")
        .finish();
    let padding = (1..).take(secret.len().next_multiple_of(8) - secret.len());
    let secret: Vec<u8> = secret.into_iter().chain(padding).collect();
    ssh::Writer::new()
        .raw(b"openssh-key-v1\0")
        .string(b"none")
        .string(b"none")
        .string(b"")
        .raw(&1u32.to_be_bytes())
        .string(&key.blob())
        .string(&secret)
        .finish()
}

fn pem(label: &str, bytes: &[u8], width: usize) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", lines(&STANDARD.encode(bytes), width, "\n"))
}

fn lines(text: &str, width: usize, end: &str) -> String {
    let lines = text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).expect("Base64 is ASCII"));
    lines.collect::<Vec<_>>().join(end)
}
