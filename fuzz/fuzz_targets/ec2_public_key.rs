//! Public keys as they are imported: whatever the bytes, a key that is written as it was read, or a refusal.

#![no_main]

use account::ec2::key_pair::PublicKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match PublicKey::read(bytes) {
        Ok(key) => {
            assert_eq!(PublicKey::read(key.openssh().as_bytes()).as_ref(), Ok(&key));
            assert!(!key.fingerprint().is_empty());
        }
        Err(error) => assert!(matches!(&*error.code, "InvalidKey.Format" | "InvalidParameterValue")),
    }
});
