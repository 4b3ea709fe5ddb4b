//! The scenarios that come with the program: their plans as printed, `testdata/plans/<name>.txt`.

use std::path::Path;
use std::time::Duration;

use scenario::{Plan, SHIPPED, Scenario, Settings, shipped};

use crate::files::expected;

#[test]
fn plans_are_as_printed() {
    let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/plans");
    let differ: Vec<String> = SHIPPED
        .iter()
        .filter_map(|it| expected(&plans.join(format!("{}.txt", it.name)), &plan(it.text).to_string()))
        .collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn each_has_its_own_name_takes_under_a_minute_and_ends_in_quiet() {
    for it in &SHIPPED {
        let plan = plan(it.text);
        assert_eq!(plan.scenario.name, it.name);
        assert_eq!(shipped(it.name), Some(it));
        assert!(plan.duration < Duration::from_secs(60), "{}", it.name);
        assert!(it.text.starts_with("# "), "{} says what it is for", it.name);
        let after = plan.in_force(plan.duration);
        assert_eq!(after, scenario::InForce::default(), "{}", it.name);
    }
    assert_eq!(shipped("none"), None);
}

fn plan(text: &str) -> Plan {
    let scenario = Scenario::parse(Path::new("shipped"), text.as_bytes()).unwrap();
    Plan::of(&scenario, Settings::default()).unwrap()
}
