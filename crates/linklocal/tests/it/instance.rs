//! `linklocal instance …`: each command's effect, seen by a program on the instance.

use crate::environment::free_address;
use crate::world::{Server, World, eventually};

fn leaf(server: &Server, path: &str) -> (u16, String) {
    server.get_v2(&format!("/latest/meta-data/{path}"))
}

#[test]
fn list_and_show_agree_with_the_metadata() {
    let world = World::new();
    let server = world.up();
    let id = leaf(&server, "instance-id").1;
    let list = world.json(&["instance", "list"]);
    let instances = list["Instances"].as_array().unwrap();
    assert_eq!((instances.len(), instances[0]["InstanceId"].as_str()), (1, Some(id.as_str())));
    let shown = world.json(&["instance", "show"]);
    assert_eq!(shown["Instance"]["InstanceId"], id.as_str());
    assert_eq!(shown, world.json(&["instance", "show", &id]));
    assert_eq!(shown, world.json(&["instance", "show", "--instance-id", &id]));
    let text = world.done(&["instance", "list"]);
    assert!(text.starts_with("INSTANCE ") && text.contains(&id), "{text}");
    assert!(world.done(&["instance", "show"]).contains("HttpTokens"));
}

#[test]
fn set_changes_what_is_served() {
    let world = World::new();
    let server = world.up();
    world.done(&["instance", "set", "instance-type=m7i.large", "user-data=#!/bin/sh"]);
    assert_eq!(leaf(&server, "instance-type"), (200, "m7i.large".to_owned()));
    assert_eq!(server.get_v2("/latest/user-data"), (200, "#!/bin/sh".to_owned()));
    let wrong = world.run(&["instance", "set", "instance-typ=m7i.large"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("did you mean \"instance-type\"?"), "{}", wrong.stderr);
}

#[test]
fn tags_of_aws_itself_cannot_be_asked_for() {
    let world = World::new();
    let server = world.up();
    for command in
        [&["instance", "launch", "--set", r#"tags={"aws:x"="1"}"#][..], &["instance", "tag", "aws:x=1"]]
    {
        let said = world.run(command);
        assert_eq!(said.code, 1, "{command:?}: {}{}", said.stdout, said.stderr);
        assert!(said.stderr.contains("starts with aws:"), "{}", said.stderr);
    }
    world.run(&["instance", "tag", "Stage=test", "--remove", "aws:x"]);
    assert!(!world.done(&["instance", "show"]).contains("Stage"), "a refused removal left the addition");
    drop(server);
}

#[test]
fn tags_are_added_changed_and_removed() {
    let world = World::new();
    let server = world.up();
    world.done(&["instance", "modify-metadata-options", "--instance-metadata-tags", "enabled", "--wait"]);
    world.done(&["instance", "tag", "Name=web-1", "--tags", "Key=Stage,Value=test"]);
    assert_eq!(leaf(&server, "tags/instance"), (200, "Name\nStage".to_owned()));
    let tags = world.json(&["instance", "tag", "Name=web-2", "--remove", "Stage"]);
    assert_eq!(tags["Tags"].to_string(), r#"{"Name":"web-2"}"#);
    assert_eq!(leaf(&server, "tags/instance/Name"), (200, "web-2".to_owned()));
    assert_eq!(leaf(&server, "tags/instance/Stage").0, 404);
}

#[test]
fn roles_come_and_go_in_every_way() {
    let world = World::new();
    let server = world.up();
    let second = world.run(&["instance", "attach-role", "app-role"]);
    assert_eq!(second.code, 1);
    assert!(
        second.stderr.contains("hint: `linklocal instance detach-role` takes it away first"),
        "{}",
        second.stderr
    );
    world.done(&["instance", "detach-role"]);
    world.done(&["instance", "attach-role", "app-role"]);
    assert_eq!(leaf(&server, "iam/security-credentials/"), (200, "app-role".to_owned()));
    let credentials = leaf(&server, "iam/security-credentials/app-role").1;
    assert!(
        credentials.contains("\"Code\" : \"Success\"") && credentials.contains("\"ASIA"),
        "{credentials}"
    );

    world.done(&["instance", "detach-role"]);
    world.done(&["instance", "attach-role", "app-role", "--untrusted"]);
    let refused = leaf(&server, "iam/security-credentials/app-role");
    assert_eq!(refused.0, 200);
    assert!(refused.1.contains("AssumeRoleUnauthorizedAccess"), "{}", refused.1);

    world.done(&["instance", "detach-role"]);
    world.done(&["instance", "attach-role", "arn:aws:iam::111122223333:role/team/other"]);
    assert_eq!(leaf(&server, "iam/security-credentials/"), (200, "other".to_owned()));
    world.done(&["instance", "detach-role", "--keep-profile"]);
    let info = leaf(&server, "iam/info");
    assert!(info.0 == 200 && info.1.contains("does not contain a role"), "{}", info.1);
    world.done(&["instance", "detach-role", "--delete-profile"]);
    let info = leaf(&server, "iam/info");
    assert!(info.0 == 200 && info.1.contains("InstanceProfileNotFound"), "{}", info.1);
    world.done(&["instance", "detach-role"]);
    assert_eq!(leaf(&server, "iam/info").0, 404);
}

#[test]
fn metadata_options_are_pending_and_then_applied() {
    let world = World::new();
    let config = world.write("linklocal.toml", "[metadata-options]\npropagation-delay = \"2s\"\n");
    let server = world.up_with(&["--imds", "127.0.0.1:0", "--config", config.to_str().unwrap()]);
    let change = ["instance", "modify-metadata-options", "--http-tokens", "required"];
    let reply = world.json(&change);
    let options = &reply["InstanceMetadataOptions"];
    assert_eq!(
        (options["State"].as_str(), options["HttpTokens"].as_str()),
        (Some("pending"), Some("required"))
    );
    assert!(eventually(|| server.get("/latest/meta-data/instance-id").0 == 401));
    assert_eq!(server.get_v2("/latest/meta-data/instance-id").0, 200);
    let back = world.json(&[&change[..2], &["--http-tokens", "optional", "--wait"]].concat());
    assert_eq!(back["InstanceMetadataOptions"]["State"], "applied");
    assert_eq!(server.get("/latest/meta-data/instance-id").0, 200);
}

#[test]
fn hop_limits_outside_1_to_64_are_wrong_usage() {
    let world = World::new();
    let said = world.run(&["instance", "modify-metadata-options", "--http-put-response-hop-limit", "65"]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("between 1 and 64"), "{}", said.stderr);
}

#[test]
fn spot_and_rebalance_events_appear_and_vanish() {
    let world = World::new();
    let server = world.up();
    assert_eq!(leaf(&server, "spot/instance-action").0, 404);
    let mark = ["instance", "event", "spot-interruption"];
    world.done(&[&mark[..], &["--time", "2027-01-02T03:04:05Z"]].concat());
    let action = r#"{"action": "terminate", "time": "2027-01-02T03:04:05Z"}"#;
    assert_eq!(leaf(&server, "spot/instance-action"), (200, action.to_owned()));
    assert_eq!(leaf(&server, "spot/termination-time"), (200, "2027-01-02T03:04:05Z".to_owned()));
    world.done(&[&mark[..], &["--action", "stop", "--in", "2m"]].concat());
    assert!(leaf(&server, "spot/instance-action").1.contains("\"stop\""));
    world.done(&[&mark[..], &["--cancel"]].concat());
    assert_eq!(leaf(&server, "spot/instance-action").0, 404);
    assert_eq!(world.run(&[&mark[..], &["--cancel"]].concat()).code, 1);

    world.done(&["instance", "event", "rebalance", "--time", "2027-01-02T03:04:05Z"]);
    let notice = r#"{"noticeTime": "2027-01-02T03:04:05Z"}"#;
    assert_eq!(leaf(&server, "events/recommendations/rebalance"), (200, notice.to_owned()));
    world.done(&["instance", "event", "rebalance", "--cancel"]);
    assert_eq!(leaf(&server, "events/recommendations/rebalance").0, 404);
}

#[test]
fn maintenance_is_scheduled_and_ends_in_history() {
    let world = World::new();
    let server = world.up();
    let schedule = |code: &str| {
        world.json(&[
            "instance",
            "event",
            "maintenance",
            "--code",
            code,
            "--not-before",
            "2027-01-02T03:04:05Z",
        ])
    };
    let first = schedule("instance-retirement");
    let id = first["Events"]["Maintenance"][0]["EventId"].as_str().unwrap().to_owned();
    assert!(id.starts_with("instance-event-"), "{id}");
    let scheduled = leaf(&server, "events/maintenance/scheduled").1;
    assert!(scheduled.contains(&id) && scheduled.contains("\"2 Jan 2027 03:04:05 GMT\""), "{scheduled}");
    schedule("system-reboot");
    assert_eq!(world.run(&["instance", "event", "maintenance", "--complete"]).code, 1);
    world.done(&["instance", "event", "maintenance", "--cancel", &id]);
    world.done(&["instance", "event", "maintenance", "--complete"]);
    assert_eq!(leaf(&server, "events/maintenance/scheduled"), (200, "[]".to_owned()));
    let history = leaf(&server, "events/maintenance/history").1;
    assert!(history.contains("[Canceled] ") && history.contains("[Completed] "), "{history}");
}

#[test]
fn autoscaling_state_is_set_and_taken_back() {
    let world = World::new();
    let server = world.up();
    let event = ["instance", "event", "autoscaling"];
    world.done(&[&event[..], &["--target-lifecycle-state", "Warmed:Running"]].concat());
    assert_eq!(leaf(&server, "autoscaling/target-lifecycle-state"), (200, "Warmed:Running".to_owned()));
    world.done(&[&event[..], &["--cancel"]].concat());
    assert_eq!(leaf(&server, "autoscaling/target-lifecycle-state").0, 404);
}

#[test]
fn launched_instances_answer_at_their_own_endpoint_until_terminated() {
    let world = World::new();
    let server = world.up();
    let first = leaf(&server, "instance-id").1;
    let own = free_address();
    let launch =
        ["instance", "launch", "--instance-type", "m7i.large", "--role", "worker", "--endpoint", &own];
    let id = world.done(&[&launch[..], &["--tag", "Name=web-2", "--set", "monitoring=true"]].concat());
    let id = id.trim();
    let url = format!("http://{own}");
    assert_eq!(world.done(&["get", "--endpoint", &url, "instance-id"]), id);
    assert_eq!(world.done(&["get", "--endpoint", &url, "iam/security-credentials/"]), "worker");
    assert_eq!(leaf(&server, "instance-id").1, first);

    let several = world.run(&["instance", "tag", "a=b"]);
    assert_eq!(several.code, 1);
    assert!(several.stderr.contains("--instance-id") && several.stderr.contains(id), "{}", several.stderr);
    world.done(&["instance", "tag", "--instance-id", id, "a=b"]);

    let told = world.done(&["instance", "terminate", id]);
    assert!(told.contains(&format!("{id}  shutting-down")), "{told}");
    assert_eq!(world.run(&["get", "--endpoint", &url, "instance-id"]).code, 1);
    // It is seen for an hour yet.
    let shown = world.json(&["instance", "show", id]);
    assert!(["shutting-down", "terminated"].contains(&shown["State"].as_str().unwrap()), "{shown}");
    assert!(eventually(|| world.json(&["instance", "show", id])["State"] == "terminated"));
    let changed = world.run(&["instance", "tag", "--instance-id", id, "a=c"]);
    assert!(changed.code == 1 && changed.stderr.contains("terminated"), "{}", changed.stderr);
    // Of those that are not terminated there is one.
    world.done(&["instance", "tag", "a=b"]);
}

#[test]
fn launch_with_a_taken_endpoint_launches_nothing() {
    let world = World::new();
    let server = world.up();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = world.run(&["instance", "launch", "--endpoint", &address]);
    assert_eq!((said.code, said.stdout.as_str()), (1, ""));
    assert!(said.stderr.contains(&address), "{}", said.stderr);
    assert_eq!(world.json(&["instance", "list"])["Instances"].as_array().unwrap().len(), 1);
    assert_eq!(leaf(&server, "instance-id").0, 200);
}

#[test]
fn a_second_instance_without_addresses_gets_a_port_of_its_own() {
    let world = World::new();
    let server = world.up();
    let first = leaf(&server, "instance-id").1;
    let id = world.done(&["instance", "launch"]);
    let id = id.trim();
    assert_eq!(leaf(&server, "instance-id").1, first);
    let variables = world.json(&["env", "--instance", id]);
    let url = variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"].as_str().unwrap();
    assert_eq!(world.done(&["get", "--endpoint", url, "instance-id"]), id);
}

#[test]
fn addresses_belong_to_one_instance() {
    let world = World::new();
    let _server = world.up();
    let own = free_address();
    let id = world.done(&["instance", "launch", "--endpoint", &own, "--source", "127.0.0.7"]);
    for taken in [["--endpoint", own.as_str()], ["--source", "127.0.0.7"]] {
        let said = world.run(&[&["instance", "launch"][..], &taken].concat());
        assert_eq!(said.code, 1);
        assert!(said.stderr.contains(id.trim()) && said.stderr.contains(taken[1]), "{}", said.stderr);
    }
    let unbound = world.run(&["instance", "set", "--instance-id", id.trim(), "endpoints=[]", "sources=[]"]);
    assert_eq!(unbound.code, 1);
    assert!(unbound.stderr.contains("another instance"), "{}", unbound.stderr);

    let moved = free_address();
    let endpoints = format!("endpoints=[\"{moved}\"]");
    world.done(&["instance", "set", "--instance-id", id.trim(), &endpoints]);
    let at = |address: &str| world.run(&["get", "--endpoint", &format!("http://{address}"), "instance-id"]);
    assert_eq!(at(&moved).stdout, id.trim());
    assert_eq!(at(&own).code, 1);
}
