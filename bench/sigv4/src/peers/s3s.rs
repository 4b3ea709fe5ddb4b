//! s3s-sigv4: the parts that the server s3s verifies with, put together as it does. It looks at neither time nor unsigned
//! headers.

use std::hint::black_box;

use s3s_sigv4::{
    AmzContentSha256, AmzDate, AuthorizationV4, Payload, PresignedUrlV4, calculate_signature_with_key,
    create_canonical_request_with_raw_uri_path, create_presigned_canonical_request_with_raw_uri_path,
    create_string_to_sign, derive_signing_key,
};

use crate::case::{REGION, SECRET, SERVICE, TIME};
use crate::contest::Job;
use crate::ours::{Arrived, arrived_by_header, arrived_by_query};

pub(crate) fn verify_header(cached: bool) -> Job {
    let arrived = arrived_by_header();
    let date = AmzDate::parse(header(&arrived, "x-amz-date")).expect("it is a date");
    let kept = derive_signing_key(SECRET, &date, REGION, "s3");
    Box::new(move || {
        let authorization =
            AuthorizationV4::parse(black_box(header(&arrived, "authorization"))).expect("it parses");
        let date = AmzDate::parse(header(&arrived, "x-amz-date")).expect("it is a date");
        let sent = header(&arrived, "x-amz-content-sha256");
        AmzContentSha256::parse(sent).expect("it is a hash");
        let mut headers: Vec<(&str, &str)> = arrived
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| authorization.signed_headers.contains(name))
            .collect();
        headers.sort_unstable();
        let none: [(&str, &str); 0] = [];
        let canonical = create_canonical_request_with_raw_uri_path(
            arrived.method,
            &arrived.target,
            &none,
            &headers,
            Payload::SingleChunk(sent),
        );
        let credential = &authorization.credential;
        let text = create_string_to_sign(&canonical, &date, credential.aws_region, credential.aws_service);
        let key = if cached { kept } else { derive_signing_key(SECRET, &date, REGION, "s3") };
        assert!(is_equal(&calculate_signature_with_key(&text, &key), authorization.signature));
    })
}

pub(crate) fn verify_query() -> Job {
    let arrived = arrived_by_query();
    let date = AmzDate::parse(std::str::from_utf8(&TIME.basic()).expect("ASCII")).expect("it is a date");
    let key = derive_signing_key(SECRET, &date, REGION, "s3");
    Box::new(move || {
        let (path, query) = black_box(&arrived.target).split_once('?').expect("it has a query");
        let pairs: Vec<(String, String)> = query.split('&').map(decoded_pair).collect();
        let url = PresignedUrlV4::parse(&pairs, 604_800).expect("it parses");
        let headers: Vec<(&str, &str)> = arrived
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| url.signed_headers.contains(name))
            .collect();
        let canonical =
            create_presigned_canonical_request_with_raw_uri_path(arrived.method, path, &pairs, &headers);
        let credential = &url.credential;
        let text =
            create_string_to_sign(&canonical, &url.amz_date, credential.aws_region, credential.aws_service);
        assert!(is_equal(&calculate_signature_with_key(&text, &key), url.signature));
    })
}

pub(crate) fn derive() -> Job {
    let date = AmzDate::parse(std::str::from_utf8(&TIME.basic()).expect("ASCII")).expect("it is a date");
    Box::new(move || {
        black_box(derive_signing_key(black_box(SECRET), &date, REGION, SERVICE));
    })
}

fn header<'a>(arrived: &'a Arrived, name: &str) -> &'a str {
    let found = arrived.headers.iter().find(|(n, _)| n == name);
    &found.expect("it was sent").1
}

/// The server s3s gets its parameters decoded from another crate; only `%2F` and `%3B` occur here.
fn decoded_pair(part: &str) -> (String, String) {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    (name.to_owned(), value.replace("%2F", "/").replace("%3B", ";"))
}

/// As s3s compares: by the digits.
fn is_equal(calculated: &[u8; 32], sent: &str) -> bool {
    sigv4::Signature::read(sent.as_bytes()).is_ok_and(|sent| sent.as_bytes() == calculated)
}
