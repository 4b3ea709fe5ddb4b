//! Answers of other sides: whatever the bytes, something that can be shown, without the token that was sent.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sigv4::explain::{answer, compare};

fuzz_target!(|bytes: &[u8]| {
    let read = answer::read(bytes);
    let _ = format!("{read:?}");
    let (ours, theirs) = bytes.split_at(bytes.len() / 2);
    let _ = compare(ours, theirs).to_string();
});
