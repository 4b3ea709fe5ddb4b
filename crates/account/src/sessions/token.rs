//! Sealing claims into a token: Base64 of
//! `prefix (12) | format (1) | key number (4) | nonce (12) | AES-256-GCM of (length (2) | claims | padding), tag included`.
//!
//! Each key id has a sealing key of its own. Its nonce is an HMAC of the claims under a second key, as in a synthetic
//! IV (RFC 5297 section 1.3.1): the same claims repeat the same ciphertext, which tells nobody anything new, and two
//! different claims share a nonce only if 96 bits of HMAC collide under one key id, which sees one set of claims in its
//! life. So no counter, no store and no randomness are needed for GCM's demand that a nonce never seal two messages.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use types::{AccessKeyId, Secret};

use super::{SessionClaims, packed};
use crate::MasterKey;

/// A token that was taken apart and not opened yet.
#[derive(Debug)]
pub(super) struct Sealed {
    pub(super) key_number: u32,
    header: [u8; HEADER],
    nonce: [u8; NONCE],
    ciphertext: Vec<u8>,
}

/// `claims` are packed, and at most [`MAX_PLAIN`] bytes; the token has at least `minimum_size` characters, as far as
/// [`MAX_TOKEN`] allows.
pub(super) fn seal(
    number: u32,
    master: &MasterKey,
    id: &AccessKeyId,
    claims: Vec<u8>,
    minimum_size: usize,
) -> Secret<String> {
    let plain = padded(&claims, minimum_size);
    let header = header(number);
    let nonce = nonce(master, id, &plain);
    let payload = Payload { msg: &plain, aad: &associated(&header, id) };
    let sealed = cipher(master, id)
        .encrypt(&nonce.into(), payload)
        .expect("claims are far below GCM's limit of 64 GiB");
    Secret::new(STANDARD.encode([&header[..], &nonce, &sealed].concat()))
}

/// `None` for what no issuer of this format made, or is longer than any of them would.
pub(super) fn parse(token: &str) -> Option<Sealed> {
    if token.len() > MAX_TOKEN {
        return None;
    }
    let bytes = STANDARD.decode(token).ok()?;
    let (header, rest) = bytes.split_first_chunk::<HEADER>()?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>()?;
    let (start, number) = header.split_at(PREFIX.len() + 1);
    let ours = start.strip_prefix(PREFIX)? == [FORMAT];
    let key_number = u32::from_be_bytes(number.try_into().ok()?);
    ours.then(|| Sealed { key_number, header: *header, nonce: *nonce, ciphertext: ciphertext.to_vec() })
}

impl Sealed {
    /// The claims; `None` if another key, another key id or a changed byte is in play.
    pub(super) fn open(&self, master: &MasterKey, id: &AccessKeyId) -> Option<SessionClaims> {
        let payload = Payload { msg: &self.ciphertext, aad: &associated(&self.header, id) };
        let plain = cipher(master, id).decrypt(&self.nonce.into(), payload).ok()?;
        let (length, rest) = plain.split_first_chunk::<2>()?;
        packed::unpack(rest.get(..usize::from(u16::from_be_bytes(*length)))?)
    }
}

/// The padding says nothing: its zeros are sealed with the rest.
fn padded(claims: &[u8], minimum_size: usize) -> Vec<u8> {
    let length = u16::try_from(claims.len()).expect("claims are held to a few kilobytes");
    let mut plain = [&length.to_be_bytes()[..], claims].concat();
    let bytes = minimum_size.min(MAX_TOKEN).div_ceil(4) * 3;
    let room = bytes.saturating_sub(AROUND);
    plain.resize(plain.len().max(room), 0);
    plain
}

fn header(number: u32) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..PREFIX.len()].copy_from_slice(PREFIX);
    header[PREFIX.len()] = FORMAT;
    header[PREFIX.len() + 1..].copy_from_slice(&number.to_be_bytes());
    header
}

fn cipher(master: &MasterKey, id: &AccessKeyId) -> Aes256Gcm {
    let key = master.derive("session token", &[id.as_str().as_bytes()]);
    Aes256Gcm::new((&*key).into())
}

fn nonce(master: &MasterKey, id: &AccessKeyId, plain: &[u8]) -> [u8; NONCE] {
    let bytes = master.derive("session token nonce", &[id.as_str().as_bytes(), plain]);
    std::array::from_fn(|i| bytes[i])
}

fn associated(header: &[u8; HEADER], id: &AccessKeyId) -> Vec<u8> {
    [&header[..], id.as_str().as_bytes()].concat()
}

/// What Base64 turns into `IQoJb3JpZ2luX2Vj`.
const PREFIX: &[u8] = b"!\n\torigin_ec";
const FORMAT: u8 = 2;
const HEADER: usize = PREFIX.len() + 1 + 4;
const NONCE: usize = 12;

/// AWS's own bound for an assembled token (facts/account.md section 4.3).
pub(super) const MAX_TOKEN: usize = 4096;

/// What stands around the plain text, in bytes.
const AROUND: usize = HEADER + NONCE + TAG;
const TAG: usize = 16;

/// The longest claims whose token is within the bound.
pub(super) const MAX_PLAIN: usize = MAX_TOKEN / 4 * 3 - AROUND - 2;
