//! Reports of made-up clients: each says both yes and no.

use std::path::Path;
use std::time::Duration;

use super::*;
use crate::{Plan, Scenario, Settings};

/// Requests at times in milliseconds.
#[derive(Default)]
struct Client(Vec<Record>);

impl Client {
    fn asks(mut self, at: u64, kind: Kind, by_token: Option<u64>, ending: Ending) -> Self {
        let (method, path) = match kind {
            Kind::Token => ("PUT", "/latest/api/token"),
            Kind::RoleList => ("GET", "/latest/meta-data/iam/security-credentials"),
            Kind::Credentials | Kind::Container => ("GET", "/latest/meta-data/iam/security-credentials/r"),
            Kind::Metadata => ("GET", "/latest/meta-data/spot/instance-action"),
        };
        self.0.push(Record {
            arrived: Duration::from_millis(at),
            settled: Duration::from_millis(at + 1),
            connection: at,
            method,
            path: path.to_owned(),
            kind,
            by_token: kind == Kind::Token || by_token.is_some(),
            token: by_token,
            ending,
            event: None,
            token_lost: false,
            packets_dropped: 0,
            grant: None,
        });
        self
    }

    /// What the last request is besides.
    fn with(mut self, change: impl FnOnce(&mut Record)) -> Self {
        change(self.0.last_mut().unwrap());
        self
    }

    fn gets(self, at: u64, key: &str, ends: i64) -> Self {
        self.asks(at, Kind::Credentials, Some(1), OK)
            .with(|record| record.grant = Some(Grant { access_key_id: key.to_owned(), ends_millis: ends }))
    }

    fn report(self, measure: &str, events: &str) -> Report {
        let text =
            format!("name = \"n\"\nquestion = \"q\"\nmeasure = \"{measure}\"\nduration = \"60s\"\n{events}");
        let scenario = Scenario::parse(Path::new("f"), text.as_bytes()).unwrap_or_else(|f| panic!("{f}"));
        let plan = Plan::of(&scenario, Settings::default()).unwrap();
        let trial = Trial {
            plan: &plan,
            client: "client".to_owned(),
            records: self.0,
            unrecorded: 0,
            lived: Duration::from_secs(60),
            ended: "exit code 0".to_owned(),
        };
        Report::of(&trial)
    }
}

const OK: Ending = Ending::Answered(200);
const NO: Ending = Ending::Answered(401);
const REFUSED: &str = "[[at]]\ntime = \"1s\"\nfor = \"10s\"\nstatus = 403\ntarget = \"token\"\n";

fn fails(report: &Report, condition: &str) -> bool {
    condition.parse::<Condition>().unwrap().met_by(report).is_some()
}

#[test]
fn a_fall_back_to_version_1_is_told_with_its_cause() {
    let fell = Client::default()
        .asks(1000, Kind::Token, None, Ending::Answered(403))
        .asks(1010, Kind::RoleList, None, OK)
        .report("v1-fallback", REFUSED);
    assert_eq!(
        fell.answer,
        "Yes: 1.0 s into the scenario, after a token request was answered 403, it went on by version 1."
    );
    assert!(fails(&fell, "v1-fallback"));

    let stood = Client::default()
        .asks(1000, Kind::Token, None, Ending::Answered(403))
        .asks(2000, Kind::Token, None, OK)
        .asks(2010, Kind::RoleList, Some(1), OK)
        .report("v1-fallback", REFUSED);
    assert!(
        stood.answer.starts_with("No: it asked for a token twice and never did without"),
        "{}",
        stood.answer
    );
    assert!(!fails(&stood, "v1-fallback"));

    let old = Client::default().asks(1, Kind::RoleList, None, OK).report("v1-fallback", "");
    assert_eq!(old.fallback, Fallback::OnlyVersion1 { requests: 1 });
    assert!(!fails(&old, "v1-fallback"), "it never did otherwise");
    assert_eq!(Client::default().report("v1-fallback", "").fallback, Fallback::Silent);
}

#[test]
fn rejected_tokens_count_when_they_are_shown_again() {
    let stubborn = Client::default()
        .asks(1, Kind::Token, Some(1), OK)
        .asks(2, Kind::RoleList, Some(1), NO)
        .asks(3, Kind::RoleList, Some(1), NO)
        .asks(4, Kind::RoleList, Some(1), NO)
        .report("repeated-tokens", "");
    assert_eq!(stubborn.tokens, Tokens { given: 1, rejected: 1, repeated: 2 });
    assert_eq!(stubborn.answer, "Yes: twice it showed a token again that had been rejected.");
    assert!(fails(&stubborn, "repeated-tokens") && !fails(&stubborn, "repeated-tokens>2"));

    let docile = Client::default()
        .asks(1, Kind::Token, Some(1), OK)
        .asks(2, Kind::RoleList, Some(1), NO)
        .asks(3, Kind::Token, Some(2), OK)
        .asks(4, Kind::RoleList, Some(2), OK)
        .report("repeated-tokens", "");
    assert_eq!(docile.answer, "No: of 1 rejected token none was shown again.");
    assert!(!fails(&docile, "repeated-tokens"));
}

#[test]
fn time_without_good_credentials_counts_from_the_first_request() {
    let late = Client::default()
        .asks(1000, Kind::Token, Some(1), OK)
        .gets(1020, "one", 11_000)
        .gets(20_000, "two", 70_000)
        .report("gap", "");
    let gap = Gap { from: Duration::from_secs(11), to: Duration::from_millis(20_001) };
    assert_eq!(late.coverage.gaps, [gap]);
    assert_eq!(late.coverage.refreshed_before_end_millis, [-9_000]);
    assert!(fails(&late, "gap>5s") && !fails(&late, "gap>10s"));

    let early = Client::default().gets(10, "one", 30_000).gets(20_000, "two", 70_000).report("gap", "");
    assert_eq!(early.answer, "It had good credentials all the time.");
    assert_eq!(early.coverage.refreshed_before_end_millis, [10_000]);

    let never = Client::default().asks(5000, Kind::RoleList, Some(1), NO).report("gap", "");
    assert_eq!(never.coverage.without, Duration::from_secs(55));
    let expired = Client::default().gets(1, "one", 90_000).gets(10_000, "gone", -5).report("gap", "");
    assert_eq!(expired.coverage.without, Duration::from_millis(49_999), "the newest set counts");
    let other = Client::default().asks(1, Kind::Metadata, Some(1), OK).report("gap", "");
    assert!(!other.coverage.asked && other.coverage.gaps.is_empty());
}

#[test]
fn recovery_is_counted_from_the_end_of_the_event() {
    let events = "[[at]]\ntime = \"10s\"\nfor = \"5s\"\nstatus = 500\n";
    let befallen = |client: Client, at| {
        client.asks(at, Kind::RoleList, Some(1), Ending::Answered(500)).with(|record| record.event = Some(0))
    };
    let recovered = befallen(befallen(Client::default(), 11_000), 14_000)
        .asks(17_000, Kind::RoleList, Some(1), OK)
        .report("recovery", events);
    let met = Met::Recovered {
        after_failure: Duration::from_millis(6_001),
        after_end: Duration::from_millis(2_001),
    };
    assert_eq!((recovered.courses[0].befallen, recovered.courses[0].met), (2, met));
    assert!(
        recovered.answer.starts_with("Yes: it was well again at most 2.0 s after"),
        "{}",
        recovered.answer
    );
    assert!(fails(&recovered, "recovery>1s") && !fails(&recovered, "recovery>3s"));

    let failing = befallen(Client::default(), 14_000)
        .asks(20_000, Kind::RoleList, Some(1), NO)
        .report("recovery", events);
    assert_eq!(failing.courses[0].met, Met::Failing);
    assert!(fails(&failing, "recovery>1m"));
    let silent = befallen(Client::default(), 14_000).report("recovery", events);
    assert_eq!(silent.courses[0].met, Met::GaveUp);
    let away = Client::default().asks(1, Kind::RoleList, Some(1), OK).report("recovery", events);
    assert_eq!(away.courses[0].met, Met::NotMet);
}

#[test]
fn announcements_are_noticed_where_they_are_read() {
    let events = "[[at]]\ntime = \"10s\"\nspot-interruption = \"stop\"\n";
    let watcher = Client::default()
        .asks(9_000, Kind::Metadata, Some(1), Ending::Answered(404))
        .asks(11_999, Kind::Metadata, Some(1), OK)
        .report("notice", events);
    assert_eq!(watcher.answer, "Yes: it read of 1 announcement within 2.0 s.");
    assert!(!fails(&watcher, "unnoticed"));
    let blind = Client::default().asks(11_000, Kind::RoleList, Some(1), OK).report("notice", events);
    assert_eq!(blind.answer, "No: it did not read of 1 of 1 announcement.");
    assert!(fails(&blind, "unnoticed"));
}

#[test]
fn asking_again_is_counted_with_its_waits() {
    let five_hundred = Ending::Answered(500);
    let retrying = [1000, 1201, 1602, 2403]
        .into_iter()
        .fold(Client::default(), |client, at| client.asks(at, Kind::RoleList, Some(1), five_hundred));
    let report = retrying.asks(2500, Kind::RoleList, Some(1), OK).report("retries", "");
    assert_eq!(report.retries.count, 4);
    assert_eq!(report.retries.waits[..3], [200, 400, 800].map(Duration::from_millis));
    let hanging = Client::default()
        .asks(1000, Kind::Token, None, Ending::Unanswered)
        .asks(2000, Kind::RoleList, None, OK)
        .report("retries", "");
    assert_eq!(hanging.retries.gave_up_after, [Duration::from_secs(1)]);
    assert_eq!(hanging.answer, "It never asked again after a failure.");
}

#[test]
fn reports_say_when_not_everything_was_kept() {
    let plan = Client::default().report("gap", "");
    assert!(!plan.to_string().contains("not counted"));
    let short = Report { unrecorded: 7, ..plan };
    assert!(
        short.to_string().contains("not counted                7 requests beyond those that are kept"),
        "{short}"
    );
    assert!(short.markdown().contains("| not counted | 7 requests"));
}
