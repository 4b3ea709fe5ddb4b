//! `linklocal env` in every spelling.

use std::net::Ipv4Addr;

use crate::world::World;

#[test]
fn each_format_points_at_the_server() {
    let world = World::new();
    let server = world.up();
    let url = format!("http://{}/", server.endpoint);
    let name = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
    let cases = [
        ("sh", format!("export {name}='{url}'\n")),
        ("fish", format!("set -gx {name} '{url}'\n")),
        ("powershell", format!("$Env:{name} = '{url}'\n")),
        ("dotenv", format!("{name}={url}\n")),
        ("json", format!("{{\"{name}\":\"{url}\"}}\n")),
    ];
    for (format, expected) in cases {
        assert_eq!(world.done(&["env", "--format", format]), expected);
    }
    assert_eq!(world.done(&["env"]), world.done(&["env", "--format", "sh"]));
    assert_eq!(world.done(&["env", "--json"]), world.done(&["env", "--format", "json"]));
}

#[test]
fn an_ipv6_server_sets_the_mode() {
    let world = World::new();
    let server = world.up_with(&["--imds", "[::1]:0"]);
    let variables = world.json(&["env"]);
    assert_eq!(variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"], format!("http://{}/", server.endpoint));
    assert_eq!(variables["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"], "IPv6");
}

#[test]
fn an_instance_with_its_own_endpoint_is_named_by_it() {
    let world = World::new();
    let server = world.up();
    let own = free_address();
    let id = world.done(&["instance", "launch", "--endpoint", &own]);
    let variables = world.json(&["env", "--instance", id.trim()]);
    assert_eq!(variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"], format!("http://{own}/"));
    let shared = world.json(&["env"]);
    assert_eq!(shared["AWS_EC2_METADATA_SERVICE_ENDPOINT"], format!("http://{}/", server.endpoint));
}

/// A port that is free, and stays so: tests that run beside this one are other processes, and have other addresses.
pub(crate) fn free_address() -> String {
    std::net::TcpListener::bind((own_loopback(), 0)).unwrap().local_addr().unwrap().to_string()
}

/// All of 127.0.0.0/8 is this machine on Linux; elsewhere there is one address, and a port that was free a moment ago.
fn own_loopback() -> Ipv4Addr {
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    if cfg!(target_os = "linux") { Ipv4Addr::new(127, 128 | high, middle, low) } else { Ipv4Addr::LOCALHOST }
}
