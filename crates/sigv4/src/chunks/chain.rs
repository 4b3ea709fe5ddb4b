//! Chains of signatures: each signs what it stands for and the one before it.
//!
//! Rule: one text for signer and verifier, so that they cannot differ.

use std::fmt;

use sha2::{Digest as _, Sha256};
use types::Secret;

use crate::payload::write_hex;
use crate::v4a::{self, EcdsaKey, EcdsaParams, EcdsaPublicKey, EcdsaScope, EcdsaSignature, EcdsaSigned};
use crate::verify::{Seed, SeedKey, Verified};
use crate::{ALGORITHM, EMPTY_SHA256, Scope, Signature, Signed, SigningKey, SigningParams};

/// Makes the signatures of a chain. It begins with the signature of the request, which is made first.
#[derive(Clone)]
pub struct SigningChain {
    key: ChainKey,
    links: Links,
}

/// Checks the signatures of a chain. It begins with the signature of the request, which was checked first.
#[derive(Clone)]
pub struct VerifyingChain {
    key: ChainProof,
    links: Links,
    access_key_id: String,
}

/// A signature of the chain does not hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mismatch {
    pub(super) access_key_id: String,
    pub(super) string_to_sign: Secret<String>,
}

/// The parts of a string to sign in a chain.
pub(crate) struct ChainText<'a> {
    pub(crate) algorithm: &'static str,
    /// `PAYLOAD` or `TRAILER`.
    pub(crate) kind: &'static str,
    pub(crate) date: &'a [u8],
    pub(crate) scope: &'a [u8],
    /// The signature before, in hexadecimal.
    pub(crate) previous: &'a [u8],
}

#[derive(Clone)]
enum ChainKey {
    Hmac(SigningKey),
    Ecdsa(EcdsaKey),
}

#[derive(Clone)]
enum ChainProof {
    Hmac(SigningKey),
    Ecdsa(EcdsaPublicKey),
}

/// What the next string to sign is made of, but for its hashes.
#[derive(Clone)]
struct Links {
    algorithm: &'static str,
    date: Vec<u8>,
    scope: Vec<u8>,
    previous: Vec<u8>,
}

impl SigningChain {
    /// The chain that begins with the signature of a request.
    pub fn of(params: &SigningParams<'_>, signed: &Signed<'_>) -> Self {
        Self::hmac(params.key.clone(), &params.scope, signed.date.as_str().as_bytes(), &signed.signature)
    }

    /// The chain that begins with the signature of a request for a set of regions.
    pub fn of_ecdsa(params: &EcdsaParams<'_>, signed: &EcdsaSigned<'_>) -> Self {
        let date = signed.date;
        let scope = EcdsaScope { date: date.day(), service: params.service };
        Self::ecdsa(params.key.clone(), &scope, date.as_str().as_bytes(), &signed.steps.signature)
    }

    /// A chain of symmetric signatures. `date` is the text of the request's date, `seed` the signature in its header.
    pub fn hmac(key: SigningKey, scope: &Scope<'_>, date: &[u8], seed: &Signature) -> Self {
        Self { key: ChainKey::Hmac(key), links: Links::hmac(scope, date, seed) }
    }

    /// A chain of ECDSA signatures.
    pub fn ecdsa(key: EcdsaKey, scope: &EcdsaScope<'_>, date: &[u8], seed: &EcdsaSignature) -> Self {
        Self { key: ChainKey::Ecdsa(key), links: Links::ecdsa(scope, date, seed) }
    }

    /// The signature of a chunk's data as it stands on the wire; empty for the last.
    pub(super) fn sign_chunk(&mut self, data: &[u8]) -> String {
        let text = self.links.chunk(&Sha256::digest(data).into());
        self.sign(&text)
    }

    /// The signature of a canonical trailer as it stands on the wire.
    pub(super) fn sign_trailer(&mut self, canonical: &[u8]) -> String {
        let text = self.links.trailer(canonical);
        self.sign(&text)
    }

    fn sign(&mut self, string_to_sign: &[u8]) -> String {
        let (hex, wire) = match &self.key {
            ChainKey::Hmac(key) => {
                let hex = key.sign(string_to_sign).hex();
                (hex.clone(), hex)
            }
            ChainKey::Ecdsa(key) => {
                let signature = key.sign(string_to_sign);
                (signature.hex(), signature.padded_hex())
            }
        };
        self.links.previous = hex.into_bytes();
        wire
    }
}

impl VerifyingChain {
    /// The chain that begins with the signature of a verified request.
    pub fn of(verified: &Verified<'_>) -> Self {
        let (id, Seed { key, date }) = (verified.access_key_id, verified.seed());
        match key {
            SeedKey::Hmac { key, scope, signature } => {
                Self::hmac(id, key.clone(), &scope, date.as_bytes(), &signature)
            }
            SeedKey::Ecdsa { key, scope, signature } => {
                Self::ecdsa(id, *key, &scope, date.as_bytes(), &signature)
            }
        }
    }

    /// A chain of symmetric signatures. `date` is the text of the request's date as it was signed, `seed` the signature in its
    /// header; the access key id is told where a signature does not hold.
    pub fn hmac(
        access_key_id: &str,
        key: SigningKey,
        scope: &Scope<'_>,
        date: &[u8],
        seed: &Signature,
    ) -> Self {
        let (key, links) = (ChainProof::Hmac(key), Links::hmac(scope, date, seed));
        Self { key, links, access_key_id: access_key_id.to_owned() }
    }

    /// A chain of ECDSA signatures.
    pub fn ecdsa(
        access_key_id: &str,
        key: EcdsaPublicKey,
        scope: &EcdsaScope<'_>,
        date: &[u8],
        seed: &EcdsaSignature,
    ) -> Self {
        let (key, links) = (ChainProof::Ecdsa(key), Links::ecdsa(scope, date, seed));
        Self { key, links, access_key_id: access_key_id.to_owned() }
    }

    /// Checks the signature of a chunk whose data has this hash.
    pub(super) fn check_chunk(&mut self, hash: &[u8; 32], provided: &[u8]) -> Result<(), Mismatch> {
        let text = self.links.chunk(hash);
        self.check(text, provided)
    }

    /// Checks the signature of a canonical trailer.
    pub(super) fn check_trailer(&mut self, canonical: &[u8], provided: &[u8]) -> Result<(), Mismatch> {
        let text = self.links.trailer(canonical);
        self.check(text, provided)
    }

    fn check(&mut self, string_to_sign: Vec<u8>, provided: &[u8]) -> Result<(), Mismatch> {
        let good = match &self.key {
            ChainProof::Hmac(key) => {
                let wanted = key.sign(&string_to_sign);
                (Signature::read(provided) == Ok(wanted)).then(|| wanted.hex())
            }
            ChainProof::Ecdsa(key) => EcdsaSignature::read_padded(provided)
                .ok()
                .filter(|signature| key.verify(&string_to_sign, signature))
                .map(|signature| signature.hex()),
        };
        let mismatch = || Mismatch {
            access_key_id: self.access_key_id.clone(),
            string_to_sign: Secret::new(String::from_utf8_lossy(&string_to_sign).into_owned()),
        };
        self.links.previous = good.ok_or_else(mismatch)?.into_bytes();
        Ok(())
    }
}

impl ChainText<'_> {
    /// The string to sign that ends in these hashes.
    pub(crate) fn string_to_sign(&self, hashes: &[&[u8]]) -> Vec<u8> {
        let mut out = Vec::with_capacity(384);
        out.extend_from_slice(self.algorithm.as_bytes());
        out.push(b'-');
        out.extend_from_slice(self.kind.as_bytes());
        for line in [self.date, self.scope, self.previous].into_iter().chain(hashes.iter().copied()) {
            out.push(b'\n');
            out.extend_from_slice(line);
        }
        out
    }
}

impl Links {
    fn hmac(scope: &Scope<'_>, date: &[u8], seed: &Signature) -> Self {
        let mut written = Vec::with_capacity(48);
        scope.write(&mut written);
        let previous = seed.hex().into_bytes();
        Self { algorithm: ALGORITHM, date: date.to_vec(), scope: written, previous }
    }

    fn ecdsa(scope: &EcdsaScope<'_>, date: &[u8], seed: &EcdsaSignature) -> Self {
        let mut written = Vec::with_capacity(32);
        scope.write(&mut written);
        let previous = seed.hex().into_bytes();
        Self { algorithm: v4a::ALGORITHM, date: date.to_vec(), scope: written, previous }
    }

    /// The line before the chunk's hash stands for fields that no chunk has.
    fn chunk(&self, hash: &[u8; 32]) -> Vec<u8> {
        self.text("PAYLOAD").string_to_sign(&[EMPTY_SHA256.as_bytes(), &hex(hash)])
    }

    fn trailer(&self, canonical: &[u8]) -> Vec<u8> {
        self.text("TRAILER").string_to_sign(&[&hex(&Sha256::digest(canonical).into())])
    }

    fn text(&self, kind: &'static str) -> ChainText<'_> {
        let Self { algorithm, date, scope, previous } = self;
        ChainText { algorithm, kind, date, scope, previous }
    }
}

/// Keys and signatures are not shown.
impl fmt::Debug for SigningChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.links.fmt_as("SigningChain", f)
    }
}

impl fmt::Debug for VerifyingChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.links.fmt_as("VerifyingChain", f)
    }
}

impl Links {
    fn fmt_as(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scope = String::from_utf8_lossy(&self.scope);
        f.debug_struct(name)
            .field("algorithm", &self.algorithm)
            .field("scope", &scope)
            .finish_non_exhaustive()
    }
}

fn hex(hash: &[u8; 32]) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    write_hex(hash, &mut out);
    out
}
