//! From passphrase to keys, from entries to ciphertext and back: Argon2id (RFC 9106), AES-256-GCM (NIST SP 800-38D).
//!
//! Argon2 gives 64 bytes. Half is the key; a part of the other half stands in the header and tells a wrong passphrase from a
//! damaged file, which costs an attacker no less per guess than the authentication tag would.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use argon2::{Algorithm, Argon2, Params, Version};
use subtle::ConstantTimeEq as _;
use types::Secret;
use zeroize::Zeroize as _;

use super::FileError;
use super::entries::Entries;
use super::header::{Cost, Header, NONCE, PROOF};

/// A file's bytes, its header checked and its content closed.
#[derive(Debug)]
pub struct SealedFile {
    pub(super) header: Header,
    content: Vec<u8>,
}

/// What a passphrase gives under one header's salt and cost.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    /// Salt, cost and proof; its nonce says nothing.
    header: Header,
    key: Secret<[u8; 32]>,
}

impl SealedFile {
    /// Takes a file apart without its passphrase.
    ///
    /// # Errors
    /// It is another program's, of another version, or damaged where that can be seen.
    pub fn parse(bytes: &[u8]) -> Result<Self, FileError> {
        let (header, content) = Header::parse(bytes)?;
        Ok(Self { header, content: content.to_vec() })
    }

    /// What opening it costs.
    pub fn cost(&self) -> Cost {
        self.header.cost
    }

    pub(super) fn is_of(&self, keys: &Keys) -> bool {
        let same = self.header.cost == keys.header.cost && self.header.salt == keys.header.salt;
        same && bool::from(self.header.proof.ct_eq(&keys.header.proof))
    }

    pub(super) fn open(&self, keys: &Keys) -> Result<Entries, FileError> {
        let payload = Payload { msg: &self.content, aad: &self.header.write() };
        let plain = cipher(&keys.key).decrypt(&self.header.nonce.into(), payload);
        let plain = Secret::new(plain.map_err(|_| FileError::ContentDamaged)?);
        Entries::decode(plain.expose()).ok_or(FileError::ContentDamaged)
    }
}

impl Keys {
    pub(super) fn derive(passphrase: &Secret<String>, header: &Header) -> Self {
        let cost = header.cost;
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(64));
        let argon2 = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            params.expect("the header's bounds are Argon2's"),
        );
        let mut output = [0; 64];
        argon2
            .hash_password_into(passphrase.expose().as_bytes(), &header.salt, &mut output)
            .expect("passphrase and salt have lengths that Argon2 takes");
        let key = Secret::new(std::array::from_fn(|i| output[i]));
        let proof: [u8; PROOF] = std::array::from_fn(|i| output[32 + i]);
        output.zeroize();
        Self { header: Header { proof, ..*header }, key }
    }
}

impl Keys {
    /// For the kernel's memory: the header and the key.
    pub(super) fn to_bytes(&self) -> Secret<Vec<u8>> {
        Secret::new([&self.header.write()[..], self.key.expose()].concat())
    }

    /// `None` for what this did not write.
    pub(super) fn from_bytes(bytes: &Secret<Vec<u8>>) -> Option<Self> {
        let (header, key) = Header::parse(bytes.expose()).ok()?;
        Some(Self { header, key: Secret::new(key.try_into().ok()?) })
    }
}

/// The bytes of a file. The nonce is random: a vault would have to be written four thousand million times for two to meet.
pub(super) fn seal(entries: &Entries, keys: &Keys, nonce: [u8; NONCE]) -> Vec<u8> {
    let header = Header { nonce, ..keys.header }.write();
    let plain = entries.encode();
    let payload = Payload { msg: plain.expose(), aad: &header };
    let content = cipher(&keys.key)
        .encrypt(&nonce.into(), payload)
        .expect("a vault is far below GCM's limit of 64 GiB");
    [&header[..], &content].concat()
}

fn cipher(key: &Secret<[u8; 32]>) -> Aes256Gcm {
    Aes256Gcm::new(key.expose().into())
}
