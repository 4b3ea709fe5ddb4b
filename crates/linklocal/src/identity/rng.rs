//! Random numbers for the search of primes, which may take any amount and cannot stop half-way.
//!
//! One seed is drawn from the system, which can fail; SHA-256 over seed and counter makes an endless stream of it.

use std::convert::Infallible;

use dsa::signature::rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};
use sys::{Entropy, EntropyError};
use zeroize::Zeroizing;

/// An endless stream of random bytes.
pub(super) struct SeededRng {
    seed: Zeroizing<[u8; 32]>,
    counter: u64,
}

impl SeededRng {
    pub(super) fn new(entropy: &Entropy) -> Result<Self, EntropyError> {
        Ok(Self { seed: Zeroizing::new(entropy.bytes()?), counter: 0 })
    }

    fn block(&mut self) -> Zeroizing<[u8; 32]> {
        self.counter += 1;
        let digest = Sha256::new().chain_update(*self.seed).chain_update(self.counter.to_be_bytes());
        Zeroizing::new(digest.finalize().into())
    }
}

impl TryRng for SeededRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(32) {
            chunk.copy_from_slice(&self.block()[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for SeededRng {}
