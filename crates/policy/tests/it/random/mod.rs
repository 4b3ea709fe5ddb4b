//! Random requests under random policies, decided twice: by what is compiled, and by a plain evaluator that walks documents.
//!
//! `POLICY_CASES` says how many; a case is known by its number, and `POLICY_CASE` runs one alone.

mod generate;
mod reference;

use std::collections::BTreeMap;

use generate::World;
use policy::{Decision, Layers, decide, trace};

/// So many run where nothing else is said.
const CASES: u64 = 10_000;

#[test]
fn two_evaluators_agree() {
    let (first, count) = match number("POLICY_CASE") {
        Some(case) => (case, 1),
        None => (0, number("POLICY_CASES").unwrap_or(CASES)),
    };
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    for case in first..first + count {
        let world = World::new(case);
        let context = world.context.clone();
        let request = world.request(&context);
        let found = decide(&request, &world.layers());
        let expected = reference::decide(&request, &world.layers());
        assert_eq!(told(&found), expected, "case {case}: {world:#?}");
        if case % 16 == 0 {
            agrees_with_its_trace(&request, &world.layers(), &found, case);
        }
        *seen.entry(expected.to_string()).or_default() += 1;
    }
    println!("{count} cases: {seen:#?}");
    if count >= CASES {
        assert_eq!(seen.len(), reference::OUTCOMES, "every outcome is met: {seen:#?}");
    }
}

/// The trace allows and denies by the same statements.
fn agrees_with_its_trace(request: &policy::Request<'_>, layers: &Layers<'_>, decision: &Decision, case: u64) {
    let trace = trace(request, layers);
    assert_eq!(&trace.decision, decision, "case {case}");
    let denies = |statement: &&policy::StatementTrace| statement.effect == policy::document::Effect::Deny;
    let denying = trace.applying().find(denies).map(|statement| (statement.layer, &statement.statement));
    match decision {
        Decision::Denied(denial) if denial.explicit => {
            assert_eq!(
                denying,
                denial.statement.as_ref().map(|statement| (denial.layer, statement)),
                "case {case}"
            );
        }
        // Nothing is asked about who one is.
        _ if request.action.eq_ignore_ascii_case("sts:GetCallerIdentity") => {}
        _ => assert_eq!(denying, None, "case {case}"),
    }
}

fn told(decision: &Decision) -> reference::Told {
    match decision {
        Decision::Allowed => reference::Told::Allowed,
        Decision::Denied(denial) if denial.explicit => reference::Told::Denied(denial.layer),
        Decision::Denied(denial) => reference::Told::NotAllowed(denial.layer),
    }
}

#[allow(clippy::disallowed_methods, reason = "how many cases to run is asked of whoever runs them")]
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|error| panic!("{name}={text}: {error}")))
}
