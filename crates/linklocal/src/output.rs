//! The only place that prints.
//!
//! Rule: results go to stdout, talk goes to stderr, and a reader that has gone away is no error.

use std::io::{self, IsTerminal, Write};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::Serialize;
use sys::terminal::plain;

use crate::failure::Failure;

/// Where a command's result goes, and in which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    /// One JSON object in place of text.
    pub(crate) json: bool,
}

impl Output {
    /// A result: the object under `--json`, else the text, which is for people.
    pub(crate) fn result(
        self,
        object: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        if self.json { Self::object(object) } else { Self::report(&text()) }
    }

    /// One line of JSON.
    pub(crate) fn object(object: &impl Serialize) -> Result<(), Failure> {
        let line = serde_json::to_string(object).map_err(|error| Failure::of(&error))?;
        let line = if io::stdout().is_terminal() { without_orders(&line) } else { line };
        write(io::stdout(), format!("{line}\n").as_bytes())
    }

    /// Text for people.
    pub(crate) fn report(text: &str) -> Result<(), Failure> {
        write(io::stdout(), plain(text).as_bytes())
    }

    /// Text as it stands, for programs; a terminal gets no orders all the same.
    pub(crate) fn text(text: &str) -> Result<(), Failure> {
        if io::stdout().is_terminal() { Self::report(text) } else { write(io::stdout(), text.as_bytes()) }
    }

    /// Bytes as they came; on a terminal a last newline is added where there is none.
    pub(crate) fn bytes(bytes: &[u8]) -> Result<(), Failure> {
        write(io::stdout(), bytes)?;
        if io::stdout().is_terminal() && !bytes.ends_with(b"\n") {
            write(io::stdout(), b"\n")?;
        }
        Ok(())
    }

    /// Talk.
    pub(crate) fn note(text: &str) {
        // A closed stderr leaves nobody to tell.
        let _ = write(io::stderr(), format!("{}\n", plain(text)).as_bytes());
    }

    /// Talk about details, a line each.
    pub(crate) fn notes(notes: &[String]) {
        notes.iter().for_each(|note| Self::note(&format!("note: {note}")));
    }

    /// What is waited for, where somebody watches.
    pub(crate) fn progress(text: &str) {
        if io::stderr().is_terminal() {
            Self::note(text);
        }
    }

    /// Puts one line over the last one that was put so; an empty text takes it away. For a terminal that watches stderr.
    pub(crate) fn live(text: &str) {
        let _ = write(io::stderr(), format!("\r{}\x1b[K", plain(text)).as_bytes());
    }

    /// A piece of a result that is long; whether anybody still reads.
    pub(crate) fn piece(bytes: &[u8]) -> Result<bool, Failure> {
        let mut stdout = io::stdout();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(unwritten(&error)),
        }
    }

    /// A piece of what a program writes beside its result; whether anybody still reads.
    pub(crate) fn aside(bytes: &[u8]) -> bool {
        let mut stderr = io::stderr();
        stderr.write_all(bytes).and_then(|()| stderr.flush()).is_ok()
    }

    /// Whether whoever read stdout has gone away. A pipe shows it before anything is written.
    pub(crate) fn is_unread() -> bool {
        let stdout = io::stdout();
        let mut events = [PollFd::new(&stdout, PollFlags::empty())];
        let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut events, Some(&at_once)).is_ok()
            && events[0].revents().intersects(PollFlags::ERR | PollFlags::HUP)
    }

    /// Why the command failed, and what to do.
    pub(crate) fn failure(failure: &Failure) {
        Self::note(&format!("{}{}", failure.label, failure.message));
        if let Some(hint) = &failure.hint {
            Self::note(&format!("hint: {hint}"));
        }
    }
}

/// Rows under a heading, columns as wide as their widest cell.
pub(crate) fn table(heading: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([heading[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        for (cell, width) in cells.zip(&widths) {
            line.push_str(&format!("{cell:width$}  "));
        }
        line.truncate(line.trim_end().len());
        line.push('\n');
        line
    };
    let mut text = line(&mut heading.iter().copied());
    for row in rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    text
}

/// The same object. What JSON lets stand as it is may be an order to a terminal all the same: U+007F to U+009F.
fn without_orders(json: &str) -> String {
    let escaped = |c: char| match c.is_control() {
        true => format!("\\u{:04x}", u32::from(c)),
        false => c.to_string(),
    };
    json.chars().map(escaped).collect()
}

fn write(mut to: impl Write, bytes: &[u8]) -> Result<(), Failure> {
    match to.write_all(bytes).and_then(|()| to.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritten(&error)),
        _ => Ok(()),
    }
}

fn unwritten(error: &io::Error) -> Failure {
    Failure::new(format!("the result cannot be written to stdout: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_give_a_terminal_no_orders() {
        let said = "\u{1b}[2J\u{9b}2J\u{7f}é";
        let json = without_orders(&serde_json::to_string(said).unwrap());
        assert_eq!(json, "\"\\u001b[2J\\u009b2J\\u007fé\"");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), said);
    }

    #[test]
    fn tables_line_up_and_leave_no_blanks_at_the_end() {
        let rows = [vec!["i-1".to_owned(), "x".to_owned()], vec!["i-23".to_owned(), String::new()]];
        assert_eq!(table(&["ID", "NAME"], &rows), "ID    NAME\ni-1   x\ni-23\n");
    }
}
