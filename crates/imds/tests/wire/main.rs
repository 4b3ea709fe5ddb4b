//! Request bytes and the bytes that must come back, from `testdata/wire`; recorded requests of SDKs; and noise.
//!
//! Rule: what is sent and what must come back is data, written from the specification of the wire
//! (facts/imds.md sections 1 and 2) and not from the program.

mod case;
mod client;
mod files;
mod makers;
mod noise;
mod pattern;
mod recorded;
mod run;
mod template;
mod world;

use case::{Shared, load};
use world::World;

#[tokio::test]
async fn every_case_is_answered_to_the_byte() {
    let shared = Shared::load();
    let cases = load(&shared);
    let world = World::start();
    let mut failures = Vec::new();
    for case in &cases {
        failures.extend(run::run(case, &world, &shared).await.err());
    }
    world.stop().await;
    println!("{} cases, {} failures", cases.len(), failures.len());
    assert!(cases.len() >= FEWEST_CASES, "{} cases: some files are missing", cases.len());
    assert!(failures.is_empty(), "{} of {} cases:\n\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// What the specification asks for.
const FEWEST_CASES: usize = 250;
