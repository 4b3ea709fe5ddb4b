//! Programs that mean no good.
//!
//! Rule: whatever a program does, the supervisor goes on and ends as it should. Random calls are made in a network of their
//! own, which has no way out.

use crate::stage::{self, ISOLATED, OPEN, RESTRICTED};

#[test]
fn random_calls_harm_nobody() {
    for options in [OPEN, ISOLATED, RESTRICTED] {
        for seed in ["1", "2", "3", "4"] {
            let ran = stage::run_alone(":", options, &[stage::caller(), "fuzz", seed, "10000"]);
            assert_eq!(
                (ran.stdout.as_str(), ran.code),
                ("survived\n", Some(0)),
                "{options:?} {seed}: {ran:?}"
            );
        }
    }
}

/// Another thread rewrites the address as fast as it can between one that is allowed and one that is not.
#[test]
fn an_address_that_changes_under_the_look_reaches_nobody_under_isolation() {
    let ran = stage::run(ISOLATED, &[stage::caller(), "rewriting", "169.254.7.7", "9", "4000"]);
    assert_eq!((ran.stdout.as_str(), ran.code), ("reached 0\n", Some(0)), "{ran:?}");
}
