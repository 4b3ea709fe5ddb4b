//! Chance that is the same each time: numbers that follow from the seed.

use std::time::Duration;

/// A span below `limit` for one repetition of one event; the same seed has the same.
pub(crate) fn jitter(seed: u64, event: usize, repetition: usize, limit: Duration) -> Duration {
    let millis = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
    if millis == 0 {
        return Duration::ZERO;
    }
    let word = mixed(mixed(mixed(seed) ^ event as u64) ^ repetition as u64);
    Duration::from_millis(word % millis)
}

/// The finaliser of SplitMix64: spreads counted numbers evenly.
fn mixed(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
