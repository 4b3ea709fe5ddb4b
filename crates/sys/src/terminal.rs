//! The person at the controlling terminal (termios(3): `/dev/tty`), whatever stdin, stdout and stderr are joined to.

use std::borrow::Cow;
use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;

use rustix::fs::OFlags;

/// Whether this process has a terminal of its own to ask at, wherever its streams go.
pub fn is_there() -> bool {
    OpenOptions::new().read(true).write(true).custom_flags(OFlags::NOCTTY.bits().cast_signed()).open("/dev/tty").is_ok()
}

/// Shows `question` and gives the line that is typed, without its end. What is typed is shown: a terminal that was left
/// without echo by Ctrl-C is worse than a code that is worth nothing once it is used.
///
/// Blocks until the person answers. Fails where there is no controlling terminal, or its end of file was typed.
pub fn ask(question: &str) -> io::Result<String> {
    let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    terminal.write_all(plain(question).as_bytes())?;
    terminal.flush()?;
    let mut line = Vec::new();
    let mut byte = [0];
    // One byte at a time: what follows the line belongs to whoever reads next.
    while line.len() < MAX_LINE {
        if terminal.read(&mut byte)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if byte[0] == b'\n' {
            break;
        }
        line.push(byte[0]);
    }
    let text = String::from_utf8(line).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(text.trim_end_matches('\r').to_owned())
}

/// Shows a line to the person, wherever stderr goes. Fails where there is no controlling terminal.
pub fn show(line: &str) -> io::Result<()> {
    let mut terminal = OpenOptions::new().write(true).open("/dev/tty")?;
    terminal.write_all(format!("{}\n", plain(line)).as_bytes())?;
    terminal.flush()
}

/// `text` with everything escaped that a terminal takes for an order, or draws in another direction; lines and tabs stay. Names
/// in files, and the words of servers, are somebody else's.
pub fn plain(text: &str) -> Cow<'_, str> {
    let stays = |c: char| !is_order(c) || c == '\n' || c == '\t';
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if stays(c) { c.to_string() } else { c.escape_default().to_string() };
    Cow::Owned(text.chars().map(shown).collect())
}

/// Controls, and the marks of Unicode that change the direction of what follows.
fn is_order(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a terminal takes in one line (N_TTY).
const MAX_LINE: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_shown_and_not_obeyed() {
        assert!(matches!(plain("a\tb\n\u{e9} \u{1f600}"), Cow::Borrowed(_)));
        assert_eq!(plain("a\u{1b}[2J\r\u{7}"), "a\\u{1b}[2J\\r\\u{7}");
        assert_eq!(plain("\u{9b}31m\u{202e}x\u{7f}"), "\\u{9b}31m\\u{202e}x\\u{7f}");
    }
}
