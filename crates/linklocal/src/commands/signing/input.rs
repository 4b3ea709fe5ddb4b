//! Requests and bodies as they come in, bounded.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use crate::failure::Failure;

/// The most that a request with its body may be. Beyond it a body is better named by its hash.
pub(in crate::commands) const MAX_INPUT: usize = 256 * 1024 * 1024;

/// All of stdin. What is missing is said where a terminal would be waited for.
pub(in crate::commands) fn stdin(wanted: &str) -> Result<Vec<u8>, Failure> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(Failure::usage(format!("{wanted} is wanted on stdin, which is a terminal"))
            .hint("`--help` shows the ways to give it"));
    }
    let mut bytes = Vec::new();
    // One byte past the bound shows that there is more.
    let bound = MAX_INPUT as u64 + 1;
    stdin
        .lock()
        .take(bound)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::of(&error).named("stdin cannot be read"))?;
    match bytes.len() > MAX_INPUT {
        true => Err(Failure::new(format!("stdin holds more than {} MiB", MAX_INPUT >> 20))
            .hint("`linklocal sign` takes the hash of a larger body: --payload-hash")),
        false => Ok(bytes),
    }
}

/// A file, or stdin for `-`.
pub(in crate::commands) fn file(name: &str, wanted: &str) -> Result<Vec<u8>, Failure> {
    match name {
        "-" => stdin(wanted),
        name => sys::fs::read(Path::new(name), MAX_INPUT).map_err(|error| Failure::of(&error)),
    }
}
