//! What feeds curl through a pipe, where it can be said without running it: `printf`, `echo` and `cat`.

use super::{Feed, Line, Word, WordError, ansi_c};

/// Whether a command is one of them.
pub(super) fn is_feeder(words: &[Word]) -> bool {
    words.first().is_some_and(|word| matches!(word.text.as_slice(), b"printf" | b"echo" | b"cat"))
}

/// What it writes.
pub(super) fn read(line: &Line) -> Result<Feed, WordError> {
    let Some((program, arguments)) = line.words.split_first() else {
        return Err(WordError::new(0, "the command is missing"));
    };
    match (program.text.as_slice(), arguments) {
        (b"printf", [format]) => printf(format).map(Feed::Bytes),
        (b"printf", [format, text]) if format.text == b"%s" => Ok(Feed::Bytes(text.text.clone())),
        (b"printf", _) => {
            Err(WordError::new(program.at, "printf is read with a format alone, or as printf %s TEXT"))
        }
        (b"echo", words) => echo(words).map(Feed::Bytes),
        (_, [file]) if !file.text.starts_with(b"-") => String::from_utf8(file.text.clone())
            .map(Feed::File)
            .map_err(|_| WordError::new(file.at, "the name of the file is not UTF-8 text")),
        _ => Err(WordError::new(program.at, "cat is read with the name of one file")),
    }
}

/// A format without conversions: escapes and `%%`.
fn printf(format: &Word) -> Result<Vec<u8>, WordError> {
    let mut out = Vec::with_capacity(format.text.len());
    let mut at = 0;
    loop {
        match format.text.get(at..).unwrap_or_default() {
            [] => return Ok(out),
            [b'%', b'%', ..] => {
                out.push(b'%');
                at += 2;
            }
            [b'%', ..] => {
                return Err(WordError::new(format.at, "printf is read without conversions other than %%"));
            }
            [b'\\', rest @ ..] => {
                let (byte, taken) = escape(rest).ok_or_else(|| {
                    WordError::new(format.at, "an escape that not every printf knows; write \\ooo")
                })?;
                out.push(byte);
                at += 1 + taken;
            }
            [byte, ..] => {
                out.push(*byte);
                at += 1;
            }
        }
    }
}

/// The escapes that POSIX names for the format of printf.
fn escape(rest: &[u8]) -> Option<(u8, usize)> {
    let plain = match rest.first()? {
        b'\\' => b'\\',
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        _ => {
            let (value, digits) = ansi_c::number(rest, 8, 3)?;
            return Some((u8::try_from(value).ok()?, digits));
        }
    };
    Some((plain, 1))
}

/// Shells disagree about backslashes and options.
fn echo(words: &[Word]) -> Result<Vec<u8>, WordError> {
    if let Some(odd) = words.iter().find(|word| word.text.contains(&b'\\') || word.text.starts_with(b"-")) {
        let problem = "shells differ in what echo makes of backslashes and options; use printf %s";
        return Err(WordError::new(odd.at, problem));
    }
    let words: Vec<&[u8]> = words.iter().map(|word| word.text.as_slice()).collect();
    Ok([words.join(&b' ').as_slice(), b"\n"].concat())
}
