//! What is sent to STS is what botocore sends for the same parameters: names, values and numbering of every list, recorded by
//! `testdata/sts_bodies.py`. The order of parameters and the spelling of a blank mean nothing to STS.

use credentials::{Context, Keep, resolve};
use profile::Place;
use profile::plan::{AssumeRole, MfaSource, Provider, SessionDetails, StaticKeys, StsTarget, WebIdentity};
use profile::settings::Found;
use serde_json::Value;
use types::Secret;

use crate::server::Server;
use crate::world::World;

const RECORDED: &str = include_str!("../../testdata/sts-bodies.jsonl");
const ANSWER: &str = "<R><Credentials><AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
                      <SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></R>";

#[tokio::test]
async fn bodies_are_those_of_botocore() {
    let (world, server) = (World::new(), Server::start(|_| Some((200, ANSWER.to_owned()))).await);
    let keep = Keep { read: false, write: false, ..Keep::default() };
    let context = Context { keep, ..world.networked() };
    let lines: Vec<Value> = RECORDED.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        resolve(&context, &provider(&world, &server, line)).await.unwrap();
        let asked = server.asked();
        assert_eq!(pairs(&asked.last().unwrap().body), pairs(line["Body"].as_str().unwrap()), "{line}");
    }
    assert_eq!(server.asked().len(), lines.len());
    println!("{} recorded bodies", lines.len());
}

fn provider(world: &World, server: &Server, line: &Value) -> Provider {
    let parameters = &line["Parameters"];
    let text = |name: &str| parameters[name].as_str().map(str::to_owned);
    let list = |name: &str| parameters[name].as_array().cloned().unwrap_or_default();
    let string = |value: &Value| value.as_str().unwrap().to_owned();
    let duration = parameters["DurationSeconds"].as_u64().map(|seconds| u32::try_from(seconds).unwrap());
    let details = SessionDetails {
        policy: text("Policy"),
        policy_arns: list("PolicyArns").iter().map(|policy| string(&policy["arn"])).collect(),
        tags: list("Tags").iter().map(|tag| (string(&tag["Key"]), string(&tag["Value"]))).collect(),
        transitive_tag_keys: list("TransitiveTagKeys").iter().map(string).collect(),
        source_identity: text("SourceIdentity"),
        provider_id: text("ProviderId"),
        assumed_by: None,
    };
    let sts = StsTarget {
        region: Found::by_default("us-east-1".to_owned()),
        endpoint_url: Found::new(server.url(), Place::variable("AWS_ENDPOINT_URL_STS")),
    };
    if let Some(token) = text("WebIdentityToken") {
        return Provider::WebIdentity(WebIdentity {
            role_arn: text("RoleArn").unwrap(),
            token_file: world.write("token", &token).display().to_string(),
            role_session_name: text("RoleSessionName"),
            duration_seconds: duration,
            details,
            sts,
        });
    }
    let base = StaticKeys {
        access_key_id: "AKIAX".to_owned(),
        secret_access_key: Secret::new("s".to_owned()),
        session_token: None,
        account_id: None,
        expiration: None,
    };
    Provider::AssumeRole(Box::new(AssumeRole {
        base: Provider::Static(base),
        profile: "p".to_owned(),
        role_arn: text("RoleArn").unwrap(),
        role_session_name: text("RoleSessionName"),
        external_id: text("ExternalId"),
        duration_seconds: duration,
        mfa_serial: None,
        mfa_source: MfaSource::default(),
        details,
        sts,
    }))
}

/// Names and values of a form, in the order of the names.
fn pairs(body: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = body
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(n, v)| (decoded(n), decoded(v)))
        .collect();
    pairs.sort();
    pairs
}

fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&rest[..2]).unwrap(), 16).unwrap());
                rest = &rest[2..];
            }
            other => bytes.push(*other),
        }
    }
    String::from_utf8(bytes).unwrap()
}
