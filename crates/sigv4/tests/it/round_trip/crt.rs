//! The signed requests of the CRT's suite, verified as they stand there.

use std::fs;
use std::path::Path;

use sigv4::verify::{Body, Caller, Endpoint, KeyRing, Mechanism, RingEntry, Scratch, verify};
use sigv4::{ContentSha256, Request, ServiceRules, TokenRule};
use types::{Secret, Timestamp};

use crate::crt::{Context, parse};
use crate::suites;

#[test]
fn every_signed_request_of_the_suite_verifies() {
    for (folder, expected) in [("aws-c-auth/v4", 76), ("aws-c-auth/v4a", 76)] {
        let Some(root) = suites::find(folder) else { continue };
        let mut checks = 0;
        for entry in fs::read_dir(root).unwrap() {
            let case = entry.unwrap().path();
            for (kind, mechanism) in [("header", Mechanism::Header), ("query", Mechanism::Query)] {
                let file = case.join(format!("{kind}-signed-request.txt"));
                if !file.exists() {
                    continue;
                }
                check(&case, &fs::read(file).unwrap(), mechanism);
                checks += 1;
            }
        }
        println!("{checks} signed requests of {folder} verified");
        assert_eq!(checks, expected, "{folder}");
    }
}

fn check(case: &Path, signed: &[u8], mechanism: Mechanism) {
    let context: Context = serde_json::from_slice(&fs::read(case.join("context.json")).unwrap()).unwrap();
    let message = parse(signed);
    let rules = ServiceRules {
        normalize_path: context.normalize,
        content_sha256: ContentSha256::Optional,
        token: if context.omit_session_token { TokenRule::AddedAfter } else { TokenRule::Signed },
        ..ServiceRules::of("service")
    };
    let now: Timestamp = context.timestamp.parse().unwrap();
    // The suite's paths are those that can be read in two ways.
    let endpoint = Endpoint {
        ecdsa: true,
        paths: &[],
        ..Endpoint::new(&context.service, Some(&context.region), &rules, now)
    };
    let ring = KeyRing::new([RingEntry {
        access_key_id: context.credentials.access_key_id.clone(),
        secret_access_key: Secret::new(context.credentials.secret_access_key.clone()),
        session_token: context.credentials.token.clone().map(Secret::new),
        expires: None,
    }]);
    let headers: Vec<(&str, &[u8])> =
        message.headers.iter().map(|(name, value)| (name.as_str(), &value[..])).collect();
    let request = Request { method: &message.method, target: &message.target, headers: &headers };
    // Where the suite does not sign the body, it signs that there is none.
    let body = if context.sign_body { &message.body[..] } else { b"" };
    let mut scratch = Scratch::default();
    match verify(&request, Body::Read(body), &endpoint, &ring, &mut scratch) {
        Ok(Caller::Signed(verified)) => {
            assert_eq!(verified.mechanism, mechanism, "{}", case.display());
            assert_eq!(verified.access_key_id, context.credentials.access_key_id);
        }
        other => panic!("{} by {mechanism:?}: {other:?}", case.display()),
    }
}
