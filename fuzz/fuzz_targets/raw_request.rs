//! Captured requests: whatever the bytes, one request that reads back as it was written, or an error with its place.

#![no_main]

use libfuzzer_sys::fuzz_target;
use request_source::raw::{self, Options};
use request_source::{Version, curl, form};

fuzz_target!(|bytes: &[u8]| {
    let options = Options::new(MOST_BODY);
    let capture = match raw::read(bytes, &options) {
        Ok(capture) => capture,
        Err(error) => {
            assert!(error.place.line >= 1 && error.place.column >= 1, "places start at 1");
            assert!(!error.to_string().contains('\n'), "an error is one line: {error}");
            return;
        }
    };
    let message = capture.message;
    assert!(message.body.len() <= MOST_BODY, "a body is bounded");
    if let Some(content_type) = message.header("content-type")
        && let Ok(form) = form::read(content_type, &message.body)
    {
        assert!(form.fields.iter().all(|field| field.value.end <= message.body.len()));
    }
    // A trace shows no body, and its length still stands in the fields.
    if let Ok(written) = raw::write(&message) {
        let plain = Options { traces: false, ..options };
        let again = raw::read(&written, &plain).expect("what is written can be read").message;
        assert_eq!((&again.method, &again.target), (&message.method, &message.target));
        assert_eq!((&again.headers, &again.body), (&message.headers, &message.body));
    }
    if message.version == Version::Http11
        && let Ok(line) = curl::write(&message)
    {
        let command = curl::read_line_in(&line, curl::Dialect::Posix).expect("what is written can be read");
        let again = command.message(&Default::default()).expect("it needs no files");
        assert_eq!((again.method, again.target), (message.method, message.target));
        assert_eq!(again.body, message.body);
    }
});

const MOST_BODY: usize = 64 * 1024;
