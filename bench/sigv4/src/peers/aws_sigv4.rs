//! aws-sigv4, the signer of the AWS SDK for Rust. It signs; it does not verify, and it derives the key each time.

use std::hint::black_box;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation, SigningInstructions,
    SigningParams, SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;

use super::time;
use crate::case::{
    EXPIRES_SECS, HOST, KEY_ID, POST_HEADERS, REGION, S3_HOST, S3_PATH, SECRET, SERVICE, body, http_get,
};
use crate::contest::Job;
use crate::ours;

pub(crate) fn get() -> Job {
    let identity = identity();
    agree(&identity);
    Box::new(move || {
        black_box(signed(black_box("GET"), &[("host", HOST)], b"", &identity));
    })
}

pub(crate) fn get_applied() -> Job {
    let identity = identity();
    Box::new(move || {
        let mut request = http_get();
        let headers =
            request.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().expect("text")));
        let signable =
            SignableRequest::new("GET", request.uri().to_string(), headers, SignableBody::Bytes(b""));
        let output = sign(
            signable.expect("it can be signed"),
            &params(&identity, SigningSettings::default(), SERVICE),
        );
        output.expect("it can be signed").into_parts().0.apply_to_request_http1x(&mut request);
        black_box(&request);
    })
}

pub(crate) fn post() -> Job {
    let identity = identity();
    let body = body();
    Box::new(move || {
        black_box(signed("POST", &POST_HEADERS, black_box(&body), &identity));
    })
}

pub(crate) fn presign() -> Job {
    let identity = identity();
    assert_eq!(sorted(&presigned(&identity)), sorted(&ours::presigned_url()));
    Box::new(move || {
        black_box(presigned(&identity));
    })
}

pub(crate) fn derive() -> Job {
    Box::new(move || {
        black_box(v4::generate_signing_key(black_box(SECRET), time(), REGION, SERVICE));
    })
}

fn presigned(identity: &Identity) -> String {
    let url = format!("https://{S3_HOST}{S3_PATH}");
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(Duration::from_secs(u64::from(EXPIRES_SECS)));
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    let mut request = http::Request::get(&url).header("host", S3_HOST).body(()).expect("it is a request");
    let signable = SignableRequest::new(
        "GET",
        url.as_str(),
        [("host", S3_HOST)].into_iter(),
        SignableBody::UnsignedPayload,
    );
    let output = sign(signable.expect("it can be signed"), &params(identity, settings, "s3"));
    output.expect("it can be signed").into_parts().0.apply_to_request_http1x(&mut request);
    request.uri().to_string()
}

fn signed(method: &str, headers: &[(&str, &str)], body: &[u8], identity: &Identity) -> SigningInstructions {
    let signable = SignableRequest::new(
        method,
        "https://example.amazonaws.com/",
        headers.iter().copied(),
        SignableBody::Bytes(body),
    );
    let output =
        sign(signable.expect("it can be signed"), &params(identity, SigningSettings::default(), SERVICE));
    output.expect("it can be signed").into_parts().0
}

fn params<'a>(identity: &'a Identity, settings: SigningSettings, service: &'a str) -> SigningParams<'a> {
    let params = v4::SigningParams::builder().identity(identity).region(REGION).name(service).time(time());
    params.settings(settings).build().expect("nothing is missing").into()
}

fn identity() -> Identity {
    Credentials::new(KEY_ID, SECRET, None, None, "bench").into()
}

/// Both sides make the same signatures of the same requests.
fn agree(identity: &Identity) {
    let body = body();
    let theirs =
        [signed("GET", &[("host", HOST)], b"", identity), signed("POST", &POST_HEADERS, &body, identity)];
    for (theirs, ours) in theirs.iter().zip(ours::authorizations()) {
        let theirs = theirs.headers().find(|(name, _)| *name == "authorization");
        assert_eq!(theirs.expect("it was added").1, ours);
    }
}

/// The parameters of a URL in order: the same ones may be sent in another.
fn sorted(url: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = url.split(['?', '&']).collect();
    parts.sort_unstable();
    parts
}
