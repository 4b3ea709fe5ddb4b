//! Values that fields have on one side of a hop and not on the other.

use crate::explain::difference::without_port;
use crate::explain::grounds::Grounds;

/// Fields that libraries and hops add, drop or change after signing.
pub(in crate::explain) const FRAGILE: [&str; 18] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "expect",
    "forwarded",
    "te",
    "transfer-encoding",
    "user-agent",
    "via",
    "x-amz-cf-id",
    "x-amzn-trace-id",
    "x-real-ip",
];

/// Other values of a field.
pub(super) fn of(name: &str, value: &[u8], body: Option<&[u8]>) -> Vec<Vec<u8>> {
    let texts =
        |list: &[&str]| -> Vec<Vec<u8>> { list.iter().map(|text| text.as_bytes().to_vec()).collect() };
    match name {
        "accept-encoding" => texts(&[
            "",
            "identity",
            "gzip",
            "gzip, deflate",
            "gzip,deflate",
            "gzip, deflate, br",
            "gzip, deflate, br, zstd",
            "deflate, gzip",
            "*",
        ]),
        "accept" => texts(&["", "*/*", "application/json", "application/json, */*"]),
        "connection" => texts(&["", "close", "keep-alive", "Keep-Alive"]),
        "expect" => texts(&["", "100-continue"]),
        "te" => texts(&["", "trailers"]),
        "transfer-encoding" => texts(&["", "chunked"]),
        "content-encoding" => texts(&["", "aws-chunked", "gzip", "identity"]),
        "cache-control" => texts(&["", "no-cache", "no-store", "max-age=0"]),
        "x-forwarded-proto" => texts(&["", "http", "https"]),
        "x-forwarded-port" => texts(&["", "80", "443"]),
        "x-forwarded-for" | "via" | "forwarded" => hops(value),
        "content-type" => content_types(value),
        "content-length" => lengths(body),
        "x-amzn-trace-id" => {
            let root = value.split(|byte| *byte == b';').next().unwrap_or_default();
            vec![root.to_vec(), Vec::new()]
        }
        _ => Vec::new(),
    }
}

/// Hosts that the signer may have meant: those that proxies keep, and names of this machine.
pub(super) fn other_hosts(grounds: &Grounds<'_>, host: &[u8]) -> Vec<Vec<u8>> {
    let mut hosts: Vec<Vec<u8>> = Vec::new();
    if let Some(request) = grounds.request {
        for name in ["x-forwarded-host", "x-original-host", "x-host", ":authority"] {
            let value = request.header(name).unwrap_or_default();
            hosts.extend(value.split(|byte| *byte == b',').map(|host| host.trim_ascii().to_vec()));
        }
    }
    let bare = without_port(host);
    let port = host.get(bare.len()..).unwrap_or_default();
    let local = [&b"localhost"[..], b"127.0.0.1", b"[::1]"];
    if local.contains(&bare) {
        hosts.extend(local.iter().flat_map(|name| [[name, port].concat(), name.to_vec()]));
    }
    let [_, region, service, _] = &grounds.our_head.scope;
    let label = |text: &str| text.is_empty() || text.contains(['/', '\n']) || text.len() > 64;
    if !label(region) && !label(service) {
        hosts.push(format!("{service}.{region}.amazonaws.com").into_bytes());
        hosts.push(format!("{service}.amazonaws.com").into_bytes());
    }
    if let Some(dotless) = host.strip_suffix(b".") {
        hosts.push(dotless.to_vec());
    }
    hosts.push([bare, b".", port].concat());
    hosts.retain(|host| !host.is_empty());
    hosts.truncate(32);
    hosts
}

/// A list of hops without its last, and its first alone.
fn hops(value: &[u8]) -> Vec<Vec<u8>> {
    let all: Vec<&[u8]> = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).collect();
    let before = all.get(..all.len().saturating_sub(1)).unwrap_or_default();
    vec![
        before.join(&b", "[..]),
        before.join(&b','),
        all.first().map(|hop| hop.to_vec()).unwrap_or_default(),
        all.last().map(|hop| hop.to_vec()).unwrap_or_default(),
    ]
}

fn content_types(value: &[u8]) -> Vec<Vec<u8>> {
    let bare = value.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    let with = |parameter: &[u8]| [bare, parameter].concat();
    let mut types = vec![
        bare.to_vec(),
        with(b"; charset=utf-8"),
        with(b"; charset=UTF-8"),
        with(b";charset=utf-8"),
        with(b";charset=UTF-8"),
        Vec::new(),
    ];
    for other in [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-8",
        "application/json",
        "application/octet-stream",
        "binary/octet-stream",
        "text/plain",
        "application/x-amz-json-1.0",
        "application/x-amz-json-1.1",
    ] {
        types.push(other.as_bytes().to_vec());
    }
    types
}

fn lengths(body: Option<&[u8]>) -> Vec<Vec<u8>> {
    let length = body.map(|body| body.len().to_string().into_bytes());
    length.into_iter().chain([b"0".to_vec(), Vec::new()]).collect()
}
