//! The `otpauth` URI of a device's QR code: whatever is read is read again as it was written.

#![no_main]

use libfuzzer_sys::fuzz_target;
use totp::{KeyUri, Seed};

fuzz_target!(|text: &str| {
    if let Ok(seed) = Seed::from_base32(text) {
        assert_eq!(Seed::from_base32(seed.base32().expose()), Ok(seed));
    }
    let Ok(uri) = KeyUri::parse(text) else { return };
    let again = KeyUri::parse(uri.write().expose()).expect("what was written can be read");
    assert_eq!(again.seed, uri.seed);
});
