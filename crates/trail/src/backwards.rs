//! Whole lines of a file, the last one first.
//!
//! Rule: a window of the file is held, never the file: look-ups of many callers over large journals stay small.

use std::io;

use sys::fs::HeldFile;

pub(crate) struct Backwards {
    file: HeldFile,
    /// Where in the file the window starts.
    start: u64,
    /// What has been given out is cut off.
    window: Vec<u8>,
}

impl Backwards {
    /// The lines that end before `end`, which is not beyond the file's.
    pub(crate) const fn new(file: HeldFile, end: u64) -> Self {
        Self { file, start: end, window: Vec::new() }
    }

    /// Where the line starts, and the line without its end.
    pub(crate) fn next(&mut self) -> io::Result<Option<(u64, Vec<u8>)>> {
        loop {
            let end = self.window.iter().rposition(|byte| *byte == b'\n');
            let before = end.and_then(|end| self.window[..end].iter().rposition(|byte| *byte == b'\n'));
            match (end, before) {
                (Some(end), Some(before)) => return Ok(Some(self.cut(before + 1, end))),
                (Some(end), None) if self.start == 0 => return Ok(Some(self.cut(0, end))),
                (None, _) if self.start == 0 => return Ok(None),
                // No line of ours is that long.
                _ if self.window.len() > LONGEST => return Ok(None),
                _ => self.widen()?,
            }
        }
    }

    fn cut(&mut self, from: usize, end: usize) -> (u64, Vec<u8>) {
        let line = self.window[from..end].to_vec();
        self.window.truncate(from);
        (self.start + from as u64, line)
    }

    /// Takes what lies before the window into it.
    fn widen(&mut self) -> io::Result<()> {
        let step = usize::try_from(self.start).map_or(STEP, |start| start.min(STEP));
        let mut wider = vec![0; step];
        wider.reserve_exact(self.window.len());
        self.start -= step as u64;
        if self.file.read_at(&mut wider, self.start)? < step {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        wider.extend_from_slice(&self.window);
        self.window = wider;
        Ok(())
    }
}

const STEP: usize = 64 * 1024;
const LONGEST: usize = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use sys::fs::{Appender, HeldFile, Opened};

    use super::*;

    fn lines(text: &[u8], end: u64) -> Vec<(u64, Vec<u8>)> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal");
        Appender::open(&path, 0o600).unwrap().append(text).unwrap();
        let Opened::File(file) = HeldFile::open(&path).unwrap() else { panic!("a file") };
        let mut backwards = Backwards::new(file, end);
        std::iter::from_fn(|| backwards.next().unwrap()).collect()
    }

    #[test]
    fn gives_whole_lines_from_the_end_on() {
        let text = b"one\ntwo\n\nfour\nhalf";
        let wanted =
            [(9, "four"), (8, ""), (4, "two"), (0, "one")].map(|(at, line)| (at, line.as_bytes().to_vec()));
        assert_eq!(lines(text, text.len() as u64), wanted);
        assert_eq!(lines(text, 8), wanted[2..]);
        assert_eq!(lines(b"", 0), []);
        assert_eq!(lines(b"half", 4), []);
    }

    #[test]
    fn joins_what_lies_in_several_windows() {
        let long = |byte: u8, length: usize| [vec![byte; length], b"\n".to_vec()].concat();
        let text = [long(b'a', 10), long(b'b', 3 * STEP), long(b'c', STEP - 1), long(b'd', 1)].concat();
        let found = lines(&text, text.len() as u64);
        let shape: Vec<_> = found.iter().map(|(at, line)| (*at, line.len(), line[0])).collect();
        let third = 11 + 3 * STEP as u64 + 1;
        assert_eq!(
            shape,
            [(third + STEP as u64, 1, b'd'), (third, STEP - 1, b'c'), (11, 3 * STEP, b'b'), (0, 10, b'a')]
        );
    }
}
