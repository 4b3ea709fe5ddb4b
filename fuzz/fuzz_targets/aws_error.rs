//! Errors of services: whatever the bytes, in whichever form they claim to be, a code that is not empty or nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::{AwsError, Leaves};

fuzz_target!(|bytes: &[u8]| {
    for header in [cbor as fn(&str) -> Option<&'static str>, none] {
        if let Some(error) = AwsError::read(400, &header, bytes) {
            assert!(!error.code.is_empty());
            assert!(!error.to_string().contains(char::is_control));
        }
    }
    let _ = AwsError::read_in_success(&cbor, bytes);
    if let Ok(leaves) = Leaves::read(bytes) {
        let _ = (leaves.root(), leaves.get("Code"));
    }
});

fn cbor(name: &str) -> Option<&'static str> {
    (name == "content-type").then_some("application/cbor")
}

fn none(_: &str) -> Option<&'static str> {
    None
}
