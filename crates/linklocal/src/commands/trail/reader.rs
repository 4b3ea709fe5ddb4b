//! Reads the files of a trail one after the other, and on from where it stopped.
//!
//! Rule: a line without its end may still grow and is left for the next time; one that nobody can read is passed over,
//! as a crash may have cut it short.

use std::path::PathBuf;

use sys::fs::ReadError;

use crate::server::trail::{self, Record};

/// A place in a trail.
pub(super) struct Reader {
    directory: PathBuf,
    /// Of the file that is read; 0 before the first.
    number: u64,
    offset: u64,
}

impl Reader {
    /// Starts at the oldest entry. The directory need not be there yet.
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory, number: 0, offset: 0 }
    }

    /// The next few entries, perhaps none that can be read; `None` at the end as it is now.
    pub(super) fn read(&mut self) -> Result<Option<Vec<Record>>, ReadError> {
        loop {
            let files = match trail::files(&self.directory) {
                Err(ReadError::NotFound { .. }) => return Ok(None),
                files => files?,
            };
            // Asked for before the file is read: once there is a next one, this one grows no more.
            let next = files.iter().find(|(number, _)| *number > self.number);
            let current = files.iter().find(|(number, _)| *number == self.number);
            let bytes = match current.map(|(_, path)| sys::fs::read_from(path, self.offset, CHUNK)) {
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
                self.offset += u64::try_from(whole).unwrap_or(u64::MAX);
                return Ok(Some(records(&bytes[..whole])));
            }
            let Some((number, _)) = next else { return Ok(None) };
            (self.number, self.offset) = (*number, 0);
        }
    }
}

fn records(lines: &[u8]) -> Vec<Record> {
    lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

const CHUNK: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use sys::fs::Appender;

    fn lost(times: u64) -> String {
        format!("{{\"Time\":\"2026-11-21T08:22:00Z\",\"Event\":\"Lost\",\"Times\":{times}}}\n")
    }

    fn times(reader: &mut Reader) -> Vec<u64> {
        let mut times = Vec::new();
        while let Some(records) = reader.read().unwrap() {
            times.extend(records.iter().map(|record| record.times));
        }
        times
    }

    #[test]
    fn goes_on_across_files_that_come_and_go() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("trail");
        let mut reader = Reader::new(path.clone());
        assert!(times(&mut reader).is_empty());
        std::fs::create_dir(&path).unwrap();
        assert!(times(&mut reader).is_empty());

        let file = |number: u64| Appender::open(&path.join(format!("{number:08}.jsonl")), 0o600).unwrap();
        let mut first = file(1);
        first.append((lost(2) + &lost(3)).as_bytes()).unwrap();
        assert_eq!(times(&mut reader), [2, 3]);
        first.append(lost(4).as_bytes()).unwrap();
        file(2).append(lost(5).as_bytes()).unwrap();
        assert_eq!(times(&mut reader), [4, 5]);

        file(3).append(lost(6).as_bytes()).unwrap();
        file(5).append(lost(7).as_bytes()).unwrap();
        sys::fs::remove(&path.join("00000002.jsonl")).unwrap();
        assert_eq!(times(&mut reader), [6, 7]);
        assert!(times(&mut reader).is_empty());
    }

    #[test]
    fn half_a_line_waits_and_a_broken_one_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("00000001.jsonl");
        let mut reader = Reader::new(dir.path().to_owned());
        let line = lost(2);
        let (head, tail) = line.split_at(20);
        sys::fs::replace(&path, format!("{}{head}", lost(9)).as_bytes(), 0o600).unwrap();
        assert_eq!(times(&mut reader), [9]);
        sys::fs::replace(&path, format!("{}{head}{tail}", lost(9)).as_bytes(), 0o600).unwrap();
        assert_eq!(times(&mut reader), [2]);

        let mut reader = Reader::new(dir.path().to_owned());
        let torn = format!("{head}\n{{\"Event\":\"Unheard\"}}\n\nnull\n\u{fffd}\n{}", lost(2));
        sys::fs::replace(&path, torn.as_bytes(), 0o600).unwrap();
        assert_eq!(times(&mut reader), [2]);
        let mut reader = Reader::new(dir.path().to_owned());
        let long = format!("{}\n{}", "x".repeat(CHUNK * 2), lost(2));
        sys::fs::replace(&path, long.as_bytes(), 0o600).unwrap();
        assert_eq!(times(&mut reader), [2]);
    }
}
