//! Bytes that mean nothing, or nearly something: the server answers or closes, and goes on serving.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::{Builder, Runtime};

use crate::case::Over;
use crate::client::{Client, End};
use crate::world::World;

#[test]
fn noise_is_answered_or_closed_and_the_server_goes_on() {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let world = runtime.block_on(async { World::start() });
    let config = Config { cases: 400, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config)
        .run(&prop_oneof![any_bytes(), near_requests(), spliced()], |noise| check(&runtime, &world, &noise));
    runtime.block_on(world.stop());
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

fn check(runtime: &Runtime, world: &World, noise: &[u8]) -> Result<(), TestCaseError> {
    runtime.block_on(async {
        let mut client = Client::connect(world.addr("native", Over::Ipv4)).await;
        client.send(noise, true).await;
        let received = client.rest().await;
        prop_assert!(received.end != End::TimedOut, "the connection stayed open");
        let answered = received.bytes.is_empty() || received.bytes.starts_with(b"HTTP/1.");
        prop_assert!(answered, "no HTTP: {}", received.bytes.escape_ascii());
        // Panics if there is none.
        world.token("native", "60").await;
        Ok(())
    })
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..600)
}

/// Words of HTTP in any order.
fn near_requests() -> impl Strategy<Value = Vec<u8>> {
    vec(select(WORDS), 1..40).prop_map(|words| words.concat())
}

/// A good request, part of which is replaced.
fn spliced() -> impl Strategy<Value = Vec<u8>> {
    (any::<Index>(), 0..20_usize, vec(any::<u8>(), 0..20)).prop_map(|(at, gone, instead)| {
        let mut request = GOOD.to_vec();
        let at = at.index(request.len());
        let end = request.len().min(at + gone);
        request.splice(at..end, instead);
        request
    })
}

const GOOD: &[u8] = b"PUT /latest/api/token HTTP/1.1\r\nHost: 169.254.169.254\r\nConnection: keep-alive\r\n\
    X-aws-ec2-metadata-token-ttl-seconds: 60\r\nContent-Length: 0\r\n\r\n\
    GET /latest/meta-data/ HTTP/1.1\r\nX-aws-ec2-metadata-token: x\r\n\r\n";

const WORDS: &[&[u8]] = &[
    b"GET ",
    b"PUT ",
    b"HEAD ",
    b"OPTIONS ",
    b"POST ",
    b"/latest/api/token",
    b"/latest/meta-data/",
    b"//",
    b"/..",
    b"%2e",
    b"%",
    b"?",
    b"http://169.254.169.254",
    b"*",
    b" HTTP/1.1",
    b" HTTP/1.0",
    b" HTTP/2.0",
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\xff",
    b" ",
    b"\t",
    b":",
    b"Host: localhost",
    b"Host: a",
    b"X-aws-ec2-metadata-token: ",
    b"X-aws-ec2-metadata-token-ttl-seconds: 60",
    b"X-Forwarded-For: ",
    b"Connection: keep-alive",
    b"Connection: close",
    b"Content-Length: 5",
    b"Content-Length: 99999999999999999999",
    b"Transfer-Encoding: chunked",
    b"Expect: 100-continue",
    b"0\r\n\r\n",
    b"5\r\nhello\r\n",
];
