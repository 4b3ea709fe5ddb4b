//! RSA with a modulus of 1024 bits: PKCS #1 version 1.5 signatures with SHA-256 (RFC 8017 section 8.2).
//!
//! AWS signs `signature` with a key of this size, and the cryptographic library used elsewhere refuses to make one.
//! Such a key can be factored with effort; it signs nothing here but documents that anybody on the machine may read.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, ConcatenatingMul, NonZero, Odd, Resize};
use crypto_primes::hazmat::{SetBits, SmallFactorsSieveFactory};
use crypto_primes::{Flavor, is_prime, sieve_and_find};
use dsa::pkcs8::der::asn1::{AnyRef, UintRef};
use dsa::pkcs8::der::{Decode, Reader, SliceReader};
use dsa::pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use dsa::signature::rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::der;
use super::oid;

/// A private key, as its primes and what follows from them.
pub(super) struct Rsa1024 {
    p: BoxedUint,
    q: BoxedUint,
    modulus: Odd<BoxedUint>,
    exponent: BoxedUint,
}

impl Rsa1024 {
    pub(super) fn generate(rng: &mut impl CryptoRng) -> Self {
        loop {
            let (p, q) = (prime(rng), prime(rng));
            if let Some(key) = Self::from_primes(p, q) {
                return key;
            }
        }
    }

    /// `None` where the primes differ too little, or do not suit the public exponent.
    fn from_primes(p: BoxedUint, q: BoxedUint) -> Option<Self> {
        // Primes that lie close together give the modulus away (FIPS 186-5 appendix A.1.3, step 5.4).
        let distance = if p > q { p.wrapping_sub(&q) } else { q.wrapping_sub(&p) };
        if distance.bits() <= MODULUS_BITS / 2 - 100 {
            return None;
        }
        let modulus = p.concatenating_mul(&q);
        let totient = one_less(&p).concatenating_mul(&one_less(&q));
        let exponent = public_exponent().invert_mod(&NonZero::new(totient).into_option()?).into_option()?;
        let sized = p.bits() == PRIME_BITS && q.bits() == PRIME_BITS && modulus.bits() == MODULUS_BITS;
        let modulus = Odd::new(modulus).into_option()?;
        sized.then_some(Self { p, q, modulus, exponent })
    }

    /// Signs `message`. The private exponent goes through a modular power whose time does not depend on it.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let padded = BoxedUint::from_be_slice(&padded(message), MODULUS_BITS)
            .expect("the padded digest is as long as the modulus");
        let params = BoxedMontyParams::new(self.modulus.clone());
        BoxedMontyForm::new(padded, &params).pow(&self.exponent).retrieve().to_be_bytes().into_vec()
    }

    /// `SubjectPublicKeyInfo` (RFC 3279 section 2.3.1)
    pub(super) fn public_key_der(&self) -> Vec<u8> {
        let key = der::sequence(&[&self.modulus_der(), &der::integer(&PUBLIC_EXPONENT)]);
        der::sequence(&[&algorithm(), &der::bit_string(&key)])
    }

    /// PKCS #8 `PrivateKeyInfo` around the `RSAPrivateKey` of RFC 8017 appendix A.1.2.
    pub(super) fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        let secret = |number: &BoxedUint| Zeroizing::new(der::integer(&Zeroizing::new(number.to_be_bytes())));
        let reduced = |prime: &BoxedUint| {
            let modulus = NonZero::new(one_less(prime)).expect("a prime of 512 bits is above 1");
            secret(&self.exponent.rem(&modulus))
        };
        let p = Odd::new(self.p.clone()).expect("a prime of 512 bits is odd");
        let coefficient = self.q.rem(p.as_nz_ref()).invert_odd_mod(&p).expect("two primes share no factor");
        let key = Zeroizing::new(der::sequence(&[
            &der::integer(&[0]),
            &self.modulus_der(),
            &der::integer(&PUBLIC_EXPONENT),
            &secret(&self.exponent),
            &secret(&self.p),
            &secret(&self.q),
            &reduced(&self.p),
            &reduced(&self.q),
            &secret(&coefficient),
        ]));
        let wrapped = Zeroizing::new(der::tagged(der::OCTET_STRING, &key));
        Zeroizing::new(der::sequence(&[&der::integer(&[0]), &algorithm(), &wrapped]))
    }

    /// Reads what [`to_pkcs8_der`](Self::to_pkcs8_der) wrote; `None` for anything else.
    pub(super) fn from_pkcs8_der(bytes: &[u8]) -> Option<Self> {
        let info = PrivateKeyInfoRef::from_der(bytes).ok()?;
        info.algorithm.assert_algorithm_oid(ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1")).ok()?;
        let mut reader =
            SliceReader::new(AnyRef::from_der(info.private_key.as_bytes()).ok()?.value()).ok()?;
        let mut number = || reader.decode::<UintRef<'_>>().ok().map(|n| n.as_bytes());
        let (_version, modulus, _public_exponent, exponent) = (number()?, number()?, number()?, number()?);
        let (p, q) = (number()?, number()?);
        let prime = |digits| BoxedUint::from_be_slice(digits, PRIME_BITS).ok();
        let key = Self::from_primes(prime(p)?, prime(q)?)?;
        let same = *key.modulus.to_be_bytes() == *modulus
            && *der::integer(&key.exponent.to_be_bytes()) == *der::integer(exponent);
        same.then_some(key)
    }

    fn modulus_der(&self) -> Vec<u8> {
        der::integer(&self.modulus.to_be_bytes())
    }
}

impl Drop for Rsa1024 {
    fn drop(&mut self) {
        self.p.zeroize();
        self.q.zeroize();
        self.exponent.zeroize();
    }
}

fn prime(rng: &mut impl CryptoRng) -> BoxedUint {
    let candidates = SmallFactorsSieveFactory::new(Flavor::Any, PRIME_BITS, SetBits::TwoMsb)
        .expect("512 bits are enough for a prime");
    sieve_and_find(rng, candidates, |_, candidate| is_prime(Flavor::Any, candidate))
        .expect("an odd number of 512 bits can always be drawn")
        .expect("the sieve draws on until a prime is found")
}

fn one_less(prime: &BoxedUint) -> BoxedUint {
    prime.wrapping_sub(BoxedUint::one())
}

fn public_exponent() -> BoxedUint {
    BoxedUint::from_be_slice(&PUBLIC_EXPONENT, 32).expect("three bytes fit 32 bits").resize(MODULUS_BITS)
}

/// EMSA-PKCS1-v1_5 of RFC 8017 section 9.2.
fn padded(message: &[u8]) -> [u8; MODULUS_BITS as usize / 8] {
    let digest = der::tagged(der::OCTET_STRING, &Sha256::digest(message));
    let info = der::sequence(&[&der::sequence(&[&der::oid(oid::SHA256), der::NULL]), &digest]);
    let mut block = [0xff; MODULUS_BITS as usize / 8];
    let at = block.len() - info.len();
    (block[0], block[1], block[at - 1]) = (0, 1, 0);
    block[at..].copy_from_slice(&info);
    block
}

fn algorithm() -> Vec<u8> {
    der::sequence(&[&der::oid(oid::RSA_ENCRYPTION), der::NULL])
}

const MODULUS_BITS: u32 = 1024;
const PRIME_BITS: u32 = MODULUS_BITS / 2;
const PUBLIC_EXPONENT: [u8; 3] = [1, 0, 1];
