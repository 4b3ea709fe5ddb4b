//! What is counted (EC2 user guide, "Transition to using IMDSv2": `MetadataNoToken`, `MetadataNoTokenRejected`).

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use types::instance::Tokens;

use crate::world::{START, World, instance, wait_until};

#[test]
fn calls_are_counted_under_ec2s_meanings() {
    let world = World::start(&[instance(1)]);
    let mut registry = Registry::default();
    world.service.metrics().register(world.service.connections(), &mut registry);

    let token = world.token();
    world.get("/latest/meta-data/mac");
    world.get("/latest/meta-data/iam/security-credentials/app");
    world.get("/latest/meta-data/nothing");
    world.get_with(&token, "/latest/meta-data/iam/security-credentials/app");
    world.get_with("bad", "/latest/meta-data/mac");
    world.ask("PUT /latest/api/token HTTP/1.1\r\n\r\n");
    world.ask("\0");
    let mut required = instance(1);
    required.metadata_options.http_tokens = Tokens::Required;
    world.roster.replace(&required, START);
    world.get("/latest/meta-data/mac");
    // A client sees the end of its connection before the server has counted it.
    wait_until(|| world.service.connections().open() == 0);

    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    for line in [
        "linklocal_metadata_no_token_total 2",
        "linklocal_metadata_no_token_rejected_total 1",
        "linklocal_metadata_bad_token_total 1",
        "linklocal_metadata_token_requests_total{result=\"issued\"} 1",
        "linklocal_metadata_token_requests_total{result=\"refused\"} 1",
        "linklocal_metadata_requests_total{status=\"200\"} 4",
        "linklocal_metadata_requests_total{status=\"400\"} 2",
        "linklocal_metadata_requests_total{status=\"401\"} 2",
        "linklocal_metadata_requests_total{status=\"404\"} 1",
        "linklocal_metadata_requests_total{status=\"500\"} 0",
        "linklocal_metadata_credentials_granted_total{delivery=\"1.0\"} 1",
        "linklocal_metadata_credentials_granted_total{delivery=\"2.0\"} 1",
        "linklocal_metadata_open_connections 0",
    ] {
        assert!(text.lines().any(|l| l == line), "no line {line:?} in\n{text}");
    }
}
