//! `linklocal get` against a server, and against nothing.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;

use crate::world::{World, within};

#[test]
fn categories_and_whole_paths_are_read_with_and_without_a_token() {
    let world = World::new();
    let server = world.up();
    let id = world.done(&["get", "instance-id"]);
    assert!(id.starts_with("i-") && id.len() == 19, "{id}");
    assert_eq!(world.done(&["get", "--v1", "instance-id"]), id);
    assert_eq!(world.done(&["get", "/latest/meta-data/instance-id"]), id);
    assert_eq!(world.done(&["get", "//latest//meta-data/%69nstance-id"]), id);
    assert_eq!(server.get("/latest/meta-data/instance-id"), (200, id.clone()));
    assert_eq!(server.get_v2("/latest/meta-data/instance-id"), (200, id.clone()));
    let object = world.json(&["get", "instance-id"]);
    assert_eq!(
        (object["Path"].as_str(), object["Value"].as_str()),
        (Some("/latest/meta-data/instance-id"), Some(id.as_str()))
    );
    assert!(world.done(&["get"]).contains("ami-id\n"));
}

#[test]
fn include_prints_status_line_and_headers() {
    let world = World::new();
    let _server = world.up();
    let text = world.done(&["get", "-i", "instance-id"]);
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
    for header in [
        "X-Aws-Ec2-Metadata-Token-Ttl-Seconds: 21600\r\n",
        "Server: EC2ws\r\n",
        "Content-Type: text/plain\r\n",
    ] {
        assert!(text.contains(header), "{header} in {text}");
    }
    assert!(!world.done(&["get", "-i", "--v1", "instance-id"]).contains("Token-Ttl"));
}

#[test]
fn refusals_say_what_they_mean() {
    let world = World::new();
    let _server = world.up();
    let missing = world.run(&["get", "instance-i"]);
    assert_eq!((missing.code, missing.stdout.as_str()), (1, ""));
    assert!(
        missing.stderr.contains("hint: did you mean /latest/meta-data/instance-id?"),
        "{}",
        missing.stderr
    );
    let ttl = world.run(&["get", "--token-ttl", "21601", "instance-id"]);
    assert_eq!(ttl.code, 1);
    assert!(ttl.stderr.contains("21601") && ttl.stderr.contains("hint: "), "{}", ttl.stderr);

    world.done(&["instance", "modify-metadata-options", "--http-tokens", "required", "--wait"]);
    let v1 = world.run(&["get", "--v1", "instance-id"]);
    assert_eq!(v1.code, 1);
    assert!(v1.stderr.contains("tokens are required"), "{}", v1.stderr);
    world.done(&["instance", "modify-metadata-options", "--http-endpoint", "disabled", "--wait"]);
    let disabled = world.run(&["get", "instance-id"]);
    assert_eq!(disabled.code, 1);
    assert!(disabled.stderr.contains("endpoint is disabled"), "{}", disabled.stderr);
}

#[test]
fn the_service_is_found_by_flag_then_variable_then_server() {
    let (here, there) = (World::new(), World::new());
    let (one, two) = (here.up_with(&["--imds", "127.0.0.1:0", "--seed", "one"]), there.up());
    let url = |endpoint| format!("http://{endpoint}");
    let (id, other) = (here.done(&["get", "instance-id"]), there.done(&["get", "instance-id"]));
    assert_ne!(id, other);
    assert_eq!(here.done(&["get", "--endpoint", &url(two.endpoint), "instance-id"]), other);
    let mut command = there.command(&["get", "instance-id"]);
    command.env("AWS_EC2_METADATA_SERVICE_ENDPOINT", url(one.endpoint));
    assert_eq!(crate::world::said(&mut command).stdout, id);
}

#[test]
fn wrong_urls_are_wrong_usage_and_silent_ones_fail() {
    let world = World::new();
    assert_eq!(world.run(&["get", "--endpoint", "127.0.0.1:80", "x"]).code, 2);
    assert_eq!(world.run(&["get", "--endpoint", "https://127.0.0.1", "x"]).code, 2);
    let nobody = format!("http://{}", crate::environment::free_address());
    let said = world.run(&["get", "--endpoint", &nobody, "x"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("cannot be reached") && said.stderr.contains("hint: "), "{}", said.stderr);
}

#[test]
fn without_any_home_an_endpoint_can_still_be_asked() {
    let world = World::new();
    let server = world.up();
    let mut command =
        world.command(&["get", "--endpoint", &format!("http://{}", server.endpoint), "instance-id"]);
    command.env_clear().env_remove("HOME");
    assert_eq!(crate::world::said(&mut command).code, 0);
}

#[test]
fn ipv6_is_refused_until_the_instance_allows_it() {
    let world = World::new();
    let _server = world.up_with(&["--imds", "[::1]:0"]);
    let refused = world.run(&["get", "instance-id"]);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("--http-protocol-ipv6 enabled"), "{}", refused.stderr);
    world.done(&["instance", "modify-metadata-options", "--http-protocol-ipv6", "enabled", "--wait"]);
    assert!(world.done(&["get", "instance-id"]).starts_with("i-"));
}

#[test]
fn a_refusal_behind_a_token_is_the_rules_and_not_the_endpoints() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let service = std::thread::spawn(move || {
        for status in ["200 OK", "403 Forbidden"] {
            let (mut stream, _) = listener.accept().unwrap();
            let head = BufReader::new(&stream).lines().map_while(Result::ok);
            assert!(head.take_while(|line| !line.is_empty()).count() > 1);
            write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx").unwrap();
        }
    });
    let said = world.run(&["get", "--endpoint", &endpoint, "iam/security-credentials/linklocal"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("403: the rules of [access]"), "{}", said.stderr);
    assert!(said.stderr.contains("linklocal trail --denied"), "{}", said.stderr);
    within("the service ends", || service.join().unwrap());
}
