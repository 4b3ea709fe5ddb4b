//! The client against servers on loopback, well-behaved and not.

#![allow(clippy::unwrap_used, reason = "clippy exempts test functions and not what they call")]
mod answers;
mod bodies;
mod calls;
mod exchange;
mod faults;
mod http2;
mod proxies;
mod raw;
mod server;
mod tls;

use std::time::Duration;

use bytes::Bytes;
use client::{Client, ClientError, Limits, Options, Proxies, Response, Roots};

/// A client that takes no proxy and trusts whoever the system does.
fn client() -> Client {
    with(Proxies::none(), Roots::Platform)
}

fn with(proxies: Proxies, roots: Roots) -> Client {
    Client::new(Options { tls: rustls::crypto::aws_lc_rs::default_provider, roots, proxies })
}

async fn get(client: &Client, url: &str, limits: &Limits) -> Result<Response, ClientError> {
    client.send(request("GET", url, ""), limits).await
}

fn request(method: &str, url: &str, body: &'static str) -> http::Request<Bytes> {
    let mut request = http::Request::new(Bytes::from(body));
    *request.method_mut() = method.parse().unwrap();
    *request.uri_mut() = url.parse().unwrap();
    request
}

/// Long enough for a busy machine, short enough for a test that waits for it.
fn short() -> Limits {
    Limits { head: Duration::from_millis(200), ..Limits::document(Duration::from_secs(10)) }
}

fn patient() -> Limits {
    Limits::document(Duration::from_secs(20))
}
