//! A plan carried out from its winner on, as far as the SDK would go.

use credentials::{RunError, run};
use profile::plan::{ChosenProfile, Outcome, Plan, Process, Provider, Source, State, StaticKeys, Step};
use profile::{Place, Sdk};
use types::Secret;

use crate::world::World;

fn keys() -> Provider {
    Provider::Static(StaticKeys {
        access_key_id: "AKIALAST".to_owned(),
        secret_access_key: Secret::new("s".to_owned()),
        session_token: None,
        account_id: None,
        expiration: None,
    })
}

fn failing(status: u8) -> Provider {
    let place = Place::variable("X");
    Provider::Process(Process { command: format!("exit {status}"), shell: true, account_id: None, place })
}

fn step(source: Source, provider: Option<Provider>, goes_on: bool) -> Step {
    Step { source, state: State::WouldWin, places: Vec::new(), detail: None, provider, goes_on }
}

fn plan(steps: Vec<Step>, outcome: Outcome) -> Plan {
    let profile = ChosenProfile { name: "p".to_owned(), place: Place::Default, exists: true };
    Plan { sdk: Sdk::Linklocal, profile, steps, outcome, region: None, warnings: Vec::new() }
}

async fn failure(steps: Vec<Step>, outcome: Outcome) -> RunError {
    run(&World::new().networked(), &plan(steps, outcome)).await.unwrap_err()
}

#[tokio::test]
async fn those_that_have_nothing_are_passed_over_where_the_sdk_goes_on() {
    let steps = vec![
        step(Source::Environment, Some(keys()), true),
        step(Source::Process, Some(failing(3)), true),
        step(Source::Sso, None, false),
        step(Source::Profile, Some(keys()), false),
    ];
    let run = run(&World::new().networked(), &plan(steps, Outcome::Resolved(1))).await.unwrap();
    assert_eq!((run.step, run.resolved.access_key_id.as_str()), (3, "AKIALAST"));
    let tried: Vec<(usize, Source)> = run.tried.iter().map(|tried| (tried.step, tried.source)).collect();
    assert_eq!(tried, [(1, Source::Process)]);
}

#[tokio::test]
async fn search_ends_at_the_first_that_the_sdk_stops_at() {
    let stops = |goes_on| {
        vec![
            step(Source::Process, Some(failing(3)), true),
            step(Source::Process, Some(failing(4)), goes_on),
            step(Source::Profile, Some(keys()), false),
        ]
    };
    let error = failure(stops(false), Outcome::Resolved(0)).await;
    assert_eq!((error.code, error.tried.len()), ("process-failed", 2));
    assert!(error.what.contains("ended with status 4"), "{error}");

    let all = vec![step(Source::Process, Some(failing(3)), true)];
    let error = failure(all, Outcome::Resolved(0)).await;
    assert!(error.what.contains("ended with status 3"), "{error}");
}

#[tokio::test]
async fn plans_that_end_before_anybody_is_asked_say_so() {
    let error = failure(Vec::new(), Outcome::None).await;
    assert_eq!((error.code, error.what.as_str()), ("none", "no source has credentials"));
    let planned = Outcome::Error { step: None, message: "a loop".to_owned(), remedy: "cut it".to_owned() };
    let error = failure(Vec::new(), planned).await;
    assert_eq!((error.code, error.what.as_str(), error.remedy.as_str()), ("plan", "a loop", "cut it"));
}
