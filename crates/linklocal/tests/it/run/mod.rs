//! `linklocal run` with real programs: what they see, what their parents see, and what is left afterwards.

mod real;
mod stage;
mod workload;

use std::io::Write;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;

use crate::world::{World, eventually, said, text_of, within};
use stage::{CATCHER, GET, INTERRUPTED, TERMINAL, TOLD, Told, done, foreign, instance_of, ready, run};

#[test]
fn metadata_is_where_programs_look_for_it() {
    let world = World::new();
    let _server = world.up();
    let id = instance_of(&world);
    let url = "http://169.254.169.254/latest/meta-data/instance-id";
    assert_eq!(done(&world, &["--", "curl", "-s", url]), id);
    let with_token = "token=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
                      http://169.254.169.254/latest/api/token)
                      curl -s -H \"X-aws-ec2-metadata-token: $token\" ";
    world.done(&["instance", "modify-metadata-options", "--http-tokens", "required", "--wait"]);
    assert_eq!(done(&world, &["sh", "-c", &format!("{with_token}{url}")]), id);
    assert_eq!(done(&world, &["python3", "-c", GET, "169.254.169.254", "v1"]), "401");
    assert_eq!(done(&world, &["python3", "-c", GET, "169.254.169.254"]), id);
}

#[test]
fn metadata_over_ipv6_is_the_instances_choice() {
    let world = World::new();
    let _server = world.up();
    let get = ["python3", "-c", GET, "fd00:ec2::254"];
    assert_eq!(done(&world, &get), "403");
    world.done(&["instance", "modify-metadata-options", "--http-protocol-ipv6", "enabled", "--wait"]);
    assert_eq!(done(&world, &get), instance_of(&world));
}

#[test]
fn the_instance_is_the_one_that_was_named() {
    let world = World::new();
    let _server = world.up();
    let first = instance_of(&world);
    let second = world.done(&["instance", "launch", "--endpoint", &crate::environment::free_address()]);
    for id in [first.as_str(), second.trim()] {
        let get = ["--instance", id, "python3", "-c", GET, "169.254.169.254"];
        assert_eq!(done(&world, &get), id);
    }
    let unnamed = run(&world, &["true"]);
    assert_eq!(unnamed.code, 1);
    assert!(
        unnamed.stderr.contains("several instances") && unnamed.stderr.contains(&first),
        "{}",
        unnamed.stderr
    );
    let unknown = run(&world, &["--instance", "i-0123456789abcdef0", "true"]);
    assert_eq!(unknown.code, 1, "{}", unknown.stderr);
    assert!(unknown.stderr.contains("i-0123456789abcdef0"), "{}", unknown.stderr);
    assert_eq!(run(&world, &["--instance", "x", "true"]).code, 2);
}

#[test]
fn a_terminated_instance_answers_its_programs_no_more() {
    let world = World::new();
    let _server = world.up();
    let id = world.done(&["instance", "launch"]);
    let mut told = Told::start(&world, &["--instance", id.trim(), "python3", "-uc", TOLD]);
    assert_eq!(told.answer("get"), id.trim());
    world.done(&["instance", "terminate", "--instance-ids", id.trim()]);
    assert_eq!(told.answer("get"), "404");
    assert_eq!(told.end().code(), Some(0));
}

#[test]
fn exit_codes_are_those_of_the_program_or_of_a_shell() {
    let world = World::new();
    let _server = world.up();
    assert_eq!(run(&world, &["sh", "-c", "exit 7"]).code, 7);
    let missing = run(&world, &["no-such-program"]);
    assert_eq!(missing.code, 127, "{}", missing.stderr);
    assert!(
        missing.stderr.starts_with("error: ") && missing.stderr.contains("no-such-program"),
        "{}",
        missing.stderr
    );
    let file = world.write("file", "");
    assert_eq!(run(&world, &[file.to_str().unwrap()]).code, 126);
    assert_eq!(run(&world, &[]).code, 2);
    assert_eq!(run(&world, &["--no-such-flag", "true"]).code, 2);
}

#[test]
fn signals_reach_the_program_and_its_death_is_passed_on() {
    let world = World::new();
    let _server = world.up();
    let mut told = Told::start(&world, &["python3", "-uc", CATCHER]);
    assert_eq!(told.answer("ready"), "ready");
    told.signal(Signal::TERM);
    assert_eq!(told.line(), "caught");
    assert_eq!(told.wait().code(), Some(9));
    let mut told = Told::start(&world, &["cat"]);
    assert_eq!(told.answer("ready"), "ready");
    told.signal(Signal::TERM);
    assert_eq!(told.wait().signal(), Some(Signal::TERM.as_raw()));
}

#[test]
fn runs_within_a_run_have_their_own_instances() {
    let world = World::new();
    let _server = world.up();
    let first = instance_of(&world);
    let second = world.done(&["instance", "launch"]);
    let second = second.trim();
    let this = env!("CARGO_BIN_EXE_linklocal");
    // Outer, inner, a grandchild of the inner, outer again.
    let script = format!(
        "python3 -c \"$GET\" 169.254.169.254
         {this} run --instance {second} sh -c 'python3 -c \"$GET\" 169.254.169.254; (python3 -c \"$GET\" 169.254.169.254); exit 5'
         echo $?
         {this} run --instance {second} {this} run --instance {first} python3 -c \"$GET\" 169.254.169.254
         {this} run --instance {second} --isolate true || echo $?
         python3 -c \"$GET\" 169.254.169.254"
    );
    let mut command = ready(&world, &["--instance", &first, "sh", "-c", &script]);
    let said = said(command.env("GET", GET));
    let expected = [first.as_str(), second, second, "5", &first, "1", &first].join("\n");
    assert_eq!(said.stdout.trim_end(), expected, "{}", said.stderr);
    assert_eq!(said.stderr.lines().count(), 2, "{}", said.stderr);
    assert!(said.stderr.contains("give --isolate to the outer one"), "{}", said.stderr);
}

#[test]
fn a_run_within_a_run_may_have_another_server() {
    let world = World::new();
    let _server = world.up();
    let script = format!(
        "python3 -c \"$GET\" 169.254.169.254; {} run --data other python3 -c \"$GET\" 169.254.169.254",
        env!("CARGO_BIN_EXE_linklocal")
    );
    let said = said(ready(&world, &["sh", "-c", &script]).env("GET", GET));
    let ids: Vec<&str> = said.stdout.lines().collect();
    assert_eq!(ids[0], instance_of(&world), "{}", said.stderr);
    assert!(ids[1].starts_with("i-") && ids[1] != ids[0], "{}{}", said.stdout, said.stderr);
}

#[test]
fn a_server_is_started_for_the_life_of_the_program() {
    let world = World::new();
    let id = done(&world, &["python3", "-c", GET, "169.254.169.254"]);
    assert!(id.starts_with("i-"), "{id}");
    // The directory is free at once for the next, and the state stays.
    let server = world.up();
    assert_eq!(server.get("/latest/meta-data/instance-id").1, id);
    server.end(Signal::TERM);
    assert_eq!(done(&world, &["python3", "-c", GET, "169.254.169.254"]), id);
    assert!(eventually(|| !world.data().join("run.sock").exists()));
    let after = world.run(&["env"]);
    assert!(after.stderr.contains("no server is running"), "{}", after.stderr);
    assert_eq!(text_of(&world.data().join("run.log")), "");
}

#[test]
fn runs_share_a_server_that_one_of_them_started() {
    let world = World::new();
    let mut first = Told::start(&world, &["python3", "-uc", TOLD]);
    let id = first.answer("get");
    let endpoint = world.json(&["env"]);
    let mut second = Told::start(&world, &["python3", "-uc", TOLD]);
    assert_eq!(second.answer("get"), id);
    assert_eq!(first.end().code(), Some(0));
    assert_eq!(second.answer("get"), id);
    assert_eq!(world.json(&["env"]), endpoint);
    assert_eq!(second.end().code(), Some(0));
    assert!(eventually(|| world.run(&["env"]).code == 1));
}

#[test]
fn many_runs_at_once_agree_on_one_server() {
    let world = World::new();
    let runs: Vec<Child> = (0..8)
        .map(|_| {
            let mut command = ready(&world, &["python3", "-c", GET, "169.254.169.254"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut ids: Vec<String> = runs
        .into_iter()
        .map(|run| {
            let output = within("the end of a run", move || run.wait_with_output()).unwrap();
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{stderr}");
            String::from_utf8(output.stdout).unwrap()
        })
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
}

#[test]
fn a_killed_run_leaves_no_server_behind() {
    let world = World::new();
    let mut told = Told::start(&world, &["cat"]);
    assert_eq!(told.answer("ready"), "ready");
    world.done(&["env"]);
    told.signal(Signal::KILL);
    let program = told.stdin.take();
    assert_eq!(told.wait().signal(), Some(Signal::KILL.as_raw()));
    assert!(eventually(|| world.run(&["env"]).code == 1));
    drop(program);
}

#[test]
fn a_server_that_dies_is_refused_and_found_again() {
    let world = World::new();
    let server = world.up();
    let mut told = Told::start(&world, &["python3", "-uc", TOLD]);
    let id = told.answer("get");
    server.end(Signal::KILL);
    assert_eq!(told.answer("get"), "ECONNREFUSED");
    let _server = world.up();
    assert_eq!(told.answer("get"), id);
    assert_eq!(told.end().code(), Some(0));
}

#[test]
fn isolation_lets_nothing_link_local_through() {
    let world = World::new();
    let _server = world.up();
    let id = instance_of(&world);
    let mut told = Told::start(&world, &["--isolate", "python3", "-uc", TOLD]);
    assert_eq!(told.answer("get"), id);
    for destination in [
        "tcp 169.254.169.253 53",
        "udp 169.254.169.253 53",
        "tcp 169.254.169.254 8080",
        "udp 169.254.169.123 123",
    ] {
        assert_eq!(told.answer(destination), "ENETUNREACH", "{destination}");
    }
    assert_eq!(told.end().code(), Some(0));
}

#[test]
fn isolation_holds_for_runs_within() {
    let world = World::new();
    let _server = world.up();
    let second = world.done(&["instance", "launch"]);
    let second = second.trim();
    let first = instance_of(&world);
    let id = if first == second {
        world.json(&["instance", "list"])["Instances"][1]["InstanceId"].as_str().unwrap().to_owned()
    } else {
        first
    };
    let inner =
        ["--isolate", "--instance", &id, env!("CARGO_BIN_EXE_linklocal"), "run", "--instance", second];
    for flags in [&[][..], &["--isolate"]] {
        let mut told = Told::start(&world, &[&inner[..], flags, &["python3", "-uc", TOLD]].concat());
        assert_eq!(told.answer("get"), second);
        assert_eq!(told.answer("udp 169.254.169.253 53"), "ENETUNREACH");
        assert_eq!(told.end().code(), Some(0));
    }
}

#[test]
fn the_terminals_keys_are_for_the_program_alone() {
    let world = World::new();
    let mut terminal = ready(&world, &[]);
    let mut driver = Command::new("python3");
    driver.args(["-c", TERMINAL, env!("CARGO_BIN_EXE_linklocal"), "run", "python3", "-uc", INTERRUPTED, GET]);
    driver.envs(terminal.get_envs().filter_map(|(name, value)| Some((name, value?))));
    driver.current_dir(terminal.current_dir(world.path("")).get_current_dir().unwrap()).stdin(Stdio::null());
    let said = said(&mut driver);
    let lines: Vec<&str> = said.stdout.lines().map(str::trim).collect();
    // The server that the run started is still there after Ctrl-C.
    assert!(said.stdout.contains("i-0"), "{}{}", said.stdout, said.stderr);
    assert_eq!(lines.last(), Some(&"left with 6"), "{}{}", said.stdout, said.stderr);
}

#[test]
fn containers_find_their_credentials() {
    let world = World::new();
    let _server = world.up();
    let script = "import os, urllib.request
url = os.environ.get('AWS_CONTAINER_CREDENTIALS_FULL_URI') \\
    or 'http://169.254.170.2' + os.environ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']
file = os.environ.get('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')
headers = {'Authorization': open(file).read()} if file else {}
print(url.split('/')[2], 'AccessKeyId' in urllib.request.urlopen(urllib.request.Request(url, headers=headers)).read().decode())";
    for (agent, host) in [("ecs", "169.254.170.2"), ("eks", "169.254.170.23")] {
        assert_eq!(done(&world, &["--container", agent, "python3", "-c", script]), format!("{host} True"));
    }
}

#[test]
fn where_another_supervisor_is_the_variables_are_set() {
    let world = World::new();
    let server = world.up();
    let foreign = |arguments: &[&str]| foreign(&world, &[&["run"], arguments].concat());
    let fallen = foreign(&["sh", "-c", "echo $AWS_EC2_METADATA_SERVICE_ENDPOINT; exit 3"]);
    assert_eq!(
        (fallen.code, fallen.stdout),
        (3, format!("http://{}/\n", server.endpoint)),
        "{}",
        fallen.stderr
    );
    assert_eq!(fallen.stderr.lines().count(), 1, "{}", fallen.stderr);
    assert!(fallen.stderr.contains("only programs that honour"), "{}", fallen.stderr);
    let contained = foreign(&["--container", "ecs", "sh", "-c", "env"]);
    assert_eq!((contained.code, contained.stdout.as_str()), (1, ""), "{}", contained.stderr);
    assert!(contained.stderr.contains("--container"), "{}", contained.stderr);
    let killed = foreign(&["sh", "-c", "kill -KILL $$"]);
    assert_eq!(killed.code, -1);
    let isolated = foreign(&["--isolate", "echo", "started"]);
    assert_eq!((isolated.code, isolated.stdout.as_str()), (1, ""), "{}", isolated.stderr);
    assert!(isolated.stderr.starts_with("error: CMD cannot be isolated here: "), "{}", isolated.stderr);
    let id = world.done(&["instance", "launch", "--source", "10.0.0.9"]);
    let unreached = foreign(&["--instance", id.trim(), "echo", "started"]);
    assert_eq!((unreached.code, unreached.stdout.as_str()), (1, ""), "{}", unreached.stderr);
    assert!(unreached.stderr.contains("endpoints="), "{}", unreached.stderr);
}

#[test]
fn a_wrong_configuration_is_told_before_anything_starts() {
    let world = World::new();
    world.write("linklocal.toml", "[[instance]]\ninstance-typ = \"t3.micro\"\n");
    let file = world.write("other.toml", "[server]\nimd = 1\n");
    let said = run(&world, &["echo", "started"]);
    assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{}", said.stderr);
    assert!(
        said.stderr.contains("linklocal.toml:2:1") && said.stderr.contains("instance-type"),
        "{}",
        said.stderr
    );
    let said = run(&world, &["--config", file.to_str().unwrap(), "echo", "started"]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("other.toml:2:1"), "{}", said.stderr);
}

#[test]
fn what_wins_over_the_role_is_named_or_hidden() {
    let world = World::new();
    let _server = world.up();
    let print = ["sh", "-c", "echo ${AWS_ACCESS_KEY_ID-none} ${AWS_REGION-none}"];
    let with_keys = |flags: &[&str]| {
        let mut command = ready(&world, &[flags, &print].concat());
        said(command.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").env("AWS_REGION", "eu-west-1"))
    };
    let kept = with_keys(&[]);
    assert_eq!(kept.stdout, "AKIAIOSFODNN7EXAMPLE eu-west-1\n");
    assert_eq!(
        kept.stderr,
        "note: AWS_ACCESS_KEY_ID is set and wins over the instance role; --clean-env hides it\n"
    );
    let hidden = with_keys(&["--clean-env"]);
    assert_eq!((hidden.stdout.as_str(), hidden.stderr.as_str()), ("none eu-west-1\n", ""));
}

#[test]
fn what_is_left_running_is_served_and_waited_for() {
    let world = World::new();
    let _server = world.up();
    // The shell ends at once; its orphan writes later, and closes what the test waits for.
    let script = "(setsid sh -c 'read -r line; python3 -c \"$GET\" 169.254.169.254' <&3 &) ; exit 4";
    let mut command = ready(&world, &["sh", "-c", &format!("exec 3<&0; {script}")]);
    let mut child = command.env("GET", GET).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "go").unwrap();
    let output = within("the end of `run`", move || child.wait_with_output()).unwrap();
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), instance_of(&world));
}
