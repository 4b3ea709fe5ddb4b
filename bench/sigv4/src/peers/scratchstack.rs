//! scratchstack-aws-signature, which verifies headers. It takes the request by value, so each run copies one.

use std::hint::black_box;
use std::str::FromStr as _;

use chrono::{DateTime, Utc};
use futures_executor::block_on;
use scratchstack_aws_principal::Principal;
use scratchstack_aws_signature::{
    GetSigningKeyRequest, GetSigningKeyResponse, KSecretKey, KSigningKey, NO_ADDITIONAL_SIGNED_HEADERS,
    SignatureOptions, service_for_signing_key_fn, sigv4_validate_request,
};
use tower::BoxError;

use crate::case::{REGION, S3_HOST, SECRET, TIME};
use crate::contest::Job;
use crate::ours::arrived_by_header;

pub(crate) fn verify_header() -> Job {
    let arrived = arrived_by_header();
    let mut builder = http::Request::get(format!("https://{S3_HOST}{}", arrived.target));
    for (name, value) in &arrived.headers {
        builder = builder.header(name, value);
    }
    let request = builder.body(()).expect("it is a request");
    let now = DateTime::<Utc>::from_timestamp(TIME.secs(), 0).expect("it is a time");
    let secret: KSecretKey = KSecretKey::from_str(SECRET).expect("it is a secret");
    let key = secret.to_ksigning(now.date_naive(), REGION, "s3");
    Box::new(move || {
        let key: KSigningKey = key;
        let find = move |_: GetSigningKeyRequest| async move {
            let answer =
                GetSigningKeyResponse::builder().principal(Principal::default()).signing_key(key).build();
            answer.map_err(BoxError::from)
        };
        let outcome = block_on(sigv4_validate_request(
            black_box(request.clone()),
            REGION,
            "s3",
            &mut service_for_signing_key_fn(find),
            now,
            &NO_ADDITIONAL_SIGNED_HEADERS,
            SignatureOptions::S3,
        ));
        black_box(outcome.expect("it is signed"));
    })
}
