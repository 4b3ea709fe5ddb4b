//! Randomness, from the operating system or from a seed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Gives random bytes. Clones share their source.
#[derive(Clone, Debug, Default)]
pub struct Entropy(Source);

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("operating system gives no random bytes; check that getrandom(2) or /dev/urandom is allowed here")]
pub struct EntropyError(#[source] getrandom::Error);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    System,
    Seeded(Arc<AtomicU64>),
}

impl Entropy {
    /// The operating system's generator, fit for keys.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The same bytes for the same seed, for tests: not fit for keys.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(AtomicU64::new(seed))))
    }

    pub fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        match &self.0 {
            Source::System => fill_from_system(bytes),
            Source::Seeded(state) => {
                for chunk in bytes.chunks_mut(8) {
                    chunk.copy_from_slice(&split_mix(state).to_le_bytes()[..chunk.len()]);
                }
                Ok(())
            }
        }
    }

    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], EntropyError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }
}

#[allow(clippy::disallowed_methods, reason = "this crate is the door")]
fn fill_from_system(bytes: &mut [u8]) -> Result<(), EntropyError> {
    getrandom::fill(bytes).map_err(EntropyError)
}

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014): one word of state, which an
/// atomic can hold.
fn split_mix(state: &AtomicU64) -> u64 {
    let mut z = state.fetch_add(GOLDEN_GAMMA, Ordering::Relaxed).wrapping_add(GOLDEN_GAMMA);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_gives_the_same_bytes_and_another_does_not() {
        let draw = |seed| Entropy::seeded(seed).bytes::<20>().unwrap();
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn seeded_stream_moves_on() {
        let entropy = Entropy::seeded(0);
        // First output of the published generator for seed 0.
        assert_eq!(entropy.bytes::<8>().unwrap(), 0xe220_a839_7b1d_cdaf_u64.to_le_bytes());
        assert_ne!(entropy.bytes::<8>().unwrap(), entropy.bytes::<8>().unwrap());
    }

    #[test]
    fn system_gives_bytes() {
        assert_ne!(Entropy::system().bytes::<32>().unwrap(), [0; 32]);
    }
}
