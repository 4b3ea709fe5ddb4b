//! `linklocal doctor` against the server, against services that are wrong, and against none.

mod fixture;
mod lies;
mod stand_in;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use self::fixture::{Asked, Fixture, Handler, Reply};
use self::lies::Lie;
use crate::world::{Said, Server, World, said, text_of};

#[test]
fn the_server_passes_every_check() {
    for (address, tokens) in [
        ("127.0.0.1:0", "optional"),
        ("127.0.0.1:0", "required"),
        ("[::1]:0", "optional"),
        ("[::1]:0", "required"),
    ] {
        let world = World::new();
        let server = up(&world, address, tokens);
        let report = examine(&world, server.endpoint, &[]);
        let what = format!("{address} {tokens}");
        assert_eq!(named(&report, "fail"), BTreeSet::new(), "{what}: {report}");
        let (warned, skipped) = (named(&report, "warn"), named(&report, "skip"));
        if tokens == "optional" {
            assert_eq!(warned, set(&["safety.tokens-required"]), "{what}");
            assert_eq!(skipped, set(&REQUIRED_ONLY), "{what}");
        } else {
            assert_eq!(warned, BTreeSet::new(), "{what}");
            assert_eq!(skipped, set(&OPTIONAL_ONLY), "{what}");
        }
    }
}

#[test]
fn the_server_passes_with_nothing_but_defaults() {
    let world = World::new();
    let _server = world.up();
    let said = world.run(&["doctor"]);
    assert_eq!(said.code, 0, "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains(", 0 failed, 1 warned, "), "{}", said.stdout);
    assert!(said.stdout.contains("  pass  token.issued "), "{}", said.stdout);
}

#[test]
fn each_lie_is_found_by_its_checks_and_by_no_other() {
    let world = World::new();
    let (optional, other) = (up(&world, "127.0.0.1:0", "optional"), World::new());
    let required = up(&other, "127.0.0.1:0", "required");
    let wrong = Mutex::new(Vec::new());
    let lies = Mutex::new(lies::all());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(lie) = { lies.lock().unwrap().pop() } {
                    let (name, expected) = (lie.name, set(lie.found_by));
                    let server = if lie.required { &required } else { &optional };
                    let fixture = Fixture::start("127.0.0.1:0", liar(lie, server.endpoint));
                    let waits = expected.contains(AT_ONCE[1]) || expected.contains(AT_ONCE[3]);
                    let more = if waits { &[][..] } else { &AT_ONCE };
                    let found = named(&examine(&world, fixture.address, more), "fail");
                    if found != expected {
                        wrong.lock().unwrap().push(format!("{name}: found {found:?}, not {expected:?}"));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A check that cannot fail would be worth nothing.
#[test]
fn every_check_can_fail() {
    let world = World::new();
    let mut failed: BTreeSet<String> = lies::all().iter().flat_map(|lie| set(lie.found_by)).collect();
    let constants: [fn(&mut Asked) -> Reply; 6] = [
        |_| Reply::new("200 OK", "x"),
        |_| Reply::new("200 OK", "{\"Code\": 1}\n").header("Transfer-Encoding", "identity"),
        |_| Reply::new("404 Not Found", "x"),
        |_| Reply::new("301 Moved Permanently", "").header("Location", "/elsewhere"),
        |asked| {
            if asked.target == "/latest/meta-data/" {
                Reply::new("401 Unauthorized", "")
            } else {
                Reply::new("200 OK", "x")
            }
        },
        |asked| {
            if asked.header("X-aws-ec2-metadata-token").is_some() {
                Reply::new("500 x", "")
            } else {
                Reply::new("200 OK", "abcdefgh")
            }
        },
    ];
    for constant in constants {
        let fixture = Fixture::start("127.0.0.1:0", Arc::new(constant));
        failed.extend(wanting(&examine(&world, fixture.address, &AT_ONCE)));
    }
    let server = up(&world, "127.0.0.1:0", "optional");
    let endpoint = server.endpoint;
    let without_tokens = move |asked: &mut Asked| {
        asked.remove("X-aws-ec2-metadata-token");
        known_as(asked, endpoint).forward(endpoint)
    };
    let refusing_tokens = move |asked: &mut Asked| match asked.header("X-aws-ec2-metadata-token") {
        Some(_) => Reply::new("401 Unauthorized", ""),
        None => known_as(asked, endpoint).forward(endpoint),
    };
    let wrong: [Arc<Handler>; 2] = [Arc::new(without_tokens), Arc::new(refusing_tokens)];
    for handler in wrong {
        let fixture = Fixture::start("127.0.0.1:0", handler);
        failed.extend(wanting(&examine(&world, fixture.address, &AT_ONCE)));
    }
    let everywhere = Fixture::start("0.0.0.0:0", truthful(server.endpoint));
    let here = SocketAddr::from(([127, 0, 0, 1], everywhere.address.port()));
    failed.extend(wanting(&examine(&world, here, &AT_ONCE)));
    let single = Fixture::start_single(truthful(server.endpoint));
    failed.extend(wanting(&examine(&world, single.address, &["--only", "connections"])));
    failed.extend(set(stand_in::FAILED));

    let missing: BTreeSet<String> = ids(&world).difference(&failed).cloned().collect();
    assert_eq!(missing, BTreeSet::new(), "these have not failed");
}

/// amazon-ec2-metadata-mock as it was measured; `stand_in` says how far it goes.
#[test]
fn the_mock_fails_for_what_it_does_otherwise() {
    let world = World::new();
    let fixture = Fixture::start("127.0.0.1:0", Arc::new(stand_in::answer));
    let report = examine(&world, fixture.address, &[]);
    assert_eq!(named(&report, "fail"), set(stand_in::FAILED), "{report}");
}

#[test]
fn failures_are_told_with_reason_and_consequence() {
    let world = World::new();
    let fixture = Fixture::start("127.0.0.1:0", Arc::new(|_: &mut Asked| Reply::new("200 OK", "x")));
    let url = format!("http://{}", fixture.address);
    let said =
        world.run(&["doctor", "--endpoint", &url, "--only", "token.length", "--only", "token.forwarded"]);
    assert_eq!(said.code, 1);
    let expected = "URL (from --endpoint): tokens optional, role \"x\"

token
  FAIL  token.length                      a token has 56 characters
          expected  56 characters (capture of an instance, 2026-09)
          got       1 characters
          matters   scripts and tests that look at the length of a token take another one for an error page
  FAIL  token.forwarded                   a request with X-Forwarded-For is refused with 403
          expected  403 (EC2 user guide, \"How Instance Metadata Service Version 2 works\")
          got       200 OK
          matters   an open reverse proxy in front of the service would fetch tokens for strangers

0 passed, 2 failed, 0 warned, 0 skipped
";
    assert_eq!(said.stdout, expected.replace("URL", &url));
    assert_eq!(said.stderr, format!("error: 2 of 2 checks failed at {url} (from --endpoint)\n"));
}

#[test]
fn reports_hold_no_token_and_no_key() {
    let world = World::new();
    let server = up(&world, "127.0.0.1:0", "optional");
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let (endpoint, record) = (server.endpoint, Arc::clone(&seen));
    let handler = move |asked: &mut Asked| {
        let mut reply = known_as(asked, endpoint).forward(endpoint);
        let text = reply.text();
        if asked.is_token_request() && reply.is(200) {
            record.lock().unwrap().insert(text);
        } else if let Ok(document) = serde_json::from_str::<Value>(&text) {
            for name in ["SecretAccessKey", "Token"] {
                record.lock().unwrap().extend(document[name].as_str().map(str::to_owned));
            }
            // What should be a listing, a name or a word is a document with secrets.
            reply.say(text.replace("Success", "Failure"));
        }
        if asked.target.ends_with("/security-credentials/") || asked.target.ends_with("/hostname") {
            reply.say(seen_last(&record));
        }
        reply
    };
    let fixture = Fixture::start("127.0.0.1:0", Arc::new(handler));
    let url = format!("http://{}", fixture.address);
    let junit = world.path("report.xml");
    let text = world.run(&["doctor", "--endpoint", &url, "--junit", junit.to_str().unwrap()]);
    let json = world.run(&["doctor", "--endpoint", &url, "--json"]);
    let all = [text.stdout, text.stderr, json.stdout, json.stderr, text_of(&junit)].concat();
    let secrets = seen.lock().unwrap();
    assert!(secrets.len() > 10);
    for secret in secrets.iter() {
        assert!(!all.contains(secret.as_str()), "the report holds {secret}");
    }
}

fn seen_last(secrets: &Mutex<BTreeSet<String>>) -> String {
    secrets.lock().unwrap().last().cloned().unwrap_or_default()
}

#[test]
fn junit_is_written_and_agrees_with_the_object() {
    let world = World::new();
    let _server = world.up();
    let file = world.path("doctor.xml");
    let report =
        world.json(&["doctor", "--junit", file.to_str().unwrap(), "--only", "methods", "--only", "session"]);
    let xml = text_of(&file);
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"));
    let count = |what: &str| xml.matches(what).count();
    let checks = report["Checks"].as_array().unwrap().len();
    assert_eq!((count("<testcase "), count("<skipped ")), (checks, named(&report, "skip").len()));
    assert_eq!(count("<failure "), 0);
    assert_eq!(report["Counts"]["Pass"], checks - named(&report, "skip").len());

    let nowhere = world.path("nowhere/doctor.xml");
    let said = world.run(&["doctor", "--junit", nowhere.to_str().unwrap(), "--only", "methods.head"]);
    assert_eq!(said.code, 1, "{}", said.stdout);
    assert!(said.stdout.ends_with("1 passed, 0 failed, 0 warned, 0 skipped\n"), "{}", said.stdout);
    assert!(said.stderr.contains("nowhere/doctor.xml cannot be written"), "{}", said.stderr);
}

#[test]
fn the_list_is_the_documented_one() {
    let world = World::new();
    let listed = world.json(&["doctor", "--list"]);
    let document =
        text_of(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/doctor.md")));
    for check in listed["Checks"].as_array().unwrap() {
        let word = |name: &str| check[name].as_str().unwrap().to_owned();
        let row = format!("| `{}` | {} | {} | {} |", word("Id"), word("Kind"), word("Title"), word("Source"));
        assert!(document.contains(&row), "docs/doctor.md has no row {row}");
    }
    let rows = document
        .lines()
        .filter(|line| line.starts_with("| `") && !line.starts_with("| `-") && line.contains('.'))
        .count();
    assert_eq!(rows, ids(&world).len(), "docs/doctor.md has rows of checks that do not exist");
    assert!(ids(&world).len() >= 60);
}

#[test]
fn what_cannot_be_checked_is_said_in_one_line() {
    let world = World::new();
    let nobody = format!("http://{}", crate::environment::free_address());
    let gone = world.run(&["doctor", "--endpoint", &nobody]);
    assert!(
        gone.stderr.contains("cannot be checked: no connection") && gone.stderr.contains("\nhint: "),
        "{}",
        gone.stderr
    );
    let disabled = Fixture::start("127.0.0.1:0", Arc::new(|_: &mut Asked| Reply::new("403 Forbidden", "")));
    let off = world.run(&["doctor", "--endpoint", &format!("http://{}", disabled.address)]);
    assert!(off.stderr.contains("refuses everything (403)"), "{}", off.stderr);
    let mute = Fixture::start(
        "127.0.0.1:0",
        Arc::new(|_: &mut Asked| Reply { silent: true, ..Reply::new("200 x", "") }),
    );
    let mute = world.run(&["doctor", "--endpoint", &format!("http://{}", mute.address)]);
    assert!(mute.stderr.contains("the connection ended before an answer"), "{}", mute.stderr);
    for Said { code, stdout, .. } in [gone, off, mute] {
        assert_eq!((code, stdout.as_str()), (1, ""));
    }
    for wrong in [
        &["doctor", "--only", "tokens"][..],
        &["doctor", "--endpoint", "x"],
        &["doctor", "--list", "--junit", "f"],
    ] {
        assert_eq!(world.run(wrong).code, 2, "{wrong:?}");
    }
}

/// A server with everything that a check could look at.
fn up(world: &World, address: &str, tokens: &str) -> Server {
    let config = format!(
        "[[instance]]\nrole = \"linklocal\"\nuser-data = \"#!/bin/sh\"\n\
         key-pair = {{ name = \"my-key\", public-key = \"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBcUCKXO4MiXGpQ6pV1JvjR2mCyf2QvM0xwKkF1tY3qS\" }}\n\
         tags = {{ Name = \"doctor\" }}\n\
         [instance.metadata-options]\nhttp-tokens = \"{tokens}\"\nhttp-protocol-ipv6 = \"enabled\"\n\
         instance-metadata-tags = \"enabled\"\n"
    );
    let config = world.write("doctor.toml", &config);
    let server = world.up_with(&["--imds", address, "--config", config.to_str().unwrap()]);
    // The keys that sign identity documents are made when a signature is first read.
    for name in ["signature", "pkcs7", "rsa2048"] {
        server.get_v2(&format!("/latest/dynamic/instance-identity/{name}"));
    }
    server
}

/// What was asked, of the service behind a fixture: it knows itself by its own address only.
fn known_as(asked: &Asked, endpoint: SocketAddr) -> Asked {
    let mut asked = asked.clone();
    // The fixture leaves out the body and keeps its length, whatever a lie makes of it.
    if asked.method == "HEAD" {
        asked.method = "GET".to_owned();
    }
    let is_own = asked.header("Host").is_some_and(|host| host.starts_with("127.") && !host.contains("evil"));
    if is_own {
        asked.set("Host", &endpoint.to_string());
    }
    asked
}

fn truthful(endpoint: SocketAddr) -> Arc<Handler> {
    Arc::new(move |asked: &mut Asked| known_as(asked, endpoint).forward(endpoint))
}

fn liar(lie: Lie, endpoint: SocketAddr) -> Arc<Handler> {
    Arc::new(move |asked: &mut Asked| (lie.tell)(asked, &|asked| known_as(asked, endpoint).forward(endpoint)))
}

fn examine(world: &World, endpoint: SocketAddr, more: &[&str]) -> Value {
    let url = format!("http://{endpoint}");
    let mut command = world.command(&[&["doctor", "--json", "--endpoint", &url], more].concat());
    let Said { code, stdout, stderr } = said(&mut command);
    let report: Value =
        serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"));
    assert_eq!(code, i32::from(report["Counts"]["Fail"] != 0), "{stderr}");
    report
}

/// The ids of checks with that result.
fn named(report: &Value, result: &str) -> BTreeSet<String> {
    let checks = report["Checks"].as_array().unwrap().iter();
    checks
        .filter(|check| check["Result"] == result)
        .map(|check| check["Id"].as_str().unwrap().to_owned())
        .collect()
}

/// What failed, and the advice that warned.
fn wanting(report: &Value) -> BTreeSet<String> {
    named(report, "fail").into_iter().chain(named(report, "warn")).collect()
}

fn ids(world: &World) -> BTreeSet<String> {
    let listed = world.json(&["doctor", "--list"]);
    let checks = listed["Checks"].as_array().unwrap().iter();
    checks.map(|check| check["Id"].as_str().unwrap().to_owned()).collect()
}

fn set(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

/// All checks but the two that wait for a token to grow old.
const AT_ONCE: [&str; 4] = ["--except", "session.counts-down", "--except", "session.expires"];

/// What only a service that requires tokens can be asked.
const REQUIRED_ONLY: [&str; 5] = [
    "safety.token-in-query",
    "session.required-listings",
    "session.required-methods",
    "session.required-unknown",
    "session.required-values",
];

/// What only a service that answers version 1 can be asked.
const OPTIONAL_ONLY: [&str; 3] =
    ["credentials.versions-differ", "session.no-token-no-seconds", "session.versions-agree"];
