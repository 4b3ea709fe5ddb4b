//! Command lines of curl: whatever the line and the shell, a request or an error with its place. A request that was read can be
//! written raw, so that no value of a command begins a line of its own.

#![no_main]

use libfuzzer_sys::fuzz_target;
use request_source::curl::{self, CurlCommand, CurlError, Dialect};
use request_source::raw;

fuzz_target!(|line: &str| {
    check(line, curl::read_line(line));
    for dialect in [Dialect::Posix, Dialect::Cmd] {
        check(line, curl::read_line_in(line, dialect));
    }
    let words: Vec<String> = line.split('\n').map(str::to_owned).collect();
    check(line, curl::read(&words));
});

fn check(line: &str, read: Result<CurlCommand, CurlError>) {
    let message = read.and_then(|command| {
        let sources = command.sources();
        assert!(sources.len() <= line.len(), "a source has a name in the line");
        command.message(&sources.into_iter().map(|source| (source, CONTENT.to_vec())).collect())
    });
    match message {
        Ok(message) => {
            raw::write(&message).unwrap_or_else(|error| panic!("{error}"));
        }
        Err(error) => assert!(!error.problem.is_empty(), "an error says something"),
    }
}

/// What every file holds: fields, for `-H @FILE`.
const CONTENT: &[u8] = b"X-A: 1\r\nX-B;\n\nX-C:\n";
