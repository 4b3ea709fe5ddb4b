//! Credentials and signatures: who gets which, how long they are kept, what is served in their place.

use std::time::Duration;

use imds::GrantError;
use types::instance::{InstanceProfile, ProfileRole};

use crate::world::{START, World, instance};

const ROLE: &str = "/latest/meta-data/iam/security-credentials/app";
const EXTENDED: &str = "/latest/meta-data/iam/security-credentials-extended/app";
const INFO: &str = "/latest/meta-data/iam/info";
const IDENTITY: &str = "/latest/meta-data/identity-credentials/ec2/security-credentials/ec2-instance";

/// The value of `key` in a document.
fn member(document: &str, key: &str) -> String {
    let document: serde_json::Value = serde_json::from_str(document).unwrap();
    document[key].as_str().unwrap_or_else(|| panic!("no {key} in {document}")).to_owned()
}

#[test]
fn the_two_versions_get_different_sets() {
    let world = World::start(&[instance(1)]);
    let token = world.token();
    assert_eq!(member(&world.get(ROLE).body, "SecretAccessKey"), "role/app V1 0");
    assert_eq!(member(&world.get_with(&token, ROLE).body, "SecretAccessKey"), "role/app V2 0");
    assert_eq!(member(&world.get_with(&token, IDENTITY).body, "SecretAccessKey"), "instance V2 1");
    assert_eq!(member(&world.get(EXTENDED).body, "AccountId"), "111122223333");
}

#[test]
fn a_set_is_kept_for_its_rotation_and_no_longer() {
    let world = World::start(&[instance(1)]);
    let first = world.get(ROLE).body;
    assert_eq!(member(&first, "LastUpdated"), "2026-11-21T07:30:00Z");
    for _ in 0..3 {
        assert_eq!(world.get(ROLE).body, first);
    }
    assert_eq!(*world.source.asked.lock().unwrap(), 1);

    world.clock.advance(Duration::from_secs(30 * 60));
    let second = world.get(ROLE).body;
    assert_eq!(member(&second, "LastUpdated"), "2026-11-21T08:30:00Z");
    assert_eq!(member(&world.get(INFO).body, "LastUpdated"), "2026-11-21T08:30:00Z");

    world.clock.set(START);
    assert_eq!(world.get(ROLE).body, first, "a clock put back does not get the later set");
}

#[test]
fn a_refused_grant_is_a_document_and_is_asked_for_again() {
    let world = World::start(&[instance(1)]);
    let refusal = GrantError { code: "Failed", message: "no \"key\"".to_owned() };
    *world.source.refusal.lock().unwrap() = Some(refusal);
    let reply = world.get(ROLE);
    assert_eq!((reply.status(), member(&reply.body, "Code")), (200, "Failed".to_owned()));
    assert_eq!(member(&reply.body, "Message"), "no \"key\"");
    *world.source.refusal.lock().unwrap() = None;
    assert_eq!(member(&world.get(ROLE).body, "Code"), "Success");
}

#[test]
fn broken_profiles_say_what_is_wrong() {
    let mut instance = instance(1);
    let profile = instance.iam_instance_profile.clone().unwrap();
    let role = profile.role.clone().unwrap();
    let world = World::start(&[]);
    for (profile, path, code, message) in [
        (InstanceProfile { exists: false, ..profile.clone() }, INFO, "InstanceProfileNotFound", true),
        (InstanceProfile { role: None, ..profile.clone() }, INFO, "Success", true),
        (
            InstanceProfile { role: Some(ProfileRole { trusts_ec2: false, ..role }), ..profile.clone() },
            ROLE,
            "AssumeRoleUnauthorizedAccess",
            true,
        ),
        (profile, INFO, "Success", false),
    ] {
        instance.iam_instance_profile = Some(profile);
        world.roster.replace(&instance, START);
        let reply = world.get(path);
        assert_eq!((reply.status(), member(&reply.body, "Code").as_str()), (200, code));
        assert_eq!(reply.body.contains("\"Message\""), message, "{}", reply.body);
    }
    assert_eq!(*world.source.asked.lock().unwrap(), 1, "broken profiles ask for nothing");
}

#[test]
fn signatures_come_from_the_signer_and_its_failure_is_a_500() {
    let world = World::start(&[instance(1)]);
    let path = "/latest/dynamic/instance-identity";
    let document = world.get(&format!("{path}/document")).body;
    let expected = format!("Rsa2048 of {} bytes", document.len());
    assert_eq!(world.get(&format!("{path}/rsa2048")).body, expected);
    let failed = world.get(&format!("{path}/pkcs7"));
    assert_eq!((failed.status(), failed.body.as_str()), (500, ""));
}

#[test]
fn a_signature_in_the_making_holds_up_nobody_else() {
    let world = World::start(&[instance(1)]);
    let path = "/latest/dynamic/instance-identity";
    let mut waiting = world.connect();
    {
        let _closed = world.signer.gate.lock().unwrap();
        waiting.send(format!("GET {path}/signature HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        assert_eq!(world.get(&format!("{path}/document")).status(), 200);
        assert_eq!(world.get("/latest/meta-data/iam/info").status(), 200);
    }
    let signed = waiting.reply();
    assert!(signed.body.starts_with("Signature of "), "{signed:?}");
    assert_eq!(signed, world.get(&format!("{path}/signature")));
}
