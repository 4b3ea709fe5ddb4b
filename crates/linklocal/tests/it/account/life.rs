//! Commands that launch, start, stop, reboot and end instances: the states and the rules of the endpoints.

use super::house::{House, Keys, up};
use super::instances::quick;
use crate::world::World;

/// A house in which a change of state takes a while.
fn slow() -> House {
    let world = World::new();
    let config = world.write("linklocal.toml", "[ec2]\ntransition-delay = \"700ms\"\n");
    let server = up(&world, &["--config", config.to_str().unwrap()]);
    let administrator = Keys::of(&server.banner["Account"]["Administrator"]);
    House { world, server: Some(server), administrator }
}

fn default_instance(house: &House) -> String {
    house.server().banner["Instances"][0]["InstanceId"].as_str().unwrap().to_owned()
}

/// The states of one, before and now.
fn states(reply: &serde_json::Value) -> (&str, &str) {
    let change = &reply["InstanceStateChanges"][0];
    (change["PreviousState"].as_str().unwrap(), change["CurrentState"].as_str().unwrap())
}

#[test]
fn states_are_told_and_waited_for() {
    let house = slow();
    let (world, id) = (&house.world, default_instance(&house));
    assert_eq!(states(&world.json(&["instance", "stop", &id])), ("running", "stopping"));
    let early = world.run(&["instance", "start", &id]);
    assert!(early.stderr.contains("is not in a state from which it can be started"), "{}", early.stderr);
    assert_eq!(states(&world.json(&["instance", "stop", &id, "--wait"])).1, "stopped");
    assert_eq!(states(&world.json(&["instance", "start", &id])), ("stopped", "pending"));
    assert_eq!(states(&world.json(&["instance", "start", "--instance-ids", &id, "--wait"])).1, "running");
    assert_eq!(states(&world.json(&["instance", "reboot", &id])), ("running", "running"));
    let launched = world.json(&["instance", "launch", "--wait"]);
    assert_eq!(launched["State"], "running");
    let text = world.done(&["instance", "terminate", &id, "--wait"]);
    assert!(text.contains(&format!("{id}  terminated  running")), "{text}");
    let shown = house.done("ec2:DescribeInstances", &[("InstanceId.1", &id)]);
    assert!(shown.body.contains("<name>terminated</name>"), "{}", shown.body);
}

#[test]
fn what_the_endpoints_refuse_the_commands_refuse_and_nothing_is_done() {
    let house = quick();
    let (world, id) = (&house.world, default_instance(&house));
    let gone = world.done(&["instance", "launch"]);
    world.done(&["instance", "terminate", gone.trim()]);
    for (command, said, hint) in [
        ("start", "is not in a state from which it can be started", "instance list"),
        ("stop", "is not in a state from which it can be stopped", "instance list"),
        ("reboot", "is not in the", "instance list"),
    ] {
        let answer = world.run(&["instance", command, &id, gone.trim()]);
        assert_eq!(answer.code, 1, "{command}: {}", answer.stderr);
        assert!(answer.stderr.contains(said) || command == "reboot", "{command}: {}", answer.stderr);
        assert!(answer.stderr.contains(hint), "{command}: {}", answer.stderr);
    }
    assert_eq!(world.json(&["instance", "show", &id])["State"], "running");
    let nobody = world.run(&["instance", "stop", "i-0123456789abcdef0"]);
    assert!(nobody.stderr.contains("does not exist"), "{}", nobody.stderr);

    house
        .done("ec2:ModifyInstanceAttribute", &[("InstanceId", &id), ("DisableApiTermination.Value", "true")]);
    let kept = world.run(&["instance", "terminate", &id]);
    assert!(kept.stderr.contains("may not be terminated"), "{}", kept.stderr);
    assert!(kept.stderr.contains("--no-disable-api-termination"), "{}", kept.stderr);
}

#[test]
fn launches_and_starts_take_of_the_quota() {
    let house = quick();
    let (world, id) = (&house.world, default_instance(&house));
    // The default instance has two vCPUs.
    world.done(&["quota", "set", "ec2/L-1216C47A", "6"]);
    let said = world.run(&["instance", "launch", "--count", "3"]);
    assert!(said.code == 1 && said.stderr.contains("your current vCPU limit of 6 allows"), "{}", said.stderr);
    assert!(said.stderr.contains("linklocal quota set"), "{}", said.stderr);
    assert_eq!(world.json(&["instance", "list"])["Instances"].as_array().unwrap().len(), 1);
    world.done(&["instance", "stop", &id]);
    assert_eq!(world.done(&["instance", "launch", "--count", "3"]).lines().count(), 3);
    let said = world.run(&["instance", "start", &id]);
    assert!(said.stderr.contains("your current vCPU limit of 6 allows"), "{}", said.stderr);
    world.done(&["quota", "set", "ec2/L-1216C47A", "8"]);
    world.done(&["instance", "start", &id]);
}

#[test]
fn one_command_may_name_instances_of_several_regions() {
    let house = quick();
    let (world, here) = (&house.world, default_instance(&house));
    let there = world.done(&["instance", "launch", "--region", "eu-west-1"]).trim().to_owned();
    let both = [here.as_str(), there.as_str()];
    world.done(&[&["instance", "stop"][..], &both].concat());
    world.done(&["quota", "set", "ec2/L-1216C47A", "1", "--region", "eu-west-1"]);
    let said = world.run(&[&["instance", "start"][..], &both].concat());
    assert!(said.stderr.contains("your current vCPU limit of 1 allows"), "{}", said.stderr);
    assert_eq!(world.json(&["instance", "show", &here])["State"], "stopped", "all of them, or none");
    world.done(&["quota", "set", "ec2/L-1216C47A", "2", "--region", "eu-west-1"]);
    let told = world.json(&[&["instance", "start"][..], &both].concat());
    assert_eq!(told["InstanceStateChanges"].as_array().unwrap().len(), 2);
    assert_eq!(world.done(&["get", "--instance", &there, "instance-id"]), there);
}

#[test]
fn instances_of_one_launch_are_of_one_reservation_with_the_options_asked_for() {
    let house = quick();
    let world = &house.world;
    let options = ["--http-tokens", "required", "--http-put-response-hop-limit", "3"];
    let page =
        world.json(&[&["instance", "launch", "--count", "2", "--tag", "Name=web"][..], &options].concat());
    let launched: Vec<_> = page["Instances"].as_array().unwrap().iter().map(|one| &one["Instance"]).collect();
    assert_eq!(launched.len(), 2);
    assert_eq!(launched[0]["ReservationId"], launched[1]["ReservationId"]);
    assert_ne!(launched[0]["InstanceId"], launched[1]["InstanceId"]);
    for one in &launched {
        assert_eq!(one["MetadataOptions"]["HttpTokens"], "required");
        assert_eq!(one["MetadataOptions"]["HttpPutResponseHopLimit"], 3);
        let id = one["InstanceId"].as_str().unwrap();
        assert_eq!(world.done(&["get", "--instance", id, "instance-id"]), id);
        let refused = world.run(&["get", "--instance", id, "--v1", "instance-id"]);
        assert!(refused.stderr.contains("tokens are required"), "{}", refused.stderr);
    }
    for wrong in [&["--count", "0"][..], &["--count", "2", "--private-ip-address", "172.31.0.9"]] {
        let said = world.run(&[&["instance", "launch"], wrong].concat());
        assert_ne!(said.code, 0, "{wrong:?}: {}", said.stdout);
    }
}

#[test]
fn what_the_account_says_of_metadata_options_holds_for_launches_by_command() {
    let house = quick();
    let world = &house.world;
    let all = [("HttpPutResponseHopLimit", "5"), ("HttpTokensEnforced", "enabled")];
    house.done("ec2:ModifyInstanceMetadataDefaults", &all);
    let refused = world.run(&["instance", "launch"]);
    assert!(refused.stderr.contains("You can't launch instances with IMDSv1"), "{}", refused.stderr);
    assert!(refused.stderr.contains("--http-tokens required"), "{}", refused.stderr);
    let launched = world.json(&["instance", "launch", "--http-tokens", "required"]);
    assert_eq!(launched["Instance"]["MetadataOptions"]["HttpPutResponseHopLimit"], 5);
}

#[test]
fn nobody_enters_an_instance_that_does_not_run() {
    let house = quick();
    let (world, id) = (&house.world, default_instance(&house));
    world.done(&["instance", "stop", &id]);
    let ways: [&[&str]; 7] = [
        &["instance", "boot", &id],
        &["run", "--instance", &id, "--", "true"],
        &["run", "--", "true"],
        &["env", "--instance", &id],
        &["env"],
        &["get", "--instance", &id, "instance-id"],
        &["get", "instance-id"],
    ];
    for way in ways {
        let said = world.run(way);
        assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{way:?}: {}", said.stderr);
        assert!(said.stderr.contains(&format!("linklocal instance start {id}")), "{way:?}: {}", said.stderr);
    }
    let listed = world.done(&["instance", "list"]);
    assert!(listed.contains("stopped") && !listed.contains("127.0.0.1:"), "{listed}");
    world.done(&["instance", "terminate", &id]);
    let said = world.run(&["run", "--instance", &id, "--", "true"]);
    assert!(said.stderr.contains(&format!("instance {id} is terminated")), "{}", said.stderr);
    assert!(said.stderr.contains("linklocal instance launch"), "{}", said.stderr);
    let said = world.run(&["get", "instance-id"]);
    assert!(said.stderr.contains("linklocal instance launch"), "{}", said.stderr);
}

#[test]
fn the_first_words_of_a_server_tell_what_there_is() {
    let mut house = quick();
    let id = default_instance(&house);
    let [stopped, gone] = [(), ()].map(|()| house.world.done(&["instance", "launch"]).trim().to_owned());
    house.world.done(&["instance", "stop", &stopped]);
    house.world.done(&["instance", "terminate", &gone]);
    house.restarted(rustix::process::Signal::TERM);
    let banner = &house.server().banner;
    let told: Vec<_> = banner["Instances"].as_array().unwrap().iter().map(|one| &one["InstanceId"]).collect();
    assert_eq!(told, [&id, &stopped], "those that answer first, and none that is terminated");
    assert_eq!((&banner["InstanceCount"], &banner["StoppedInstanceCount"]), (&2.into(), &1.into()));
    assert_eq!(banner["AnsweringInstanceId"], id);
}
