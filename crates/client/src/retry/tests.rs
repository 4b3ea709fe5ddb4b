//! The published tables of the modes, waits on a simulated clock, and what no mode may ever do.

use std::path::Path;
use std::time::Duration;

use proptest::prelude::{prop_assert, prop_assert_eq, prop_assume, proptest};
use proptest::strategy::Strategy as Generator;
use serde_json::Value;
use wire::AwsError;

use super::*;

/// The tables, read in place; without them the tests that need them say so and pass.
#[allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "cases are read in place, and what is skipped is said"
)]
pub(super) fn tables() -> Option<Value> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites/sigv4/retry/retry-tables.json");
    let Ok(bytes) = std::fs::read(path) else {
        println!("no cases here: the retry tables of the conformance suites are absent");
        return None;
    };
    Some(serde_json::from_slice(&bytes).unwrap())
}

fn seconds(value: &Value) -> Duration {
    Duration::from_secs_f64(value.as_f64().unwrap())
}

fn error(code: &str) -> AwsError {
    AwsError { code: code.to_owned(), ..AwsError::default() }
}

fn number(value: &Value) -> u32 {
    u32::try_from(value.as_u64().unwrap()).unwrap()
}

/// A sequence of answers with `rand()` = 1, as botocore's own tests have them.
fn run_sequence(mode: Mode, sequence: &Value) -> usize {
    let name = &sequence["name"];
    let service = match sequence["operation"].as_str() {
        Some(_) => "sqs",
        None if name == "dynamodb" => "dynamodb",
        None => "s3",
    };
    let operation = sequence["operation"].as_str().map(|operation| operation["sqs ".len()..].to_owned());
    let target = Target { service: service.to_owned(), operation };
    let mut settings =
        Settings { max_attempts: sequence["max_attempts"].as_u64().map(|n| n as u32), ..Settings::of(mode) };
    if let Some(longest) = sequence.get("max_backoff_s") {
        settings.max_backoff = seconds(longest);
    }
    let mut pool = Pool::new(Duration::ZERO);
    pool.quota.take(500 - number(&sequence["quota"]));
    let calls = sequence["calls"].as_array().cloned().unwrap_or_else(|| vec![sequence["steps"].clone()]);
    let mut steps = 0;
    for call in calls {
        let mut strategy = Strategy::new(settings, target.clone());
        for step in call.as_array().unwrap() {
            let status = step["status"].as_u64().map_or(400, |status| status as u16);
            let error = step["error"].as_str().map(error);
            let verdict = of_answer(mode, service, status, error.as_ref());
            let next = strategy.ended(&mut pool, verdict, None, Duration::ZERO, 1.0);
            let expected = match step["outcome"].as_str().unwrap() {
                "retry" => Next::Retry(seconds(&step["delay_s"])),
                "success" => Next::End(Ended::Done, None),
                "max_attempts_exceeded" => Next::End(Ended::AttemptsSpent, None),
                "quota_exceeded" => Next::End(Ended::QuotaSpent, None),
                "quota_exceeded_after_sleep" => Next::End(Ended::QuotaSpent, Some(seconds(&step["delay_s"]))),
                other => panic!("{other}"),
            };
            assert_eq!((next, pool.quota.left()), (expected, number(&step["quota"])), "{name} {step}");
            steps += 1;
        }
    }
    steps
}

#[test]
fn sequences_of_the_tables_are_met() {
    let Some(tables) = tables() else { return };
    let (mut sequences, mut steps) = (0, 0);
    for (mode, key) in
        [(Mode::Standard21, "sequences_v2_1_rand_1"), (Mode::Standard, "sequences_v2_0_rand_1")]
    {
        for sequence in tables[key].as_array().unwrap() {
            steps += run_sequence(mode, sequence);
            sequences += 1;
        }
    }
    println!("{sequences} sequences, {steps} steps agree");
}

#[test]
fn backoff_and_wishes_of_the_tables_are_met() {
    let Some(tables) = tables() else { return };
    let mut rows = 0;
    for (mode, key) in
        [(Mode::Standard, "v2_0_seconds_attempt_1_to_10"), (Mode::Standard21, "v2_1_seconds_attempt_1_to_11")]
    {
        let expected: Vec<Duration> =
            tables["backoff_rand_1"][key].as_array().unwrap().iter().map(seconds).collect();
        let found = waits(mode, "s3", 500, expected.len(), 1.0);
        assert_eq!(found, expected, "{mode}");
        rows += expected.len();
    }
    for row in tables["retry_after_v2_1"].as_array().unwrap() {
        let value = row["header"].as_str().unwrap();
        let header = |name: &str| (name == "x-amz-retry-after").then_some(value);
        let asked = RetryAfter::read(&header, types::Timestamp::EPOCH);
        let mut strategy = Strategy::new(Settings::of(Mode::Standard21), Target::default());
        let verdict = Verdict::Retryable(Cause::ServerError);
        let next = strategy.ended(&mut Pool::new(Duration::ZERO), verdict, asked, Duration::ZERO, 1.0);
        assert_eq!(next, Next::Retry(seconds(&row["delay_s"])), "{row}");
        rows += 1;
    }
    println!("{rows} waits agree");
}

#[test]
fn codes_and_statuses_of_the_tables_are_met() {
    let Some(tables) = tables() else { return };
    let modes = Mode::ALL.into_iter().filter(|mode| !matches!(mode, Mode::Legacy | Mode::Off));
    let mut rows = 0;
    for mode in modes {
        for code in tables["throttling_codes"].as_array().unwrap() {
            for status in [400, 429, 503] {
                let verdict = of_answer(mode, "s3", status, Some(&error(code.as_str().unwrap())));
                assert_eq!(verdict, Verdict::Retryable(Cause::Throttling), "{mode} {code} {status}");
                rows += 1;
            }
        }
        for code in tables["transient_codes"]["botocore_standard"].as_array().unwrap() {
            let verdict = of_answer(mode, "s3", 400, Some(&error(code.as_str().unwrap())));
            assert!(matches!(verdict, Verdict::Retryable(_)), "{mode} {code}");
            rows += 1;
        }
        for status in tables["transient_statuses"].as_array().unwrap() {
            let verdict = of_answer(mode, "s3", status.as_u64().unwrap() as u16, None);
            assert_eq!(verdict, Verdict::Retryable(Cause::ServerError), "{mode} {status}");
            rows += 1;
        }
    }
    println!("{rows} verdicts agree");
}

/// The waits after `count` answers of the same kind, on a pool of its own, as long as anybody allows.
fn waits(mode: Mode, service: &str, status: u16, count: usize, random: f64) -> Vec<Duration> {
    let settings = Settings { max_attempts: Some(count as u32 + 1), ..Settings::of(mode) };
    let mut strategy = Strategy::new(settings, Target { service: service.to_owned(), operation: None });
    let mut pool = Pool::new(Duration::ZERO);
    let verdict = of_answer(mode, service, status, None);
    let next = |_| match strategy.ended(&mut pool, verdict, None, Duration::ZERO, random) {
        Next::Retry(wait) => wait,
        other => panic!("{other:?}"),
    };
    (0..count).map(next).collect()
}

#[test]
fn quota_that_is_spent_comes_back_with_success_in_every_mode_that_has_one() {
    for mode in [Mode::Standard, Mode::Standard21, Mode::Adaptive, Mode::Adaptive21] {
        let mut pool = Pool::new(Duration::ZERO);
        pool.quota.take(500);
        let mut ended = |status| {
            let verdict = of_answer(mode, "s3", status, None);
            let mut strategy = Strategy::new(Settings::of(mode), Target::default());
            strategy.ended(&mut pool, verdict, None, Duration::ZERO, 1.0)
        };
        assert_eq!(ended(500), Next::End(Ended::QuotaSpent, None), "{mode}");
        for _ in 0..14 {
            ended(200);
        }
        assert!(matches!(ended(500), Next::Retry(_)), "{mode}");
    }
}

#[test]
fn default_is_six_attempts_and_waits_of_1_2_4_8_16_seconds_exactly() {
    let mut strategy = Strategy::new(Settings::default(), Target::default());
    let mut pool = Pool::new(Duration::ZERO);
    // A simulated clock: each wait is waited, and the next answer comes at once.
    let (mut now, mut sent) = (Duration::ZERO, vec![0]);
    let ended = loop {
        let verdict = of_answer(Mode::Exponential, "s3", 503, None);
        match strategy.ended(&mut pool, verdict, None, now, 0.3) {
            Next::Retry(wait) => now += wait,
            Next::End(ended, wait) => break (ended, wait),
        }
        sent.push(now.as_millis());
    };
    assert_eq!(sent, [0, 1000, 3000, 7000, 15_000, 31_000]);
    assert_eq!((ended, pool.quota.left()), ((Ended::AttemptsSpent, None), 500));
}

#[test]
fn jitter_and_the_oldest_mode_wait_as_they_should() {
    let jittered = Settings { jitter: Some(Jitter::Full), ..Settings::default() };
    let mut strategy = Strategy::new(jittered, Target::default());
    let verdict = Verdict::Retryable(Cause::NoConnection);
    let next = strategy.ended(&mut Pool::new(Duration::ZERO), verdict, None, Duration::ZERO, 0.25);
    assert_eq!(next, Next::Retry(Duration::from_millis(250)));

    let halves =
        waits(Mode::Legacy, "sts", 500, 6, 0.5).iter().map(Duration::as_secs_f64).collect::<Vec<_>>();
    assert_eq!(halves, [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]);
    let exact = waits(Mode::Legacy, "dynamodb", 500, 3, 0.5);
    assert_eq!(exact, [50, 100, 200].map(Duration::from_millis));
}

#[test]
fn each_mode_follows_wishes_as_far_as_it_may() {
    let wait = |mode, asked: u64| {
        let mut strategy = Strategy::new(Settings::of(mode), Target::default());
        let asked = Some(RetryAfter(Duration::from_millis(asked)));
        let verdict = Verdict::Retryable(Cause::ServerError);
        match strategy.ended(&mut Pool::new(Duration::ZERO), verdict, asked, Duration::ZERO, 1.0) {
            Next::Retry(wait) => wait.as_millis(),
            other => panic!("{other:?}"),
        }
    };
    for (mode, waits) in [
        (Mode::Exponential, [1000, 3000, 60_000]),
        (Mode::Standard, [1000, 3000, 20_000]),
        (Mode::Standard21, [500, 3000, 5050]),
        (Mode::Adaptive21, [500, 3000, 5050]),
        (Mode::Legacy, [1000, 1000, 1000]),
    ] {
        assert_eq!([500, 3000, 600_000].map(|asked| wait(mode, asked)), waits, "{mode}");
    }
}

#[test]
fn attempts_are_the_modes_own_where_nobody_says_otherwise() {
    for (mode, most, dynamodb) in [
        (Mode::Exponential, 6, 6),
        (Mode::Standard, 3, 3),
        (Mode::Standard21, 3, 4),
        (Mode::Adaptive, 3, 3),
        (Mode::Adaptive21, 3, 4),
        (Mode::Legacy, 5, 10),
        (Mode::Off, 1, 1),
    ] {
        let settings = Settings::of(mode);
        assert_eq!(
            (settings.attempts_of("sts"), settings.attempts_of("dynamodb")),
            (most, dynamodb),
            "{mode}"
        );
        let seven = Settings { max_attempts: Some(7), ..settings };
        assert_eq!(seven.attempts_of("dynamodb"), if mode == Mode::Off { 1 } else { 7 });
    }
}

#[test]
fn verdicts_differ_by_mode_where_the_modes_do() {
    use Cause::{Modelled, RequestTimeout, ServerError, Throttling};
    let retry = |cause| Verdict::Retryable(cause);
    let lists: &[(&str, u16, &str, [Verdict; 4])] = &[
        // Service, status, code: exponential, standard, standard-2.1, legacy.
        ("s3", 200, "", [Verdict::Done; 4]),
        ("s3", 304, "", [Verdict::Final; 4]),
        ("s3", 404, "NoSuchKey", [Verdict::Final; 4]),
        ("s3", 403, "AccessDenied", [Verdict::Final; 4]),
        ("s3", 200, "InternalError", [retry(ServerError); 4]),
        (
            "s3",
            200,
            "SlowDown",
            [retry(Throttling), retry(Throttling), retry(Throttling), retry(ServerError)],
        ),
        ("s3", 500, "", [retry(ServerError); 4]),
        ("s3", 501, "NotImplemented", [Verdict::Final; 4]),
        ("s3", 505, "", [Verdict::Final; 4]),
        ("s3", 507, "", [retry(ServerError), Verdict::Final, Verdict::Final, Verdict::Final]),
        ("s3", 509, "", [retry(ServerError), Verdict::Final, Verdict::Final, retry(Throttling)]),
        ("s3", 429, "", [retry(Throttling), Verdict::Final, retry(Throttling), retry(Throttling)]),
        ("s3", 400, "RequestTimeout", [retry(RequestTimeout); 4]),
        (
            "sts",
            400,
            "RequestTimeout",
            [retry(RequestTimeout), retry(RequestTimeout), retry(RequestTimeout), Verdict::Final],
        ),
        ("sts", 400, "IDPCommunicationError", [retry(RequestTimeout); 4]),
        ("s3", 400, "IDPCommunicationError", [Verdict::Final; 4]),
        (
            "ec2",
            400,
            "RequestLimitExceeded",
            [retry(Throttling), retry(Throttling), retry(Throttling), Verdict::Final],
        ),
        ("ec2", 503, "RequestLimitExceeded", [retry(Throttling); 4]),
        (
            "dynamodb",
            409,
            "ReplicatedWriteConflictException",
            [Verdict::Final, retry(Modelled), retry(Modelled), retry(Modelled)],
        ),
        ("sagemaker", 429, "ModelNotReadyException", [retry(Throttling); 4]),
        ("s3", 400, "throttling", [Verdict::Final; 4]),
    ];
    for (service, status, code, expected) in lists {
        let error = Some(error(code)).filter(|error| !error.code.is_empty());
        let modes = [Mode::Exponential, Mode::Standard, Mode::Standard21, Mode::Legacy];
        let found = modes.map(|mode| of_answer(mode, service, *status, error.as_ref()));
        assert_eq!(found, *expected, "{service} {status} {code}");
    }
}

#[test]
fn settings_are_read_and_refused_with_their_place() {
    let read = |rows: &[(Setting, &str)]| {
        let found = |setting: Setting| {
            let row = rows.iter().find(|row| row.0 == setting)?;
            Some(Said { value: row.1.to_owned(), place: setting.variable().to_owned() })
        };
        Settings::read(&found).map_err(|error| {
            let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
            format!("{error}{}", source.unwrap_or_default())
        })
    };
    use Setting::{DisableClockSkewCorrection, MaxAttempts, NewRetries2026, RetryMode};
    assert_eq!(read(&[]), Ok(Settings::default()));
    for (rows, mode) in [
        (&[(RetryMode, "Adaptive")][..], Mode::Adaptive),
        (&[(RetryMode, "standard"), (NewRetries2026, "true")], Mode::Standard21),
        (&[(RetryMode, "adaptive"), (NewRetries2026, "TRUE")], Mode::Adaptive21),
        (&[(RetryMode, "legacy"), (NewRetries2026, "true")], Mode::Legacy),
        (&[(RetryMode, "standard"), (NewRetries2026, "false")], Mode::Standard),
        (&[(NewRetries2026, "true")], Mode::Exponential),
    ] {
        assert_eq!(read(rows).map(|settings| settings.mode), Ok(mode));
    }
    assert_eq!(read(&[(MaxAttempts, "7")]).map(|settings| settings.max_attempts), Ok(Some(7)));
    assert_eq!(
        read(&[(DisableClockSkewCorrection, "true")]).map(|settings| settings.correct_clock),
        Ok(false)
    );
    for (row, text) in [
        ((RetryMode, "fast"), "AWS_RETRY_MODE: \"fast\" is none of exponential"),
        ((MaxAttempts, "0"), "AWS_MAX_ATTEMPTS: \"0\" is no number of attempts"),
        ((MaxAttempts, "many"), "AWS_MAX_ATTEMPTS: \"many\" is no number of attempts"),
        ((NewRetries2026, "yes"), "AWS_NEW_RETRIES_2026: \"yes\" is neither true nor false"),
    ] {
        let told = read(&[row]).unwrap_err();
        assert!(told.starts_with(text), "{told}");
    }
}

fn any_mode() -> impl Generator<Value = Mode> {
    proptest::sample::select(Mode::ALL.to_vec())
}

fn any_verdict() -> impl Generator<Value = Verdict> {
    use Cause::{Modelled, NoAnswer, NoConnection, RequestTimeout, ServerError, Throttling, TimedOut};
    let causes = [Throttling, ServerError, RequestTimeout, Modelled, NoConnection, NoAnswer, TimedOut];
    let all = causes.map(Verdict::Retryable).into_iter().chain([Verdict::Done, Verdict::Final]);
    proptest::sample::select(all.collect::<Vec<_>>())
}

proptest! {
    /// Many calls on one pool, whatever comes of their attempts.
    #[test]
    fn what_is_final_ends_and_quota_and_waits_stay_within_bounds(
        mode in any_mode(),
        attempts in proptest::option::of(1_u32..12),
        calls in proptest::collection::vec(
            proptest::collection::vec((any_verdict(), proptest::option::of(0_u64..10_000_000), 0.0..=1.0), 1..8), 1..20),
    ) {
        let settings = Settings { max_attempts: attempts, ..Settings::of(mode) };
        let mut pool = Pool::new(Duration::ZERO);
        let mut now = Duration::ZERO;
        for call in calls {
            let mut strategy = Strategy::new(settings, Target::default());
            for (made, (verdict, asked, random)) in (1..).zip(call) {
                let asked = asked.map(|asked| RetryAfter(Duration::from_millis(asked)));
                let next = strategy.ended(&mut pool, verdict, asked, now, random);
                prop_assert!(pool.quota.left() <= 500);
                match next {
                    Next::Retry(wait) => {
                        prop_assert!(matches!(verdict, Verdict::Retryable(_)), "{mode} {verdict:?}");
                        prop_assert!(made < strategy.max_attempts());
                        let longest = if mode == Mode::Legacy { 1 << made } else { 60 };
                        prop_assert!(wait <= Duration::from_secs(longest), "{mode} {wait:?}");
                        now += wait;
                    }
                    Next::End(..) => break,
                }
            }
        }
    }

    /// No 4xx without a code of the lists is worth another attempt in the default mode.
    #[test]
    fn other_4xx_are_final(status in 400_u16..500, code in "[A-Z][a-zA-Z]{3,20}") {
        let known = of_answer(Mode::Exponential, "s3", 400, Some(&error(&code)));
        prop_assume!(status != 429 && known == Verdict::Final);
        for mode in [Mode::Exponential, Mode::Standard, Mode::Adaptive] {
            prop_assert_eq!(of_answer(mode, "s3", status, Some(&error(&code))), Verdict::Final);
            prop_assert_eq!(of_answer(mode, "s3", status, None), Verdict::Final);
        }
    }
}
