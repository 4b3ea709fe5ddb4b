//! Nothing secret is logged, however loud the log.

use crate::world::World;

#[test]
fn the_loudest_log_holds_no_token_and_no_key() {
    let world = World::new();
    let server = world.up_with(&["--imds", "127.0.0.1:0", "--log", "trace"]);
    let token = server.token();
    let header = format!("X-aws-ec2-metadata-token: {token}\r\n");
    let path = "/latest/meta-data/iam/security-credentials/linklocal";
    let (status, body) = crate::world::ask(server.endpoint, "GET", path, &header);
    assert_eq!(status, 200, "{body}");
    let credentials: serde_json::Value = serde_json::from_str(&body).unwrap();
    world.done(&["instance", "set", "user-data=not-for-logs"]);
    world.done(&["get", "instance-id"]);
    let log = server.stderr();
    assert!(!log.is_empty());
    let secrets = [
        token.as_str(),
        member(&credentials, "SecretAccessKey"),
        member(&credentials, "Token"),
        "not-for-logs",
    ];
    for secret in secrets {
        assert!(!log.contains(secret), "the log holds a secret: {log}");
    }
}

#[test]
fn commands_that_only_look_print_no_secret() {
    let world = World::new();
    let _server = world.up();
    let body = world.done(&["get", "iam/security-credentials/linklocal"]);
    let credentials: serde_json::Value = serde_json::from_str(&body).unwrap();
    for command in [&["instance", "show", "--json"][..], &["instance", "list", "--json"], &["env"]] {
        let text = world.done(command);
        assert!(!text.contains(member(&credentials, "SecretAccessKey")), "{text}");
    }
}

fn member<'a>(object: &'a serde_json::Value, name: &str) -> &'a str {
    object[name].as_str().unwrap()
}
