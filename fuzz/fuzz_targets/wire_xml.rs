//! Requests of the rest-xml protocol: whatever path, query and body, an operation and its input, or a refusal.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::Request;
use wire::route::{self, Asked, Line};

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let (line, body) = rest.split_at(end);
    let Ok(line) = std::str::from_utf8(line) else { return };
    let (path, query) = line.split_once('?').unwrap_or((line, ""));
    let headers = [("x-amz-meta-a", path), ("x-amz-tagging", query)];
    let request = Request { path, query, headers: &headers, body: body.get(1..).unwrap_or_default() };
    let service = wire::model::service("s3").expect("has a table");
    let method = ["GET", "PUT", "POST", "DELETE", "HEAD"][usize::from(*choice) % 5];
    if let Some(Asked::Known(_, operation)) =
        route::rest(service, &Line { method, path, query, headers: &headers })
    {
        let _ = wire::decode(service, operation, &request);
    }
    let operation = &service.operations()[usize::from(*choice) % service.operations().len()];
    if let Ok(input) = wire::decode(service, operation, &request) {
        assert!(wire::validate_input(service, operation, &input).is_ok());
    }
});
