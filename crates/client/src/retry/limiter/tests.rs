//! The published tables of the curve and the rate, and what the curve may never do.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-6 * one.abs().max(1.0)
}

/// A curve that was throttled at rate 10 after five seconds.
fn curve() -> Curve {
    let mut curve = Curve { w_max: 0.0, k: 0.0, last_throttle: 0.0 };
    assert!(close(curve.throttled(10.0, 5.0), 7.0));
    curve
}

#[test]
fn curve_is_that_of_the_tables() {
    let Some(tables) = crate::retry::tests::tables() else { return };
    let adaptive = &tables["adaptive"];
    let mut rows = 0;
    for row in adaptive["cubic_success_w10_t5"].as_array().unwrap() {
        let found = curve().success(row[0].as_f64().unwrap());
        assert!(close(found, row[1].as_f64().unwrap()), "{row} {found}");
        rows += 1;
    }
    let (mut curve, mut last) = (curve(), 0.0);
    for row in adaptive["cubic_mixed_w10_t5"].as_array().unwrap() {
        let at = row[0].as_f64().unwrap();
        last = if row[1].as_bool().unwrap() { curve.throttled(last, at) } else { curve.success(at) };
        // The table's new maximum is the rate after the cut; in use it is what was measured.
        if row[1].as_bool().unwrap() {
            curve.throttled(last, at);
        }
        assert!(close(last, row[2].as_f64().unwrap()), "{row} {last}");
        rows += 1;
    }
    for row in adaptive["k_values"].as_array().unwrap() {
        curve.throttled(row["w_max"].as_f64().unwrap(), 0.0);
        assert!(close(curve.k, row["k"].as_f64().unwrap()), "{row} {}", curve.k);
        rows += 1;
    }
    println!("{rows} rows of the curve agree");
}

#[test]
fn sending_rates_are_those_of_the_table() {
    let Some(tables) = crate::retry::tests::tables() else { return };
    let rows: &Vec<Value> = tables["adaptive"]["sending_rates"].as_array().unwrap();
    let mut limiter = Limiter::new(Duration::ZERO);
    for row in rows {
        limiter.answered(row["throttled"].as_bool().unwrap(), secs(row["t"].as_f64().unwrap()));
        let (measured, rate) = (limiter.measured.rate, limiter.tokens.per_second);
        assert!(close(measured, row["measured_tx_rate"].as_f64().unwrap()), "{row} {measured}");
        assert!(close(rate, row["fill_rate"].as_f64().unwrap()), "{row} {rate}");
    }
    println!("{} rows of sending rates agree", rows.len());
}

#[test]
fn nothing_is_held_back_before_the_first_throttling() {
    let mut limiter = Limiter::new(Duration::ZERO);
    for step in 0..1000 {
        let now = Duration::from_millis(step);
        assert_eq!(limiter.acquire(now), None);
        limiter.answered(false, now);
    }
    assert_eq!(limiter.rate().allowed, None);
}

#[test]
fn whoever_waits_as_long_as_told_is_let_through() {
    let mut limiter = Limiter::new(Duration::ZERO);
    limiter.answered(true, secs(1.0));
    let mut now = secs(1.0);
    for _ in 0..50 {
        let mut rounds = 0;
        while let Some(wait) = limiter.acquire(now) {
            now += wait;
            rounds += 1;
            assert!(rounds <= 2, "a shortfall that never ends at {now:?}: {limiter:?}");
        }
    }
    // Four fifths of an attempt per second were measured, seven tenths of that are allowed; the first token was there.
    assert!((now.as_secs_f64() - 1.0 - 49.0 / 0.56).abs() < 0.1, "{now:?}");
}

proptest! {
    /// Whatever happens when: tokens are neither owed nor hoarded, and a wait is never nothing nor more than two seconds.
    #[test]
    fn tokens_stay_within_bounds(events in proptest::collection::vec((0_u64..5_000_000_000, 0_u8..3), 1..200)) {
        let mut limiter = Limiter::new(Duration::ZERO);
        let mut now = Duration::ZERO;
        for (nanoseconds, what) in events {
            now += Duration::from_nanos(nanoseconds);
            match what {
                0 => {
                    let wait = limiter.acquire(now);
                    prop_assert!(wait.is_none_or(|wait| (SHORTEST_WAIT..=Duration::from_secs(2)).contains(&wait)), "{wait:?}");
                }
                throttled => limiter.answered(throttled == 1, now),
            }
            let tokens = limiter.tokens;
            prop_assert!(tokens.held >= 0.0 && tokens.held <= tokens.most && tokens.most >= 1.0, "{tokens:?}");
            prop_assert!(tokens.per_second >= MIN_RATE && tokens.per_second.is_finite(), "{tokens:?}");
        }
    }
}
