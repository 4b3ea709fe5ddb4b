//! EC2 and the metadata service are two sides of the same instances.

use std::net::SocketAddr;
use std::thread;

use super::house::{Answer, House, Keys, up};
use crate::world::{World, ask, eventually, within};

const TOKEN: &str = "X-aws-ec2-metadata-token-ttl-seconds: 60\r\nConnection: close\r\n";

/// A house in which instances are in their new states at once.
pub(super) fn quick() -> House {
    let world = World::new();
    let config = world.write("linklocal.toml", "[ec2]\ntransition-delay = \"0s\"\n");
    let server = up(&world, &["--config", config.to_str().unwrap()]);
    let administrator = Keys::of(&server.banner["Account"]["Administrator"]);
    House { world, server: Some(server), administrator }
}

fn launched(house: &House) -> Answer {
    let image = house.done("ec2:DescribeInstances", &[]).element("imageId").to_owned();
    let with = [("ImageId", image.as_str()), ("MinCount", "1"), ("MaxCount", "1")];
    house.done("ec2:RunInstances", &[&with[..], &[("MetadataOptions.HttpTokens", "required")]].concat())
}

fn own_address(house: &House, id: &str) -> SocketAddr {
    let shown = house.world.json(&["instance", "show", id]);
    shown["Instance"]["Binding"]["Endpoints"][0].as_str().unwrap().parse().unwrap()
}

fn instance_id(address: SocketAddr) -> String {
    let (_, token) = ask(address, "PUT", "/latest/api/token", TOKEN);
    let headers = format!("X-aws-ec2-metadata-token: {token}\r\nConnection: close\r\n");
    ask(address, "GET", "/latest/meta-data/instance-id", &headers).1
}

fn is_closed(address: SocketAddr) -> bool {
    std::net::TcpStream::connect(address).is_err()
}

#[test]
fn an_instance_answers_while_it_runs_and_not_while_it_is_stopped() {
    let house = quick();
    let run = launched(&house);
    let id = run.element("instanceId");
    let address = own_address(&house, id);
    assert_eq!(instance_id(address), id);
    let plain = "Connection: close\r\n";
    assert_eq!(ask(address, "GET", "/latest/meta-data/", plain).0, 401, "tokens are required");

    let public = house.done("ec2:DescribeInstances", &[("InstanceId.1", id)]).element("ipAddress").to_owned();
    house.done("ec2:StopInstances", &[("InstanceId.1", id)]);
    assert!(is_closed(address));
    assert_eq!(house.world.json(&["instance", "show", id])["State"], "stopped");

    house.done("ec2:StartInstances", &[("InstanceId.1", id)]);
    assert_eq!(instance_id(address), id);
    let started = house.done("ec2:DescribeInstances", &[("InstanceId.1", id)]);
    assert_ne!(started.element("ipAddress"), public);

    house.done("ec2:TerminateInstances", &[("InstanceId.1", id)]);
    assert!(is_closed(address));
    assert_eq!(house.world.json(&["instance", "show", id])["State"], "terminated");
    // The declared one was there all the time.
    assert_ne!(house.server().get_v2("/latest/meta-data/instance-id").1, id);
}

#[test]
fn states_outlive_the_server() {
    let mut house = quick();
    let (stopped, gone) = (launched(&house), launched(&house));
    let [stopped, gone] = [&stopped, &gone].map(|run| run.element("instanceId").to_owned());
    let address = own_address(&house, &stopped);
    house.done("ec2:StopInstances", &[("InstanceId.1", &stopped)]);
    // Whatever door it goes through.
    house.world.done(&["instance", "terminate", &gone]);
    house.restarted(rustix::process::Signal::KILL);
    assert!(is_closed(address));
    for (id, state) in [(&stopped, "stopped"), (&gone, "terminated")] {
        let shown = house.done("ec2:DescribeInstances", &[("InstanceId.1", id)]);
        assert!(shown.body.contains(&format!("<name>{state}</name>")), "{}", shown.body);
    }
    house.done("ec2:StartInstances", &[("InstanceId.1", &stopped)]);
    assert_eq!(instance_id(own_address(&house, &stopped)), stopped);
}

/// An address that somebody has taken meanwhile is not waited for.
#[test]
fn an_instance_whose_address_is_taken_starts_at_another() {
    let house = quick();
    let run = launched(&house);
    let id = run.element("instanceId");
    let address = own_address(&house, id);
    house.done("ec2:StopInstances", &[("InstanceId.1", id)]);
    let _taken = std::net::TcpListener::bind(address).unwrap();
    house.done("ec2:StartInstances", &[("InstanceId.1", id)]);
    let other = own_address(&house, id);
    assert_ne!(other, address);
    assert_eq!(instance_id(other), id);
}

/// The admin socket and the endpoints at once, each launching, stopping, terminating: nobody waits for the other for ever, and no two
/// instances share an address.
#[test]
fn two_doors_at_once_neither_block_nor_cross() {
    let house = within("two doors", || {
        let house = quick();
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..4 {
                        let run = launched(&house);
                        let id = run.element("instanceId");
                        house.done("ec2:StopInstances", &[("InstanceId.1", id)]);
                        house.done("ec2:StartInstances", &[("InstanceId.1", id)]);
                    }
                });
                scope.spawn(|| {
                    for _ in 0..4 {
                        let id = house.world.done(&["instance", "launch"]);
                        house.world.done(&["instance", "tag", "--instance-id", id.trim(), "a=b"]);
                    }
                    let id = house.world.done(&["instance", "launch"]);
                    house.world.done(&["instance", "terminate", id.trim()]);
                });
            }
        });
        house
    });
    let listed = house.world.json(&["instance", "list"]);
    let running: Vec<&serde_json::Value> =
        listed["Instances"].as_array().unwrap().iter().filter(|one| one["State"] == "running").collect();
    assert_eq!(running.len(), 1 + 16, "{listed}");
    let mut addresses: Vec<SocketAddr> = running
        .iter()
        .filter_map(|one| one["Endpoints"][0].as_str())
        .map(|text| text.parse().unwrap())
        .collect();
    let mut private: Vec<&str> =
        running.iter().map(|one| one["PrivateIpAddress"].as_str().unwrap()).collect();
    addresses.sort();
    addresses.dedup();
    private.sort_unstable();
    private.dedup();
    assert_eq!((addresses.len(), private.len()), (16, 17), "{listed}");
    for one in running.iter().filter(|one| one["Endpoints"].is_array()) {
        let address = one["Endpoints"][0].as_str().unwrap().parse().unwrap();
        assert!(eventually(|| instance_id(address) == one["InstanceId"].as_str().unwrap()));
    }
}
