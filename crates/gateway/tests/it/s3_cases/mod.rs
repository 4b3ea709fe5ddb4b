//! Requests as clients should not send them, and as they may: headers, dates, lengths, signatures of both versions, forms, anonymous
//! callers, URLs and their ends. Cases are data: `testdata/s3_cases/*.json`.
//!
//! A case has the name of a test of ceph/s3-tests that asks the same, perhaps with a variant in brackets, says `why`, and where S3
//! answers other than that test expects says so in `aws`; those of `recorded.json` have names of their own. `bucket` is how the public may use the bucket (`closed`: as new ones are;
//! `none`: it is not there), `object` the list of `/bucket/foo`, which says `bar`. What is sent and answered: [`Step`]. A form whose
//! fields have `{auth}` is sent twice, signed in version 2 and 4.

mod form;
mod sign;
mod step;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};

use crate::s3::{ask, draft, send};
use crate::world::World;
use form::Version;
use step::Step;

#[tokio::test]
async fn requests_are_answered_as_s3_answers_them() {
    let (cases, mut faults) = (cases(), Vec::new());
    for case in &cases {
        let versions: &[Version] =
            if is_of_both(case) { &[Version::Two, Version::Four] } else { &[Version::Two] };
        for version in versions {
            run(case, *version).await.unwrap_or_else(|fault| faults.push(fault));
        }
    }
    assert!(faults.is_empty(), "{} of {} cases:\n{}", faults.len(), cases.len(), faults.join("\n"));
    println!("{} cases of S3's headers, signatures and forms", cases.len());
}

/// Every test of the list has a case here, or a reason why it has none; and no case claims a name that is not there.
#[test]
fn no_test_of_the_list_is_forgotten() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/suites/sigv4/ceph-s3-tests/test-names.txt");
    if !path.exists() {
        println!("the list of ceph/s3-tests is absent");
        return;
    }
    let text = std::fs::read_to_string(path).unwrap();
    let listed: BTreeSet<&str> =
        text.lines().map(|line| line.split("def ").nth(1).unwrap().split('(').next().unwrap()).collect();
    let left_out: Vec<Map<String, Value>> = serde_json::from_str(LEFT_OUT).unwrap();
    assert!(left_out.iter().all(|entry| entry["why"].as_str().is_some_and(|why| why.len() > 10)));
    let left_out: BTreeSet<&str> = left_out.iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    let cases = cases();
    let named = || cases.iter().filter(|case| name(case).starts_with("test_"));
    let covered: BTreeSet<&str> = named().map(|case| name(case).split(" (").next().unwrap()).collect();
    let claimed: BTreeSet<&str> = covered.union(&left_out).copied().collect();
    assert_eq!(listed.difference(&claimed).collect::<Vec<_>>(), Vec::<&&str>::new(), "without a case");
    assert_eq!(claimed.difference(&listed).collect::<Vec<_>>(), Vec::<&&str>::new(), "not in the list");
    assert!(covered.is_disjoint(&left_out));
    println!(
        "{} tests of ceph/s3-tests: {} have cases ({} with variants), {} are left out",
        listed.len(),
        covered.len(),
        named().count(),
        left_out.len()
    );
}

fn cases() -> Vec<Map<String, Value>> {
    let read = |(file, text): &(&str, &str)| -> Vec<Map<String, Value>> {
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"))
    };
    FILES.iter().flat_map(read).collect()
}

fn name(case: &Map<String, Value>) -> &str {
    case["name"].as_str().unwrap()
}

fn is_of_both(case: &Map<String, Value>) -> bool {
    let steps = case["steps"].as_array().unwrap();
    steps.iter().any(|step| step["form"].to_string().contains("{auth}"))
}

async fn run(case: &Map<String, Value>, version: Version) -> Result<(), String> {
    let world = World::new();
    set_up(&world, case).await;
    for (number, step) in (1..).zip(case["steps"].as_array().unwrap()) {
        let place = format!("{}, step {number}, forms in version {version:?}", name(case));
        let taken = Step::read(step, &place).take(&world, version).await;
        taken.map_err(|differences| format!("{place}: {differences}"))?;
    }
    Ok(())
}

/// A bucket whose lists count, unless it is to be closed; and an object in it.
async fn set_up(world: &World, case: &Map<String, Value>) {
    let public = case.get("bucket").and_then(Value::as_str).unwrap_or("private");
    if public == "none" {
        return;
    }
    let made = |draft| async move {
        let reply = send(world, draft).await;
        assert!(matches!(reply.status, 200 | 204), "{}: {reply:?}", name(case));
    };
    if public == "closed" {
        return made(draft(world, "PUT", "/bucket").signed()).await;
    }
    made(draft(world, "PUT", "/bucket").with("x-amz-object-ownership", "ObjectWriter").signed()).await;
    assert_eq!(ask(world, "DELETE", "/bucket?publicAccessBlock", "").await.status, 204);
    made(draft(world, "PUT", "/bucket?acl").with("x-amz-acl", public).signed()).await;
    if let Some(list) = case.get("object").and_then(Value::as_str) {
        made(draft(world, "PUT", "/bucket/foo").with("x-amz-acl", list).saying("bar").signed()).await;
    }
}

/// Errors of `suites/aws-recorded` that are provoked here.
pub(crate) const RECORDED: &str = include_str!("../../../testdata/s3_cases/recorded.json");

const FILES: [(&str, &str); 5] = [
    ("headers.json", include_str!("../../../testdata/s3_cases/headers.json")),
    ("version2.json", include_str!("../../../testdata/s3_cases/version2.json")),
    ("forms.json", include_str!("../../../testdata/s3_cases/forms.json")),
    ("recorded.json", RECORDED),
    ("visitors.json", include_str!("../../../testdata/s3_cases/visitors.json")),
];

const LEFT_OUT: &str = include_str!("../../../testdata/s3_cases/left_out.json");
