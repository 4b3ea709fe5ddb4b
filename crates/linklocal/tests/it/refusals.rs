//! What keeps `up` from starting, and how it ends.

use std::os::unix::fs::PermissionsExt;

use rustix::process::Signal;

use crate::world::{World, said};

/// One clear line, perhaps a hint, exit code 1.
fn refused(said: &crate::world::Said, parts: &[&str]) {
    assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{}", said.stderr);
    let lines: Vec<&str> = said.stderr.lines().collect();
    assert!(lines[0].starts_with("error: ") && lines.len() <= 2, "{}", said.stderr);
    for part in parts {
        assert!(said.stderr.contains(part), "{part} in {}", said.stderr);
    }
}

#[test]
fn a_taken_port_is_named_with_a_way_out() {
    let world = World::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refused(&world.run(&["up", "--imds", &address]), &[&address, "in use", "--imds 127.0.0.1:0"]);
}

#[test]
fn a_taken_endpoint_of_a_declared_instance_refuses_and_of_a_launched_one_does_not() {
    let world = World::new();
    let server = world.up();
    let own = crate::environment::free_address();
    let id = world.done(&["instance", "launch", "--endpoint", &own]);
    server.end(Signal::TERM);
    let _taken = std::net::TcpListener::bind(&own).unwrap();
    let server = world.up();
    assert!(server.says(&own), "{}", server.stderr());
    world.done(&["instance", "set", "--instance-id", id.trim(), "endpoints=[]", "sources=[\"127.0.0.7\"]"]);
    drop(server);

    let config = world.write("taken.toml", &format!("[[instance]]\nendpoints = [\"{own}\"]\n"));
    let up = ["up", "--imds", "127.0.0.1:0", "--config", config.to_str().unwrap()];
    refused(&world.run(&up), &[&own, "in use", "configuration"]);
}

#[test]
fn a_second_server_on_the_directory_is_refused() {
    let world = World::new();
    let server = world.up();
    let pid = server.banner["ProcessId"].to_string();
    refused(&world.run(&["up", "--imds", "127.0.0.1:0"]), &[&pid, world.data().to_str().unwrap()]);
    assert_eq!(server.get("/latest/meta-data/instance-id").0, 200);
    world.done(&["env"]);
}

#[test]
fn a_directory_that_cannot_be_used_is_named() {
    let world = World::new();
    let file = world.write("file", "");
    let below = file.join("data");
    refused(&world.run(&["up", "--data", below.to_str().unwrap()]), &[below.to_str().unwrap()]);
    let open = world.path("open");
    std::fs::create_dir(&open).unwrap();
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o777)).unwrap();
    refused(&world.run(&["up", "--data", open.to_str().unwrap()]), &[open.to_str().unwrap()]);
    let deep = world.path(&"d".repeat(120));
    refused(&world.run(&["up", "--imds", "127.0.0.1:0", "--data", deep.to_str().unwrap()]), &["too long"]);
}

#[test]
fn a_wrong_configuration_is_refused_with_its_place() {
    let world = World::new();
    let config = world.write("bad.toml", "[[instance]]\ninstance-typ = \"t3.micro\"\n");
    let said = world.run(&["up", "--config", config.to_str().unwrap()]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("bad.toml:2:1") && said.stderr.contains("instance-type"), "{}", said.stderr);
    let missing = world.path("missing.toml");
    let said = world.run(&["up", "--config", missing.to_str().unwrap()]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("missing.toml"), "{}", said.stderr);
}

#[test]
fn termination_and_interruption_end_it_with_0() {
    for signal in [Signal::TERM, Signal::INT] {
        let world = World::new();
        let server = world.up();
        // A client that has connected and says nothing does not hold the end up.
        let _idle = std::net::TcpStream::connect(server.endpoint).unwrap();
        assert_eq!(server.end(signal).code(), Some(0));
        let said = world.run(&["env"]);
        assert!(said.stderr.contains("no server is running"), "{}", said.stderr);
        assert!(!world.data().join("admin.sock").exists());
    }
}

#[test]
fn the_socket_of_a_dead_server_is_replaced() {
    let world = World::new();
    world.up().end(Signal::KILL);
    assert!(world.data().join("admin.sock").exists());
    let said = world.run(&["env"]);
    assert!(said.stderr.contains("no server is running"), "{}", said.stderr);
    let _server = world.up();
    world.done(&["env"]);
}

#[test]
fn the_directory_and_what_is_in_it_are_for_the_owner_alone() {
    let world = World::new();
    let _server = world.up();
    let mode = |path: std::path::PathBuf| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(world.data()), 0o700);
    assert_eq!(mode(world.data().join("admin.sock")), 0o600);
    assert_eq!(mode(world.data().join("store.redb")) & 0o077, 0);
}

#[test]
fn the_text_of_up_says_how_to_use_it() {
    let world = World::new();
    let mut child =
        world.command(&["up", "--imds", "127.0.0.1:0"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut text = String::new();
    let mut stdout = std::io::BufReader::new(child.stdout.take().unwrap());
    while !text.contains("curl") {
        let read = std::io::BufRead::read_line(&mut stdout, &mut text).unwrap();
        assert_ne!(read, 0, "{text}");
    }
    for part in ["http://127.0.0.1:", "export AWS_EC2_METADATA_SERVICE_ENDPOINT=", "i-0"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn metrics_are_on_the_address_that_was_asked_for() {
    let world = World::new();
    let metrics = crate::environment::free_address();
    let server = world.up_with(&["--imds", "127.0.0.1:0", "--metrics", &metrics]);
    let address = metrics.parse().unwrap();
    server.get("/latest/meta-data/instance-id");
    world.done(&["instance", "modify-metadata-options", "--http-tokens", "required", "--wait"]);
    server.get("/latest/meta-data/instance-id");
    let close = "Connection: close\r\n";
    let (status, text) = crate::world::ask(address, "GET", "/metrics", close);
    assert_eq!(status, 200);
    for line in
        ["linklocal_metadata_no_token_total 1", "linklocal_metadata_no_token_rejected_total 1", "# EOF"]
    {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert_eq!(crate::world::ask(address, "GET", "/health", close).0, 200);
    assert_eq!(crate::world::ask(address, "POST", "/call", close).0, 404);
    let mut second = world.command(&["up", "--imds", "127.0.0.1:0", "--metrics", &metrics]);
    second.env("LINKLOCAL_DATA", world.path("other"));
    refused(&said(&mut second), &[&metrics, "in use"]);
}

#[test]
fn metrics_on_port_0_are_told_where_they_are() {
    let world = World::new();
    let server = world.up_with(&["--imds", "127.0.0.1:0", "--metrics", "127.0.0.1:0"]);
    let address: std::net::SocketAddr = server.banner["Metrics"].as_str().unwrap().parse().unwrap();
    assert_ne!(address.port(), 0);
    let health = crate::world::ask(address, "GET", "/health", "Connection: close\r\n");
    assert_eq!(health, (200, "ok\n".to_owned()));
}
