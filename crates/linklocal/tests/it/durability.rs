//! What was acknowledged is there after a restart, however the server ended.

use rustix::process::Signal;

use crate::world::World;

#[test]
fn a_restart_keeps_ids_changes_and_events() {
    let world = World::new();
    let server = world.up();
    let id = world.done(&["get", "instance-id"]);
    world.done(&["instance", "set", "instance-type=m7i.large"]);
    world.done(&["instance", "event", "rebalance", "--time", "2027-01-02T03:04:05Z"]);
    let launched = world.done(&["instance", "launch", "--source", "127.0.0.9"]);
    let listed = || {
        let mut list = world.json(&["instance", "list"]);
        // One that was launched is pending for a while.
        for instance in list["Instances"].as_array_mut().unwrap() {
            assert!(instance["State"].take().is_string());
        }
        list
    };
    let before = listed();
    assert!(server.end(Signal::TERM).success());

    let _server = world.up();
    assert_eq!(listed(), before);
    assert_eq!(world.done(&["get", "instance-id"]), id);
    assert_eq!(world.done(&["get", "instance-type"]), "m7i.large");
    assert_eq!(
        world.done(&["get", "events/recommendations/rebalance"]),
        r#"{"noticeTime": "2027-01-02T03:04:05Z"}"#
    );
    world.done(&["instance", "terminate", launched.trim()]);
}

#[test]
fn a_terminated_instance_stays_terminated() {
    let world = World::new();
    let server = world.up();
    let id = world.done(&["get", "instance-id"]);
    world.done(&["instance", "launch"]);
    world.done(&["instance", "terminate", &id]);
    server.end(Signal::TERM);
    let _server = world.up();
    let shown = world.json(&["instance", "show", &id]);
    assert!(["shutting-down", "terminated"].contains(&shown["State"].as_str().unwrap()), "{shown}");
}

#[test]
fn kill_right_after_an_acknowledgement_loses_nothing() {
    let world = World::new();
    for round in 0..20 {
        let server = world.up();
        if round > 0 {
            let tags = world.json(&["instance", "show"])["Instance"]["Tags"].clone();
            assert_eq!(tags["Round"], (round - 1).to_string(), "round {round}");
        }
        world.done(&["instance", "tag", &format!("Round={round}")]);
        assert!(!server.end(Signal::KILL).success());
    }
}

#[test]
fn the_same_seed_gives_the_same_instance_anywhere() {
    let (here, there) = (World::new(), World::new());
    let seeded = ["--imds", "127.0.0.1:0", "--seed", "same"];
    let (_one, _two) = (here.up_with(&seeded), there.up_with(&seeded));
    for category in ["instance-id", "mac", "local-ipv4", "reservation-id", "public-ipv4"] {
        assert_eq!(here.done(&["get", category]), there.done(&["get", category]), "{category}");
    }
}

#[test]
fn session_tokens_and_credentials_survive_a_restart() {
    let world = World::new();
    let listener = crate::environment::free_address();
    let server = world.up_with(&["--imds", &listener]);
    let token = server.token();
    let credentials = world.done(&["get", "iam/security-credentials/linklocal"]);
    server.end(Signal::KILL);
    let server = world.up_with(&["--imds", &listener]);
    let header = format!("X-aws-ec2-metadata-token: {token}\r\n");
    let id = crate::world::ask(server.endpoint, "GET", "/latest/meta-data/instance-id", &header);
    assert_eq!(id.0, 200);
    assert_eq!(world.done(&["get", "iam/security-credentials/linklocal"]), credentials);
}
