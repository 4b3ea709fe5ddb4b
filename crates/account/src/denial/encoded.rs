//! The encoded authorization message: a record, sealed. Base64url of
//! `format (1) | key number (4) | nonce (12) | AES-256-GCM of the record's JSON, tag included`.
//!
//! Rule: nothing is kept, so a message opens at every process of the installation for as long as its key is there. The nonce is an
//! HMAC of the record, as with session tokens: every record has its request's id in it, so no two share one.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, KeyInit as _};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::DenialRecord;
use super::record::cut;
use crate::{MasterKey, ServiceError, SessionIssuer};

/// Seals a record into at most 10,240 characters, which is what DecodeAuthorizationMessage takes. What is long is shortened: first the
/// trace, then the lists of the statement, then the values of the keys.
pub fn encode(sessions: &SessionIssuer, record: &DenialRecord) -> String {
    let (number, master) = sessions.keys().newest();
    let plain = fitted(record);
    let header = header(number);
    let nonce = nonce(master, &plain);
    let payload = Payload { msg: &plain, aad: &header };
    let sealed = cipher(master).encrypt(&nonce.into(), payload).expect("a record is a few kilobytes");
    URL_SAFE_NO_PAD.encode([&header[..], &nonce, &sealed].concat())
}

/// Opens a message.
///
/// # Errors
/// `InvalidAuthorizationMessageException`: this installation sealed no such message.
pub fn decode(sessions: &SessionIssuer, message: &str) -> Result<DenialRecord, ServiceError> {
    open(sessions, message).ok_or_else(|| {
        let text = "Message is not valid";
        ServiceError::new("InvalidAuthorizationMessageException", 400, text)
    })
}

fn open(sessions: &SessionIssuer, message: &str) -> Option<DenialRecord> {
    if message.len() > MAX_MESSAGE {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(message).ok()?;
    let (header, rest) = bytes.split_first_chunk::<HEADER>()?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>()?;
    let number = u32::from_be_bytes(header[1..].try_into().ok()?);
    let master = sessions.keys().numbered(number).filter(|_| header[0] == FORMAT)?;
    let payload = Payload { msg: ciphertext, aad: header };
    let plain = cipher(master).decrypt(&(*nonce).into(), payload).ok()?;
    serde_json::from_slice(&plain).ok()
}

/// The record's JSON, shortened until there is room for it.
fn fitted(record: &DenialRecord) -> Vec<u8> {
    let mut record = record.clone();
    for step in 0.. {
        let plain = serde_json::to_vec(&record).expect("a record is made of texts");
        if plain.len() <= MAX_PLAIN {
            return plain;
        }
        shorten(&mut record, step);
    }
    unreachable!("the last steps leave nothing that is long")
}

fn shorten(record: &mut DenialRecord, step: usize) {
    match step {
        0..4 => record.trace.truncate(record.trace.len() / 2),
        4 => record.trace.clear(),
        5..10 => {
            for statement in &mut record.matched {
                let most = 64 >> (2 * (step - 5)).min(6);
                statement.principals.truncate(most);
                statement.actions.truncate(most);
                statement.resources.truncate(most);
                statement.conditions.truncate(most);
                statement.conditions.iter_mut().for_each(|(_, values)| values.truncate(most));
            }
        }
        10 => record.matched.clear(),
        11..18 => {
            let most = 256 >> (step - 11);
            for (key, values) in &mut record.context {
                *key = cut(key, 128);
                values.truncate(most);
                values.iter_mut().for_each(|value| *value = cut(value, most));
            }
        }
        _ => {
            record.context.truncate(record.context.len() / 2);
            for text in [&mut record.resource, &mut record.reason] {
                *text = cut(text, 512);
            }
        }
    }
}

fn header(number: u32) -> [u8; HEADER] {
    let [a, b, c, d] = number.to_be_bytes();
    [FORMAT, a, b, c, d]
}

fn cipher(master: &MasterKey) -> Aes256Gcm {
    Aes256Gcm::new((&*master.derive("authorization message", &[])).into())
}

fn nonce(master: &MasterKey, plain: &[u8]) -> [u8; NONCE] {
    let bytes = master.derive("authorization message nonce", &[plain]);
    std::array::from_fn(|i| bytes[i])
}

const FORMAT: u8 = 1;
const HEADER: usize = 5;
const NONCE: usize = 12;
const TAG: usize = 16;
/// Of `EncodedMessage` in AWS's model.
const MAX_MESSAGE: usize = 10_240;
const MAX_PLAIN: usize = MAX_MESSAGE / 4 * 3 - HEADER - NONCE - TAG;
