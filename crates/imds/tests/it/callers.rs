//! Whose calls are counted under which program, and who has to be identified before an answer.

use std::sync::atomic::Ordering::Relaxed;

use imds::{CallerSummary, Counts, Program, Reading};
use net::Process;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use crate::world::{Client, World, instance};

const ROLE: &str = "/latest/meta-data/iam/security-credentials/app";

/// A world whose callers are all this program.
fn world(executable: &str) -> World {
    let world = World::start(&[instance(1)]);
    world.caller.lock().unwrap().process = Some(Process {
        id: 4711,
        started: 1,
        name: "name".to_owned(),
        executable: Some(executable.into()),
        script: None,
        command_line: vec![executable.to_owned()],
        cgroup: None,
        container_id: None,
        ancestors: Vec::new(),
    });
    world
}

fn keep(client: &mut Client, method: &str, path: &str, headers: &str) -> u16 {
    client.send(format!(
        "{method} {path} HTTP/1.1\r\nConnection: keep-alive\r\nUser-Agent: agent/1\r\n{headers}\r\n"
    ));
    client.reply().status()
}

fn only(world: &World) -> CallerSummary {
    let mut list = world.service.callers().list(None);
    assert_eq!(list.len(), 1, "{list:?}");
    list.remove(0)
}

fn metrics(world: &World) -> String {
    let mut registry = Registry::default();
    world.service.callers().register(&mut registry);
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    text
}

#[test]
fn all_requests_of_a_program_are_counted_whatever_their_connection() {
    let world = world("/usr/bin/tool");
    let token = format!("X-aws-ec2-metadata-token: {}\r\n", world.token());
    let mut client = world.connect();
    for (method, path, headers, status) in [
        ("GET", "/latest/meta-data/mac", "", 200),
        ("GET", "/latest/meta-data/nothing", "", 404),
        ("GET", ROLE, token.as_str(), 200),
        ("GET", "/latest/user-data", "X-aws-ec2-metadata-token: bad\r\n", 401),
    ] {
        assert_eq!(keep(&mut client, method, path, headers), status, "{method} {path}");
    }
    world.ask("PUT /latest/api/token HTTP/1.1\r\n\r\n");
    let summary = only(&world);
    let expected = Counts {
        v1: 2,
        v1_rejected: 0,
        v2: 1,
        tokens: 1,
        tokens_refused: 1,
        bad_token: 1,
        errors: 3,
        credentials: 1,
    };
    assert_eq!(summary.counts, expected);
    assert_eq!(summary.v1_reads, [Reading::OtherMetadata]);
    assert_eq!(summary.instance_id.unwrap().as_str(), "i-0123456789abcde01");
    let text = metrics(&world);
    for line in ["version=\"1.0\"} 1", "version=\"1.0-rejected\"} 0", "version=\"2.0\"} 1"] {
        let line = format!("linklocal_metadata_calls_by_program_total{{program=\"tool\",{line}");
        assert!(text.contains(&line), "no {line:?} in\n{text}");
    }
}

#[test]
fn in_a_hurry_those_wait_who_read_without_a_token_or_ask_for_credentials() {
    for (method, path, has_token, is_identified) in [
        ("GET", "/latest/meta-data/mac", true, false),
        ("PUT", "/latest/api/token", false, false),
        ("GET", "/latest/meta-data/mac", false, true),
        ("HEAD", "/latest/meta-data/mac", false, true),
        ("GET", ROLE, true, true),
        ("GET", "/latest/meta-data/iam/security-%63redentials/app", true, true),
        ("GET", "/latest/meta-data/iam/security-%2563redentials/app", true, true),
    ] {
        let world = world("/usr/bin/tool");
        world.has_time.store(false, Relaxed);
        let mut client = world.connect();
        let token = if has_token { "X-aws-ec2-metadata-token: bad\r\n" } else { "" };
        client.send(format!("{method} {path} HTTP/1.1\r\nUser-Agent: agent/1\r\n{token}\r\n"));
        client.rest();
        let is_known = matches!(only(&world).program, Program::Executable { .. });
        assert_eq!(is_known, is_identified, "{method} {path} {has_token}");
        let passed = u8::from(!is_identified);
        let line = format!("linklocal_metadata_connections_not_identified_total {passed}\n");
        assert!(metrics(&world).contains(&line), "{method} {path}");
    }
}

#[test]
fn a_connection_that_was_not_identified_is_once_it_asks_for_credentials() {
    let world = world("/usr/bin/tool");
    let token = world.token();
    world.has_time.store(false, Relaxed);
    let mut client = world.connect();
    let token = format!("X-aws-ec2-metadata-token: {token}\r\n");
    assert_eq!(keep(&mut client, "GET", "/latest/meta-data/mac", &token), 200);
    assert_eq!(keep(&mut client, "GET", ROLE, &token), 200);
    assert_eq!(keep(&mut client, "GET", "/latest/meta-data/mac", &token), 200);
    let list = world.service.callers().list(None);
    let v2 = |program: &Program| list.iter().find(|s| s.program == *program).map(|s| s.counts.v2);
    assert_eq!(v2(&Program::UserAgent("agent/1".to_owned())), Some(1));
    assert_eq!(v2(&Program::Executable { path: "/usr/bin/tool".into(), script: None }), Some(2));
}

#[test]
fn a_signature_that_fails_is_an_error_of_its_caller() {
    let world = world("/usr/bin/tool");
    assert_eq!(world.get("/latest/dynamic/instance-identity/pkcs7").status(), 500);
    assert_eq!(only(&world).counts.errors, 1);
}

#[test]
fn the_user_agent_is_kept_harmless() {
    let world = world("/usr/bin/tool");
    let long = "x".repeat(1000);
    world.ask(format!("GET / HTTP/1.1\r\nUser-Agent: a\t{long}\r\n\r\n"));
    let agent = only(&world).user_agent.unwrap();
    assert!(agent.starts_with("a\\txxx") && agent.len() < 270, "{agent}");
}
