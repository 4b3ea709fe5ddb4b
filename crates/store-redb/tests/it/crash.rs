//! Acknowledged is durable: a process is killed while it writes, and what it said was committed is there.
//!
//! The writer is this test binary again, told by a variable where to write.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use store::{Key, KeyRange, Store, Transaction};
use store_redb::RedbStore;

#[test]
fn nothing_acknowledged_is_lost_when_the_writer_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("linklocal.redb");
    let mut acknowledged = 0;
    // Different numbers of commits, so that kills meet the file in different states; the first meets its making.
    for commits in [0, 1, 2, 7, 20, 33, 64] {
        let last = write_until_killed(&path, acknowledged, commits);
        let store = RedbStore::open(&path).unwrap();
        let found = store.range(&KeyRange::children(&Key::new("number")), usize::MAX).unwrap().entries;
        // One more may be there: committed, and the process was killed before it could say so.
        let count = found.len() as u64;
        assert!((last..=last + 1).contains(&count), "{last} acknowledged, {count} found");
        for (entry, number) in found.iter().zip(0..) {
            assert_eq!(entry.key, Key::new("number").with_number(number));
            assert_eq!(entry.value, value(number));
        }
        acknowledged = count;
    }
    assert!(acknowledged > 100);
}

/// Lets a process commit numbers from `next` on, kills it after `commits` acknowledgements, and returns how many
/// numbers were acknowledged since the beginning.
fn write_until_killed(path: &Path, next: u64, commits: usize) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["crash::writer", "--exact", "--nocapture", "--ignored"])
        .env(PATH, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut numbers = lines.filter_map(|line| line.strip_prefix(MARK)?.parse::<u64>().ok());
    let mut last = numbers.by_ref().take(commits).last();
    child.kill().unwrap();
    // What was written before the kill took effect was acknowledged too.
    last = numbers.last().or(last);
    child.wait().unwrap();
    last.map_or(next, |number| number + 1)
}

/// Not a test of its own: the process that is killed. It ends by itself after some thousand commits.
#[test]
#[ignore = "is run by the test above"]
#[allow(clippy::disallowed_methods, reason = "told by its parent")]
fn writer() {
    let Ok(path) = std::env::var(PATH) else { return };
    let store = RedbStore::open(Path::new(&path)).unwrap();
    let parent = Key::new("number");
    let next = store.range(&KeyRange::children(&parent), usize::MAX).unwrap().entries.len() as u64;
    for number in next..next + 5000 {
        let transaction = Transaction::new().put(parent.with_number(number), value(number));
        assert!(store.commit(transaction).unwrap().is_committed());
        writeln!(std::io::stdout(), "{MARK}{number}").unwrap();
    }
}

/// Up to 6 KB, so that commits touch several pages.
fn value(number: u64) -> Vec<u8> {
    number.to_be_bytes().repeat(1 + (number as usize * 37) % 750)
}

const PATH: &str = "LINKLOCAL_CRASH_TEST_STORE";
const MARK: &str = "committed ";
