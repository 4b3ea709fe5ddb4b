//! Signing keys and what they make (facts/sigv4.md section 1.3).

mod cache;
mod hash;

use std::fmt;
use std::hint::black_box;

use subtle::ConstantTimeEq as _;
use types::Secret;
use zeroize::Zeroizing;

use crate::payload::write_hex;
use crate::{Scope, ScopeError, TERMINATOR};

pub use cache::KeyCache;
pub(crate) use hash::{Midstate, sha256};

/// A key derived for one scope, kept as the states of an HMAC that have taken it in: signing costs no key set-up. Wiped
/// when it is dropped.
#[derive(Clone)]
pub struct SigningKey(Midstate);

/// The 32 bytes of a symmetric signature; compared in constant time.
#[derive(Clone, Copy)]
pub struct Signature([u8; 32]);

/// No key is made of this, because whoever verifies would make another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the secret access key is empty")]
    EmptySecret,
    #[error("the secret access key begins or ends with white space; remove it where the key is kept")]
    SpaceAroundSecret,
    #[error("the secret access key holds a control character; copy it again")]
    ControlInSecret,
    #[error(transparent)]
    Scope(#[from] ScopeError),
}

/// The text is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signature is 64 hexadecimal digits")]
pub struct SignatureError;

impl SigningKey {
    /// Derives the key: four HMACs over date, region, service and terminator. Takes whatever it is given, as verifiers must.
    pub fn derive(secret: &Secret<String>, scope: &Scope<'_>) -> Self {
        let mut first = Zeroizing::new(Vec::with_capacity(4 + secret.expose().len()));
        first.extend_from_slice(b"AWS4");
        first.extend_from_slice(secret.expose().as_bytes());
        let date = once(&first, &scope.date);
        let region = once(&date[..], scope.region.as_bytes());
        let service = once(&region[..], scope.service.as_bytes());
        let key = once(&service[..], TERMINATOR.as_bytes());
        Self(Midstate::new(&key[..]))
    }

    /// As [`SigningKey::derive`], refusing what cannot be meant: a secret that is empty, or was copied with white space or a
    /// line end, and a scope without a region or a service.
    pub fn try_derive(secret: &Secret<String>, scope: &Scope<'_>) -> Result<Self, KeyError> {
        let text = secret.expose();
        if text.is_empty() {
            return Err(KeyError::EmptySecret);
        }
        if text.trim().len() != text.len() {
            return Err(KeyError::SpaceAroundSecret);
        }
        if text.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(KeyError::ControlInSecret);
        }
        scope.check()?;
        Ok(Self::derive(secret, scope))
    }

    /// The signature of a string to sign.
    pub fn sign(&self, string_to_sign: &[u8]) -> Signature {
        Signature(self.0.mac(string_to_sign))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}

impl Signature {
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits of either case.
    pub fn read(text: &[u8]) -> Result<Self, SignatureError> {
        let text: &[u8; 64] = text.try_into().map_err(|_| SignatureError)?;
        let values = text.map(value_of);
        let mut bytes = [0; 32];
        for (byte, [high, low]) in bytes.iter_mut().zip(values.as_chunks::<2>().0) {
            *byte = high << 4 | low & 15;
        }
        let all = values.iter().fold(0, |all, value| all | value);
        if all > 15 { Err(SignatureError) } else { Ok(Self(bytes)) }
    }

    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Lower-case hexadecimal.
    pub fn hex(&self) -> String {
        let mut text = Vec::with_capacity(64);
        write_hex(&self.0, &mut text);
        String::from_utf8(text).expect("hexadecimal is ASCII")
    }
}

impl PartialEq for Signature {
    fn eq(&self, other: &Self) -> bool {
        is_same(&self.0, &other.0)
    }
}

impl Eq for Signature {}

/// A signature lets its bearer act for a quarter of an hour: it is not shown.
impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature(***)")
    }
}

fn once(key: &[u8], message: &[u8]) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(Midstate::new(key).mac(message))
}

/// Compares in a time that tells the lengths alone. What differs is gathered eight bytes at once, and each time out of the
/// compiler's sight, so that it can stop at none.
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let ((words, rest), (other_words, other_rest)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    let words = words.iter().zip(other_words).map(|(a, b)| u64::from_ne_bytes(*a) ^ u64::from_ne_bytes(*b));
    let rest = rest.iter().zip(other_rest).map(|(a, b)| u64::from(a ^ b));
    let differing = words.chain(rest).fold(0, |differing: u64, word| black_box(differing | word));
    differing.ct_eq(&0).into()
}

/// What a hexadecimal digit stands for; 255 for all others. Reckoned, not looked up: it runs on vectors.
fn value_of(digit: u8) -> u8 {
    let (number, letter) = (digit.wrapping_sub(b'0'), (digit | 0x20).wrapping_sub(b'a'));
    if number < 10 {
        number
    } else if letter < 6 {
        letter + 10
    } else {
        255
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts section 1.3's check value: the key itself is hidden, so what it signs stands for it.
    #[test]
    fn derives_the_documented_key() {
        let secret = Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned());
        let scope = Scope { date: *b"20150830", region: "us-east-1", service: "iam" };
        let key: Vec<u8> = (0..64)
            .step_by(2)
            .map(|at| {
                u8::from_str_radix(
                    &"c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"[at..at + 2],
                    16,
                )
                .unwrap()
            })
            .collect();
        let signature = SigningKey::derive(&secret, &scope).sign(b"text");
        assert_eq!(signature, Signature(*once(&key, b"text")));
        assert_eq!(Signature::read(signature.hex().as_bytes()), Ok(signature));
    }

    #[test]
    fn reads_digits_of_either_case_and_nothing_else() {
        let text = "00ff10Ab".repeat(8);
        let signature = Signature::read(text.as_bytes()).unwrap();
        assert_eq!(signature.hex(), text.to_lowercase());
        assert_eq!(Signature::read(&text.as_bytes()[..63]), Err(SignatureError));
        for byte in (0..=255).filter(|byte: &u8| !byte.is_ascii_hexdigit()) {
            let mut broken = text.clone().into_bytes();
            broken[byte as usize % 64] = byte;
            assert_eq!(Signature::read(&broken), Err(SignatureError), "{byte}");
        }
    }

    #[test]
    fn compares_every_byte() {
        for length in 0..40 {
            let one = vec![b'x'; length];
            assert!(is_same(&one, &one.clone()) && !is_same(&one, &vec![b'x'; length + 1]));
            for (at, bit) in (0..length).flat_map(|at| [1, 0x80].map(|bit| (at, bit))) {
                let mut other = one.clone();
                other[at] ^= bit;
                assert!(!is_same(&one, &other), "{length} {at}");
            }
        }
    }

    #[test]
    fn makes_no_key_of_what_cannot_be_meant() {
        let scope = Scope { date: *b"20150830", region: "us-east-1", service: "iam" };
        let fault = |secret: &str, scope: Scope<'_>| {
            SigningKey::try_derive(&Secret::new(secret.to_owned()), &scope).map(|_| ()).unwrap_err()
        };
        assert_eq!(fault("", scope), KeyError::EmptySecret);
        for secret in [" secret", "secret\n", "secret\u{a0}"] {
            assert_eq!(fault(secret, scope), KeyError::SpaceAroundSecret);
        }
        assert_eq!(fault("sec\0ret", scope), KeyError::ControlInSecret);
        let empty = KeyError::Scope(ScopeError::Empty("region"));
        assert_eq!(fault("secret", Scope { region: "", ..scope }), empty);
        let secret = Secret::new("secret".to_owned());
        let key = SigningKey::try_derive(&secret, &scope).unwrap();
        assert_eq!(key.sign(b"text"), SigningKey::derive(&secret, &scope).sign(b"text"));
    }
}
