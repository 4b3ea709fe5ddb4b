//! The person at the controlling terminal (termios(3): `/dev/tty`), whatever stdin, stdout and stderr are joined to.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;

use rustix::fs::OFlags;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr,
};
use types::Secret;

/// Whether this process has a terminal of its own to ask at, wherever its streams go.
pub fn is_there() -> bool {
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(OFlags::NOCTTY.bits().cast_signed())
        .open("/dev/tty")
        .is_ok()
}

/// How many columns the terminal has; `None` where it does not say, or there is none.
pub fn columns() -> Option<usize> {
    let terminal = OpenOptions::new().read(true).open("/dev/tty").ok()?;
    let columns = tcgetwinsize(&terminal).ok()?.ws_col;
    (columns > 0).then_some(usize::from(columns))
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

/// The same for what must not be seen: nothing that is typed is shown. Backspace and Ctrl-U mend the line; Ctrl-C is the error
/// [`io::ErrorKind::Interrupted`], with the terminal as it was.
///
/// Blocks until the person answers. Fails where there is no controlling terminal, or its end of file was typed.
pub fn ask_hidden(question: &str) -> io::Result<Secret<String>> {
    let mut terminal = &OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    let mut line = Vec::with_capacity(MAX_LINE);
    let quiet = Quiet::begin(terminal)?;
    let asked = terminal.write_all(plain(question).as_bytes());
    let typed = asked.and_then(|()| hidden_line(&mut terminal, &mut line));
    drop(quiet);
    let line = Secret::new(line);
    terminal.write_all(b"\n")?;
    typed?;
    let text = str::from_utf8(line.expose()).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(Secret::new(text.to_owned()))
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

/// A terminal that shows nothing and gives every key at once, signals included: one that is left in the middle is not left
/// without echo.
struct Quiet<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Quiet<'a> {
    fn begin(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
        quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(terminal, OptionalActions::Drain, &quiet)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // A terminal that has gone needs no mending.
        let _ = tcsetattr(self.terminal, OptionalActions::Drain, &self.before);
    }
}

/// What is typed until Enter, mended as it goes. The line has room for all of it, so that no copy is left behind in growing.
fn hidden_line(terminal: &mut impl io::Read, line: &mut Vec<u8>) -> io::Result<()> {
    let mut byte = [0];
    loop {
        if terminal.read(&mut byte)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match byte[0] {
            b'\n' | b'\r' => return Ok(()),
            CTRL_C => return Err(io::ErrorKind::Interrupted.into()),
            CTRL_D if line.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            CTRL_U => line.clear(),
            BACKSPACE | DELETE => {
                let is_within = |byte: u8| byte & 0b1100_0000 == 0b1000_0000;
                while line.pop().is_some_and(is_within) {}
            }
            typed if line.len() < MAX_LINE => line.push(typed),
            _ => {}
        }
    }
}

/// Controls, and the marks of Unicode that change the direction of what follows.
fn is_order(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a terminal takes in one line (N_TTY).
const MAX_LINE: usize = 4096;
const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const CTRL_U: u8 = 21;
const BACKSPACE: u8 = 8;
const DELETE: u8 = 127;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_shown_and_not_obeyed() {
        assert!(matches!(plain("a\tb\n\u{e9} \u{1f600}"), Cow::Borrowed(_)));
        assert_eq!(plain("a\u{1b}[2J\r\u{7}"), "a\\u{1b}[2J\\r\\u{7}");
        assert_eq!(plain("\u{9b}31m\u{202e}x\u{7f}"), "\\u{9b}31m\\u{202e}x\\u{7f}");
    }

    #[test]
    fn a_hidden_line_is_mended_as_it_is_typed() {
        let typed = |bytes: &[u8]| {
            let mut line = Vec::new();
            let end = hidden_line(&mut &bytes[..], &mut line);
            end.map(|()| String::from_utf8(line).unwrap()).map_err(|error| error.kind())
        };
        assert_eq!(typed(b"secret\nmore"), Ok("secret".to_owned()));
        assert_eq!(typed("a\u{e9}\u{7f}b\u{8}\u{8}\u{8}\u{8}c\r".as_bytes()), Ok("c".to_owned()));
        assert_eq!(typed(b"wrong\x15right\n"), Ok("right".to_owned()));
        assert_eq!(typed(b"sec\x03ret\n"), Err(io::ErrorKind::Interrupted));
        assert_eq!(typed(b"\x04"), Err(io::ErrorKind::UnexpectedEof));
        assert_eq!(typed(b"cut"), Err(io::ErrorKind::UnexpectedEof));
    }
}
