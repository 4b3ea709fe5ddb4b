//! The container endpoints: bytes as a client sends them, to the instance that they prove to be on.
//!
//! Inputs are a request line and header lines in plain text. `{id}` and `{token}` stand for the proofs of an instance.

#![no_main]

use std::sync::LazyLock;

use account::{Keyring, MasterKey, SessionIssuer};
use libfuzzer_sys::fuzz_target;
use metadata::{ContainerEndpoint, ContainerForm, ContainerQuestion, Field, Method};
use types::InstanceId;

fuzz_target!(|text: &str| {
    let world = &*WORLD;
    let text = text.replace("{id}", &world.id).replace("{token}", &world.token);
    let mut lines = text.lines();
    let Some((method, target)) = lines.next().and_then(|line| line.split_once(' ')) else { return };
    let method = match method {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        _ => Method::Other,
    };
    let tokens: Vec<&str> = lines.filter_map(|line| line.strip_prefix("Authorization:")).collect();
    let authorization = match tokens.as_slice() {
        [] => Field::Absent,
        [one] => Field::One(one.trim_ascii().as_bytes()),
        _ => Field::Repeated,
    };
    for endpoint in [ContainerEndpoint::Ecs, ContainerEndpoint::PodIdentity, ContainerEndpoint::Either] {
        match endpoint.question(method, target, authorization) {
            Ok(question) => {
                assert!(method != Method::Other, "nobody but a reader may ask");
                check(world, &question);
            }
            Err(fault) => assert!((400..=503).contains(&fault.refusal().status)),
        }
    }
});

/// Only what was handed out proves anything.
fn check(world: &World, question: &ContainerQuestion) {
    let (found, handed_out) = match question.form {
        ContainerForm::EcsV1 | ContainerForm::EcsV2 => {
            (world.issuer.instance_of_credentials_id(&question.proof), &world.id)
        }
        ContainerForm::PodIdentity => {
            (world.issuer.instance_of_service_account_token(&question.proof), &world.token)
        }
        // The token is the server's, not the account's.
        ContainerForm::Own => return,
    };
    let wanted = (question.proof == *handed_out).then_some(&world.instance);
    assert_eq!(found.as_ref(), wanted);
}

/// An instance and what its containers show.
struct World {
    issuer: SessionIssuer,
    instance: InstanceId,
    id: String,
    token: String,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let issuer = SessionIssuer::new(Keyring::new(1, MasterKey::new([7; 32])));
    let instance: InstanceId = "i-0123456789abcdef0".parse().expect("it is an instance id");
    let id = issuer.credentials_id(&instance).expose().clone();
    let token = issuer.service_account_token(&instance).expose().clone();
    World { issuer, instance, id, token }
});
