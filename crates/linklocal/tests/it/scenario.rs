//! Scenarios: listed and checked, played and taken back, and programs graded by what they did.

use std::process::Stdio;

use rustix::process::Signal;
use serde_json::Value;

use crate::world::{World, eventually, said};

const HEAD: &str = "name = \"mine\"\nquestion = \"what then\"\n";

#[test]
fn shipped_scenarios_are_listed_shown_and_pass_the_check() {
    let world = World::new();
    let listed = world.json(&["scenario", "list"]);
    let names: Vec<&str> = listed.as_array().unwrap().iter().map(|it| it["Name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 6);
    for name in names {
        let shown = world.done(&["scenario", "show", name]);
        assert!(
            shown.starts_with(&format!("{name}: ")) && shown.ends_with("everything as it was\n"),
            "{shown}"
        );
        let file = world.write("copy.toml", &world.done(&["scenario", "show", name, "--source"]));
        assert!(world.done(&["scenario", "check", file.to_str().unwrap()]).starts_with(name));
    }
    let unknown = world.run(&["scenario", "show", "lost-token"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.stderr.contains("lost-tokens"), "{}", unknown.stderr);
    let wrong =
        world.write("wrong.toml", &format!("{HEAD}duration = \"1m\"\n[[at]]\ntime = \"1s\"\nhung = true\n"));
    let said = world.run(&["scenario", "check", wrong.to_str().unwrap()]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("wrong.toml:6:1: unknown key \"hung\" in [[at]]"), "{}", said.stderr);
}

/// All that a scenario can do to what is seen, to the end of an hour.
const EVERYTHING: &str = "\
duration = \"1h\"\n[credentials]\ninterval = \"10m\"\nlifetime = \"20m\"\n\
[[at]]\ntime = \"0s\"\nspot-interruption = \"terminate\"\n\
[[at]]\ntime = \"0s\"\nrebalance = true\n\
[[at]]\ntime = \"0s\"\nmaintenance = \"system-reboot\"\n\
[[at]]\ntime = \"0s\"\nautoscaling = \"Terminated\"\n\
[[at]]\ntime = \"0s\"\nswap-role = \"another\"\n\
[[at]]\ntime = \"0s\"\nmetadata-options = { instance-metadata-tags = \"enabled\" }\n\
[[at]]\ntime = \"0s\"\nclock-skew = \"-1h\"\n\
[[at]]\ntime = \"0s\"\nstatus = 503\nretry-after = \"7s\"\ntarget = \"/latest/meta-data/hostname\"\n";

/// What is looked at, before and after.
const PATHS: [&str; 9] = [
    "/latest/meta-data",
    "/latest/meta-data/hostname",
    "/latest/meta-data/spot/instance-action",
    "/latest/meta-data/events/maintenance/scheduled",
    "/latest/meta-data/events/recommendations/rebalance",
    "/latest/meta-data/autoscaling/target-lifecycle-state",
    "/latest/meta-data/iam/security-credentials/",
    "/latest/meta-data/iam/security-credentials/linklocal",
    "/latest/meta-data/tags/instance/Name",
];

#[test]
fn a_stopped_scenario_leaves_everything_as_it_was() {
    let world = World::new();
    let server = world.up();
    let file = world.write("mine.toml", &format!("{HEAD}{EVERYTHING}"));
    let before = PATHS.map(|path| server.get(path));
    let stored = world.json(&["instance", "show"]);
    let begun = world.json(&["scenario", "run", file.to_str().unwrap(), "--detach"]);
    assert_eq!(begun["Name"], "mine");
    assert!(eventually(|| server.get(PATHS[1]).0 == 503));
    assert!(eventually(|| server.get(PATHS[5]).1 == "Terminated"));
    assert!(server.get(PATHS[2]).1.contains("\"action\": \"terminate\""), "{:?}", server.get(PATHS[2]));
    assert_eq!(server.get(PATHS[6]).1, "another");
    assert_eq!((before[8].0, server.get(PATHS[8]).0), (404, 200));
    assert_eq!(world.json(&["instance", "show"]), stored, "nothing is written");

    let second = world.run(&["scenario", "run", "flaky"]);
    assert_eq!(second.code, 1);
    assert!(second.stderr.contains("scenario mine is being played"), "{}", second.stderr);
    assert!(world.done(&["scenario", "status"]).contains("role swapped for another"));
    world.done(&["scenario", "stop"]);
    assert_eq!(PATHS.map(|path| server.get(path)), before);
    assert_eq!(world.run(&["scenario", "stop"]).code, 1, "there is nothing left to stop");
    assert_eq!(world.json(&["scenario", "status"])["Scenario"]["End"], "Stopped");
}

#[test]
fn a_killed_server_comes_back_without_its_scenario() {
    let world = World::new();
    let file = world.write("mine.toml", &format!("{HEAD}{EVERYTHING}"));
    let server = world.up();
    let before = PATHS.map(|path| server.get(path));
    world.done(&["scenario", "run", file.to_str().unwrap(), "--detach"]);
    assert!(eventually(|| server.get(PATHS[5]).1 == "Terminated"));
    world.done(&["instance", "set", "instance-type=m7i.large"]);
    server.end(Signal::KILL);
    let server = world.up();
    assert_eq!(PATHS.map(|path| server.get(path)), before);
    assert_eq!(server.get("/latest/meta-data/instance-type").1, "m7i.large", "what users change stays");
}

#[test]
fn a_run_tells_each_step_and_is_over_in_time() {
    let world = World::new();
    let server = world.up();
    let file = world.write(
        "mine.toml",
        &format!("{HEAD}duration = \"2m\"\n[[at]]\ntime = \"1m\"\nfor = \"30s\"\nhang = true\n"),
    );
    let run = world.run(&["scenario", "run", file.to_str().unwrap(), "--compress", "120"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "over; everything is as it was\n"), "{}", run.stderr);
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            "mine: what then",
            "    0.500  no answer for everything",
            "    0.750  over: no answer for everything"
        ]
    );
    drop(server);
}

#[test]
fn ctrl_c_stops_a_run_and_puts_everything_back() {
    let world = World::new();
    let server = world.up();
    let file = world.write("mine.toml", &format!("{HEAD}{EVERYTHING}"));
    let mut command = world.command(&["scenario", "run", file.to_str().unwrap()]);
    let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    assert!(eventually(|| server.get(PATHS[5]).1 == "Terminated"));
    let id = rustix::process::Pid::from_raw(i32::try_from(run.id()).unwrap()).unwrap();
    rustix::process::kill_process(id, Signal::INT).unwrap();
    assert!(run.wait().unwrap().success());
    assert_eq!(server.get(PATHS[5]).0, 404);
}

#[test]
fn a_server_can_start_with_a_scenario() {
    let world = World::new();
    let file = world.write("mine.toml", &format!("{HEAD}{EVERYTHING}"));
    let server = world.up_with(&["--imds", "127.0.0.1:0", "--scenario", file.to_str().unwrap()]);
    assert!(eventually(|| server.get(PATHS[5]).1 == "Terminated"));
    assert!(server.says("target lifecycle state Terminated"), "{}", server.stderr());
}

#[test]
fn a_server_does_not_start_with_a_wrong_scenario() {
    let world = World::new();
    let wrong =
        world.write("wrong.toml", &format!("{HEAD}duration = \"1m\"\n[[at]]\ntime = \"1s\"\nhung = true\n"));
    for (scenario, told) in
        [("nope", "flaky, late-rotation"), (wrong.to_str().unwrap(), "did you mean \"hang\"?")]
    {
        let said = world.run(&["up", "--imds", "127.0.0.1:0", "--scenario", scenario]);
        assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{}", said.stderr);
        assert!(said.stderr.contains(told), "{}", said.stderr);
        assert!(!world.data().exists());
    }
}

#[test]
fn one_instance_of_several_can_be_befallen() {
    let world = World::new();
    let (one, two) = (crate::environment::free_address(), crate::environment::free_address());
    let instance = |endpoint: &str| format!("[[instance]]\nendpoints = [\"{endpoint}\"]\n");
    world.write("linklocal.toml", &format!("{}{}", instance(&one), instance(&two)));
    let _server = world.up();
    let get = |at: &str, path: &str| world.run(&["get", "--endpoint", &format!("http://{at}"), path]);
    let id = get(&one, "instance-id").stdout;
    let file = world.write("mine.toml", &format!("{HEAD}{EVERYTHING}"));
    world.done(&["scenario", "run", file.to_str().unwrap(), "--detach", "--instance", &id]);
    assert!(eventually(|| get(&one, "autoscaling/target-lifecycle-state").stdout == "Terminated"));
    assert_eq!(get(&two, "autoscaling/target-lifecycle-state").code, 1);
    assert_eq!((get(&one, "hostname").code, get(&two, "hostname").code), (1, 0));
}

/// A client in Python that does as `body` says; `ask` gives status and body, 0 where there is no answer.
fn client(world: &World, body: &str) -> String {
    let text = format!(
        "import http.client, json, os, sys, threading\n\
         def pause(seconds): threading.Event().wait(seconds)\n\
         def ask(method, path, **headers):\n\
         \x20   try:\n\
         \x20       link = http.client.HTTPConnection('169.254.169.254', 80, timeout=1)\n\
         \x20       link.request(method, path, headers={{k.replace('_', '-'): v for k, v in headers.items()}})\n\
         \x20       answer = link.getresponse()\n\
         \x20       return answer.status, answer.read().decode()\n\
         \x20   except OSError: return 0, ''\n\
         def token():\n\
         \x20   status, text = ask('PUT', '/latest/api/token', X_aws_ec2_metadata_token_ttl_seconds='60')\n\
         \x20   return text if status == 200 else None\n\
         ROLE = '/latest/meta-data/iam/security-credentials/linklocal'\n\
         def get(path, token):\n\
         \x20   return ask('GET', path, **({{'X_aws_ec2_metadata_token': token}} if token else {{}}))\n\
         {body}"
    );
    world.write("client.py", &text).to_str().unwrap().to_owned()
}

fn grade(world: &World, scenario: &str, body: &str, arguments: &[&str]) -> (i32, Value, String) {
    let scenario = world.write("graded.toml", &format!("{HEAD}{scenario}"));
    let client = client(world, body);
    let mut words = vec!["scenario", "grade", scenario.to_str().unwrap(), "--json"];
    words.extend(arguments);
    words.extend(["--", "python3", &client]);
    let mut command = world.command(&words);
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
    let said = said(&mut command);
    let report =
        serde_json::from_str(&said.stdout).unwrap_or_else(|e| panic!("{e}: {} {}", said.stdout, said.stderr));
    (said.code, report, said.stderr)
}

const REFUSED: &str = "measure = \"v1-fallback\"\nduration = \"30s\"\n\
                       [[at]]\ntime = \"0s\"\nstatus = 403\ntarget = \"token\"\n";

#[test]
fn falling_back_to_version_1_is_told_from_standing_firm() {
    let world = World::new();
    let falls = "t = token()\nget(ROLE, t)\n";
    let (code, report, stderr) = grade(&world, REFUSED, falls, &["--fail-on", "v1-fallback"]);
    assert_eq!(report["Fallback"]["Kind"], "Yes", "{report}");
    assert!(report["Answer"].as_str().unwrap().starts_with("Yes: "), "{report}");
    assert_eq!(code, 1);
    assert!(stderr.contains("error: v1-fallback: it fell back to version 1"), "{stderr}");

    let firm = "for n in range(3):\n    t = token()\n    if t: get(ROLE, t)\nsys.exit(3)\n";
    let (code, report, stderr) = grade(&world, REFUSED, firm, &["--fail-on", "v1-fallback"]);
    assert_eq!(report["Fallback"]["Kind"], "No", "{report}");
    assert_eq!(report["Calls"]["Token"], 3);
    assert_eq!(report["Ended"], "exit code 3");
    assert_eq!(code, 0, "CMD's exit code is reported and not ours: {stderr}");
}

const LOST: &str =
    "measure = \"repeated-tokens\"\nduration = \"30s\"\n[[at]]\ntime = \"2s\"\nlose-tokens = true\n";

#[test]
fn showing_a_lost_token_again_is_told_from_asking_for_a_new_one() {
    let world = World::new();
    let start = "t = token()\nassert get(ROLE, t)[0] == 200\nwhile get(ROLE, t)[0] == 200: pause(0.1)\n";
    let stubborn = format!("{start}for n in range(3): get(ROLE, t)\n");
    let (code, report, _) = grade(&world, LOST, &stubborn, &["--fail-on", "repeated-tokens,gap>1h"]);
    assert_eq!(report["Tokens"]["Repeated"], 3, "{report}");
    assert_eq!((code, &report["Courses"][0]["Met"]["Kind"]), (1, &Value::from("Failing")));

    let docile = format!("{start}t = token()\nassert get(ROLE, t)[0] == 200\n");
    let (code, report, stderr) =
        grade(&world, LOST, &docile, &["--fail-on", "repeated-tokens", "--fail-on", "exit"]);
    assert_eq!(report["Tokens"]["Repeated"], 0, "{report}");
    assert_eq!((code, &report["Courses"][0]["Met"]["Kind"]), (0, &Value::from("Recovered")), "{stderr}");
}

#[test]
fn time_without_credentials_and_recovery_are_measured() {
    let world = World::new();
    let scenario = "measure = \"gap\"\nduration = \"9s\"\n[credentials]\ninterval = \"1s\"\nlifetime = \"2s\"\n\
                    [[at]]\ntime = \"1s\"\nfor = \"4s\"\nrotate-late = true\n";
    // Asks for as long as it lives, which is as long as the scenario takes.
    let (code, report, _) = grade(
        &world,
        scenario,
        "while True:\n    get(ROLE, token())\n    pause(0.2)\n",
        &["--fail-on", "gap>1m"],
    );
    assert_eq!((code, &report["Ended"]), (0, &Value::from("ended with the scenario")), "{report}");
    let without = report["Coverage"]["Without"].as_f64().unwrap();
    // The set of the first second ends between the second and the third; from the fifth on there are new ones.
    assert!((1.0..5.0).contains(&without), "{report}");
    assert_eq!(report["Courses"][0]["Met"]["Kind"], "Recovered");
    assert!(report["Coverage"]["Sets"].as_u64().unwrap() >= 3, "{report}");
}

#[test]
fn a_program_that_is_not_there_is_not_graded_and_nothing_stays() {
    let world = World::new();
    let mut command = world.command(&["scenario", "grade", "flaky", "--", "/no/such/program"]);
    command.env("TMPDIR", world.path(""));
    let said = said(&mut command);
    assert_eq!((said.code, said.stdout.as_str()), (1, ""));
    assert!(said.stderr.contains("/no/such/program: exit code 127 and no request"), "{}", said.stderr);
    let left: Vec<_> =
        std::fs::read_dir(world.path("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_report_is_written_beside_what_the_program_says() {
    let world = World::new();
    let file = world.write("graded.toml", &format!("{HEAD}{REFUSED}"));
    let client = client(&world, "print('to stdout')\n");
    let report = world.path("report.md");
    let words = ["scenario", "grade", file.to_str().unwrap(), "--report", report.to_str().unwrap(), "--"];
    let mut command = world.command(&[&words[..], &["python3", &client]].concat());
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
    let said = said(&mut command);
    assert_eq!(said.code, 0, "{}", said.stderr);
    assert!(said.stderr.contains("to stdout") && !said.stdout.contains("to stdout"));
    assert!(said.stdout.contains("Unknown: the client made no request."), "{}", said.stdout);
    let page = crate::world::text_of(&report);
    assert!(page.starts_with("# mine\n\nwhat then\n\n**Unknown"), "{page}");
}

#[test]
fn a_report_that_cannot_be_written_is_printed_all_the_same() {
    let world = World::new();
    let file = world.write("graded.toml", &format!("{HEAD}{REFUSED}"));
    let report = world.path("nowhere/report.md");
    let words = ["scenario", "grade", file.to_str().unwrap(), "--report", report.to_str().unwrap(), "--"];
    let said = world.run(&[&words[..], &["/bin/true"]].concat());
    assert_eq!(said.code, 1, "{}", said.stdout);
    assert!(said.stdout.contains("Unknown: the client made no request."), "{}", said.stdout);
    assert!(said.stderr.contains("nowhere/report.md cannot be written"), "{}", said.stderr);
}
