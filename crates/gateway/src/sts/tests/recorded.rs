//! Errors that STS answered when it was recorded: each is provoked here, and must say the same.
//!
//! The recordings are read in place; without them the test says so and passes.

use std::path::Path;

use account::ServiceError;
use serde_json::Value;
use wire::Structure;

use super::World;

const TRUST: &str =
    r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["sts:AssumeRole","sts:TagSession"]}"#;
const MAY: &str = r#"{"Effect":"Allow","Action":"sts:*","Resource":"*"}"#;

#[test]
fn errors_of_sts_are_those_recorded() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/suites/aws-recorded/errors.json");
    if !path.exists() {
        println!("0 recorded errors of STS compared: the recordings are absent");
        return;
    }
    let recorded = json(&path);
    let (mut compared, mut elsewhere) = (0, 0);
    for case in recorded.as_array().unwrap().iter().filter(|case| case["service"] == "sts") {
        let text = |name: &str| case[name].as_str().unwrap();
        // What the model forbids is refused before an operation is asked.
        let Some(error) = provoked(text("message")) else {
            elsewhere += 1;
            continue;
        };
        assert_eq!((&*error.code, error.message.as_str()), (text("code"), text("message")));
        assert_eq!(u64::from(error.status), case["http_status"].as_u64().unwrap());
        compared += 1;
    }
    println!("{compared} recorded errors of STS compared, {elsewhere} are the model's");
    assert!(compared >= 8, "{compared}");
}

/// The error that is answered where AWS answered with this text.
fn provoked(message: &str) -> Option<ServiceError> {
    let world = World::new();
    world.allow("alice", MAY);
    let [first, second] = ["first", "second"].map(|name| world.role(name, TRUST, MAY));
    let input = |arn: &str| Structure::new().with("RoleArn", arn).with("RoleSessionName", "session");
    let tags = |keys: &[&str]| {
        keys.iter().map(|key| Structure::new().with("Key", *key).with("Value", "v")).collect::<Vec<_>>()
    };
    let transitive = |key: &str| vec![key.to_owned()];
    let alice = world.user("alice");
    let answer = if let Some(arn) = message.strip_suffix(" is invalid") {
        world.sts(&alice, "AssumeRole", input(arn))
    } else if message.starts_with("The specified transitive tag key") {
        let input = input(&first).with("Tags", tags(&["a"])).with("TransitiveTagKeys", transitive("b"));
        world.sts(&alice, "AssumeRole", input)
    } else if message.starts_with("Duplicate tag keys") {
        world.sts(&alice, "AssumeRole", input(&first).with("Tags", tags(&["a", "A"])))
    } else if message.starts_with("One of the specified transitive tag keys") {
        let tagged = input(&first).with("Tags", tags(&["a"])).with("TransitiveTagKeys", transitive("a"));
        let caller = world.holder(&world.sts(&alice, "AssumeRole", tagged).unwrap());
        world.sts(&caller, "AssumeRole", input(&second).with("Tags", tags(&["a"])))
    } else {
        return None;
    };
    Some(answer.unwrap_err())
}

#[allow(clippy::disallowed_methods, reason = "a test's own files; this crate has no door to any")]
fn json(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap();
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
