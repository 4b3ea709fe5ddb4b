//! Containers: what `linklocal env --container` prints leads SDKs to credentials, and nothing else does.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::world::{Server, World, ask, text_of};

#[test]
fn a_task_gets_the_role_of_its_instance_by_its_id() {
    let world = World::new();
    let server = up(&world);
    let (agent, path) = endpoint(&world.json(&["env", "--container", "ecs"]));
    assert_eq!(server.banner["ContainerEndpoints"][0], agent.to_string());
    assert!(path.starts_with("/v2/credentials/") && path.len() == 52, "{path}");
    let set = credentials(agent, &path, "");
    let role = world.json(&["instance", "show"])["Instance"]["IamInstanceProfile"]["Role"]["Arn"].clone();
    assert_eq!(set["RoleArn"], role);
    let name = role.as_str().unwrap().rsplit('/').next().unwrap();
    let (_, metadata) = server.get_v2(&format!("/latest/meta-data/iam/security-credentials/{name}"));
    assert!(!metadata.contains(set["AccessKeyId"].as_str().unwrap()), "a container has a session of its own");
    assert_eq!(credentials(agent, &path, ""), set, "asked twice, the same set");

    // Another id, another agent's path, and the metadata service itself.
    let other = format!("{}x", &path[..path.len() - 1]);
    assert_eq!(get(agent, &other, "").0, 400);
    assert_eq!(get(agent, "/latest/meta-data/instance-id", "").0, 404);
    assert_eq!(server.get(&path).0, 404);
    world.done(&["instance", "detach-role"]);
    let (status, body) = get(agent, &path, "");
    assert_eq!(status, 400);
    assert!(body.contains(r#""code":"InvalidIdInRequest""#), "{body}");
}

#[test]
fn a_pod_gets_it_by_a_token_in_a_file() {
    let world = World::new();
    let _server = up(&world);
    let variables = world.json(&["env", "--container", "eks"]);
    let (agent, path) = endpoint(&variables);
    assert_eq!(path, "/v1/credentials");
    let file = Path::new(variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"].as_str().unwrap());
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let token = text_of(file);
    assert!(!token.contains(char::is_whitespace) && token.split('.').count() == 3, "{token}");
    let set = credentials(agent, &path, &format!("Authorization: {token}\r\n"));
    assert_eq!(set["AccountId"], world.json(&["instance", "show"])["Instance"]["AccountId"]);
    for wrong in ["", "Authorization: \r\n", "Authorization: x\r\n", "Authorization: a.b.c\r\n"] {
        assert_eq!(get(agent, &path, wrong).0, 400, "{wrong}");
    }
    assert_eq!(world.json(&["env", "--container", "eks"]), variables);
}

#[test]
fn ids_and_tokens_outlive_the_server_and_the_role() {
    let world = World::new();
    let server = up(&world);
    let (_, path) = endpoint(&world.json(&["env", "--container", "ecs"]));
    drop(server);
    let _server = up(&world);
    let (agent, again) = endpoint(&world.json(&["env", "--container", "ecs"]));
    assert_eq!(again, path);
    world.done(&["instance", "detach-role"]);
    world.done(&["instance", "attach-role", "second"]);
    assert!(credentials(agent, &path, "")["RoleArn"].as_str().unwrap().ends_with(":role/second"));
}

#[test]
fn each_instance_has_its_own() {
    let world = World::new();
    let _server = up(&world);
    let first = world.json(&["instance", "list"])["Instances"][0]["InstanceId"].clone();
    let second = world.done(&["instance", "launch", "--role", "second"]);
    let role = |id: &str| {
        let (agent, path) = endpoint(&world.json(&["env", "--container", "ecs", "--instance", id]));
        credentials(agent, &path, "")["RoleArn"].clone()
    };
    assert_ne!(role(first.as_str().unwrap()), role(second.trim()));
    assert!(role(second.trim()).as_str().unwrap().ends_with(":role/second"));
}

#[test]
fn a_server_without_the_endpoint_says_how_to_have_one() {
    let world = World::new();
    let _server = world.up();
    let said = world.run(&["env", "--container", "ecs"]);
    assert_eq!((said.code, said.stdout.as_str()), (1, ""));
    assert!(said.stderr.contains("hint: start it with `linklocal up --container "), "{}", said.stderr);
}

#[test]
fn pages_and_foreign_names_get_nothing_here_either() {
    let world = World::new();
    let _server = up(&world);
    let (agent, path) = endpoint(&world.json(&["env", "--container", "ecs"]));
    for wrong in ["Origin: http://page.example\r\n", "Sec-Fetch-Site: cross-site\r\n"] {
        assert_eq!(get(agent, &path, wrong), (403, String::new()), "{wrong}");
    }
    let rebound = format!("http://evil.example{path}");
    assert_eq!(get(agent, &rebound, ""), (403, String::new()));
    assert_eq!(get(agent, &path, "").0, 200);
    let denied = world.done(&["trail", "--denied"]);
    assert_eq!(denied.lines().count(), 3, "{denied}");
}

fn up(world: &World) -> Server {
    world.up_with(&["--imds", "127.0.0.1:0", "--container", "127.0.0.1:0"])
}

/// Where the variables point: address and path.
fn endpoint(variables: &Value) -> (SocketAddr, String) {
    let url = variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"].as_str().unwrap();
    let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    (address.parse().unwrap(), format!("/{path}"))
}

fn get(agent: SocketAddr, path: &str, headers: &str) -> (u16, String) {
    ask(agent, "GET", path, &format!("{headers}Connection: close\r\n"))
}

fn credentials(agent: SocketAddr, path: &str, headers: &str) -> Value {
    let (status, body) = get(agent, path, headers);
    assert_eq!(status, 200, "{body}");
    serde_json::from_str(&body).unwrap()
}
