//! The scenario parser: whatever the bytes, a plan that can be played or an error with a place in them.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use scenario::{InForce, Plan, Scenario, Settings};

fuzz_target!(|bytes: &[u8]| {
    match Scenario::parse(Path::new("scenario.toml"), bytes) {
        Ok(scenario) => play(&scenario),
        Err(fault) => {
            let lines = bytes.split(|byte| *byte == b'\n').count();
            assert!((1..=lines + 1).contains(&fault.place.line), "line {} of {lines}", fault.place.line);
            let text = fault.to_string();
            assert!(!text.contains('\n'), "an error is one line: {text:?}");
            assert!(text.starts_with("scenario.toml:"), "an error names its file: {text:?}");
        }
    }
});

/// What is accepted can be laid out and played, as written and faster, and ends in quiet.
fn play(scenario: &Scenario) {
    for compress in [None, Some(1), Some(Settings::MOST_COMPRESSED)] {
        let Ok(plan) = Plan::of(scenario, Settings { compress, refresh_window: None }) else { continue };
        assert!(plan.steps.is_sorted_by_key(|step| step.at), "steps are in order");
        for moment in plan.moments().into_iter().take(MOST) {
            let _ = plan.in_force(moment);
        }
        assert_eq!(plan.in_force(plan.duration), InForce::default(), "everything ends");
        assert!(plan.to_string().ends_with("everything as it was\n"));
    }
}

/// A plan has up to ten thousand moments, and each looks at all before it.
const MOST: usize = 64;
