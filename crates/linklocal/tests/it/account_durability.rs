//! Acknowledged is durable, for the account in the embedded store: a process is killed while it changes the account, and what it said
//! was done is there.
//!
//! The writer is this test binary again, told by a variable where to write.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use account::iam::{access_key, group, user};
use account::{Account, ServiceError};
use store_redb::RedbStore;
use types::Timestamp;

#[test]
fn no_acknowledged_change_is_lost_when_the_server_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("linklocal.redb");
    let mut acknowledged = 0;
    for changes in [0, 1, 2, 7, 20, 33] {
        let last = change_until_killed(&path, acknowledged, changes);
        let account = open(&path);
        let directory = account.directory();
        directory.check().unwrap();
        // One more may be there: committed, and the process was killed before it could say so.
        let count = directory.users.len() as u64;
        assert!((last..=last + 1).contains(&count), "{last} acknowledged, {count} found");
        for number in 0..count {
            let user = directory.user(&name(number)).unwrap();
            assert_eq!(user.groups.len(), 1, "a change is whole");
            assert_eq!(directory.access_keys_of(Some(&user.user_name)).count(), 1, "a change is whole");
        }
        acknowledged = count;
    }
    assert!(acknowledged > 60, "{acknowledged}");
}

fn change_until_killed(path: &Path, next: u64, changes: usize) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["account_durability::writer", "--exact", "--nocapture", "--ignored"])
        .env(PATH, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut numbers = lines.filter_map(|line| line.strip_prefix(MARK)?.parse::<u64>().ok());
    let mut last = numbers.by_ref().take(changes).last();
    child.kill().unwrap();
    // What was written before the kill took effect was acknowledged too.
    last = numbers.last().or(last);
    child.wait().unwrap();
    last.map_or(next, |number| number + 1)
}

/// Not a test of its own: the process that is killed. It ends by itself after some thousand changes.
#[test]
#[ignore = "is run by the test above"]
#[allow(clippy::disallowed_methods, reason = "told by its parent")]
fn writer() {
    let Ok(path) = std::env::var(PATH) else { return };
    let account = open(Path::new(&path));
    let next = account.directory().users.len() as u64;
    for number in next..next + 3000 {
        account.change(|directory| joined(directory, number)).unwrap();
        writeln!(std::io::stdout(), "{MARK}{number}").unwrap();
    }
}

/// A user, his key and his membership, in one change.
fn joined(directory: &mut account::directory::Directory, number: u64) -> Result<(), ServiceError> {
    if directory.groups.is_empty() {
        group::create(directory, "everybody", None, NOW, &random(u64::MAX))?;
    }
    let name = name(number);
    let new = user::NewUser { user_name: name.clone(), ..Default::default() };
    user::create(directory, new, NOW, &random(number))?;
    access_key::create(directory, Some(&name), NOW, &random(number))?;
    group::add_user(directory, "everybody", &name)
}

fn open(path: &Path) -> Account {
    let store = Arc::new(RedbStore::open(path).unwrap());
    Account::open(store, "111122223333".parse().unwrap()).unwrap()
}

/// Bytes that no other number gives, also where an id's free bits are.
fn random(number: u64) -> [u8; 64] {
    std::array::from_fn(|place| number.to_be_bytes()[place % 8] ^ place as u8)
}

fn name(number: u64) -> String {
    format!("user-{number}")
}

const NOW: Timestamp = Timestamp::from_secs(1_795_000_000);
const PATH: &str = "LINKLOCAL_ACCOUNT_CRASH_TEST_STORE";
const MARK: &str = "changed ";
