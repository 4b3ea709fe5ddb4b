//! The person at the controlling terminal (termios(3): `/dev/tty`), whatever stdin, stdout and stderr are joined to.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};

/// Shows `question` and gives the line that is typed, without its end. What is typed is shown: a terminal that was left
/// without echo by Ctrl-C is worse than a code that is worth nothing once it is used.
///
/// Blocks until the person answers. Fails where there is no controlling terminal, or its end of file was typed.
pub fn ask(question: &str) -> io::Result<String> {
    let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    terminal.write_all(question.as_bytes())?;
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
    terminal.write_all(format!("{line}\n").as_bytes())?;
    terminal.flush()
}

/// What a terminal takes in one line (N_TTY).
const MAX_LINE: usize = 4096;
