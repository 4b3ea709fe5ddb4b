//! Answers of other sides: whatever the bytes, something that can be shown, without the token that was sent.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sigv4::explain::{answer, compare};

fuzz_target!(|bytes: &[u8]| {
    let read = answer::read(bytes);
    let _ = format!("{read:?}");
    let half = bytes.len() / 2;
    if let (Ok(ours), Ok(theirs)) = (str::from_utf8(&bytes[..half]), str::from_utf8(&bytes[half..])) {
        let _ = compare(ours, theirs).to_string();
    }
});
