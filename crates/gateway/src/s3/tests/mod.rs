//! Operations of S3 on documents, by cases: `testdata/s3/*.json`, each a conversation with an account of its own.
//!
//! A step says who asks (`as`; the administrator where it does not), what he sends (`send`: method and target; `headers`, `body`), and
//! what comes of it. `checks` is what must be allowed, `context` keys that the first of them must have; then `answer`, whose members
//! are all that there are, or `error` (code, status, text) with its `extras`. `*` stands for any text. A step may `put` an object
//! instead, with `tags` and a list (`acl`).

mod recorded;
mod world;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

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
        "GET /held?website",
        "GET /held?lifecycle",
        "GET /held?inventory&id=x",
        "GET /held?versions",
        "GET /held?uploads",
        "GET /held?list-type=2",
        "GET /held",
        "HEAD /held",
        "DELETE /held",
        "DELETE /held?policy",
        "DELETE /held?cors",
        "DELETE /held?publicAccessBlock",
        "DELETE /held?ownershipControls",
        "DELETE /held?tagging",
        "DELETE /held?metrics&id=x",
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

/// Sets it when it goes, by a panic as well: who goes on until then would else go on for ever.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Buckets of one name come and go; whose object was acknowledged finds it, and nobody finds one of a bucket that was before.
#[test]
fn buckets_made_and_removed_at_once_lose_no_object() {
    const ROUNDS: usize = 400;
    let world = World::new();
    let is_over = AtomicBool::new(false);
    let acknowledged = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let _ = world.ask("admin", "DELETE /held", &[], "");
                }
            });
        }
        let _ = scope.spawn(|| {
            let _ends = Ends(&is_over);
            for round in 0..ROUNDS {
                let _ = world.ask("admin", "PUT /held", &[], "");
                let key = round.to_string();
                if world.is_put("held", &key) {
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                    let holds = world.holds("held", &key);
                    let removed = world.ask("admin", &format!("DELETE /held/{key}"), &[], "");
                    assert!(holds && removed.is_ok(), "{key} was acknowledged, and is gone: {removed:?}");
                }
            }
        });
    });
    assert!(acknowledged.load(Ordering::Relaxed) > 0);
}

/// Whoever may copy what has a tag gets nothing that has none, also where one comes in the place of the other.
#[test]
fn what_is_copied_is_what_was_allowed() {
    let world = World::new();
    world.made("held");
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/nobody"},"Action":["s3:GetObject","s3:GetObjectTagging"],"Resource":"arn:aws:s3:::held/from","Condition":{"StringEquals":{"s3:ExistingObjectTag/open":"yes"}}},{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/nobody"},"Action":["s3:PutObject","s3:PutObjectTagging"],"Resource":"arn:aws:s3:::held/to"}]}"#;
    world.ask("admin", "PUT /held?policy", &[], policy).unwrap();
    let is_over = AtomicBool::new(false);
    let tags = [("open".to_owned(), "yes".to_owned())];
    world.put("held", "from", &tags, None);
    let (mut copied, mut closed) = (0, 0);
    thread::scope(|scope| {
        let _ = scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                world.put("held", "from", &[], None);
                world.put("held", "from", &tags, None);
            }
        });
        let _ends = Ends(&is_over);
        for _ in 0..600 {
            if world.ask("nobody", "PUT /held/to", &[("x-amz-copy-source", "held/from")], "").is_ok() {
                copied += 1;
                let answer = world.ask("admin", "GET /held/to?tagging", &[], "").unwrap();
                closed += usize::from(answer.structures("TagSet").count() == 0);
            }
        }
    });
    assert!(copied > 0 && closed == 0, "{closed} of {copied}");
}

/// A list is the owner's, also where another's object comes in the place of his.
#[test]
fn lists_name_the_owner_of_the_object_that_they_are_of() {
    let world = World::new();
    world.made("held");
    let is_over = AtomicBool::new(false);
    let owners = ["a", "b"].map(|letter| letter.repeat(64));
    world.put_by(&owners[0], "held", "key");
    let mut wrong = 0;
    thread::scope(|scope| {
        let _ = scope.spawn(|| {
            for owner in owners.iter().cycle().take_while(|_| !is_over.load(Ordering::Relaxed)) {
                world.put_by(owner, "held", "key");
            }
        });
        let _ends = Ends(&is_over);
        for _ in 0..1000 {
            // Who is slower a thousand times is told to try again.
            while let Err(error) =
                world.ask("admin", "PUT /held/key?acl", &[("x-amz-acl", "public-read")], "")
            {
                assert_eq!(error.code, "OperationAborted");
            }
            let (owner, named) = world.owners("held", "key");
            wrong += usize::from(named.is_some_and(|named| named != owner));
        }
    });
    assert_eq!(wrong, 0);
}

/// What stands under a name that no bucket has is nobody's.
#[test]
fn a_new_bucket_is_empty() {
    let world = World::new();
    world.left_behind("held", "old");
    world.ask("admin", "PUT /held", &[], "").unwrap();
    assert!(!world.holds("held", "old"));
    assert!(world.is_put("held", "new"));
    // Asked again, all is as it was.
    world.ask("admin", "PUT /held", &[], "").unwrap();
    assert!(world.holds("held", "new"));
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
    ("conditional deletes", include_str!("../../../testdata/s3/conditional_deletes.json")),
    ("copies", include_str!("../../../testdata/s3/copies.json")),
    ("cors", include_str!("../../../testdata/s3/cors.json")),
    ("delete objects", include_str!("../../../testdata/s3/delete_objects.json")),
    ("listings", include_str!("../../../testdata/s3/listings.json")),
    ("policies", include_str!("../../../testdata/s3/policies.json")),
    ("settings", include_str!("../../../testdata/s3/settings.json")),
    ("tags", include_str!("../../../testdata/s3/tags.json")),
    ("versions", include_str!("../../../testdata/s3/versions.json")),
    ("what is not configured", include_str!("../../../testdata/s3/unconfigured.json")),
];
