//! `linklocal env` in every spelling.

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

/// A port that was free a moment ago.
pub(crate) fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}
