//! Faults over real sockets: what they do to clients, and what they leave alone.

use std::collections::HashSet;
use std::io::{ErrorKind, Read as _};
use std::time::Duration;

use imds::{
    ClockOffset, FaultEffect, FaultRate, FaultRule, FaultStatus, FaultTarget, Faults, PacketBudget,
    ResetMoment, ServiceVersion,
};
use net::Limits;
use tokio::time::Instant;

use crate::world::{Client, PUT_TOKEN, Reply, START, World, instance, wait_until};

const CREDENTIALS: &str = "/latest/meta-data/iam/security-credentials/app";
const KEPT: &str = "GET /latest/meta-data/instance-id HTTP/1.1\r\nConnection: keep-alive\r\n\r\n";

fn faults(target: FaultTarget, effect: FaultEffect) -> Faults {
    let rule = FaultRule { id: 1, target, version: None, rate: FaultRate::ALWAYS, effect };
    Faults { rules: vec![rule], ..Faults::default() }
}

fn status(code: u16) -> FaultEffect {
    FaultEffect::Status { status: FaultStatus::new(code).unwrap(), retry_after: None }
}

fn befallen(target: FaultTarget, effect: FaultEffect) -> World {
    let world = World::start(&[instance(1)]);
    world.service.set_faults(Some(faults(target, effect)));
    world
}

#[test]
fn errors_have_the_form_of_ec2s() {
    let world = World::start(&[instance(1)]);
    let missing = world.get("/latest/meta-data/nothing");
    let date = missing.header("Date").unwrap();
    for (code, line) in [
        (401, "401 Unauthorized"),
        (403, "403 Forbidden"),
        (429, "429 Too Many Requests"),
        (500, "500 Internal Server Error"),
        (503, "503 Service Unavailable"),
    ] {
        world.service.set_faults(Some(faults(FaultTarget::Everything, status(code))));
        let head = format!(
            "HTTP/1.1 {line}\r\nContent-Length: 0\r\nDate: {date}\r\nServer: EC2ws\r\nConnection: close\r\n\
             Content-Type: text/plain\r\n\r\n"
        );
        let expected = Reply { head, body: String::new() };
        assert_eq!(world.get(CREDENTIALS), expected);
        assert_eq!(world.ask(PUT_TOKEN), expected);
    }
    world.service.set_faults(Some(faults(FaultTarget::Everything, status(404))));
    assert_eq!(world.get("/latest/meta-data/instance-id"), missing);
}

#[test]
fn retry_after_goes_with_the_status_and_the_connection_stays_if_asked_to() {
    let effect = FaultEffect::Status { status: FaultStatus::new(503).unwrap(), retry_after: Some(2) };
    let world = befallen(FaultTarget::Metadata, effect);
    let mut client = world.connect();
    for _ in 0..3 {
        client.send(KEPT);
        let reply = client.reply();
        assert_eq!((reply.status(), reply.header("Retry-After")), (503, Some("2")));
        assert_eq!(reply.header("Connection"), None);
    }
    world.service.set_faults(None);
    client.send(KEPT);
    assert_eq!(client.reply().status(), 200);
}

#[test]
fn targets_and_versions_pick_requests() {
    let world = World::start(&[instance(1)]);
    let token = world.token();
    let list = "/latest/meta-data/iam/security-credentials/";
    let asked = |world: &World| {
        [
            world.ask(PUT_TOKEN).status(),
            world.get(list).status(),
            world.get_with(&token, list).status(),
            world.get_with(&token, CREDENTIALS).status(),
            world.get("/2021-07-15/meta-data/instance-id").status(),
        ]
    };
    for (target, version, expected) in [
        (FaultTarget::Token, None, [500, 200, 200, 200, 200]),
        (FaultTarget::Metadata, None, [200, 500, 500, 500, 500]),
        (FaultTarget::RoleList, None, [200, 500, 500, 200, 200]),
        (FaultTarget::Credentials, None, [200, 200, 200, 500, 200]),
        (FaultTarget::Path("/latest/meta-data/iam".to_owned()), None, [200, 500, 500, 500, 200]),
        (FaultTarget::Everything, Some(ServiceVersion::V1), [200, 500, 200, 200, 500]),
        (FaultTarget::Everything, Some(ServiceVersion::V2), [500, 200, 500, 500, 200]),
        (FaultTarget::Container, None, [200; 5]),
    ] {
        let mut faults = faults(target, status(500));
        faults.rules[0].version = version;
        world.service.set_faults(Some(faults.clone()));
        assert_eq!(asked(&world), expected, "{faults:?}");
    }
}

#[test]
fn a_reset_is_a_reset() {
    let world = befallen(FaultTarget::Metadata, FaultEffect::Reset(ResetMoment::BeforeAnswer));
    let read_all = |client: &mut Client| {
        let mut bytes = Vec::new();
        let error = client.0.read_to_end(&mut bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        String::from_utf8(bytes).unwrap()
    };
    let mut client = world.connect();
    client.send(KEPT);
    assert_eq!(read_all(&mut client), "");

    let after = FaultEffect::Reset(ResetMoment::AfterHead);
    world.service.set_faults(Some(faults(FaultTarget::Metadata, after)));
    let mut client = world.connect();
    client.send(KEPT);
    let head = read_all(&mut client);
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    assert!(head.contains("\r\nContent-Length: 19\r\n"), "{head}");
    wait_until(|| world.service.connections().open() == 0);
}

#[test]
fn a_hung_request_stays_open_until_its_client_goes() {
    let world = World::start_with(&[instance(1)], impatient(), ANY);
    world.service.set_faults(Some(faults(FaultTarget::Token, FaultEffect::Hang)));
    let mut clients: Vec<Client> = (0..50).map(|_| world.connect()).collect();
    for client in &mut clients {
        client.send(PUT_TOKEN);
    }
    wait_until(|| world.service.connections().open() == clients.len());
    // Longer than any other silence is allowed to last.
    expect_silence(&mut clients[0], Duration::from_millis(1200));
    assert_eq!(world.service.connections().open(), clients.len());
    assert_eq!(world.get("/latest/meta-data/instance-id").status(), 200);
    // Lifting the fault answers nobody: to a client that waits, what is lost is lost.
    world.service.set_faults(None);
    expect_silence(&mut clients[0], Duration::from_millis(50));
    drop(clients);
    wait_until(|| world.service.connections().open() == 0);
}

#[test]
fn hung_requests_do_not_hold_up_the_end() {
    let limits = Limits { drain: Duration::from_secs(3600), ..Limits::default() };
    let mut world = World::start_with(&[instance(1)], limits, ANY);
    world.service.set_faults(Some(faults(FaultTarget::Everything, FaultEffect::Hang)));
    let mut clients: Vec<Client> = (0..10).map(|_| world.connect()).collect();
    for client in &mut clients {
        client.send(KEPT);
    }
    expect_silence(&mut clients[9], Duration::from_millis(50));
    wait_until(|| world.service.connections().open() == 10);
    // Would wait for the limit, and so longer than any test.
    world.shutdown.start();
    world.join();
}

#[test]
fn a_slow_answer_is_the_right_one_later() {
    let world = World::start_with(&[instance(1)], impatient(), ANY);
    let path = "/latest/meta-data/instance-id";
    let expected = world.get(path);
    let by = Duration::from_millis(1200);
    world.service.set_faults(Some(faults(FaultTarget::Metadata, FaultEffect::Slow(by))));
    let start = Instant::now();
    assert_eq!(world.get(path), expected);
    assert!(start.elapsed() >= by, "{:?}", start.elapsed());
}

#[test]
fn rejected_and_lost_tokens_are_401_and_nothing_else_is() {
    let world = World::start(&[instance(1)]);
    let path = "/latest/meta-data/instance-id";
    let forged = world.get_with("x", path);
    let old = world.token();
    world.clock.advance(Duration::from_millis(1));
    let lost = Faults { tokens_lost_before: Some(world.clock.clock().now()), ..Faults::default() };
    world.service.set_faults(Some(lost));
    assert_eq!(world.get_with(&old, path), forged);
    let new = world.token();
    assert_eq!(world.get_with(&new, path).status(), 200);
    assert_eq!(world.get(path).status(), 200);

    world.service.set_faults(Some(faults(FaultTarget::Everything, FaultEffect::RejectToken)));
    assert_eq!(world.get_with(&new, path), forged);
    assert_eq!(world.get(path).status(), 200);
    assert_eq!(world.ask(PUT_TOKEN).status(), 200);

    world.service.set_faults(None);
    assert_eq!(world.get_with(&old, path).status(), 200);
}

#[test]
fn served_times_are_off_and_spans_are_not() {
    let world = World::start(&[instance(1)]);
    let token = world.token();
    let (right, path) = (world.get_with(&token, CREDENTIALS), "/latest/meta-data/instance-id");
    let hour = Duration::from_secs(3600);
    for (clock_offset, date, updated, expiration) in [
        (ClockOffset::Behind(hour), "07:00:00", "06:30:00", "12:30:00"),
        (ClockOffset::Ahead(hour), "09:00:00", "08:30:00", "14:30:00"),
    ] {
        world.service.set_faults(Some(Faults { clock_offset, ..Faults::default() }));
        let reply = world.get_with(&token, CREDENTIALS);
        let date = format!("Sat, 21 Nov 2026 {date} GMT");
        assert_eq!(reply.header("Date"), Some(date.as_str()));
        assert_eq!(reply.header("Last-Modified"), Some(date.as_str()));
        assert_eq!(reply.header("X-Aws-Ec2-Metadata-Token-Ttl-Seconds"), Some("21600"));
        for (name, time) in [("LastUpdated", updated), ("Expiration", expiration)] {
            let line = format!("\"{name}\" : \"2026-11-21T{time}Z\"");
            assert!(reply.body.contains(&line), "{line} in {}", reply.body);
        }
        let info = world.get("/latest/meta-data/iam/info").body;
        assert!(info.contains(&format!("\"2026-11-21T{updated}Z\"")), "{info}");
        assert_eq!(world.get(path).header("Date"), Some(date.as_str()));
        let refused = world.ask("GARBAGE\r\n\r\n");
        assert_eq!(refused.header("Date"), Some(date.as_str()));
    }
    world.service.set_faults(None);
    assert_eq!(world.get_with(&token, CREDENTIALS), right);
}

#[test]
fn over_the_packet_budget_an_answer_comes_when_there_is_room() {
    let world = World::start(&[instance(1)]);
    // One connection with one request a second.
    let packet_budget = Some(PacketBudget { packets_per_second: 6 });
    world.service.set_faults(Some(Faults { packet_budget, ..Faults::default() }));
    let mut client = world.connect();
    client.send(KEPT);
    assert_eq!(client.reply().status(), 200);
    client.send(KEPT);
    expect_silence(&mut client, Duration::from_millis(250));
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(client.reply().status(), 200);

    world.clock.advance(Duration::from_secs(1));
    for _ in 0..3 {
        client.send(KEPT);
        assert_eq!(client.reply().status(), 200, "on an open connection a request costs a third");
    }
    client.send(KEPT);
    expect_silence(&mut client, Duration::from_millis(50));
    world.service.set_faults(None);
    assert_eq!(client.reply().status(), 200, "a budget that is lifted drops nothing more");
}

#[test]
fn choices_repeat_under_a_seed() {
    let world = World::start(&[instance(1)]);
    let mut client = world.connect();
    let mut sequence = |seed: u64| -> Vec<u16> {
        let mut half = faults(FaultTarget::Metadata, status(500));
        half.rules[0].rate = FaultRate::fraction(0.5).unwrap();
        // Off and on: a rule that goes on does not begin anew.
        world.service.set_faults(None);
        world.service.set_faults(Some(Faults { seed, ..half }));
        let mut ask = || {
            client.send(KEPT);
            client.reply().status()
        };
        (0..64).map(|_| ask()).collect()
    };
    let first = sequence(7);
    assert_eq!(sequence(7), first);
    assert_ne!(sequence(8), first);
    assert_eq!(first.into_iter().collect::<HashSet<_>>(), HashSet::from([200, 500]));
}

#[test]
fn what_no_fault_befalls_is_as_ever() {
    let world = World::start(&[instance(1)]);
    let token = world.token();
    let requests = [
        format!("GET {CREDENTIALS} HTTP/1.1\r\nX-aws-ec2-metadata-token: {token}\r\n\r\n"),
        "GET /latest/dynamic/instance-identity/rsa2048 HTTP/1.1\r\n\r\n".to_owned(),
        "GET /latest/meta-data/nothing HTTP/1.1\r\n\r\n".to_owned(),
        "HEAD /latest/meta-data/instance-id HTTP/1.1\r\n\r\n".to_owned(),
        "OPTIONS /latest HTTP/1.1\r\n\r\n".to_owned(),
        "POST /latest/api/token HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc".to_owned(),
        "GET * HTTP/1.1\r\n\r\n".to_owned(),
        "nonsense\r\n\r\n".to_owned(),
    ];
    let other = Faults {
        instance_id: Some(instance(2).instance_id),
        clock_offset: ClockOffset::Ahead(Duration::from_secs(5)),
        tokens_lost_before: Some(START + Duration::from_secs(1)),
        packet_budget: Some(PacketBudget { packets_per_second: 0 }),
        ..faults(FaultTarget::Everything, status(500))
    };
    let ask_all = || requests.iter().map(|request| world.ask(request)).collect::<Vec<Reply>>();
    let expected = ask_all();
    for faults in [Faults::default(), other] {
        world.service.set_faults(Some(faults));
        assert_eq!(ask_all(), expected);
    }
}

/// Limits that end a connection within a second, whatever it waits for.
fn impatient() -> Limits {
    let half = Duration::from_millis(500);
    Limits { head: 2 * half, idle: half, stuck: half, ..Limits::default() }
}

/// Fails if the server says anything, or closes, for that long.
fn expect_silence(client: &mut Client, span: Duration) {
    client.0.set_read_timeout(Some(span)).unwrap();
    let error = client.0.read(&mut [0]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
    client.0.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
}

const ANY: &str = "127.0.0.1:0";
