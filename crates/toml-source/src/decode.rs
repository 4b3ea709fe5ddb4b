//! From bytes to text.

use std::path::Path;

use crate::{Fault, Position};

/// Text without a byte order mark, or the place where it is none.
pub fn decode<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a str, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = std::str::from_utf8(&bytes[..error.valid_up_to()]).expect("valid up to here");
        Fault::at(path, Position::of(before, before.len()), "byte is not UTF-8; save the file as UTF-8")
    })?;
    if text.starts_with('\u{feff}') {
        let problem = "file begins with a byte order mark; save it as UTF-8 without";
        return Err(Fault::at(path, Position::START, problem));
    }
    Ok(text)
}
