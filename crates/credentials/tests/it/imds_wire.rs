//! Six behaviours of a metadata service and the requests that real SDKs made: ours must be the same, by each SDK's plan.

use credentials::run;
use profile::Sdk;
use serde_json::Value;

use crate::server::{Answer, Asked, Server};
use crate::suites;
use crate::world::World;

/// Method, path, token and status of one request.
type Line = (String, String, Option<String>, u16);

const ROLES: &str = "/latest/meta-data/iam/security-credentials/";

#[tokio::test]
async fn requests_are_those_of_the_sdks() {
    let Some(path) = suites::find("linklocal-differential/imds-wire.json") else { return };
    let recording = suites::json(&path);
    let cases = recording["cases"].as_array().unwrap();
    let (mut agreed, mut missed) = (0, Vec::new());
    for case in cases {
        let name = format!("{} {}", case["sdk"].as_str().unwrap(), case["server"].as_str().unwrap());
        match difference(case).await {
            None => agreed += 1,
            Some(difference) => missed.push(format!("{name}: {difference}")),
        }
    }
    println!("imds-wire: {agreed} of {} runs agree", cases.len());
    // The token's life is not compared: Go asks for 300 s, we and all others for 21,600.
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

async fn difference(case: &Value) -> Option<String> {
    let behaviour = case["server"].as_str().unwrap().to_owned();
    let server = Server::start(move |asked| answer(&behaviour, asked)).await;
    let mut world = World::new();
    world.set("AWS_EC2_METADATA_SERVICE_ENDPOINT", &server.url());
    let plan = world.plan(sdk(case["sdk"].as_str().unwrap()));
    let outcome = run(&world.networked(), &plan).await;

    let recorded = case["requests"].as_array().unwrap().iter().map(recorded).collect();
    let (recorded, ours) = (credentials_only(recorded), credentials_only(ours(&server, case)));
    if recorded != ours {
        return Some(format!("recorded {recorded:?}\n    ours {ours:?}"));
    }
    let found = case["result"].as_str().unwrap().contains("AKIDIMDS");
    let expected = found.then_some("AKIDIMDS");
    let got = outcome.as_ref().ok().map(|run| run.resolved.access_key_id.as_str());
    (expected != got).then(|| format!("recorded {expected:?}, ours {got:?}"))
}

fn sdk(name: &str) -> Sdk {
    if name == "go2022" { Sdk::Go } else { name.parse().unwrap() }
}

fn recorded(request: &Value) -> Line {
    let text = |name: &str| request[name].as_str().map(str::to_owned);
    let status = u16::try_from(request["status"].as_u64().unwrap()).unwrap();
    (text("method").unwrap(), text("path").unwrap(), text("token"), status)
}

fn ours(server: &Server, case: &Value) -> Vec<Line> {
    let behaviour = case["server"].as_str().unwrap();
    let line = |asked: Asked| {
        let status = answer(behaviour, &asked).map_or(0, |(status, _)| status);
        let token = asked.header("x-aws-ec2-metadata-token").map(str::to_owned);
        (asked.method, asked.target, token, status)
    };
    server.asked().into_iter().map(line).collect()
}

/// Some SDKs ask for the region first, with a token of its own: what they do for credentials, without repetition.
fn credentials_only(mut lines: Vec<Line>) -> Vec<Line> {
    lines.retain(|(_, path, ..)| !path.ends_with("/placement/region"));
    lines.dedup();
    lines
}

fn answer(behaviour: &str, asked: &Asked) -> Answer {
    let is_put = asked.method == "PUT";
    let (status, body) = match (behaviour, is_put, asked.target.as_str()) {
        ("v2" | "norole", true, _) => (200, "TOKEN"),
        ("v1only404", true, _) => (404, ""),
        ("v1only405", true, _) => (405, ""),
        ("tok403", true, _) => (403, ""),
        ("tok400", true, _) => (400, ""),
        ("norole", _, _) => (404, ""),
        (_, _, ROLES) => (200, "myrole"),
        (_, _, "/latest/meta-data/iam/security-credentials/myrole") => (200, DOCUMENT),
        _ => (404, ""),
    };
    let life = if status == 200 && is_put { "x-aws-ec2-metadata-token-ttl-seconds: 21600\r\n" } else { "" };
    Some((status, format!("HTTP/1.1 {status} X\r\n{life}Content-Length: {}\r\n\r\n{body}", body.len())))
}

const DOCUMENT: &str = r#"{"Code":"Success","AccessKeyId":"AKIDIMDS","SecretAccessKey":"s","Token":"t",
    "Expiration":"2037-01-01T00:00:00Z"}"#;
