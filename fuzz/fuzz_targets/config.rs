//! The configuration parser: whatever the bytes, a configuration or an error with a place in them.

#![no_main]

use std::path::Path;

use account::identifier::Seed;
use libfuzzer_sys::fuzz_target;
use linklocal::config::Config;
use types::Timestamp;

fuzz_target!(|bytes: &[u8]| {
    let path = Path::new("linklocal.toml");
    match Config::parse(path, bytes) {
        Ok(config) => resolve(&config),
        Err(error) => {
            let place = error.place().expect("an error in a file that was read has a place");
            // An error about the end of the file may stand one line behind its last.
            let lines = bytes.split(|byte| *byte == b'\n').count();
            assert!((1..=lines + 1).contains(&place.line), "line {} of {lines}", place.line);
            assert!(place.column >= 1, "columns start at 1");
            let text = error.to_string();
            assert!(!text.contains('\n'), "an error is one line: {text:?}");
            assert!(text.starts_with("linklocal.toml:"), "an error names its file: {text:?}");
        }
    }
});

/// What is accepted can be made into instances, or says why not.
fn resolve(config: &Config) {
    let seed = Seed::from_text(config.seed.as_deref().unwrap_or_default());
    assert!(config.instance_count() >= 1, "there is always an instance");
    for instance in config.instances(&seed, NOW).take(MOST) {
        match instance {
            Ok(instance) => assert!(!instance.network_interfaces.is_empty(), "an instance has an interface"),
            Err(error) => assert!(!error.to_string().is_empty(), "an error says something"),
        }
    }
}

/// `count` may be large; the instances differ in numbers alone.
const MOST: usize = 32;
const NOW: Timestamp = Timestamp::from_secs(1_790_000_000);
