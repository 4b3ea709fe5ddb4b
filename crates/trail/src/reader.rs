//! Reads the files of a journal one after the other, and on from where it stopped.
//!
//! Rule: a line without its end may still grow and is left for the next time. What is in a line is others' affair.

use std::path::PathBuf;

use sys::fs::ReadError;

use crate::journal;

/// A place in a journal.
#[derive(Clone, Debug)]
pub struct Reader {
    directory: PathBuf,
    place: Place,
}

/// Where a reader stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Of the file that is read; 0 before the first.
    pub number: u64,
    pub offset: u64,
}

impl Reader {
    /// Starts at the oldest line. The directory need not be there yet.
    pub fn new(directory: PathBuf) -> Self {
        Self::at(directory, Place::default())
    }

    /// Starts where another stopped.
    pub fn at(directory: PathBuf, place: Place) -> Self {
        Self { directory, place }
    }

    pub fn place(&self) -> Place {
        self.place
    }

    /// The next few lines, each with its end, perhaps none that make sense; `None` at the end as it is now.
    ///
    /// # Errors
    /// The files cannot be read.
    pub fn read(&mut self) -> Result<Option<Vec<u8>>, ReadError> {
        loop {
            let files = match journal::files(&self.directory) {
                Err(ReadError::NotFound { .. }) => return Ok(None),
                files => files?,
            };
            // Asked for before the file is read: once there is a next one, this one grows no more.
            let next = files.iter().find(|(number, _)| *number > self.place.number);
            let current = files.iter().find(|(number, _)| *number == self.place.number);
            let mut bytes = match current.map(|(_, path)| sys::fs::read_from(path, self.place.offset, CHUNK))
            {
                // Removed as the oldest, now or before.
                None | Some(Err(ReadError::NotFound { .. })) => Vec::new(),
                Some(bytes) => bytes?,
            };
            let mut whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            if whole == 0 && bytes.len() == CHUNK {
                // No line of ours is that long.
                whole = CHUNK;
            }
            if whole > 0 {
                self.place.offset += u64::try_from(whole).unwrap_or(u64::MAX);
                bytes.truncate(whole);
                return Ok(Some(bytes));
            }
            let Some((number, _)) = next else { return Ok(None) };
            self.place = Place { number: *number, offset: 0 };
        }
    }
}

/// The longest line: what was asked and answered of 100 KiB each, some of whose characters take six in JSON, and the rest.
const CHUNK: usize = 2 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use sys::fs::Appender;

    fn lines(reader: &mut Reader) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(bytes) = reader.read().unwrap() {
            lines.extend(String::from_utf8(bytes).unwrap().lines().map(str::to_owned));
        }
        lines
    }

    #[test]
    fn goes_on_across_files_that_come_and_go() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("calls");
        let mut reader = Reader::new(path.clone());
        assert!(lines(&mut reader).is_empty());
        std::fs::create_dir(&path).unwrap();
        assert!(lines(&mut reader).is_empty());

        let file = |number: u64| Appender::open(&path.join(format!("{number:08}.jsonl")), 0o600).unwrap();
        let mut first = file(1);
        first.append(b"2\n3\n").unwrap();
        assert_eq!(lines(&mut reader), ["2", "3"]);
        let stopped = Reader::at(path.clone(), reader.place());
        first.append(b"4\n").unwrap();
        file(2).append(b"5\n").unwrap();
        assert_eq!(lines(&mut reader), ["4", "5"]);
        assert_eq!(lines(&mut stopped.clone()), ["4", "5"]);

        file(3).append(b"6\n").unwrap();
        file(5).append(b"7\n").unwrap();
        sys::fs::remove(&path.join("00000002.jsonl")).unwrap();
        assert_eq!(lines(&mut reader), ["6", "7"]);
        assert!(lines(&mut reader).is_empty());
    }

    #[test]
    fn half_a_line_waits_and_an_endless_one_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("00000001.jsonl");
        let mut reader = Reader::new(dir.path().to_owned());
        sys::fs::replace(&path, b"whole\nha", 0o600).unwrap();
        assert_eq!(lines(&mut reader), ["whole"]);
        sys::fs::replace(&path, b"whole\nhalf\n", 0o600).unwrap();
        assert_eq!(lines(&mut reader), ["half"]);

        let mut reader = Reader::new(dir.path().to_owned());
        let long = format!("{}\nnext\n", "x".repeat(CHUNK * 2));
        sys::fs::replace(&path, long.as_bytes(), 0o600).unwrap();
        assert_eq!(lines(&mut reader).last().unwrap(), "next");
    }
}
