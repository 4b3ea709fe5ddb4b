//! Token replies leave with the instance's hop limit, and nothing else does once the client has shown that it got the
//! token. Packets are looked at where the system allows it; `net`'s unit tests hold the socket option for both families
//! everywhere.

use types::instance::HopLimit;

use crate::capture::Capture;
use crate::world::{World, instance};

/// Sends `requests` (with `{}` for the last token) on one keep-alive connection; the TTLs of the replies.
fn ttls(world: &World, requests: &[&str]) -> Option<Vec<u8>> {
    let mut capture = Capture::start(world.addr.port()).or_else(|| {
        println!("not checked: packets cannot be captured without CAP_NET_RAW");
        None
    })?;
    let mut client = world.connect();
    let mut token = String::new();
    for request in requests {
        client.send(format!("{}\r\nConnection: keep-alive\r\n\r\n", request.replace("{}", &token)));
        let reply = client.reply();
        assert_eq!(reply.status(), 200, "{request}");
        if request.starts_with("PUT") {
            token = reply.body;
        }
    }
    Some(capture.ttls())
}

const GET: &str = "GET /latest/meta-data/mac HTTP/1.1";
const GET_WITH: &str = "GET /latest/meta-data/mac HTTP/1.1\r\nX-aws-ec2-metadata-token: {}";
const PUT: &str = "PUT /latest/api/token HTTP/1.1\r\nX-aws-ec2-metadata-token-ttl-seconds: 60";

#[test]
fn only_token_replies_are_limited() {
    let world = World::start(&[instance(1)]);
    if let Some(ttls) = ttls(&world, &[GET, PUT, GET_WITH, PUT, GET_WITH, GET]) {
        assert_eq!(ttls, [64, 1, 64, 1, 64, 64]);
    }
}

#[test]
fn the_limit_stays_until_the_token_comes_back() {
    let world = World::start(&[instance(1)]);
    if let Some(ttls) = ttls(&world, &[PUT, GET, GET, PUT, GET, GET_WITH, GET]) {
        assert_eq!(ttls, [1, 1, 1, 1, 1, 64, 64]);
    }
}

#[test]
fn the_limit_is_the_instances_own() {
    let mut instance = instance(1);
    instance.metadata_options.http_put_response_hop_limit = HopLimit::try_from(3).unwrap();
    let world = World::start(&[instance]);
    if let Some(ttls) = ttls(&world, &[PUT, GET_WITH]) {
        assert_eq!(ttls, [3, 64]);
    }
}

#[test]
fn tokens_are_issued_over_ipv6() {
    let world = World::start_with(&[instance(1)], net::Limits::default(), "[::1]:0");
    let token = world.token();
    assert_eq!(world.get_with(&token, "/latest/meta-data/mac").status(), 200);
}
