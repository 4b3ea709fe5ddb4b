//! Operations of S3 on documents, by cases: `testdata/s3/*.json`, each a conversation with an account of its own.
//!
//! A step says who asks (`as`; the administrator where it does not), what he sends (`send`: method and target; `headers`, `body`), and
//! what comes of it. `checks` is what must be allowed, `context` keys that the first of them must have; then `answer`, whose members
//! are all that there are, or `error` (code, status, text) with its `extras`. `*` stands for any text. A step may `put` an object
//! instead, with `tags` and a list (`acl`).

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
            world.step(step, &format!("{name}, step {number}: {}", what(step)));
        }
    }
}

/// Whoever may nothing finds out of no bucket what it is set to, and of no key whether it is there.
#[test]
fn denials_do_not_tell_what_is_there() {
    let world = World::new();
    world.made("held");
    world.put("held", "there", &[], None);
    for target in [
        "GET /held?policy",
        "GET /held?policyStatus",
        "GET /held?acl",
        "GET /held?cors",
        "GET /held?tagging",
        "GET /held?publicAccessBlock",
        "GET /held?ownershipControls",
        "GET /held?encryption",
        "GET /held?location",
        "GET /held?versioning",
        "GET /held?versions",
        "GET /held?uploads",
        "GET /held?list-type=2",
        "GET /held",
        "HEAD /held",
        "DELETE /held",
        "DELETE /held?policy",
        "DELETE /held?cors",
        "DELETE /held?publicAccessBlock",
    ] {
        let denied = world.ask("nobody", target, &[], "").unwrap_err();
        assert_eq!((&*denied.code, denied.status), ("AccessDenied", 403), "{target}");
        let strange = world.ask("anonymous", target, &[], "").unwrap_err();
        assert_eq!((&*strange.code, strange.message.as_str()), ("AccessDenied", "Access Denied"), "{target}");
    }
    for target in ["GET /held/NAME?tagging", "GET /held/NAME?acl", "DELETE /held/NAME?tagging"] {
        let denied = |key: &str| {
            let refused = world.ask("nobody", &target.replace("NAME", key), &[], "").unwrap_err();
            assert_eq!((&*refused.code, refused.status), ("AccessDenied", 403), "{target}");
            refused.message.replace(key, "NAME")
        };
        assert_eq!(denied("there"), denied("where"), "{target}");
    }
}

/// Every operation of the model that is no stream has one row.
#[test]
fn every_operation_has_one_row() {
    let mut rows: Vec<&str> =
        super::OPERATIONS.iter().flat_map(|table| table.iter().map(|row| row.name)).collect();
    rows.extend(super::INTAKES.iter().map(|row| row.name));
    rows.extend(super::OUTLETS.iter().map(|row| row.name));
    rows.sort_unstable();
    let mut all: Vec<&str> = super::s3().operations().iter().map(|operation| operation.name).collect();
    all.sort_unstable();
    assert_eq!(rows, all);
}

fn what(step: &Map<String, Json>) -> &str {
    step.get("send").or_else(|| step.get("put")).and_then(Json::as_str).unwrap_or("nothing")
}

const CASES: &[(&str, &str)] = &[
    ("access control lists", include_str!("../../../testdata/s3/acl.json")),
    ("buckets", include_str!("../../../testdata/s3/buckets.json")),
    ("cors", include_str!("../../../testdata/s3/cors.json")),
    ("delete objects", include_str!("../../../testdata/s3/delete_objects.json")),
    ("listings", include_str!("../../../testdata/s3/listings.json")),
    ("policies", include_str!("../../../testdata/s3/policies.json")),
    ("settings", include_str!("../../../testdata/s3/settings.json")),
    ("tags", include_str!("../../../testdata/s3/tags.json")),
];
