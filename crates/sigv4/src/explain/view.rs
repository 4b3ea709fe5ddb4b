//! What is signed, in pieces that can be changed one by one.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use types::Secret;
use zeroize::Zeroizing;

use super::Work;
use crate::payload::write_hex;
use crate::v4a::EcdsaKey;

/// A canonical request, its string to sign and its key, in pieces.
#[derive(Clone)]
pub(super) struct View<'a> {
    pub(super) method: &'a [u8],
    pub(super) path: &'a [u8],
    pub(super) query: &'a [u8],
    /// Names in lower case and values, one entry for each name, as they stand in the block.
    pub(super) headers: Vec<(&'a str, &'a [u8])>,
    pub(super) names: Vec<&'a str>,
    /// Stands in for `names`.
    pub(super) list: Option<&'a [u8]>,
    pub(super) payload: &'a [u8],
    pub(super) shape: Shape,
    pub(super) algorithm: &'a str,
    pub(super) date: &'a str,
    /// As it stands in the string to sign.
    pub(super) scope: Parts<'a>,
    /// As the key was derived.
    pub(super) key_scope: Parts<'a>,
    /// Keys of SigV4a are made of the id as well.
    pub(super) access_key_id: &'a str,
    pub(super) secret: &'a [u8],
    pub(super) chain: Chain,
}

/// The parts of a credential scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) day: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) terminator: &'a str,
}

/// How the lines of a canonical request were put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Right,
    NoBlankLine,
    FinalLineEnd,
    CarriageReturns,
}

/// How a key was made of the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chain {
    Right,
    NoPrefix,
    SecretItself,
    PrefixedSecret,
    /// Each HMAC keyed with the hexadecimal text of the one before.
    Hexadecimal,
    /// The last HMAC is left out.
    NoTerminator,
}

impl<'a> View<'a> {
    pub(super) fn canonical(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256 + self.query.len() + self.path.len());
        for line in [self.method, self.path, self.query] {
            out.extend_from_slice(line);
            out.push(b'\n');
        }
        for (name, value) in &self.headers {
            out.extend_from_slice(name.as_bytes());
            out.push(b':');
            out.extend_from_slice(value);
            out.push(b'\n');
        }
        if self.shape != Shape::NoBlankLine {
            out.push(b'\n');
        }
        out.extend_from_slice(&self.written_list());
        out.push(b'\n');
        out.extend_from_slice(self.payload);
        match self.shape {
            Shape::FinalLineEnd => out.push(b'\n'),
            Shape::CarriageReturns => out = with_carriage_returns(&out),
            Shape::Right | Shape::NoBlankLine => {}
        }
        out
    }

    pub(super) fn written_list(&self) -> Vec<u8> {
        self.list.map_or_else(|| self.names.join(";").into_bytes(), <[u8]>::to_vec)
    }

    pub(super) fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| *value)
    }

    /// Another value of a field; a field that was not there goes where its name belongs.
    pub(super) fn set_header(&mut self, name: &'a str, value: &'a [u8]) {
        match self.headers.iter_mut().find(|(n, _)| *n == name) {
            Some((_, old)) => *old = value,
            None => {
                let at = self.headers.partition_point(|(n, _)| *n < name);
                self.headers.insert(at, (name, value));
            }
        }
        if !self.names.contains(&name) {
            let at = self.names.partition_point(|n| *n < name);
            self.names.insert(at, name);
        }
    }

    pub(super) fn hash(&self, work: &mut Work) -> [u8; 32] {
        hashed(&self.canonical(), work)
    }

    pub(super) fn string_to_sign(&self, hash: &[u8; 32]) -> Vec<u8> {
        let scope = &self.scope;
        let mut out = Vec::with_capacity(192);
        out.extend_from_slice(self.algorithm.as_bytes());
        out.push(b'\n');
        out.extend_from_slice(self.date.as_bytes());
        let parts =
            [(b'\n', scope.day), (b'/', scope.region), (b'/', scope.service), (b'/', scope.terminator)];
        for (index, (before, part)) in parts.into_iter().enumerate() {
            // The scope of SigV4a has no region.
            if index != 1 || !self.is_asymmetric() {
                out.push(before);
                out.extend_from_slice(part.as_bytes());
            }
        }
        out.push(b'\n');
        write_hex(hash, &mut out);
        out
    }

    /// Whether it is signed by a key pair (SigV4a).
    pub(super) fn is_asymmetric(&self) -> bool {
        self.algorithm.contains("ECDSA")
    }

    /// The signing key; of a key pair the coordinates of the public one.
    pub(super) fn key(&self, work: &mut Work) -> Zeroizing<Vec<u8>> {
        if self.is_asymmetric() { self.public_key() } else { self.symmetric_key(work) }
    }

    fn public_key(&self) -> Zeroizing<Vec<u8>> {
        let secret = Secret::new(String::from_utf8_lossy(self.secret).into_owned());
        let (x, y) = EcdsaKey::derive(self.access_key_id, &secret).verifying_key().coordinates();
        Zeroizing::new([x, y].concat())
    }

    fn symmetric_key(&self, work: &mut Work) -> Zeroizing<Vec<u8>> {
        let prefixed = || {
            let mut key = Zeroizing::new(Vec::with_capacity(4 + self.secret.len()));
            key.extend_from_slice(b"AWS4");
            key.extend_from_slice(self.secret);
            key
        };
        let mut key = match self.chain {
            Chain::SecretItself => return Zeroizing::new(self.secret.to_vec()),
            Chain::PrefixedSecret => return prefixed(),
            Chain::NoPrefix => Zeroizing::new(self.secret.to_vec()),
            Chain::Right | Chain::Hexadecimal | Chain::NoTerminator => prefixed(),
        };
        let scope = &self.key_scope;
        let parts = [scope.day, scope.region, scope.service, scope.terminator];
        let count = if self.chain == Chain::NoTerminator { 3 } else { 4 };
        for part in parts.into_iter().take(count) {
            let next = once(&key, part.as_bytes(), work);
            key.clear();
            match self.chain {
                Chain::Hexadecimal => write_hex(&next[..], &mut key),
                _ => key.extend_from_slice(&next[..]),
            }
        }
        key
    }
}

pub(super) fn hashed(bytes: &[u8], work: &mut Work) -> [u8; 32] {
    work.bytes += bytes.len() as u64;
    Sha256::digest(bytes).into()
}

/// One HMAC.
pub(super) fn once(key: &[u8], message: &[u8], work: &mut Work) -> Zeroizing<[u8; 32]> {
    work.hmacs += 1;
    work.bytes += message.len() as u64;
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn with_carriage_returns(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 32);
    for byte in text {
        if *byte == b'\n' {
            out.push(b'\r');
        }
        out.push(*byte);
    }
    out
}
