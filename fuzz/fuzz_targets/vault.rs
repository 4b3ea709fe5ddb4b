//! The encrypted file of secrets, before anybody gives its passphrase: no bytes ask for more work than is bearable.
//!
//! A header is read twice: as it is, and with its checksum mended, behind which few inputs would come by chance.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};
use vault::SealedFile;

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    let mut mended = bytes.to_vec();
    if let Some((summed, rest)) = mended.split_at_mut_checked(SUMMED)
        && let Some(sum) = rest.first_chunk_mut::<8>()
    {
        sum.copy_from_slice(&Sha256::digest(summed)[..8]);
        check(&mended);
    }
});

fn check(bytes: &[u8]) {
    if let Ok(sealed) = SealedFile::parse(bytes) {
        let cost = sealed.cost();
        assert!(cost.memory_kib <= 256 * 1024 && cost.passes <= 10 && cost.lanes <= 8, "{cost}");
    }
}

/// Bytes of a header before its checksum.
const SUMMED: usize = 64;
