//! Who calls, as `instance callers` tells it: real programs, each a process of its own.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::world::{Server, World, ask, said};

/// A script that a shell interprets: `ask LINES…` sends a request and reads the answer.
fn script(world: &World, server: &Server, name: &str, body: &str, arguments: &[&str]) {
    let endpoint = server.endpoint;
    let text = format!(
        "#!/bin/bash\nask() {{ exec 3<>/dev/tcp/{}/{}; printf '%s\\r\\n' \"$@\" 'Host: localhost' '' >&3; cat <&3; }}\n{body}\n",
        endpoint.ip(),
        endpoint.port()
    );
    let path = world.write(name, &text);
    run("bash", &[&[path.to_str().unwrap()], arguments].concat());
}

fn run(program: &str, arguments: &[&str]) {
    let done = said(Command::new(program).args(arguments).stdin(Stdio::null()));
    assert_eq!(done.code, 0, "{}", done.stderr);
}

/// The entry whose `key` ends like that.
fn entry<'a>(list: &'a Value, key: &str, end: &str) -> &'a Value {
    let all = list.as_array().unwrap();
    let found = all.iter().find(|entry| entry[key].as_str().is_some_and(|text| text.ends_with(end)));
    found.unwrap_or_else(|| panic!("no {key} …{end} in {list}"))
}

const OLD: &str = "ask 'GET /latest/meta-data/iam/security-credentials/ HTTP/1.1' 'User-Agent: old/1'";
const HESITANT: &str = "ask 'PUT /latest/api/token HTTP/1.1' 'X-aws-ec2-metadata-token-ttl-seconds: 60'
ask 'GET /latest/meta-data/mac HTTP/1.1'";

#[test]
fn each_program_is_listed_with_what_it_did() {
    let world = World::new();
    let metrics = crate::environment::free_address();
    let server = world.up_with(&["--imds", "127.0.0.1:0", "--metrics", &metrics]);
    script(&world, &server, "old.sh", OLD, &[]);
    world.done(&["get", "instance-id", "--endpoint", &format!("http://{}", server.endpoint)]);

    let list = world.json(&["instance", "callers"]);
    let old = entry(&list["Callers"], "Script", "/old.sh");
    assert_eq!((&old["Version1"], &old["Version2"]), (&Value::from(1), &Value::from(0)));
    assert_eq!(old["UserAgent"], "old/1");
    assert_eq!(old["UserId"], rustix::process::geteuid().as_raw());
    assert_eq!(old["Ancestors"][0]["ProcessId"], std::process::id());
    assert!(old["CommandLine"][1].as_str().unwrap().ends_with("/old.sh"));
    let ours = entry(&list["Callers"], "Program", "/linklocal");
    assert_eq!(
        (&ours["Version1"], &ours["Version2"], &ours["TokensIssued"]),
        (&0.into(), &1.into(), &1.into())
    );

    let (_, metrics) = ask(metrics.parse().unwrap(), "GET", "/metrics", "Connection: close\r\n");
    for line in ["{program=\"old.sh\",version=\"1.0\"} 1", "{program=\"linklocal\",version=\"2.0\"} 1"] {
        assert!(metrics.contains(&format!("linklocal_metadata_calls_by_program_total{line}")), "{metrics}");
    }

    let id = list["Callers"][0]["InstanceId"].as_str().unwrap();
    let table = world.done(&["instance", "callers", "--instance", id]);
    assert!(table.starts_with("PROGRAM "), "{table}");
    assert!(table.lines().any(|line| line.contains("/old.sh (bash)") && line.contains("old/1")), "{table}");
}

#[test]
fn the_finder_names_who_calls_without_a_token_and_tells_what_to_do() {
    let world = World::new();
    let server = world.up();
    world.done(&["get", "instance-id", "--endpoint", &format!("http://{}", server.endpoint)]);
    let nobody = world.done(&["instance", "callers", "--v1"]);
    assert!(nobody.starts_with("no version 1 calls since 20") && nobody.contains("uses tokens"), "{nobody}");

    let unknown = world.run(&["instance", "callers", "--instance-id", "i-0123456789abcdef0"]);
    assert_eq!(unknown.code, 1, "{}", unknown.stdout);
    assert!(unknown.stderr.contains("there is no instance i-0123456789abcdef0"), "{}", unknown.stderr);

    script(&world, &server, "old.sh", OLD, &[]);
    script(&world, &server, "hesitant.sh", HESITANT, &[]);
    // A program that is known by its name and version.
    let known = world.path("s3fs");
    let known = known.to_str().unwrap();
    // Copied by another process: while this one's copy is open for writing, a child of another test may inherit it.
    run("cp", &["/bin/bash", known]);
    let (ip, port) = (server.endpoint.ip(), server.endpoint.port());
    let request = "GET /latest/meta-data/iam/security-credentials/ HTTP/1.1\\r\\nHost: localhost\\r\\nUser-Agent: s3fs/1.90 (x)\\r\\n\\r\\n";
    run(known, &["-c", &format!("exec 3<>/dev/tcp/{ip}/{port}; printf '{request}' >&3; cat <&3")]);

    let report = world.json(&["instance", "callers", "--v1"]);
    let findings = &report["Findings"];
    assert_eq!((findings.as_array().unwrap().len(), &report["Unaffected"]), (3, &Value::from(1)));
    let old = entry(findings, "Program", "/old.sh (bash)");
    assert_eq!((&old["Manner"], &old["Reads"][0]), (&"no-token".into(), &"credentials".into()));
    assert_eq!(entry(findings, "Program", "/hesitant.sh (bash)")["Manner"], "falls-back");
    let known = entry(findings, "Program", "/s3fs");
    assert_eq!((&known["Version"], &known["NeededVersion"]), (&"1.90".into(), &"1.91".into()));

    let table = world.done(&["instance", "callers", "--v1"]);
    assert!(table.contains("upgrade s3fs 1.90 to 1.91 or later"), "{table}");
    assert!(table.contains("look at http-put-response-hop-limit"), "{table}");

    world.done(&["get", "--v1", "instance-id", "--endpoint", &format!("http://{}", server.endpoint)]);
    let own = world.done(&["instance", "callers", "--v1"]);
    assert!(own.contains("on purpose; nothing breaks"), "{own}");
}

#[test]
fn names_and_command_lines_can_neither_paint_the_terminal_nor_show_passwords() {
    let world = World::new();
    let server = world.up();
    let secrets = ["--password", "hunter2", "--api-token=hunter2"];
    script(&world, &server, "evil\u{1b}[31m.sh", OLD, &secrets);
    let texts =
        [["instance", "callers"].as_slice(), &["instance", "callers", "--v1"]].map(|line| world.done(line));
    for text in &texts {
        assert!(text.contains("evil\\u{1b}[31m.sh") && !text.contains('\u{1b}'), "{text}");
    }
    let list = world.done(&["instance", "callers", "--json"]);
    assert!(list.contains("--api-token=***") && !list.contains("hunter2"), "{list}");
}
