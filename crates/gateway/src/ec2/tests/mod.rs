//! Operations of EC2 by cases: `testdata/ec2/*.json`, each a conversation with an account of its own.
//!
//! A step says who asks (`as`), the operation (`call`), whose it is where it is not EC2's (`service`), where (`region`) and its
//! parameters as they are on the wire (`with`); `after` lets so many seconds pass before it, `settle` puts instances into a state.
//! `checks` is what must be allowed, `context` keys that the checks must have, each of the first check that has it; then `answer` or
//! `error` (code, status, text); `keep` gives texts of the answer names, `$name` stands for them later. `sees`
//! is what instances are afterwards, as far as it says. In what is expected `*` stands for any text, and the members of `answer` are all
//! that there are; `shows` in its place is the answer as far as it says.

mod catalogue;
#[cfg(unix)]
mod key_pairs;
mod recorded;
mod world;

use serde_json::{Map, Value as Json};

use world::World;

#[test]
fn conversations_go_as_written() {
    for (name, text) in CASES {
        let steps: Vec<Map<String, Json>> =
            serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let world = World::new();
        for (number, step) in (1..).zip(&steps) {
            let call = step.get("call").and_then(Json::as_str).unwrap_or("nothing");
            world.step(step, &format!("{name}, step {number}: {call}"));
        }
    }
}

const CASES: &[(&str, &str)] = &[
    ("account attributes", include_str!("../../../testdata/ec2/account_attributes.json")),
    ("associations", include_str!("../../../testdata/ec2/associations.json")),
    ("attributes", include_str!("../../../testdata/ec2/attributes.json")),
    ("credits of burstable instances", include_str!("../../../testdata/ec2/credits.json")),
    ("describe instances", include_str!("../../../testdata/ec2/describe_instances.json")),
    ("images", include_str!("../../../testdata/ec2/images.json")),
    ("instance types", include_str!("../../../testdata/ec2/instance_types.json")),
    ("key pairs", include_str!("../../../testdata/ec2/key_pairs.json")),
    ("metadata defaults", include_str!("../../../testdata/ec2/metadata_defaults.json")),
    ("metadata options", include_str!("../../../testdata/ec2/metadata_options.json")),
    ("network", include_str!("../../../testdata/ec2/network.json")),
    ("network interfaces and addresses", include_str!("../../../testdata/ec2/network_interfaces.json")),
    ("profiles", include_str!("../../../testdata/ec2/profiles.json")),
    ("regions", include_str!("../../../testdata/ec2/regions.json")),
    ("routing", include_str!("../../../testdata/ec2/routing.json")),
    ("run instances", include_str!("../../../testdata/ec2/run_instances.json")),
    ("run metadata options", include_str!("../../../testdata/ec2/run_metadata_options.json")),
    ("run quota", include_str!("../../../testdata/ec2/run_quota.json")),
    ("states of instances", include_str!("../../../testdata/ec2/instance_states.json")),
    ("termination protection", include_str!("../../../testdata/ec2/termination_protection.json")),
    ("tags", include_str!("../../../testdata/ec2/tags.json")),
    ("volumes", include_str!("../../../testdata/ec2/volumes.json")),
];
