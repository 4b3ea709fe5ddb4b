//! SHA-256 and HMAC over whole texts, without the buffering of their streaming forms (FIPS 180-4, RFC 2104).
//!
//! Most texts here are two or three blocks long: what lies between the caller and the compression function is a fifth of
//! the cost. A key is kept as the two states that have taken in its padded blocks.

use sha2::block_api::compress256;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// The states of an HMAC that have taken in the key: an HMAC of a short text costs two compressions fewer.
#[derive(Clone, ZeroizeOnDrop)]
pub(crate) struct Midstate {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl Midstate {
    pub(crate) fn new(key: &[u8]) -> Self {
        let mut block = Zeroizing::new([0; 64]);
        if key.len() > 64 {
            block[..32].copy_from_slice(&Zeroizing::new(sha256(key))[..]);
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        // One block is padded one way and then the other: wiping is slow, byte by byte.
        let mut padded = |pad: u8| {
            block.iter_mut().for_each(|byte| *byte ^= pad);
            let mut state = START;
            compress256(&mut state, std::slice::from_ref(&*block));
            state
        };
        Self { inner: padded(0x36), outer: padded(0x36 ^ 0x5c) }
    }

    pub(crate) fn mac(&self, text: &[u8]) -> [u8; 32] {
        let inner = finish(self.inner, 64, text);
        finish(self.outer, 64, &inner)
    }
}

pub(crate) fn sha256(text: &[u8]) -> [u8; 32] {
    finish(START, 0, text)
}

/// The digest of what `state` has taken in, `before` bytes in whole blocks, and of `text`.
fn finish(mut state: [u32; 8], before: u64, text: &[u8]) -> [u8; 32] {
    let (blocks, rest) = text.as_chunks::<64>();
    if !blocks.is_empty() {
        compress256(&mut state, blocks);
    }
    let mut tail = [[0; 64]; 2];
    // The mark and the length take nine bytes.
    let used = if rest.len() < 56 { 1 } else { 2 };
    tail[0][..rest.len()].copy_from_slice(rest);
    tail[0][rest.len()] = 0x80;
    let bits = (before + text.len() as u64) * 8;
    tail[used - 1][56..].copy_from_slice(&bits.to_be_bytes());
    compress256(&mut state, &tail[..used]);

    let mut digest = [0; 32];
    for (bytes, word) in digest.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    digest
}

/// FIPS 180-4 section 5.3.3.
const START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use sha2::{Digest as _, Sha256};

    #[test]
    fn agrees_with_the_streaming_forms_at_every_length_around_a_block() {
        let text: Vec<u8> = (0..=255).cycle().take(400).collect();
        for length in 0..=400 {
            assert_eq!(
                sha256(&text[..length]),
                <[u8; 32]>::from(Sha256::digest(&text[..length])),
                "{length}"
            );
            for key in [0, 1, 32, 44, 63, 64, 65, 128, 200] {
                let mut model = Hmac::<Sha256>::new_from_slice(&text[..key]).unwrap();
                model.update(&text[..length]);
                let expected: [u8; 32] = model.finalize().into_bytes().into();
                assert_eq!(Midstate::new(&text[..key]).mac(&text[..length]), expected, "{key} {length}");
            }
        }
    }
}
