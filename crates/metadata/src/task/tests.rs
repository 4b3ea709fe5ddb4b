//! Paths, ids and documents of the task metadata endpoint.

use serde_json::Value;
use types::{Instance, InstanceId, Timestamp};

use super::*;
use crate::Shapes;

fn rendered() -> Rendered {
    let instance: Instance = serde_json::from_str(include_str!("../../tests/instances/full.json")).unwrap();
    Rendered::new(&instance, &mut Shapes::default())
}

fn uri(instance: &InstanceId) -> String {
    let [(_, uri), _] = TaskEndpoint::of(instance).variables("");
    uri
}

fn read(rendered: &Rendered, target: &str) -> Value {
    let question = TaskQuestion::of(target).unwrap();
    assert_eq!(question.holder().as_ref(), Some(rendered.instance_id()));
    let now = Timestamp::from_secs(1_800_000_000);
    serde_json::from_slice(&question.answer(rendered, now)).unwrap()
}

#[test]
fn a_task_is_its_instance_seen_from_within() {
    let rendered = rendered();
    let uri = uri(rendered.instance_id());
    let task = read(&rendered, &format!("{uri}/task"));
    let container = read(&rendered, &uri);
    assert_eq!(task["Containers"][0], container);
    assert_eq!(task["LaunchType"], "FARGATE");
    assert_eq!(task["AvailabilityZone"], leaf(&rendered, "placement/availability-zone"));
    let arn = task["TaskARN"].as_str().unwrap();
    let region = leaf(&rendered, "placement/region");
    let account = rendered.origin().account_id;
    assert!(arn.starts_with(&format!("arn:aws:ecs:{region}:{account}:task/default/")), "{arn}");
    assert_eq!(container["Labels"]["com.amazonaws.ecs.task-arn"], arn);
    let network = &container["Networks"][0];
    assert_eq!(network["NetworkMode"], "awsvpc");
    assert_eq!(network["MACAddress"], leaf(&rendered, "mac"));
    assert_eq!(network["IPv4Addresses"][0], leaf(&rendered, "local-ipv4"));
    assert_eq!(network["PrivateDNSName"], leaf(&rendered, "local-hostname"));
    assert!(network["SubnetGatewayIpv4Address"].as_str().unwrap().contains(".1/"), "{network}");
}

#[test]
fn the_older_version_tells_less() {
    let rendered = rendered();
    let uri = uri(rendered.instance_id()).replace("/v4/", "/v3/");
    let container = read(&rendered, &uri);
    assert_eq!(container["Networks"][0].as_object().unwrap().len(), 2);
    assert_eq!(container["ContainerARN"], Value::Null);
    let task = read(&rendered, &format!("{uri}/task"));
    assert_eq!((&task["LaunchType"], &task["Family"]), (&Value::Null, &Value::from("linklocal")));
}

#[test]
fn stats_are_there_and_empty() {
    let rendered = rendered();
    let uri = uri(rendered.instance_id());
    let stats = read(&rendered, &format!("{uri}/stats"));
    assert_eq!(stats["cpu_stats"]["cpu_usage"]["total_usage"], 0);
    let id = stats["id"].as_str().unwrap();
    assert_eq!(read(&rendered, &format!("{uri}/task/stats"))[id], stats);
}

#[test]
fn paths_of_others_are_not_answered() {
    for target in ["/", "/v4", "/v4/x/", "/v4/x/tasks", "/v4/x/task/other", "/v2/metadata", "/v5/x", "*"] {
        assert_eq!(TaskQuestion::of(target), None, "{target}");
    }
    assert!(TaskQuestion::of("/v4/x/taskWithTags?y=1").is_some());
}

#[test]
fn ids_lead_to_their_instance_alone() {
    for id in ["i-0f0268e5db7f020e2", "i-1234abcd"] {
        let instance: InstanceId = id.parse().unwrap();
        let uri = uri(&instance);
        assert_eq!(uri.len(), "/v4/".len() + 32 + 1 + 10, "{uri}");
        assert_eq!(TaskQuestion::of(&uri).unwrap().holder(), Some(instance));
        let last = if uri.ends_with('1') { "2" } else { "1" };
        let other = format!("{}{last}", &uri[..uri.len() - 1]);
        assert_eq!(TaskQuestion::of(&other).unwrap().holder(), None, "{other}");
    }
    let odd = TaskQuestion::of("/v4/ü").unwrap();
    assert_eq!(odd.holder(), None);
    let refusal = odd.unknown();
    assert_eq!((refusal.status, refusal.is_json), (404, true));
    assert!(refusal.body.starts_with(b"\"V4 container metadata handler: "));
}

fn leaf(rendered: &Rendered, path: &str) -> String {
    let path = format!("/latest/meta-data/{path}");
    match rendered.tree().find(&Path::parse(&path).unwrap()) {
        Some(crate::Item::Text(text)) => String::from_utf8(text.to_vec()).unwrap(),
        other => panic!("{path}: {other:?}"),
    }
}
