//! `linklocal run --as`: what a task, a pod and a function find, on an instance of the local account.

use serde_json::Value;

use super::stage::{FINDS, GET, done, foreign, instance_of, ready, run};
use crate::world::{World, said};

/// What a program finds as a workload.
fn found(world: &World, arguments: &[&str]) -> Value {
    let text = done(world, &[arguments, &["--", "python3", "-c", FINDS]].concat());
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_task_reaches_its_agent_and_learns_about_itself() {
    let world = World::new();
    let _server = world.up();
    let found = found(&world, &["--as", "ecs"]);
    let role = world.json(&["instance", "show"])["Instance"]["IamInstanceProfile"]["Role"]["Arn"].clone();
    assert_eq!(found["ecs"]["RoleArn"], role);
    assert_eq!(found["task"]["LaunchType"], "FARGATE");
    assert_eq!(
        found["task"]["Containers"][0]["Labels"]["com.amazonaws.ecs.task-arn"],
        found["task"]["TaskARN"]
    );
    assert_eq!(
        (&found["imds"], &found["imds6"], &found["eks"]),
        (&"EINVAL".into(), &"EINVAL".into(), &"EINVAL".into())
    );
    let env = &found["env"];
    assert_eq!(env["AWS_EXECUTION_ENV"], "AWS_ECS_FARGATE");
    assert_eq!(env["AWS_REGION"], env["AWS_DEFAULT_REGION"]);
    assert_eq!(env["AWS_CONFIG_FILE"], "/dev/null");
}

#[test]
fn a_pod_reaches_its_agent_alone() {
    let world = World::new();
    let _server = world.up();
    let found = found(&world, &["--as", "eks"]);
    let account = world.json(&["instance", "show"])["Instance"]["AccountId"].clone();
    assert_eq!(found["eks"]["AccountId"], account);
    assert_eq!((&found["imds"], &found["ecs"]), (&"ETIMEDOUT".into(), &"ETIMEDOUT".into()));
    assert_eq!(found["env"]["AWS_STS_REGIONAL_ENDPOINTS"], "regional");
}

#[test]
fn a_function_has_its_credentials_and_nobody_to_ask() {
    let world = World::new();
    let _server = world.up();
    let found = found(&world, &["--as", "lambda"]);
    for nobody in ["imds", "imds6", "ecs", "eks"] {
        assert_eq!(found[nobody], "ECONNREFUSED", "{nobody}");
    }
    let env = found["env"].as_object().unwrap();
    let task = self::found(&world, &["--as", "ecs"]);
    assert_eq!(env["AWS_ACCESS_KEY_ID"], task["ecs"]["AccessKeyId"]);
    assert_eq!(env["AWS_SECRET_ACCESS_KEY"], task["ecs"]["SecretAccessKey"]);
    assert_eq!(env["AWS_SESSION_TOKEN"], task["ecs"]["Token"]);
    for name in ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
        assert!(!env.contains_key(name), "{name}");
    }
    assert_eq!((&env["TZ"], &env["AWS_LAMBDA_FUNCTION_NAME"]), (&":UTC".into(), &"function".into()));
    let trail = world.done(&["trail"]);
    assert!(trail.contains("container"), "the hand-out is told: {trail}");
}

#[test]
fn a_function_without_a_role_is_not_started() {
    let world = World::new();
    let _server = world.up();
    world.done(&["instance", "detach-role"]);
    let said = run(&world, &["--as", "lambda", "--", "echo", "started"]);
    assert_eq!((said.code, said.stdout.as_str()), (1, ""), "{}", said.stderr);
    assert!(said.stderr.contains("hint: `linklocal instance attach-role`"), "{}", said.stderr);
}

#[test]
fn what_would_win_is_hidden_and_named() {
    let world = World::new();
    let _server = world.up();
    let mut command =
        ready(&world, &["--as", "ecs", "--", "sh", "-c", "echo ${AWS_PROFILE-none} ${KEPT-none}"]);
    let said = said(command.env("AWS_PROFILE", "p").env("KEPT", "yes"));
    assert_eq!(said.stdout, "none yes\n");
    let expected = format!(
        "note: CMD gets the credentials of a task on {}; hidden from it: AWS_PROFILE\n",
        instance_of(&world)
    );
    assert_eq!(said.stderr, expected);
}

#[test]
fn runs_within_a_run_are_what_they_are() {
    let world = World::new();
    let _server = world.up();
    let this = env!("CARGO_BIN_EXE_linklocal");
    let found = found(&world, &["--as", "eks", "--", this, "run", "--as", "lambda"]);
    assert_eq!(found["imds"], "ECONNREFUSED");
    let on_instance =
        done(&world, &["--as", "eks", "--", this, "run", "--", "python3", "-c", GET, "169.254.169.254"]);
    assert_eq!(on_instance, instance_of(&world));
}

#[test]
fn where_nobody_can_be_supervised_variables_lead_there() {
    let world = World::new();
    let _server = world.up_with(&["--imds", "127.0.0.1:0", "--container", "127.0.0.1:0"]);
    let print =
        "echo $AWS_CONTAINER_CREDENTIALS_FULL_URI; echo $AWS_EC2_METADATA_DISABLED; echo $AWS_EXECUTION_ENV";
    let said = foreign(&world, &["run", "--as", "ecs", "--", "sh", "-c", print]);
    assert!(said.stdout.starts_with("http://127.0.0.1:"), "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.ends_with("\ntrue\nAWS_ECS_FARGATE\n"), "{}", said.stdout);
    assert!(
        said.stderr.contains("only programs that honour AWS_CONTAINER_CREDENTIALS_FULL_URI are served"),
        "{}",
        said.stderr
    );
    let said =
        foreign(&world, &["run", "--as", "lambda", "--", "sh", "-c", "echo ${AWS_SESSION_TOKEN:+there}"]);
    assert_eq!((said.code, said.stdout.as_str()), (0, "there\n"), "{}", said.stderr);
}

#[test]
fn what_does_not_go_together_is_refused() {
    let world = World::new();
    for arguments in [
        &["--as", "ecs", "--container", "ecs", "true"][..],
        &["--as", "ec3", "true"],
        &["--profile", "p", "--instance", "i-0123456789abcdef0", "true"],
        &["--region", "eu-west-1", "true"],
        &["--expect-account", "111122223333", "true"],
    ] {
        assert_eq!(run(&world, arguments).code, 2, "{arguments:?}");
    }
}
