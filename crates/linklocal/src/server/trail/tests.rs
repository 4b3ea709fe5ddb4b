//! What the queue cannot take, and what the disk cannot, is counted and told.

use std::net::IpAddr;
use std::path::Path;

use ::trail::files;
use imds::{Rule, TrailEvent};
use sys::FakeClock;

use super::*;

fn entry() -> TrailEntry {
    TrailEntry {
        at: Timestamp::EPOCH,
        event: TrailEvent::Denial { rule: Rule::Hosts, host: None, page: None },
        instance_id: None,
        caller: None,
        address: IpAddr::from([127, 0, 0, 1]),
        introduced: false,
        user_agent: None,
    }
}

/// A keeper of a queue that nobody empties yet, and who will.
fn still(directory: &Path, queue: usize) -> (TrailKeeper, Writer) {
    let (queue, messages) = sync_channel(queue);
    let (lost, denials) = (Counter::default(), Arc::new(AtomicUsize::new(0)));
    let writer = Writer {
        messages,
        denials: Arc::clone(&denials),
        lost: lost.clone(),
        lost_told: 0,
        repeats: Repeats::default(),
        journal: Journal::new(directory.to_owned(), BOUNDS),
        clock: FakeClock::new(Timestamp::EPOCH).clock(),
        unsynced: false,
        failing: false,
    };
    (TrailKeeper { queue, denials, lost, thread: Mutex::new(None) }, writer)
}

fn kept(directory: &Path) -> Vec<Record> {
    let read = |(_, path): (u64, PathBuf)| sys::fs::read_text(&path, 1_000_000).unwrap();
    let text: String = files(directory).unwrap().into_iter().map(read).collect();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_the_queue_cannot_take_is_counted_and_the_count_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (keeper, writer) = still(dir.path(), 3);
    for _ in 0..10 {
        keeper.record(entry());
    }
    assert_eq!(keeper.lost.get(), 7);
    drop(keeper);
    writer.run();
    let records = kept(dir.path());
    assert_eq!(records.len(), 4);
    assert_eq!((&records[3].event, records[3].times), (&Event::Lost, 7));
}

#[test]
fn denials_leave_room_for_hand_outs() {
    let dir = tempfile::tempdir().unwrap();
    let (keeper, writer) = still(dir.path(), QUEUE);
    for _ in 0..QUEUE {
        keeper.record(entry());
    }
    assert_eq!(keeper.lost.get(), u64::try_from(QUEUE / 2).unwrap());
    assert_eq!(writer.next().entries.len(), QUEUE / 2);
    keeper.record(entry());
    assert_eq!(writer.next().entries.len(), 1, "their half is free again");
}

#[test]
fn what_the_disk_cannot_take_is_counted_and_told_once_it_can() {
    let dir = tempfile::tempdir().unwrap();
    let directory = dir.path().join("trail");
    sys::fs::replace(&directory, b"in the way", 0o600).unwrap();
    let (keeper, mut writer) = still(&directory, 3);
    let record = Record::from(entry());
    writer.write(std::slice::from_ref(&record), Timestamp::EPOCH);
    assert_eq!(keeper.lost.get(), 1);
    sys::fs::remove(&directory).unwrap();
    writer.write(&[record], Timestamp::EPOCH);
    let told: Vec<u64> = kept(&directory).iter().map(|record| record.times).collect();
    assert_eq!(told, [1, 1]);
    assert_eq!(kept(&directory)[1].event, Event::Lost);
}

#[test]
fn the_end_waits_for_what_was_recorded_and_comes_once() {
    let dir = tempfile::tempdir().unwrap();
    let clock = FakeClock::new(Timestamp::EPOCH).clock();
    let keeper = TrailKeeper::start(dir.path().to_owned(), clock).unwrap();
    for _ in 0..25 {
        keeper.record(entry());
    }
    keeper.finish();
    keeper.finish();
    assert_eq!(kept(dir.path()).iter().map(|record| record.times).sum::<u64>(), 25);
    keeper.record(entry());
    assert_eq!(keeper.lost.get(), 1);
}
