//! reqsign-aws-v4, by the rules of S3 alone. It reads the clock itself, so its signatures cannot be compared with ours; ours is
//! told to verify one instead.

use std::hint::black_box;
use std::time::Duration;

use futures_executor::block_on;
use http::request::Parts;
use reqsign_aws_v4::{Credential, RequestSigner};
use reqsign_core::{Context, SignRequest as _};

use crate::case::{EXPIRES_SECS, KEY_ID, REGION, S3_HOST, S3_PATH, SECRET};
use crate::contest::Job;

pub(crate) fn get_applied() -> Job {
    signing(None)
}

pub(crate) fn presign() -> Job {
    signing(Some(Duration::from_secs(u64::from(EXPIRES_SECS))))
}

fn signing(expires: Option<Duration>) -> Job {
    let signer = RequestSigner::new("s3", REGION);
    let context = Context::new();
    let credential = Credential {
        access_key_id: KEY_ID.to_owned(),
        secret_access_key: SECRET.to_owned(),
        ..Credential::default()
    };
    Box::new(move || {
        let mut parts = parts();
        block_on(signer.sign_request(&context, &mut parts, Some(&credential), expires))
            .expect("it can be signed");
        if expires.is_some() {
            black_box(parts.uri.to_string());
        }
        black_box(&parts);
    })
}

fn parts() -> Parts {
    let url = format!("https://{S3_HOST}{S3_PATH}");
    http::Request::get(url).header("host", S3_HOST).body(()).expect("it is a request").into_parts().0
}
