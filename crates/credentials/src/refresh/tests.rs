use super::*;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};

use types::Secret;

/// Answers in this order; the last is given again and again.
#[derive(Clone)]
struct Script {
    answers: Arc<Mutex<VecDeque<Result<Resolved, ResolveError>>>>,
    asked: Arc<AtomicUsize>,
    /// Lets each answer wait until it is opened.
    gate: Arc<tokio::sync::Semaphore>,
}

impl Script {
    fn new(answers: impl IntoIterator<Item = Result<Resolved, ResolveError>>) -> Self {
        Self {
            answers: Arc::new(Mutex::new(answers.into_iter().collect())),
            asked: Arc::default(),
            gate: Arc::new(tokio::sync::Semaphore::new(1000)),
        }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Source for Script {
    fn ask(&self) -> Asked<'_> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Box::pin(async {
            self.gate.acquire().await.unwrap().forget();
            let mut answers = self.answers.lock().unwrap();
            if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0].clone() }
        })
    }
}

fn set(id: &str, expires: i64) -> Result<Resolved, ResolveError> {
    Ok(Resolved {
        access_key_id: id.to_owned(),
        secret_access_key: Secret::new("s".to_owned()),
        session_token: None,
        expiration: Some(at(expires)),
        account_id: None,
        arn: None,
    })
}

fn down() -> Result<Resolved, ResolveError> {
    Err(ResolveError::new("unreachable", "nobody answers", "wait"))
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn shared(script: &Script, min_ttl: u64) -> SharedCredentials {
    let min_ttl = Duration::from_secs(min_ttl);
    SharedCredentials::new(script.clone(), min_ttl, Entropy::seeded(1), Skew::default())
}

async fn id(shared: &SharedCredentials, now: i64) -> Result<String, &'static str> {
    shared.get(at(now)).await.map(|set| set.access_key_id.clone()).map_err(|error| error.code)
}

#[tokio::test]
async fn is_renewed_a_quarter_of_its_life_early_and_not_before() {
    let script = Script::new([set("one", 3600), set("two", 7200)]);
    let shared = shared(&script, 0);
    for now in [0, 1000, 2699] {
        assert_eq!(id(&shared, now).await, Ok("one".to_owned()), "{now}");
    }
    let renewal = shared.status(at(0)).renewal.unwrap();
    assert!((at(2700)..=at(2790)).contains(&renewal), "{renewal}");
    assert_eq!((id(&shared, 2790).await, script.asked()), (Ok("two".to_owned()), 2));
}

#[tokio::test]
async fn what_does_not_end_is_asked_for_once() {
    let forever = set("one", 0).map(|set| Resolved { expiration: None, ..set });
    let script = Script::new([forever]);
    let shared = shared(&script, 3600);
    assert_eq!(id(&shared, 0).await, Ok("one".to_owned()));
    assert_eq!((id(&shared, i64::from(u32::MAX)).await, script.asked()), (Ok("one".to_owned()), 1));
}

#[tokio::test]
async fn the_last_good_set_is_served_until_the_promised_time_is_gone() {
    let script = Script::new([set("one", 3600), down()]);
    let shared = shared(&script, 60);
    assert_eq!(id(&shared, 0).await, Ok("one".to_owned()));
    assert_eq!(id(&shared, 3000).await, Ok("one".to_owned()));
    let failure = shared.status(at(3000)).failure.unwrap();
    assert_eq!((failure.at, failure.error.code, failure.count), (at(3000), "unreachable", 1));
    assert_eq!((id(&shared, 3004).await, script.asked()), (Ok("one".to_owned()), 2), "not at once again");
    assert_eq!((id(&shared, 3005).await, script.asked()), (Ok("one".to_owned()), 3));
    assert_eq!(id(&shared, 3540).await, Ok("one".to_owned()), "60 s are left");
    assert_eq!(id(&shared, 3541).await, Err("unreachable"));
    assert_eq!(shared.status(at(3541)).access_key_id, None);
}

#[tokio::test]
async fn a_set_that_is_too_short_is_not_handed_out() {
    let script = Script::new([set("one", 100), set("two", 4000)]);
    let shared = shared(&script, 900);
    assert_eq!(id(&shared, 0).await, Err("too-short"));
    assert_eq!(id(&shared, 1).await, Ok("two".to_owned()));
}

#[tokio::test]
async fn one_asks_and_the_others_wait_or_go_on() {
    let script = Script::new([set("one", 3600), set("two", 9999)]);
    let shared = Arc::new(shared(&script, 0));
    let get = |now| {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move { id(&shared, now).await })
    };
    let all: Vec<_> = (0..50).map(|_| get(0)).collect();
    for answer in all {
        assert_eq!(answer.await.unwrap(), Ok("one".to_owned()));
    }
    assert_eq!(script.asked(), 1);

    script.gate.forget_permits(1000);
    let renewing = get(3000);
    while script.asked() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(id(&shared, 3000).await, Ok("one".to_owned()), "nobody waits for a set that is good");
    script.gate.add_permits(1);
    assert_eq!(renewing.await.unwrap(), Ok("two".to_owned()));
    assert_eq!((id(&shared, 3000).await, script.asked()), (Ok("two".to_owned()), 2));
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_corrected() {
    let (skew, script) = (Skew::default(), Script::new([set("one", 3600), set("two", 7200)]));
    let shared = SharedCredentials::new(script.clone(), Duration::ZERO, Entropy::seeded(1), skew.clone());
    assert_eq!(id(&shared, 0).await, Ok("one".to_owned()));
    skew.observe(at(0), at(3600));
    assert_eq!(id(&shared, 1).await, Ok("two".to_owned()), "an hour later at AWS");
    assert!(shared.status(at(1)).clock.is_some_and(|text| text.contains("60 minutes behind")));
}

#[tokio::test]
async fn a_server_renews_when_it_is_time_and_pauses_after_failures() {
    let script = Script::new([set("one", 3600), down(), set("two", 9000)]);
    let shared = shared(&script, 60);
    let wait = |now| shared.until_renewal(at(now)).map(|wait| wait.as_secs());
    assert_eq!(wait(0), Some(0), "nothing is held");
    shared.renew(at(0)).await.unwrap();
    let renewal = shared.status(at(0)).renewal.unwrap().secs();
    assert_eq!(wait(0), Some(renewal.unsigned_abs()));
    // Within the second that is named there.
    let due = renewal + 1;
    assert_eq!(wait(due), Some(0));
    shared.renew(at(due)).await.unwrap_err();
    assert_eq!((wait(due), wait(due + 5)), (Some(5), Some(0)));
    assert_eq!(id(&shared, due + 1).await, Ok("one".to_owned()), "a failure takes nothing away");
    shared.renew(at(due + 5)).await.unwrap();
    assert!(wait(due + 5) > Some(3600));
    assert_eq!(script.asked(), 3);
}

#[tokio::test]
async fn what_does_not_end_is_never_due() {
    let shared = shared(&Script::new([set("one", 0).map(|set| Resolved { expiration: None, ..set })]), 0);
    shared.renew(at(0)).await.unwrap();
    assert_eq!(shared.until_renewal(at(1)), None);
}

#[tokio::test]
async fn a_set_that_a_service_calls_ended_is_replaced_and_no_other() {
    let script = Script::new([set("one", 3600), set("two", 3600)]);
    let shared = shared(&script, 0);
    assert_eq!(id(&shared, 0).await, Ok("one".to_owned()));
    shared.doubt("other");
    assert_eq!(id(&shared, 1).await, Ok("one".to_owned()));
    shared.doubt("one");
    shared.doubt("one");
    assert_eq!((id(&shared, 2).await, script.asked()), (Ok("two".to_owned()), 2));
}

#[test]
fn failures_are_followed_by_longer_and_longer_pauses() {
    let pauses: Vec<u64> = [1, 2, 3, 7, 100].map(|count| pause(count).as_secs()).to_vec();
    assert_eq!(pauses, [5, 10, 20, 300, 300]);
}
