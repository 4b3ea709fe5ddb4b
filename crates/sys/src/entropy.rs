//! Randomness, from the operating system or from a seed.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
    Buffered(Arc<Mutex<Buffer>>),
    Seeded(Arc<AtomicU64>),
}

/// Bytes drawn from the system ahead of their use. Used ones are wiped.
struct Buffer {
    bytes: Box<[u8; BUFFER]>,
    /// Bytes before this are used up.
    next: usize,
}

impl Entropy {
    /// The operating system's generator, fit for keys.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The operating system's generator, read 4 KiB at a time: no system call for most draws. For nonces and the like,
    /// which may lie in memory before they are used; a process that forks would draw the same bytes twice.
    pub fn buffered() -> Self {
        Self(Source::Buffered(Arc::new(Mutex::new(Buffer { bytes: Box::new([0; BUFFER]), next: BUFFER }))))
    }

    /// The same bytes for the same seed, for tests: not fit for keys.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(AtomicU64::new(seed))))
    }

    pub fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        match &self.0 {
            Source::System => fill_from_system(bytes),
            // A panic elsewhere leaves at most a buffer that is partly wiped.
            Source::Buffered(buffer) => buffer.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes),
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

impl Buffer {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        if bytes.len() > BUFFER {
            return fill_from_system(bytes);
        }
        if BUFFER - self.next < bytes.len() {
            fill_from_system(&mut self.bytes[..])?;
            self.next = 0;
        }
        let drawn = &mut self.bytes[self.next..self.next + bytes.len()];
        bytes.copy_from_slice(drawn);
        drawn.fill(0);
        self.next += bytes.len();
        Ok(())
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Buffer(***)")
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

const BUFFER: usize = 4096;

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
    fn buffered_bytes_do_not_repeat_across_refills() {
        let entropy = Entropy::buffered();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1000 {
            assert!(seen.insert(entropy.clone().bytes::<13>().unwrap()));
        }
        assert_ne!(entropy.bytes::<5000>().unwrap(), [0; 5000]);
    }

    #[test]
    fn system_gives_bytes() {
        assert_ne!(Entropy::system().bytes::<32>().unwrap(), [0; 32]);
    }
}
