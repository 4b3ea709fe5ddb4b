//! Counts what happens again and again, so that a program that polls does not push all else out of the trail.
//!
//! Rule: the first few of a minute are told one by one, the rest of it as one with a count. Nothing goes untold.

use std::collections::HashMap;
use std::mem;
use std::net::IpAddr;
use std::time::Duration;

use types::Timestamp;

use super::record::{CallerRecord, Event, Record};

/// What has happened in the last minute, by what is alike about it.
#[derive(Debug, Default)]
pub(super) struct Repeats(HashMap<Likeness, Minute>);

/// Hand-outs are alike that give the same set to the same process, denials that are by the same rule and of one user.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Likeness {
    what: String,
    instance_id: Option<String>,
    whom: String,
}

#[derive(Debug)]
struct Minute {
    began: Timestamp,
    told: u32,
    /// The last one, bearing the count of all that were not told.
    counted: Option<Record>,
}

impl Repeats {
    /// Takes a record; what is to be told of it now.
    pub(super) fn take(&mut self, record: Record, now: Timestamp) -> Vec<Record> {
        let likeness = Likeness::of(&record);
        let mut told = Vec::new();
        if self.0.len() >= MAX_LIKENESSES && !self.0.contains_key(&likeness) {
            told = self.close();
        }
        let fresh = || Minute { began: now, told: 0, counted: None };
        let minute = self.0.entry(likeness).or_insert_with(fresh);
        if minute.is_over(now) {
            told.extend(mem::replace(minute, fresh()).counted);
        }
        if minute.told < TOLD {
            minute.told += 1;
            told.push(record);
        } else {
            minute.count(record);
        }
        told
    }

    /// The counts of minutes that are over.
    pub(super) fn over(&mut self, now: Timestamp) -> Vec<Record> {
        self.0.extract_if(|_, minute| minute.is_over(now)).filter_map(|(_, minute)| minute.counted).collect()
    }

    /// All counts, whether their minute is over or not.
    pub(super) fn close(&mut self) -> Vec<Record> {
        self.0.drain().filter_map(|(_, minute)| minute.counted).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Minute {
    /// A clock that was put back ends it too.
    fn is_over(&self, now: Timestamp) -> bool {
        now < self.began || now.since(self.began) >= MINUTE
    }

    fn count(&mut self, record: Record) {
        let before = self.counted.take();
        let times = before.as_ref().map_or(0, |before| before.times).saturating_add(record.times);
        let since = before.and_then(|before| before.since).unwrap_or(record.time);
        self.counted = Some(Record { times, since: Some(since), ..record });
    }
}

impl Likeness {
    fn of(record: &Record) -> Self {
        let Record { event, instance_id, caller, .. } = record;
        let (what, whom) = match event {
            Event::HandOut { access_key_id, delivery, .. } => {
                (format!("{access_key_id} {delivery}"), caller.as_ref().map(process))
            }
            // Who is turned away may change process and words as it pleases, but not its user or address.
            Event::Denial { rule, .. } => (rule.clone(), caller.as_ref().map(user)),
            Event::Lost => (String::new(), None),
        };
        Self {
            what,
            instance_id: instance_id.as_ref().map(ToString::to_string),
            whom: whom.unwrap_or_default(),
        }
    }
}

fn process(caller: &CallerRecord) -> String {
    caller.process_id.map_or_else(|| user(caller), |id| format!("process {id}"))
}

fn user(caller: &CallerRecord) -> String {
    let unknown = || caller.address.map(origin).unwrap_or_default();
    caller.user_id.map_or_else(unknown, |id| format!("user {id}"))
}

/// Where somebody unknown is. Whoever can choose among many addresses, of loopback or of a network of IPv6, stays one, or
/// could fill the trail with denials until it holds nothing else.
fn origin(address: IpAddr) -> String {
    match address.to_canonical() {
        ip if ip.is_loopback() => "this machine".to_owned(),
        IpAddr::V6(v6) => format!("network {:x}", v6.to_bits() >> 64),
        v4 @ IpAddr::V4(_) => format!("address {v4}"),
    }
}

/// So many of a minute are told one by one.
const TOLD: u32 = 10;
const MINUTE: Duration = Duration::from_secs(60);
/// A likeness takes some 600 bytes while it is counted.
const MAX_LIKENESSES: usize = 2048;

#[cfg(test)]
mod tests {
    use super::*;

    fn hand_out(second: i64, process_id: u32) -> Record {
        Record {
            time: Timestamp::from_secs(second),
            event: Event::HandOut {
                principal: "arn:aws:iam::111122223333:role/app".to_owned(),
                access_key_id: "ASIAX".to_owned(),
                expiration: None,
                delivery: "2.0".to_owned(),
                source: None,
                profile: None,
            },
            instance_id: None,
            caller: Some(CallerRecord {
                address: Some([127, 0, 0, 1].into()),
                process_id: Some(process_id),
                program: None,
                script: None,
                user_id: Some(0),
                user_name: None,
                container_id: None,
                working_directory: None,
                run: false,
            }),
            user_agent: None,
            times: 1,
            since: None,
        }
    }

    fn denial(second: i64, process_id: u32) -> Record {
        let event = Event::Denial { rule: "users".to_owned(), host: None, page: None };
        Record { event, ..hand_out(second, process_id) }
    }

    #[test]
    fn a_poller_is_counted_and_nothing_goes_untold() {
        let mut repeats = Repeats::default();
        let mut told = Vec::new();
        for second in 0..150 {
            for _ in 0..7 {
                told.extend(repeats.take(hand_out(second, 1), Timestamp::from_secs(second)));
            }
        }
        told.extend(repeats.close());
        assert_eq!(told.iter().map(|record| record.times).sum::<u64>(), 150 * 7);
        assert_eq!(told.len(), 3 * 11);
        let counted: Vec<_> = told.iter().filter_map(|r| Some((r.since?.secs(), r.time.secs()))).collect();
        assert_eq!(counted, [(1, 59), (61, 119), (121, 149)]);
        assert!(repeats.is_empty());
    }

    #[test]
    fn counts_come_when_the_minute_is_over() {
        let mut repeats = Repeats::default();
        let at = Timestamp::from_secs;
        for _ in 0..12 {
            repeats.take(hand_out(5, 1), at(5));
        }
        assert_eq!(repeats.over(at(64)), []);
        let over = repeats.over(at(65));
        assert_eq!((over.len(), over[0].times), (1, 2));
        assert!(repeats.is_empty());
        repeats.take(hand_out(100, 1), at(100));
        assert_eq!(repeats.over(at(99)), [], "one that was told needs no count");
        assert!(repeats.is_empty(), "a clock put back ends minutes");
    }

    #[test]
    fn other_processes_are_told_apart_and_denials_of_one_user_are_not() {
        let mut repeats = Repeats::default();
        let at = Timestamp::from_secs(0);
        let told: usize = (0..100).map(|process| repeats.take(hand_out(0, process), at).len()).sum();
        assert_eq!(told, 100);
        let told: usize = (0..100).map(|process| repeats.take(denial(0, process), at).len()).sum();
        assert_eq!(told, 10);
        assert_eq!(repeats.close()[0].times, 90);
    }

    #[test]
    fn who_has_many_addresses_is_counted_as_one() {
        for which in ["127.1.{}.1", "::ffff:127.1.{}.1", "2001:db8:0:7::{}"] {
            let mut repeats = Repeats::default();
            let mut told = 0;
            for n in 0..100 {
                let mut record = denial(0, 0);
                let caller = record.caller.as_mut().unwrap();
                (caller.process_id, caller.user_id) = (None, None);
                caller.address = Some(which.replace("{}", &n.to_string()).parse().unwrap());
                told += repeats.take(record, Timestamp::EPOCH).len();
            }
            assert_eq!(told, 10, "{which}");
        }
    }

    #[test]
    fn likenesses_are_bounded() {
        let mut repeats = Repeats::default();
        for process in 0..10_000 {
            repeats.take(hand_out(0, process), Timestamp::EPOCH);
            assert!(repeats.0.len() <= MAX_LIKENESSES);
        }
    }
}
