//! `linklocal trail`: what is kept of hand-outs, for how long, and who can read it when.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::world::{World, ask, eventually};

const CREDENTIALS: &str = "/latest/meta-data/iam/security-credentials/linklocal";

fn records(world: &World, arguments: &[&str]) -> Vec<Value> {
    let text = world.done(&[&["trail", "--json"], arguments].concat());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_hand_out_says_when_what_and_to_whom_and_no_secret() {
    let world = World::new();
    let server = world.up();
    let (_, first) = server.get(CREDENTIALS);
    let token = server.token();
    let agent = format!("User-Agent: sdk/1.0\r\nX-aws-ec2-metadata-token: {token}\r\n");
    let (_, second) = ask(server.endpoint, "GET", CREDENTIALS, &agent);
    server.get("/latest/meta-data/iam/security-credentials/");
    server.get("/latest/meta-data/iam/info");
    ask(server.endpoint, "HEAD", CREDENTIALS, "");
    assert!(eventually(|| records(&world, &[]).len() == 2));
    let told = records(&world, &[]);
    for (record, (document, delivery)) in told.iter().zip([(&first, "1.0"), (&second, "2.0")]) {
        let document: Value = serde_json::from_str(document).unwrap();
        assert_eq!(record["Event"], "HandOut");
        assert_eq!(record["AccessKeyId"], document["AccessKeyId"]);
        assert_eq!(record["Expiration"], document["Expiration"]);
        assert_eq!(record["Delivery"], delivery);
        assert!(record["Principal"].as_str().unwrap().ends_with(":role/linklocal"));
        assert_eq!(record["InstanceId"], server.banner["Instances"][0]["InstanceId"]);
        assert_eq!(record["Caller"]["ProcessId"], std::process::id());
        assert_eq!(record["Caller"]["UserId"], rustix::process::geteuid().as_raw());
        assert!(record["Caller"]["Program"].as_str().unwrap().contains("/it-"));
        let text = world.done(&["trail"]) + &record.to_string();
        for secret in [&document["SecretAccessKey"], &document["Token"], &Value::from(token.as_str())] {
            assert!(!text.contains(secret.as_str().unwrap()), "{text}");
        }
    }
    assert_eq!(told[1]["UserAgent"], "sdk/1.0");
}

#[test]
fn the_trail_is_for_its_owner_and_outlives_the_server() {
    let world = World::new();
    let server = world.up();
    assert_eq!(world.run(&["trail"]).stderr.lines().count(), 1, "an empty trail is said to be empty");
    server.get(CREDENTIALS);
    let file = world.data().join("trail/00000001.jsonl");
    assert!(eventually(|| file.exists() && records(&world, &[]).len() == 1));
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    // Whatever is in the file survives the process.
    server.end(Signal::KILL);
    assert_eq!(records(&world, &[]).len(), 1);

    // What was handed out just before the end is there when the process has gone.
    let server = world.up();
    server.get(CREDENTIALS);
    server.end(Signal::TERM);
    assert_eq!(records(&world, &[]).len(), 2);

    // A line that a crash has cut short is passed over, and the next one stands by itself.
    let torn = crate::world::text_of(&file) + "{\"Time\":\"2026-";
    sys::fs::replace(&file, torn.as_bytes(), 0o600).unwrap();
    assert_eq!(records(&world, &[]).len(), 2);
    let server = world.up();
    server.get(CREDENTIALS);
    server.end(Signal::TERM);
    assert_eq!(records(&world, &[]).len(), 3);
}

#[test]
fn entries_are_picked_by_time_instance_kind_and_number() {
    let world = World::new();
    let server = world.up();
    let id = server.banner["Instances"][0]["InstanceId"].as_str().unwrap();
    let agent = |n: usize| format!("User-Agent: n{n}\r\n");
    for n in 0..3 {
        ask(server.endpoint, "GET", CREDENTIALS, &agent(n));
    }
    ask(server.endpoint, "GET", "/", "Origin: http://x\r\n");
    assert!(eventually(|| records(&world, &[]).len() == 4));
    let agents = |arguments: &[&str]| -> Vec<String> {
        let records = records(&world, arguments);
        records.iter().map(|r| r["UserAgent"].as_str().unwrap_or("none").to_owned()).collect()
    };
    assert_eq!(agents(&["--instance", id]), ["n0", "n1", "n2"]);
    assert_eq!(agents(&["--instance-id", "i-0123456789abcdef0"]), [""; 0]);
    assert_eq!(agents(&["--denied"]), ["none"]);
    assert_eq!(agents(&["--max-items", "2"]), ["n2", "none"]);
    assert_eq!(agents(&["--instance", id, "--max-items", "1"]), ["n2"]);
    assert_eq!(agents(&["--since", "1h"]).len(), 4);
    let second = records(&world, &[])[1]["Time"].as_str().unwrap().to_owned();
    assert!((3..=4).contains(&agents(&["--since", &second]).len()));
    assert_eq!(agents(&["--since", "2100-01-01T00:00:00Z"]), [""; 0]);
    let none = world.run(&["trail", "--since", "2100-01-01T00:00:00Z"]);
    assert!(none.code == 0 && none.stderr.starts_with("no such entries in "), "{}", none.stderr);
    for wrong in [&["--since", "soon"][..], &["--max-items", "0"], &["--instance", "x"]] {
        assert_eq!(world.run(&[&["trail"], wrong].concat()).code, 2, "{wrong:?}");
    }
}

#[test]
fn a_program_that_polls_is_counted_and_does_not_fill_the_disk() {
    let world = World::new();
    let server = world.up();
    for _ in 0..500 {
        assert_eq!(server.get(CREDENTIALS).0, 200);
    }
    server.end(Signal::TERM);
    let records = records(&world, &[]);
    // More than one minute may have passed.
    assert!(records.len() <= 33, "{} entries", records.len());
    let times: u64 = records.iter().map(|record| record["Times"].as_u64().unwrap_or(1)).sum();
    assert_eq!(times, 500);
    assert!(records.iter().any(|record| record["Since"].is_string()));
    assert!(world.done(&["trail"]).contains(" times since "));
}

/// A running `linklocal trail --follow`, and its lines.
struct Follower {
    child: Child,
    lines: Receiver<String>,
}

impl Follower {
    fn start(world: &World) -> Self {
        let mut command = world.command(&["trail", "--follow", "--json"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Self { child, lines }
    }

    fn next(&self) -> Value {
        serde_json::from_str(&self.lines.recv_timeout(Duration::from_secs(60)).unwrap()).unwrap()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn following_shows_entries_as_they_come_across_servers_and_files() {
    let world = World::new();
    // Nothing is there yet, not even the directory.
    let mut follower = Follower::start(&world);
    let server = world.up();
    server.get(CREDENTIALS);
    assert_eq!(follower.next()["Event"], "HandOut");
    ask(server.endpoint, "GET", "/", "Origin: http://x\r\n");
    assert_eq!(follower.next()["Rule"], "browsers");
    drop(server);
    // The file is full: the next server goes on in another.
    let first = world.data().join("trail/00000001.jsonl");
    let text = crate::world::text_of(&first) + &"\n".repeat(4 * 1024 * 1024);
    sys::fs::replace(&first, text.as_bytes(), 0o600).unwrap();
    let server = world.up();
    server.get_v2(CREDENTIALS);
    assert_eq!(follower.next()["Delivery"], "2.0");
    assert!(world.data().join("trail/00000002.jsonl").exists());

    let id = Pid::from_raw(i32::try_from(follower.child.id()).unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    assert_eq!(follower.child.wait().unwrap().code(), Some(0));
    drop(server);
}

#[test]
fn following_ends_when_nobody_reads_any_more() {
    let world = World::new();
    let mut follower = world.command(&["trail", "--follow"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(follower.stdout.take());
    assert!(eventually(|| follower.try_wait().unwrap().is_some()));
    assert_eq!(follower.wait().unwrap().code(), Some(0));
}
