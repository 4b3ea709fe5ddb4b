//! What is in force when.

use std::path::Path;
use std::time::Duration;

use scenario::{Effect, Expired, InForce, Plan, RoleInForce, Scenario, Settings};
use types::instance::Tokens;

fn plan(events: &str) -> Plan {
    let text = format!("name = \"n\"\nquestion = \"q\"\nduration = \"100s\"\nseed = 3\n{events}");
    let scenario = Scenario::parse(Path::new("f"), text.as_bytes()).unwrap_or_else(|fault| panic!("{fault}"));
    Plan::of(&scenario, Settings::default()).unwrap()
}

fn at(plan: &Plan, secs: u64) -> InForce {
    plan.in_force(Duration::from_secs(secs))
}

#[test]
fn the_last_begun_counts_and_gives_way_to_the_one_before() {
    let plan = plan(
        "[[at]]\ntime = \"10s\"\nfor = \"40s\"\npacket-budget = 1\n\
         [[at]]\ntime = \"20s\"\nfor = \"10s\"\npacket-budget = 2\n",
    );
    let budgets = [0, 10, 19, 20, 29, 30, 49, 50, 99].map(|secs| at(&plan, secs).packet_budget);
    let (one, two) = (Some(1), Some(2));
    assert_eq!(budgets, [None, one, one, two, two, one, one, None, None]);
}

#[test]
fn request_faults_stand_beside_each_other_the_newest_first() {
    let plan = plan(
        "[[at]]\ntime = \"10s\"\nhang = true\n\
         [[at]]\ntime = \"20s\"\nfor = \"10s\"\nstatus = 500\n",
    );
    let effects = |secs| at(&plan, secs).requests.iter().map(|(_, fault)| fault.effect).collect::<Vec<_>>();
    let error = Effect::Status { code: 500, retry_after: None };
    assert_eq!(effects(15), [Effect::Hang]);
    assert_eq!(effects(25), [error, Effect::Hang]);
    assert_eq!(effects(30), [Effect::Hang]);
}

#[test]
fn options_are_changed_one_by_one() {
    let plan = plan(
        "[[at]]\ntime = \"10s\"\nmetadata-options = { http-tokens = \"required\", http-put-response-hop-limit = 3 }\n\
         [[at]]\ntime = \"20s\"\nfor = \"10s\"\nmetadata-options = { http-tokens = \"optional\" }\n",
    );
    let tokens = |secs| at(&plan, secs).options.http_tokens;
    assert_eq!(
        [5, 10, 20, 30].map(tokens),
        [None, Some(Tokens::Required), Some(Tokens::Optional), Some(Tokens::Required)]
    );
    assert_eq!(at(&plan, 25).options.http_put_response_hop_limit.map(|hops| hops.get()), Some(3));
}

#[test]
fn what_happens_once_stays_known() {
    let plan = plan(
        "[[at]]\ntime = \"10s\"\nevery = \"20s\"\nrotate-early = true\n\
         [[at]]\ntime = \"15s\"\nlose-tokens = true\n\
         [[at]]\ntime = \"20s\"\nfor = \"10s\"\nexpired-set = \"5m\"\n\
         [[at]]\ntime = \"60s\"\nswap-role = \"other\"\n",
    );
    let secs = Duration::from_secs;
    assert_eq!(at(&plan, 55).credentials.rotated_early, [10, 30, 50].map(secs));
    assert_eq!(at(&plan, 14).tokens_lost_before, None);
    assert_eq!(at(&plan, 99).tokens_lost_before, Some(secs(15)));
    assert_eq!(at(&plan, 25).credentials.expired, Some(Expired { since: secs(20), ago: secs(300) }));
    assert_eq!(at(&plan, 30).credentials.expired, None);
    let swapped = RoleInForce::Swapped { role: "other".to_owned(), since: secs(60) };
    assert_eq!(at(&plan, 60).role, Some(swapped));
    assert!(at(&plan, 60).changes_instance() && !at(&plan, 59).changes_instance());
}

#[test]
fn every_time_is_compressed_but_those_that_clients_count_themselves() {
    let text = "name = \"n\"\nquestion = \"q\"\nduration = \"1h\"\n[credentials]\ninterval = \"10m\"\nlifetime = \"20m\"\n\
                refresh-window = \"15m\"\n[[at]]\ntime = \"30m\"\nslow = \"2s\"\n[[at]]\ntime = \"30m\"\nclock-skew = \"-5m\"\n";
    let scenario = Scenario::parse(Path::new("f"), text.as_bytes()).unwrap();
    let plan = Plan::of(&scenario, Settings { compress: Some(60), refresh_window: None }).unwrap();
    assert_eq!(plan.duration, Duration::from_secs(60));
    let force = at(&plan, 30);
    assert_eq!(force.credentials.interval, Some(Duration::from_secs(10)));
    assert_eq!(force.credentials.lifetime, Some(Duration::from_secs(20)));
    assert_eq!(force.credentials.refresh_window, Duration::from_secs(900));
    assert_eq!(force.requests[0].1.effect, Effect::Slow(Duration::from_secs(2)));
    assert_eq!(force.clock_skew.map(|skew| skew.to_string()), Some("-5s".to_owned()));
}

#[test]
fn chance_follows_from_the_seed() {
    let text = |seed: u32| {
        format!(
            "name = \"n\"\nquestion = \"q\"\nduration = \"10m\"\nseed = {seed}\n\
             [[at]]\ntime = \"1s\"\nevery = \"10s\"\njitter = \"9s\"\nlose-tokens = true\n"
        )
    };
    let steps = |seed| {
        let scenario = Scenario::parse(Path::new("f"), text(seed).as_bytes()).unwrap();
        Plan::of(&scenario, Settings::default()).unwrap().steps
    };
    assert_eq!(steps(1), steps(1));
    assert_ne!(steps(1), steps(2));
    assert_eq!(steps(1).len(), 60);
}
