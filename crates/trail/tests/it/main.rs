//! The trail as servers use it: calls go in, events are looked up, files are delivered, and a crash loses nothing that was written.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail tests")]

mod bounded_look_up;

use std::io::Read as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::read::GzDecoder;
use gateway::{
    CallRecord, History, LookUp, LookUpAttribute, LookUpError, Outcome, PastEvents, Recorder, Transferred,
};
use serde_json::Value;
use sys::fs::Appender;
use sys::{Entropy, FakeClock};
use trail::{CallKeeper, DataEvents, Delivery, Kept, Reader, TrailSettings, files};
use types::{Partition, Timestamp};
use wire::Structure;

const NOON: &str = "2026-11-21T12:00:00Z";

struct World {
    directory: tempfile::TempDir,
    clock: FakeClock,
    max_size: u64,
    data_events: DataEvents,
}

impl World {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            clock: FakeClock::new(NOON.parse().unwrap()),
            max_size: 1024 * 1024,
            data_events: DataEvents::None,
        }
    }

    fn calls(&self) -> PathBuf {
        self.directory.path().join("calls")
    }

    fn files(&self) -> PathBuf {
        self.directory.path().join("cloudtrail")
    }

    fn start(&self) -> CallKeeper {
        CallKeeper::start(TrailSettings {
            directory: self.calls(),
            account_id: "111122223333".parse().unwrap(),
            partition: Partition::Aws,
            region: "us-east-1".parse().unwrap(),
            data_events: self.data_events,
            max_size: self.max_size,
            delivery: Some(Delivery { directory: self.files(), every: Duration::from_secs(3600) }),
            clock: self.clock.clock(),
            entropy: Entropy::seeded(8),
        })
        .unwrap()
    }

    fn now(&self) -> Timestamp {
        self.clock.clock().now()
    }

    fn record(&self, keeper: &CallKeeper, call: CallRecord<'_>) {
        keeper.record(&CallRecord { time: self.now(), ..call });
    }

    fn kept(&self) -> Vec<Kept> {
        let mut reader = Reader::new(self.calls());
        let mut all = Vec::new();
        while let Some(lines) = reader.read().unwrap() {
            all.extend(lines.split(|byte| *byte == b'\n').filter_map(Kept::read));
        }
        all
    }
}

fn call<'a>(service: &'a str, operation: &'a str) -> CallRecord<'a> {
    CallRecord {
        request_id: "r",
        time: Timestamp::EPOCH,
        duration: Duration::ZERO,
        service,
        operation: Some(operation),
        region: Some("us-east-1"),
        caller: None,
        access_key_id: Some("AKIAX"),
        input: None,
        output: None,
        signature: None,
        transferred: Transferred::default(),
        s3_ids: None,
        source_address: IpAddr::from([10, 0, 0, 5]),
        user_agent: None,
        host: None,
        security: None,
        program: None,
        status: 200,
        outcome: Outcome::Done,
        error: None,
        hint: None,
    }
}

fn look_up<'a>(attribute: Option<(LookUpAttribute, &'a str)>) -> LookUp<'a> {
    LookUp {
        region: "us-east-1",
        attribute,
        from: Timestamp::EPOCH,
        to: Timestamp::MAX,
        max_results: 50,
        next_token: None,
    }
}

fn names(page: &PastEvents) -> Vec<&str> {
    page.events.iter().map(|event| event.event_name.as_str()).collect()
}

#[test]
fn what_was_recorded_is_found_at_once_the_newest_first() {
    let world = World::new();
    let keeper = world.start();
    let input = Structure::new().with("UserName", "bob");
    for operation in ["CreateUser", "GetUser", "DeleteUser"] {
        world.clock.advance(Duration::from_secs(1));
        world.record(&keeper, CallRecord { input: Some(&input), ..call("iam", operation) });
    }
    world.record(&keeper, CallRecord { region: Some("eu-west-1"), ..call("sts", "GetCallerIdentity") });
    world.record(&keeper, call("s3", "GetObject"));
    let found = |attribute, value| {
        let page = keeper.look_up(&look_up(Some((attribute, value)))).unwrap();
        names(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(names(&keeper.look_up(&look_up(None)).unwrap()), ["DeleteUser", "GetUser", "CreateUser"]);
    assert_eq!(found(LookUpAttribute::EventName, "GetUser"), ["GetUser"]);
    assert_eq!(found(LookUpAttribute::EventName, "getuser"), [""; 0]);
    assert_eq!(found(LookUpAttribute::ReadOnly, "false"), ["DeleteUser", "CreateUser"]);
    assert_eq!(found(LookUpAttribute::ResourceName, "bob"), ["DeleteUser", "CreateUser"]);
    assert_eq!(found(LookUpAttribute::ResourceType, "AWS::IAM::User"), ["DeleteUser", "CreateUser"]);
    assert_eq!(found(LookUpAttribute::EventSource, "iam.amazonaws.com").len(), 3);
    assert_eq!(found(LookUpAttribute::AccessKeyId, "AKIAX").len(), 3);
    assert_eq!(found(LookUpAttribute::Username, "alice"), [""; 0]);
    let all = keeper.look_up(&look_up(None)).unwrap();
    assert_eq!(found(LookUpAttribute::EventId, &all.events[1].event_id), ["GetUser"]);
    let second = LookUp { from: all.events[1].event_time, to: all.events[1].event_time, ..look_up(None) };
    assert_eq!(names(&keeper.look_up(&second).unwrap()), ["GetUser"]);
    let there = LookUp { region: "eu-west-1", ..look_up(None) };
    assert_eq!(names(&keeper.look_up(&there).unwrap()), ["GetCallerIdentity"]);
    let event: Value = serde_json::from_str(&all.events[0].text).unwrap();
    assert!(event.get("linklocal").is_none() && event["eventVersion"] == "1.11");
    keeper.finish();
}

#[test]
fn pages_hold_on_while_more_comes_and_tokens_are_for_one_look_up() {
    let world = World { max_size: 1024 * 1024, ..World::new() };
    let keeper = world.start();
    let text = "x".repeat(3000);
    for n in 0..100 {
        let agent = Some(text.as_str());
        world.record(&keeper, CallRecord { user_agent: agent, ..call("iam", "CreateUser") });
        if n % 30 == 0 {
            keeper.settle();
        }
    }
    keeper.settle();
    assert!(files(&world.calls()).unwrap().len() > 1, "the journal has several files");
    let (mut ids, mut token) = (Vec::new(), None);
    loop {
        let page = keeper
            .look_up(&LookUp { max_results: 7, next_token: token.as_deref(), ..look_up(None) })
            .unwrap();
        assert!(page.events.len() <= 7);
        ids.extend(page.events.into_iter().map(|event| event.event_id));
        world.record(&keeper, call("iam", "ListUsers"));
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), count), (100, 100), "each once, and none that came later");
    let page = keeper.look_up(&LookUp { max_results: 7, ..look_up(None) }).unwrap();
    let token = page.next_token.unwrap();
    for (other, token) in [
        (look_up(Some((LookUpAttribute::EventName, "CreateUser"))), token.clone()),
        (LookUp { region: "eu-west-1", ..look_up(None) }, token.clone()),
        (look_up(None), "x".to_owned()),
        (look_up(None), token.replace(&token[40..], "ffffffff")),
        (look_up(None), "é".repeat(24)),
    ] {
        let found = keeper.look_up(&LookUp { next_token: Some(&token), ..other });
        assert_eq!(found, Err(LookUpError::NextToken), "{token}");
    }
    keeper.finish();
}

#[test]
fn ninety_days_are_seen_and_older_files_go() {
    let world = World::new();
    let keeper = world.start();
    world.record(&keeper, call("iam", "CreateUser"));
    keeper.finish();
    world.clock.advance(Duration::from_secs(91 * 86_400));
    let next = world.calls().join("00000002.jsonl");
    let keeper = world.start();
    Appender::open(&next, 0o600).unwrap();
    world.record(&keeper, call("iam", "DeleteUser"));
    assert_eq!(names(&keeper.look_up(&look_up(None)).unwrap()), ["DeleteUser"]);
    keeper.finish();
    world.clock.advance(Duration::from_secs(91 * 86_400));
    let keeper = world.start();
    world.record(&keeper, call("iam", "GetUser"));
    keeper.settle();
    // Old files are looked for once an hour, after a batch.
    world.record(&keeper, call("iam", "GetUser"));
    keeper.finish();
    assert_eq!(files(&world.calls()).unwrap().first().unwrap().0, 2);
}

#[test]
fn the_journal_is_bounded_in_bytes() {
    let world = World::new();
    let keeper = world.start();
    let agent = "x".repeat(1000);
    for batch in 0..20 {
        for _ in 0..150 {
            world.record(&keeper, CallRecord { user_agent: Some(&agent), ..call("iam", "GetUser") });
        }
        keeper.settle();
        assert!(batch < 19 || files(&world.calls()).unwrap()[0].0 > 1, "the oldest are gone");
    }
    keeper.finish();
    let size: u64 =
        files(&world.calls()).unwrap().iter().map(|(_, path)| path.metadata().unwrap().len()).sum();
    assert!(size <= 2 * world.max_size, "{size}");
}

#[test]
fn a_crash_tears_one_line_at_most_and_the_next_start_goes_on() {
    let world = World::new();
    let keeper = world.start();
    world.record(&keeper, call("iam", "CreateUser"));
    keeper.settle();
    // Killed: nothing was finished, and the last line is half there.
    let path = files(&world.calls()).unwrap().pop().unwrap().1;
    let mut text = sys::fs::read(&path, 1_000_000).unwrap();
    let half = text[..text.len() / 2].to_vec();
    text.extend(half);
    sys::fs::replace(&path, &text, 0o600).unwrap();
    let again = world.start();
    world.record(&again, call("iam", "DeleteUser"));
    assert_eq!(names(&again.look_up(&look_up(None)).unwrap()), ["DeleteUser", "CreateUser"]);
    again.finish();
    keeper.finish();
}

#[test]
fn files_are_delivered_in_cloudtrails_layout_once_each() {
    let world = World::new();
    let keeper = world.start();
    world.record(&keeper, call("iam", "CreateUser"));
    world.record(&keeper, CallRecord { region: Some("eu-west-1"), ..call("sts", "GetCallerIdentity") });
    assert_eq!(keeper.deliveries().latest, None);
    keeper.finish();
    assert_eq!(keeper.deliveries().latest, Some(world.now()));
    let first = delivered(&world.files());
    let base = "AWSLogs/111122223333/CloudTrail";
    for (region, event) in [("us-east-1", "CreateUser"), ("eu-west-1", "GetCallerIdentity")] {
        let start = format!("{base}/{region}/2026/11/21/111122223333_CloudTrail_{region}_20261121T1200Z_");
        let (path, records) = first.iter().find(|(path, _)| path.starts_with(&start)).unwrap();
        assert_eq!(path.len(), start.len() + 16 + ".json.gz".len(), "{path}");
        let names: Vec<_> = records.iter().map(|record| record["eventName"].as_str().unwrap()).collect();
        assert_eq!(names, [event]);
        assert!(records[0].get("linklocal").is_none());
    }
    world.clock.advance(Duration::from_secs(60));
    let keeper = world.start();
    world.record(&keeper, call("iam", "DeleteUser"));
    keeper.finish();
    let all = delivered(&world.files());
    let mut names: Vec<_> = all
        .iter()
        .flat_map(|(_, records)| records)
        .map(|record| record["eventName"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["CreateUser", "DeleteUser", "GetCallerIdentity"]);
}

/// Paths below the directory, and the records of each.
fn delivered(root: &Path) -> Vec<(String, Vec<Value>)> {
    let (mut found, mut waiting) = (Vec::new(), vec![root.to_owned()]);
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "gz") {
            let bytes = sys::fs::read(&path, 10_000_000).unwrap();
            let mut text = String::new();
            GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
            let file: Value = serde_json::from_str(&text).unwrap();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            found.push((name, file["Records"].as_array().unwrap().clone()));
        }
    }
    found
}

#[test]
fn data_events_are_kept_where_they_are_wanted_and_never_looked_up() {
    let world = World { data_events: DataEvents::All, ..World::new() };
    let keeper = world.start();
    world.record(&keeper, call("s3", "GetObject"));
    world.record(&keeper, call("s3", "CreateBucket"));
    assert_eq!(names(&keeper.look_up(&look_up(None)).unwrap()), ["CreateBucket"]);
    keeper.finish();
    let kept: Vec<_> = world.kept().into_iter().map(|kept| kept.event.event_category).collect();
    assert_eq!(kept, ["Data", "Management"]);
}

#[test]
fn of_like_calls_on_objects_one_is_kept_each_minute_where_not_all_are_wanted() {
    let world = World { data_events: DataEvents::Sampled, ..World::new() };
    let keeper = world.start();
    for _ in 0..3 {
        world.record(&keeper, call("s3", "GetObject"));
        world.record(&keeper, CallRecord { outcome: Outcome::Denied, ..call("s3", "GetObject") });
    }
    world.clock.advance(Duration::from_secs(60));
    world.record(&keeper, CallRecord { time: world.clock.clock().now(), ..call("s3", "GetObject") });
    keeper.finish();
    assert_eq!(world.kept().len(), 3);
}

#[test]
fn strangers_are_kept_at_a_bounded_rate_and_what_is_lost_is_told() {
    let world = World::new();
    let keeper = world.start();
    for n in 0..1000 {
        world.record(
            &keeper,
            CallRecord { outcome: Outcome::Unauthenticated, ..call("sts", "GetCallerIdentity") },
        );
        // Nobody at all may be refused as often.
        world.record(
            &keeper,
            CallRecord { outcome: Outcome::Denied, caller: None, ..call("s3", "GetBucketPolicy") },
        );
        world.record(&keeper, call("iam", "GetUser"));
        world.record(&keeper, call("iam", "GetUser"));
        if n % 500 == 0 {
            keeper.settle();
        }
    }
    keeper.finish();
    let kept = world.kept();
    let of = |name: &str| kept.iter().filter(|kept| kept.event.event_name == name).count();
    // The oldest may be gone by now.
    assert!(of("GetCallerIdentity") + of("GetBucketPolicy") <= 600);
    assert!(of("GetUser") > 0);
    let mut registry = prometheus_client::registry::Registry::default();
    keeper.register(&mut registry);
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
    assert!(text.contains("linklocal_calls_lost_total 1400"), "{text}");
}
