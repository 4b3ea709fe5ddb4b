//! Key pairs: how they come of a secret, what they sign and verify.
//!
//! Rule: nothing that depends on the private half decides a branch or an index, but how many candidates were too large, which
//! the method itself shows (NIST SP 800-108 in counter mode, FIPS 186-5 appendix A.2.1).

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::ecdsa::{SigningKey, VerifyingKey, signature::hazmat::PrehashVerifier as _};
use p256::{FieldBytes, NistP256, Sec1Point};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _, ConstantTimeLess as _};
use types::Secret;
use zeroize::Zeroizing;

use super::{ALGORITHM, EcdsaSignature};

/// A pair derived from access key id and secret. Deriving costs about as much as signing: keep it in an
/// [`EcdsaKeyCache`](super::EcdsaKeyCache).
#[derive(Clone)]
pub struct EcdsaKey(SigningKey);

/// The half that verifies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EcdsaPublicKey(VerifyingKey);

/// The coordinates name no point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these coordinates are no point on P-256")]
pub struct PublicKeyError;

impl EcdsaKey {
    /// Derives the pair: the first of up to 254 candidates below the order of the curve.
    pub fn derive(access_key_id: &str, secret: &Secret<String>) -> Self {
        let mut input = Zeroizing::new(Vec::with_capacity(5 + secret.expose().len()));
        input.extend_from_slice(b"AWS4A");
        input.extend_from_slice(secret.expose().as_bytes());
        let mac = Hmac::<Sha256>::new_from_slice(&input).expect("HMAC takes keys of any length");
        let scalar = (1..=254)
            .find_map(|counter| private_scalar(candidate(&mac, access_key_id, counter)))
            .expect("a candidate is too large once in four thousand million; 254 in a row never happen");
        let key = SigningKey::from_slice(&scalar[..]).expect("it lies between 1 and the order less one");
        Self(key)
    }

    /// Signs with the nonce of RFC 6979: the same text gives the same signature.
    pub fn sign(&self, string_to_sign: &[u8]) -> EcdsaSignature {
        self.sign_mixed(string_to_sign, &[])
    }

    /// Signs with fresh random bytes mixed into the nonce (RFC 6979 section 3.6): no two signatures are alike, and neither a poor
    /// source of randomness nor a fault in the arithmetic alone gives the key away.
    pub fn sign_hedged(&self, string_to_sign: &[u8], random: &[u8; 32]) -> EcdsaSignature {
        self.sign_mixed(string_to_sign, random)
    }

    /// The public half.
    pub fn verifying_key(&self) -> EcdsaPublicKey {
        EcdsaPublicKey(*self.0.verifying_key())
    }

    fn sign_mixed(&self, string_to_sign: &[u8], data: &[u8]) -> EcdsaSignature {
        use ecdsa::hazmat::sign_prehashed_rfc6979;
        let digest = Sha256::digest(string_to_sign);
        let scalar = self.0.as_nonzero_scalar();
        let (signature, _) = sign_prehashed_rfc6979::<NistP256, Sha256>(scalar, &digest, data);
        EcdsaSignature::from_p256(&signature)
    }
}

impl fmt::Debug for EcdsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EcdsaKey(***)")
    }
}

impl EcdsaPublicKey {
    /// Reads a point from its coordinates, big-endian.
    pub fn from_coordinates(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, PublicKeyError> {
        let point = Sec1Point::from_affine_coordinates(&FieldBytes::from(*x), &FieldBytes::from(*y), false);
        VerifyingKey::from_sec1_point(&point).map(Self).map_err(|_| PublicKeyError)
    }

    /// The coordinates of the point, big-endian.
    pub fn coordinates(&self) -> ([u8; 32], [u8; 32]) {
        let point = self.0.to_sec1_point(false);
        let part = |bytes: Option<&FieldBytes>| {
            (*bytes.expect("an uncompressed point other than infinity has both coordinates")).into()
        };
        (part(point.x()), part(point.y()))
    }

    /// Whether the signature is this key's for this text. Both values of `s` are good: AWS does not ask for the lower.
    pub fn verify(&self, string_to_sign: &[u8], signature: &EcdsaSignature) -> bool {
        let digest = Sha256::digest(string_to_sign);
        signature.to_p256().is_some_and(|signature| self.0.verify_prehash(&digest, &signature).is_ok())
    }
}

impl fmt::Debug for EcdsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EcdsaPublicKey(…)")
    }
}

/// `HMAC(counter of 32 bits || label || 0 || access key id || counter of 8 bits || length of 32 bits)`.
fn candidate(mac: &Hmac<Sha256>, access_key_id: &str, counter: u8) -> Zeroizing<[u8; 32]> {
    let mut mac = mac.clone();
    mac.update(&1_u32.to_be_bytes());
    mac.update(ALGORITHM.as_bytes());
    mac.update(&[0]);
    mac.update(access_key_id.as_bytes());
    mac.update(&[counter]);
    mac.update(&256_u32.to_be_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// The candidate plus one, if the candidate is at most the order less two.
fn private_scalar(mut candidate: Zeroizing<[u8; 32]>) -> Option<Zeroizing<[u8; 32]>> {
    if bool::from(is_above(&candidate, &ORDER_LESS_TWO)) {
        return None;
    }
    let mut carry = 1;
    for byte in candidate.iter_mut().rev() {
        let sum = u16::from(*byte) + carry;
        *byte = sum.to_be_bytes()[1];
        carry = sum >> 8;
    }
    Some(candidate)
}

/// Whether one number is above the other, in the same time for any two.
fn is_above(one: &[u8; 32], other: &[u8; 32]) -> Choice {
    let (mut above, mut equal) = (Choice::from(0), Choice::from(1));
    for (one, other) in one.iter().zip(other) {
        above |= equal & other.ct_lt(one);
        equal &= one.ct_eq(other);
    }
    above
}

/// The order of P-256 less two (FIPS 186-5; SEC 2 section 2.4.2).
const ORDER_LESS_TWO: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x4f,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_candidates_up_to_the_order_less_two() {
        let last = private_scalar(Zeroizing::new(ORDER_LESS_TWO)).unwrap();
        assert_eq!((last[30], last[31]), (0x25, 0x50));
        SigningKey::from_slice(&last[..]).unwrap();
        let mut above = ORDER_LESS_TWO;
        above[31] += 1;
        assert!(private_scalar(Zeroizing::new(above)).is_none());
        assert!(private_scalar(Zeroizing::new([0xff; 32])).is_none());
        let mut below = ORDER_LESS_TWO;
        below[4..].fill(0xff);
        assert!(private_scalar(Zeroizing::new(below)).is_none(), "the fifth byte is above");
        below[3] = 0xfe;
        let carried = private_scalar(Zeroizing::new(below)).unwrap();
        assert_eq!(carried[..5], [0xff, 0xff, 0xff, 0xff, 0x00], "the carry ran through 28 bytes");
    }

    /// RFC 6979 appendix A.2.5, "sample". Its `s` is the upper of the two; the lower is as good.
    #[test]
    fn signs_as_rfc_6979_does_and_takes_either_s() {
        let read = |text: &str| EcdsaSignature::read(text.as_bytes()).unwrap();
        let private = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721";
        let private: Vec<u8> =
            (0..64).step_by(2).map(|at| u8::from_str_radix(&private[at..at + 2], 16).unwrap()).collect();
        let key = EcdsaKey(SigningKey::from_slice(&private).unwrap());
        let signature = key.sign(b"sample");
        let wanted = read(
            "3046022100EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716\
             022100F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
        );
        assert_eq!(signature, wanted);
        let lower = EcdsaSignature::from_p256(&signature.to_p256().unwrap().normalize_s());
        assert_ne!(lower, signature);
        assert!(
            key.verifying_key().verify(b"sample", &lower)
                && key.verifying_key().verify(b"sample", &signature)
        );
    }

    #[test]
    fn hedged_signatures_differ_and_verify() {
        let key = EcdsaKey::derive("AKIDEXAMPLE", &Secret::new("secret".to_owned()));
        let (one, other) = (key.sign_hedged(b"text", &[1; 32]), key.sign_hedged(b"text", &[2; 32]));
        assert_ne!(one.hex(), other.hex());
        assert_eq!(key.sign(b"text").hex(), key.sign(b"text").hex());
        for signature in [one, other, key.sign(b"text")] {
            assert!(key.verifying_key().verify(b"text", &signature));
            assert!(!key.verifying_key().verify(b"texts", &signature));
        }
        assert_eq!(format!("{key:?}"), "EcdsaKey(***)");
    }
}
