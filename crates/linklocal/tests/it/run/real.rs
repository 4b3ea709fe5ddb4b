//! `linklocal run --profile`: real credentials, here those of a process, by a server of the run's own.

use std::process::Stdio;

use rustix::process::Signal;
use serde_json::Value;

use super::stage::{FINDS, Told, foreign, ready};
use crate::world::{Said, World, eventually, said};

/// A world with a profile whose process gives sets that live for an hour.
fn world() -> World {
    let world = World::new();
    let end = "2096-11-22T12:00:00Z";
    let set = format!(
        r#"{{"Version":1,"AccessKeyId":"{KEY}","SecretAccessKey":"s","SessionToken":"t","Expiration":"{end}","AccountId":"111122223333"}}"#
    );
    let set = world.write("set.json", &set);
    std::fs::create_dir(world.path(".aws")).unwrap();
    std::fs::create_dir(world.path("tmp")).unwrap();
    let config = format!("[profile dev]\nregion = eu-west-1\ncredential_process = cat {}\n", set.display());
    world.write(".aws/config", &config);
    world
}

/// The same, with its temporary directory in the world.
fn run(world: &World, arguments: &[&str]) -> Said {
    said(ready(world, arguments).env("TMPDIR", world.path("tmp")))
}

fn found(world: &World, arguments: &[&str]) -> Value {
    let said = run(world, &[arguments, &["--", "python3", "-c", FINDS]].concat());
    serde_json::from_str(&said.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", said.stdout, said.stderr))
}

/// What is left in the temporary directory.
fn left(world: &World) -> usize {
    std::fs::read_dir(world.path("tmp")).unwrap().count()
}

#[test]
fn a_program_is_on_an_instance_with_the_profiles_credentials() {
    let world = world();
    let found = found(&world, &["--profile", "dev"]);
    assert_eq!(found["role"]["AccessKeyId"], KEY);
    assert_eq!(found["region"], "eu-west-1");
    let env = &found["env"];
    assert_eq!((&env["AWS_REGION"], &env["AWS_DEFAULT_REGION"]), (&"eu-west-1".into(), &"eu-west-1".into()));
    assert_eq!((&env["AWS_CONFIG_FILE"], &env["AWS_PROFILE"]), (&"/dev/null".into(), &Value::Null));
    assert_eq!(left(&world), 0, "the server's directory goes with the run");
}

#[test]
fn or_in_a_task_a_pod_or_a_function() {
    let world = world();
    let task = found(&world, &["--profile", "dev", "--as", "ecs"]);
    assert_eq!((&task["ecs"]["AccessKeyId"], &task["imds"]), (&KEY.into(), &"EINVAL".into()));
    assert!(
        task["task"]["TaskARN"].as_str().unwrap().starts_with("arn:aws:ecs:eu-west-1:111122223333:task/")
    );
    let pod = found(&world, &["--profile", "dev", "--as", "eks"]);
    assert_eq!((&pod["eks"]["AccountId"], &pod["imds"]), (&"111122223333".into(), &"ETIMEDOUT".into()));
    let function = found(&world, &["--profile", "dev", "--as", "lambda"]);
    assert_eq!(
        (&function["env"]["AWS_ACCESS_KEY_ID"], &function["ecs"]),
        (&KEY.into(), &"ECONNREFUSED".into())
    );
    assert_eq!(function["env"]["AWS_REGION"], "eu-west-1");
    assert_eq!(left(&world), 0);
}

#[test]
fn what_is_hidden_is_told() {
    let world = world();
    let mut command =
        ready(&world, &["--profile", "dev", "--", "sh", "-c", "echo ${AWS_ACCESS_KEY_ID-none}"]);
    let said = said(command.env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"));
    assert_eq!(said.stdout, "none\n");
    let expected = format!(
        "note: CMD gets the credentials of profile dev; hidden from it: AWS_ACCESS_KEY_ID, {}\n",
        world.path(".aws/config").display()
    );
    assert_eq!(said.stderr, expected);
}

#[test]
fn nothing_starts_without_credentials() {
    let world = world();
    for (arguments, why) in
        [(&["--profile", "nobody"][..], "\"nobody\""), (&["--profile", "dev", "--role", "none"], "none")]
    {
        let said = run(&world, &[arguments, &["--", "echo", "started"]].concat());
        assert_ne!(said.code, 0, "{arguments:?}");
        assert_eq!(said.stdout, "", "{arguments:?}");
        assert!(said.stderr.starts_with("error: ") && said.stderr.contains(why), "{}", said.stderr);
    }
    assert_eq!(left(&world), 0);
}

#[test]
fn a_program_leaves_as_it_does_everywhere() {
    let world = world();
    assert_eq!(run(&world, &["--profile", "dev", "--", "sh", "-c", "exit 7"]).code, 7);
    assert_eq!(run(&world, &["--profile", "dev", "--", "no-such-program"]).code, 127);
    assert_eq!(left(&world), 0);
}

#[test]
fn a_run_that_is_killed_takes_its_server_along() {
    let world = world();
    let mut told = Told::of(
        ready(&world, &["--profile", "dev", "--", "sh", "-c", "echo here; cat"])
            .env("TMPDIR", world.path("tmp"))
            .stderr(Stdio::null()),
    );
    assert_eq!(told.line(), "here");
    let directory = std::fs::read_dir(world.path("tmp")).unwrap().next().unwrap().unwrap().path();
    assert!(directory.join("run.sock").exists());
    told.signal(Signal::KILL);
    assert!(eventually(|| !directory.exists()), "the server is there still");
    told.end();
}

#[test]
fn where_nobody_can_be_supervised_variables_lead_there() {
    let world = world();
    let get = r#"python3 -c "import os,urllib.request as u
print(u.urlopen(u.Request(os.environ['AWS_CONTAINER_CREDENTIALS_FULL_URI'], headers={'Authorization': open(os.environ['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE']).read()})).read().decode())""#;
    let said = foreign(&world, &["run", "--profile", "dev", "--as", "eks", "--", "sh", "-c", get]);
    assert!(said.stdout.contains(KEY), "{}{}", said.stdout, said.stderr);
    let said = foreign(
        &world,
        &["run", "--profile", "dev", "--", "sh", "-c", "echo $AWS_EC2_METADATA_SERVICE_ENDPOINT"],
    );
    assert!(said.stdout.starts_with("http://127.0.0.1:"), "{}{}", said.stdout, said.stderr);
}

const KEY: &str = "ASIAIOSFODNN7EXAMPLE";
